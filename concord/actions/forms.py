"""What somebody who asks us to look again may tell us, one box is enough; and what comes of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.access.review_pass import named_by
from concord.actions.ask_review import LONGEST
from concord.actions.decide_review import OF_NOTHING, OUTCOMES
from concord.monitoring.forms import Typed

NONCE_BYTES = 16
ALL = "all"


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
    website = Typed(label=_("Please leave this empty"))
    nonce = forms.CharField(widget=forms.HiddenInput, required=False)
    of = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, report: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        asked = self.data.get("kind") if self.is_bound else self.initial.get("kind")
        if report is not None or asked == "reporter":
            kinds: Any = self.fields["kind"]
            kinds.choices = [
                (
                    "reporter",
                    _("I reported something, and would like you to look at it again"),
                ),
                *kinds.choices,
            ]
            kinds.initial = "reporter"
        self.fields["nonce"].initial = lambda: secrets.token_hex(NONCE_BYTES)
        self.fields["website"].widget.attrs = {"tabindex": "-1", "autocomplete": "off"}

    def clean_kind(self) -> str:
        """Which report it is about, the open box tells, and nothing else."""
        kind: str = self.cleaned_data["kind"]
        if kind == "reporter" and self.report is None:
            raise forms.ValidationError(
                _(
                    "Your box is not open in this browser any more. Open it once more with your code, in "
                    "another tab, and then send this again. Nothing you typed is lost."
                )
            )
        return kind

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
        of, suspect = typed.pop("of"), bool(typed.pop("website"))
        report = self.report if typed["kind"] == "reporter" else None
        told = {"shut": named_by(of), "number": of, "report": report, "suspect": suspect}
        return {**typed, **told}


class OutcomeForm(forms.Form):
    """What comes of a request. Nothing is decided here: the verb asks for what is missing."""

    use_required_attribute = False

    whom = forms.ChoiceField(
        label=_("Who of them asks?"),
        help_text=_(
            "The notice they had is the same for several. Ask them below when you cannot tell; for the others the "
            "decision goes on."
        ),
        choices=[],
        widget=forms.RadioSelect,
        required=False,
    )
    outcome = forms.ChoiceField(
        label=_("What comes of it?"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect
    )
    ends_at = forms.DateTimeField(
        label=_("If it ends earlier: when (UTC)"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    posts_back = forms.BooleanField(
        label=_("If it is taken back: put the deleted posts back, too"), required=False
    )
    reason = Typed(
        label=_("Why"),
        help_text=_("It stays with the team."),
        rows=3,
        max_length=LONGEST,
        required=True,
        error_messages={"required": _("Please say why, in a few words. It stays with the team.")},
    )
    answer = Typed(
        label=_("Anything more for whoever asked"),
        help_text=_(
            "They read what came of it in our words. What you add here stands below; name nobody else."
        ),
        rows=3,
        max_length=LONGEST,
    )

    def __init__(
        self,
        *args: Any,
        not_me: bool = False,
        of_nothing: bool = False,
        may_restore: bool = True,
        each: Iterable[tuple[UUID, str]] = (),
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        people = [(str(step), name) for step, name in each]
        whom: Any = self.fields["whom"]
        whom.choices = [*people, (ALL, _("All of them, or I see that it was wrong for all"))]
        if not people:
            del self.fields["whom"]
        if not may_restore:
            del self.fields["posts_back"]
        if of_nothing:
            left: Any = self.fields["outcome"]
            left.choices = list(OF_NOTHING.items())
            del self.fields["ends_at"]
        if not_me:
            outcome: Any = self.fields["outcome"]
            outcome.choices = [
                ("upheld", _("It was meant for this person")),
                ("overturned", _("It was somebody else: give access back now")),
            ]
            del self.fields["ends_at"]

    @property
    def decided(self) -> dict[str, Any]:
        """As `decide_review` takes it."""
        typed = self.cleaned_data
        return {
            "outcome": typed["outcome"],
            "reason": typed["reason"],
            "answer": typed["answer"],
            "ends_at": typed.get("ends_at"),
            "posts_back": typed.get("posts_back", False),
            "chosen": UUID(typed["whom"]) if typed.get("whom") not in (None, "", ALL) else None,
            "for_all": typed.get("whom") == ALL,
        }
