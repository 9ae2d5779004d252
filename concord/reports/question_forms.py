"""What somebody may ask about the policy. One box is enough."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from concord.monitoring.forms import Typed
from concord.people.models import StaffMember
from concord.reports.asked import Asked
from concord.reports.forms import NONCE_BYTES, SomeOf

LONGEST = 20_000


class QuestionForm(forms.Form):
    """The question, and an address if an answer by mail is wanted as well."""

    use_required_attribute = False

    words = Typed(
        label=_("What would you like to know, or tell us about the policy?"),
        help_text=_("In any language."),
        rows=6,
        required=True,
        max_length=LONGEST,
        error_messages={
            "required": _("This box is still empty. A few words are enough."),
            "max_length": _(
                "This is longer than we can take at once. Nothing is lost; please shorten it."
            ),
        },
    )
    contact = Typed(
        label=_("Your e-mail address, if you want the answer by mail too"),
        help_text=_("You get a code on the next page, with which you find the answer here."),
        max_length=200,
    )
    website = Typed(label=_("Please leave this empty"))
    nonce = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nonce"].initial = lambda: secrets.token_hex(NONCE_BYTES)
        self.fields["website"].widget.attrs = {"tabindex": "-1", "autocomplete": "off"}

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not any(sign.isprintable() and not sign.isspace() for sign in words):
            raise forms.ValidationError(self.fields["words"].error_messages["required"])
        return words

    @property
    def asked(self) -> Asked:
        told = self.cleaned_data
        return Asked(told["words"], told["contact"].strip(), get_language() or "en")

    @property
    def is_suspect(self) -> bool:
        """Whether the box that people do not see was filled in."""
        return bool(self.cleaned_data["website"])

    @property
    def nonce_sent(self) -> bytes:
        """A form that lost its number gets a new one rather than a refusal."""
        return nonce_from(self.cleaned_data["nonce"])


class TurningForm(forms.Form):
    """Who must not read what turned out to be a report."""

    about_team = forms.BooleanField(
        label=_("It is about someone on the team"),
        help_text=_("Then nobody on the team can read it. It goes to a person outside."),
        required=False,
    )
    keep_out = SomeOf(
        label=_("It is about, or close to"),
        help_text=_(
            "They will not be able to see that it exists. Whoever it names is kept out anyway."
        ),
        required=False,
    )

    def __init__(self, *args: Any, staff: list[StaffMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["keep_out"]
        field.choices = [(str(one.id), one.working_name) for one in staff]


def nonce_from(typed: str) -> bytes:
    try:
        sent = bytes.fromhex(typed)
    except ValueError:
        sent = b""
    return sent if len(sent) == NONCE_BYTES else secrets.token_bytes(NONCE_BYTES)
