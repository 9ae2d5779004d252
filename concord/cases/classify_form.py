"""Of what kind a case is, and on which grounds. Every item of the policy can be chosen, and none must be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.policy.violations import GROUNDS, KINDS


class ClassifyForm(forms.Form):
    """Two lists of ticks, both the policy's own."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kinds"]
        kinds.choices = [(code, kind.name) for code, kind in KINDS.items()]
        grounds: Any = self.fields["grounds"]
        grounds.choices = list(GROUNDS.items())
