"""Where somebody of the team wants letters. Left empty, none are wanted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.people.forms import AddressField


class OwnAddress(AddressField):
    """A mail address, or nothing."""

    def clean(self, value: Any) -> str:
        return super().clean(value) if str(value or "").strip() else ""


class LetterForm(forms.Form):
    """One address; empty is an answer."""

    use_required_attribute = False

    address = OwnAddress(
        label=_("Where letters go"),
        help_text=_(
            "It lies here sealed, nobody else on the team sees it, and the running server opens it to write to you. "
            "Choose a mailbox that only you read. Emptied, it is forgotten."
        ),
        required=False,
    )
