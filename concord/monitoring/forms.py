"""What somebody may add to a flag. Nothing is required: the flag itself says enough."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _


class FlagForm(forms.Form):
    """One optional box, and a number of its own so that a form sent twice is one flag."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("What did you see or hear?"),
        help_text=_("A few words help us, in any language. You can also leave this empty."),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        required=False,
        max_length=10_000,
    )
    nonce = forms.CharField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def clean_nonce(self) -> UUID:
        try:
            return UUID(self.cleaned_data["nonce"])
        except ValueError:
            return uuid4()


class JudgementForm(forms.Form):
    """Needs action or not, and the sentence that says why."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("One sentence. Only colleagues who handle this read it."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        required=False,
        max_length=4_000,
    )
