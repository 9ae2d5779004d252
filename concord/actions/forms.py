"""What somebody who lost access may tell us. One box is enough."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.access.gate import shut_named_by
from concord.actions.ask_review import LONGEST
from concord.monitoring.forms import Typed

NONCE_BYTES = 16


class ReviewForm(forms.Form):
    """A request to look again, or "this is not me". The nonce makes a form sent twice one request."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[
            ("review", _("I lost access and would like you to look at it again")),
            ("not_me", _("This is not me: the message was meant for somebody else")),
        ],
        widget=forms.RadioSelect,
        initial="review",
        error_messages={"required": _("Please choose one. Nothing you typed is lost.")},
    )
    words = Typed(
        label=_("What would you like us to know?"),
        help_text=_("A few words are enough. Nothing has to be proved."),
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
        label=_("How can we reach you?"),
        help_text=_(
            "You also get a code on the next page, with which you can read our answer here."
        ),
        max_length=200,
    )
    nonce = forms.CharField(widget=forms.HiddenInput, required=False)
    of = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nonce"].initial = lambda: secrets.token_hex(NONCE_BYTES)

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not words.strip():
            raise forms.ValidationError(self.fields["words"].error_messages["required"])
        return words

    def clean_nonce(self) -> bytes:
        """A form that lost its number gets a new one rather than a refusal."""
        try:
            nonce = bytes.fromhex(self.cleaned_data["nonce"])
        except ValueError:
            nonce = b""
        return nonce if len(nonce) == NONCE_BYTES else secrets.token_bytes(NONCE_BYTES)

    @property
    def asked(self) -> dict[str, Any]:
        """What was typed, as `ask_review` takes it; with what it is about, when a link said so."""
        typed = dict(self.cleaned_data)
        of = typed.pop("of")
        return {**typed, "shut": shut_named_by(of), "number": of}
