"""Of what kind a case is, on which grounds, and of which day. Every item can be chosen, and none must be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.policy.violations import GROUNDS, KINDS


class ClassifyForm(forms.Form):
    """Two lists of ticks, both the policy's own, and a day, which finds the version that holds."""

    kinds = forms.MultipleChoiceField(
        label=_("Which items of the policy"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    grounds = forms.MultipleChoiceField(
        label=_("Was it about any of these?"),
        help_text=_("From what was told or seen. Nobody is asked for it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    happened_on = forms.DateField(
        label=_("When it happened"),
        help_text=_(
            "It is judged by the version of the policy that was in force on that day. Only that version is kept, not "
            "the day."
        ),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kinds"]
        kinds.choices = [(code, kind.name) for code, kind in KINDS.items()]
        grounds: Any = self.fields["grounds"]
        grounds.choices = list(GROUNDS.items())
