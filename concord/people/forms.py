"""What is typed to sign in, to join the team, to take another passphrase; wrong things come back in words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.people.addresses import LONGEST, read_address
from concord.people.models import Role
from concord.people.organisations import read_organisation
from concord.vault.errors import TooManyAtOnce

TOO_MANY = "too many at once"
REPLACEMENT = "\ufffd"
"""What stands in for bytes that were not UTF-8."""


class AddressField(forms.CharField):
    """A mail address, in its one form."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr", "spellcheck": "false"})
    default_error_messages = {
        "required": _("Please write your e-mail address. Nothing you typed is lost.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Your e-mail address"))
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return read_address(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(
                _(
                    "This does not look like an e-mail address. It should read like name@example.org."
                ),
            ) from error


class NameField(forms.CharField):
    """A name of one's own choice, without signs that deceive the eye."""

    widget = forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"})
    default_error_messages = {
        "required": _("Please write a name of your choice. Nothing you typed is lost.")
    }

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


class OrganisationField(forms.CharField):
    """The name of an organisation, without signs that deceive the eye; nothing typed is an empty one."""

    widget = forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"})
    default_error_messages = {"required": _("Please write the name of the organisation.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Organisation"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if REPLACEMENT in typed:
            raise forms.ValidationError(
                _("Some letters did not arrive whole. Please type the name again."),
            )
        try:
            return read_organisation(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class YouForm(forms.Form):
    """Where somebody belongs to, in their own words, or nothing."""

    organisation = OrganisationField(
        required=False,
        help_text=_("Empty it to erase it. Staff see it, other participants do not."),
    )


class AskForm(forms.Form):
    """Who would like a way in."""

    address = AddressField(
        help_text=_("We send a link and a six-digit code. Others never see your address.")
    )


class OwnMailboxForm(forms.Form):
    """With which mailbox somebody of the team takes part."""

    address = AddressField(help_text=_("We send six digits to it. Nobody else sees it."))


class CodeForm(forms.Form):
    """The six digits of the mail."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=40,
        error_messages={"required": _("Please type the six digits of our mail.")},
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

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except TooManyAtOnce as refused:
            raise forms.ValidationError(refused.words, code=TOO_MANY) from refused
        return cleaned


class NewcomerForm(forms.Form):
    """Somebody who joins the team."""

    working_name = NameField(
        label=_("Working name"),
        help_text=_("Their choice. Colleagues see it; participants never do."),
    )
    handle = forms.CharField(
        label=_("Sign-in name"),
        help_text=_("What they type at the desk to sign in; never shown to others."),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "dir": "ltr"}
        ),
    )
    role = forms.ChoiceField(label=_("What they do"), choices=Role.choices)
    languages = forms.MultipleChoiceField(
        label=_("Languages they read"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    is_lead = forms.BooleanField(
        label=_("They lead: plan events, bring colleagues in, say who leaves"), required=False
    )


class CompareForm(forms.Form):
    """That two people have compared a fingerprint."""

    compared = forms.BooleanField(
        label=_(
            "They read it to me from their own screen, by voice or face to face, and it is the same"
        )
    )


class KeysForm(CompareForm):
    """The same, of keys; with the fingerprint that was on the page, for others may have taken their place."""

    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=39)


class SureForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(label=_("Yes, they leave the team now"))


class PassphraseForm(forms.Form):
    """A new passphrase, and the one that holds."""

    current = forms.CharField(
        label=_("Passphrase now"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "auto"}),
        strip=False,
    )
    new = forms.CharField(
        label=_("New passphrase"),
        help_text=_("The words above, or your own: several uncommon words that are no sentence."),
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "auto"}),
        strip=False,
    )
    again = forms.CharField(
        label=_("New passphrase, once more"),
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "auto"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "again" in typed and typed.pop("again") != typed.get("new"):
            raise forms.ValidationError(_("The two new ones differ. Please type them again."))
        return typed
