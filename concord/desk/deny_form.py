"""The form by which somebody who was never seen here is kept out. Nothing is assumed in it: it is never short."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.actions.deny_entry import NoMailbox, SharedMailbox, read_mailboxes
from concord.concurrence.terms import Target, Terms
from concord.desk.around import Around
from concord.desk.forms import Lines, ProposalForm, choices_of, first_choices


class DenyForm(ProposalForm):
    """Who, by which mailboxes, from where, until when; and everything that a considered decision needs."""

    people = posts = None  # type: ignore[assignment]
    called = forms.CharField(
        label=_("What they are called"),
        help_text=_("For you and your colleagues. A name keeps nobody out: others bear it too."),
        max_length=120,
        error_messages={"required": _("Write what they are called, so that a colleague knows.")},
    )
    mailboxes = Lines(
        label=_("Their mail addresses"),
        help_text=_(
            "One a line, and only what you know to be theirs: whoever shows one of these mailboxes to be theirs "
            "is not let in. They stay in the sealed proposal."
        ),
        rows=3,
        required=True,
    )
    target_id = forms.CharField(widget=forms.HiddenInput, required=False)

    SHORT = (
        "called",
        "mailboxes",
        "scope",
        "until_at",
        "review_on",
        "reason",
        "grounds",
        "violations",
    )
    WIDER = ()
    IN_FULL = (
        "finding", "relied_on", "value", "stabilises", "considered", "less_severe", "set_aside",
        "set_aside_why", "is_safe", "safety", "act_at_once",
    )  # fmt: skip
    SHOWN = {"targets": "mailboxes"}
    IS_FULL = True

    field_order = ("called", "mailboxes", "scope", "until_at", "review_on")

    def __init__(self, *args: Any, around: Around, at: datetime, **kwargs: Any) -> None:
        kwargs["initial"] = self.first(around, at=at) | kwargs.get("initial", {})
        super().__init__(*args, around=around, at=at, **kwargs)

    @staticmethod
    def first(around: Around, *, at: datetime) -> dict[str, Any]:
        """Who was named in the case without being known here; no end yet, for that is to be thought about."""
        chosen = {**first_choices(around, at=at), "until_at": None, "target_id": str(uuid4())}
        for known in around.unseen[:1]:
            chosen |= {"called": known.name, "mailboxes": "\n".join(known.addresses)}
        return chosen

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """The form's contents for a denial that was proposed before."""
        chosen = choices_of(terms)
        for target in terms.targets:
            if target.kind == "deny":
                chosen |= {
                    "called": target.label,
                    "mailboxes": "\n".join(target.detail["addresses"]),
                    "target_id": str(target.id),
                }
        return chosen

    def clean_called(self) -> str:
        return " ".join(str(self.cleaned_data["called"]).split())

    def clean_mailboxes(self) -> list[str]:
        """Each mailbox once; a box that several people read stands for none of them."""
        lines = [line for line in self.cleaned_data["mailboxes"].splitlines() if line.strip()]
        try:
            return read_mailboxes(lines)
        except (NoMailbox, SharedMailbox) as refused:
            raise forms.ValidationError(str(refused.words)) from refused

    def clean_target_id(self) -> str:
        try:
            return str(UUID(self.cleaned_data["target_id"]))
        except ValueError:
            return str(uuid4())

    def _offer(self, around: Around) -> None:
        """Nobody to choose: whoever is here is taken access from, not denied it."""

    def _targets(self) -> list[Target]:
        typed = self.cleaned_data
        scope = self._scope(typed.get("scope", ""))
        return [
            Target(
                "deny",
                UUID(typed["target_id"]),
                typed["called"],
                scope.kind,
                scope.id,
                typed.get("until_at"),
                typed.get("review_on"),
                {"addresses": typed["mailboxes"]},
            )
        ]
