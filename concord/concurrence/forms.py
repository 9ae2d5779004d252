"""What is typed about a proposal. Nothing here decides: verbs check, and name what is missing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.concurrence.decline import NeedsAReason


class DeclineForm(forms.Form):
    """Why not. Whoever is asked next reads it."""

    reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("In a few words. Whoever is asked next reads it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        max_length=2_000,
        error_messages={"required": NeedsAReason.words},
    )
