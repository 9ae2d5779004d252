"""What is typed to sign in. Whatever is not right comes back in words, with what was typed."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.people.addresses import LONGEST, read_address

REPLACEMENT = "\ufffd"
"""What stands in for bytes that were not UTF-8."""


class AddressField(forms.CharField):
    """A mail address, in its one form."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Your e-mail address"))
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return read_address(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(
                _(
                    "This does not look like an e-mail address. It should read like name@example.org."
                ),
            ) from error


class NameField(forms.CharField):
    """A name of one's own choice, without signs that deceive the eye."""

    widget = forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"})

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if REPLACEMENT in typed:
            raise forms.ValidationError(
                _("Some letters did not arrive whole. Please type the name again."),
            )
        try:
            return names.clean_display_name(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class AskForm(forms.Form):
    """Who would like a way in."""

    address = AddressField(
        help_text=_("We send a link and a six-digit code. Others never see your address.")
    )


class CodeForm(forms.Form):
    """The six digits of the mail."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "short",
                "dir": "ltr",
            }
        ),
    )


class DeskSignInForm(LoginForm):
    """allauth's form in our own words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        self.fields["password"].label = _("Passphrase")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
