"""What is typed in a room, and how the desk chooses a brake."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.spaces.models import Brake


class SaidField(forms.CharField):
    """Text as it was typed; `clean_text` says what of it is kept."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\x00", "")


class PostForm(forms.Form):
    """A post. A hidden field that was damaged on the way is left out; the words never are."""

    text = SaidField(required=False, strip=False)
    nonce = forms.UUIDField(required=False)
    comment_on = forms.UUIDField(required=False)
    after = forms.IntegerField(required=False, min_value=0)
    sure = forms.BooleanField(required=False)

    @property
    def said(self) -> dict[str, Any]:
        """What came through of the fields, bad ones as None."""
        self.full_clean()
        return {name: self.cleaned_data.get(name) for name in self.fields}


class BrakeForm(forms.Form):
    """Which brake to pull."""

    kind = forms.ChoiceField(
        label=_("What the room needs"), choices=Brake.Kind.choices, widget=forms.RadioSelect
    )
