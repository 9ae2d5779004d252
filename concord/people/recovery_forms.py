"""What is typed when a passphrase is brought back: a code, a new passphrase, a share, who gets the new ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.letterbox import codes
from concord.people.forms import CompareForm
from concord.people.models import StaffMember
from concord.people.passkey_forms import OpenByPassphraseForm

__all__ = ["CodeForm", "HandOutForm", "NewPassphraseForm", "OpenByPassphraseForm", "ShareForm"]


class HandOutForm(forms.Form):
    """Who gets the new shares, one each."""

    holders = forms.MultipleChoiceField(
        label=_("Who gets a new share of the recovery key"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, team: Iterable[StaffMember], shares: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shares, self.team = shares, {str(one.id): one for one in team}
        self.fields["holders"].choices = [  # type: ignore[attr-defined]
            (id, one.working_name) for id, one in self.team.items()
        ]
        self.fields["holders"].help_text = _(
            "Choose %(n)s people, among them the two who type theirs: the old shares are worth nothing afterwards."
        ) % {"n": shares}

    def clean_holders(self) -> list[StaffMember]:
        chosen = [self.team[id] for id in self.cleaned_data["holders"]]
        if len(chosen) != self.shares:
            raise forms.ValidationError(
                _("There are %(n)s shares; choose as many people.") % {"n": self.shares}
            )
        return chosen


class CodeForm(forms.Form):
    """The code that a colleague gave to whoever lost their passphrase."""

    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )

    def clean_code(self) -> str:
        return codes.understand(self.cleaned_data["code"]) or ""


class NewPassphraseForm(forms.Form):
    """A new passphrase, twice."""

    new = forms.CharField(
        label=_("New passphrase"),
        help_text=_("The words above, or your own: several uncommon words that are no sentence."),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "auto"}),
    )
    again = forms.CharField(
        label=_("New passphrase, once more"),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("again") != typed.get("new"):
            raise forms.ValidationError(_("The two differ. Please type them again."))
        return typed


class ShareForm(CompareForm):
    """A share from paper, by somebody who has spoken with whoever lost their passphrase."""

    share = forms.CharField(
        label=_("Your share, the twenty words on your paper"),
        max_length=1_000,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "dir": "ltr",
                "data-not-kept": True,
            }
        ),
    )
    field_order = ["compared", "share"]
