"""The four questions about a case; none is left open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.cases.assess_case import LIVE, QUESTIONS


def _lines(label: Any, hint: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": 2, "dir": "auto"})
    return forms.CharField(label=label, help_text=hint, widget=widget)


class AssessForm(forms.Form):
    """One choice and three sentences."""

    use_required_attribute = False

    live = forms.ChoiceField(
        label=QUESTIONS[0],
        choices=list(LIVE.items()),
        widget=forms.RadioSelect,
    )
    grounds = _lines(
        QUESTIONS[1],
        _("Which item of the policy, or which risk; or why none."),
    )
    wishes = _lines(
        QUESTIONS[2],
        _('"Nobody has said" is an answer.'),
    )
    safety = _lines(
        QUESTIONS[3],
        _("Whoever reported, who stood by, the person reported too."),
    )
