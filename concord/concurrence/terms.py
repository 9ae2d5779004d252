"""What a proposal says: its targets and everything a thoughtful decision has to consider (A-THOUGHT-1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.outbox.clock import is_in_reach
from concord.policy.violations import KINDS
from concord.refusals import Refused

GROUNDS = {
    "risk": _(
        "An unacceptable threat or risk to somebody in the community, on the team or among partners"
    ),
    "violation": _("Found in violation of the code"),
    "conduct": _("Involved in illegal, unethical or violent activity"),
    "values": _("Otherwise acts against the host's values"),
}
"""The four grounds on which access may be taken away (A-GROUND-1 to A-GROUND-4)."""

VALUES = {
    "dignity": _("Dignity, decency and respect"),
    "everyone": _("A community for everyone"),
    "freedom": _("Open discussion without fear"),
}
KEEPS = "keeps"
"""Said beside what the reporting person wished: this keeps to it."""
DEPARTURES = {
    "law": _("The law leaves no choice"),
    "remedy": _("The remedy could not be carried out safely"),
    "community": _("The community has to be protected"),
}
"""The only three reasons to depart from what the reporting person wished (K-LIMIT-1)."""

GIVE_BACK = frozenset({"lift", "release", "restore"})
"""Kinds of step that take nothing from anybody: they need reasons like every other, and no ground against one."""

SHUTS = frozenset({"revoke", "deny", "member"})
"""Kinds of step that keep somebody out: a shut of the gate stands on their warrant."""
LADDER = frozenset({"warn", "ask", "limit", "mute", "revoke", "other"})
"""Kinds of step that can be proposed about one person, from mild to strong, and what is done by hand."""
EASED = frozenset({"warn", "ask", "limit", "mute"})
"""Kinds of step that leave somebody in: they are told something, or write less, in a place until a time."""
LASTING = SHUTS | LADDER | {"organisation"}
"""Kinds of step that hold in a place until a time: they have an end, or a day to look at them again."""
ON_A_PERSON = LADDER | {"member"}
"""Kinds of step whose target is a person, who is told what both agreed to."""
NAMED = ON_A_PERSON | {"deny"}
"""Kinds of step whose label is what a person is called."""

SET_ASIDE = {
    "warn": _("A warning by letter"),
    "ask": _("Asking them to leave"),
    "limit": _("Slowing them down"),
    "mute": _("Reading only"),
    "revoke": _("Taking access away"),
    "delete": _("Deleting what was written"),
    "organisation": _("A letter to their organisation"),
    "other": _("Something else"),
}
"""What can have been considered and found not to be practicable; never without why (R-PRACT-1)."""

LOOK_WITHIN = timedelta(days=366)
"""What has no end is looked at again within a year, the first time and each time after it."""
SHORT_SCOPE = "session"
SHORT_LENGTH = timedelta(hours=24)


class Incomplete(Refused):
    """A proposal lacks something that a considered decision needs; `missing` names it."""

    words = _("A considered decision needs a little more. Nothing you wrote is lost.")
    status = 409

    def __init__(self, missing: list[str], *, subject: UUID | None = None) -> None:
        super().__init__(subject=subject)
        self.missing = missing


@dataclass(frozen=True)
class Target:
    """One step on one target. `label` is what people read; it is sealed with the rest.

    `detail` is whatever else a kind of step needs to know, as plain JSON: sealed too, and committed to by a digest.
    """

    kind: str
    id: UUID
    label: str
    scope_kind: str = ""
    scope_id: UUID | None = None
    until_at: datetime | None = None
    review_on: date | None = None
    detail: dict[str, Any] = field(default_factory=dict, hash=False)

    def effect(self) -> dict[str, Any]:
        """What the step does, without the label: this is what is committed to and carried out."""
        detail = {"detail_digest": digest_of_detail(self.detail)} if self.detail else {}
        return {
            **detail,
            "kind": self.kind,
            "target": str(self.id),
            "scope_kind": self.scope_kind,
            "scope_id": str(self.scope_id) if self.scope_id else None,
            "until_at": self.until_at.isoformat() if self.until_at else None,
            "review_on": self.review_on.isoformat() if self.review_on else None,
        }


def digest_of_detail(detail: dict[str, Any]) -> str:
    """SHA-256 of a step's detail. When it is sealed a salt is put in: nobody guesses the detail from the digest."""
    return hashlib.sha256(json.dumps(detail, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Terms:
    """Everything that a colleague agrees to. Texts are the coordinator's own; codes are this module's.

    `own_notices`: where not all are told the same, {"subject", "body"} by the keys of `told_alike`.
    `set_aside`: codes of `SET_ASIDE` for what was considered and cannot be done, and why.
    `evidence`: what the colleague is shown of what was flagged or reported, each by its `evidence.Piece.ref`; None
    for the usual few.
    `departure` is one of `DEPARTURES`, or `KEEPS`; empty only where nobody wished for anything. `untold`: why it
    is not safe to tell the reporting person of a departure before it happens; empty, and they are told.
    """

    targets: tuple[Target, ...]
    grounds: tuple[str, ...]
    violations: tuple[str, ...]
    reason: str
    stabilises: str
    considered: str
    less_severe: str
    safety: str
    finding: str = ""
    relied_on: str = ""
    value: str = ""
    departure: str = ""
    departure_reason: str = ""
    set_aside: tuple[str, ...] = ()
    set_aside_why: str = ""
    untold: str = ""
    notice_subject: str = ""
    notice_body: str = ""
    own_notices: dict[str, dict[str, str]] = field(default_factory=dict)
    act_at_once: bool = True
    evidence: tuple[str, ...] | None = None

    def texts(self) -> dict[str, Any]:
        """All of it but the targets, as plain JSON."""
        fields = asdict(self)
        del fields["targets"]
        return fields

    @property
    def departs(self) -> bool:
        """Whether it departs from what the reporting person wished."""
        return self.departure not in ("", KEEPS)

    @property
    def gives_back(self) -> bool:
        """Whether every step gives access or a post back."""
        return bool(self.targets) and all(target.kind in GIVE_BACK for target in self.targets)

    @property
    def until_at(self) -> datetime | None:
        """When the longest of its effects ends; None when one has no end."""
        ends = [target.until_at for target in self.targets if target.kind in LASTING]
        return None if None in ends or not ends else max(end for end in ends if end)


def told_alike(targets: Iterable[Target]) -> dict[str, list[Target]]:
    """The steps on people, those together whose people are told the same words, under a key of what those hold."""
    steps: dict[UUID, list[Target]] = {}
    for target in targets:
        if target.kind in ON_A_PERSON:
            steps.setdefault(target.id, []).append(target)
    found: dict[str, list[Target]] = {}
    for theirs in steps.values():
        found.setdefault(_what_holds(theirs), []).extend(theirs)
    return found


def _what_holds(steps: Iterable[Target]) -> str:
    """Of a detail only the pace: nothing else of it is said in a letter, or differs from one person to the next."""
    held = []
    for step in steps:
        effect = replace(step, detail={}).effect()
        del effect["target"]
        held.append(json.dumps({**effect, "pace": step.detail.get("pace")}, sort_keys=True))
    return hashlib.sha256("\n".join(sorted(held)).encode()).hexdigest()[:12]


def check_complete(terms: Terms, *, wishes: str, at: datetime, subject: UUID) -> None:
    """Raise `Incomplete` with the name of every field that a considered decision still needs."""
    missing = [
        *_missing_words(terms),
        *_missing_grounds(terms),
        *_missing_dates(terms, at),
        *_missing_departure(terms, wishes),
    ]
    if missing:
        raise Incomplete(missing, subject=subject)


def _missing_words(terms: Terms) -> Iterable[str]:
    if not terms.targets:
        yield "targets"
    words = ("reason", "stabilises", "considered", "less_severe", "safety")
    for name in ("reason", "considered", "safety") if terms.gives_back else words:
        if not getattr(terms, name).strip():
            yield name
    if not set(terms.violations) <= set(KINDS):
        yield "violations"
    if bool(terms.set_aside) != bool(terms.set_aside_why.strip()):
        yield "set_aside_why"
    if not set(terms.set_aside) <= set(SET_ASIDE):
        yield "set_aside_why"


def _missing_grounds(terms: Terms) -> Iterable[str]:
    if terms.gives_back:
        return
    if not terms.grounds or not set(terms.grounds) <= set(GROUNDS):
        yield "grounds"
    if "violation" in terms.grounds and not (terms.finding.strip() and terms.violations):
        yield "finding"
    if "conduct" in terms.grounds and not terms.relied_on.strip():
        yield "relied_on"
    if "values" in terms.grounds and terms.value not in VALUES:
        yield "value"


def _missing_dates(terms: Terms, at: datetime) -> Iterable[str]:
    for target in terms.targets:
        if target.kind not in LASTING:
            continue
        if target.until_at is not None and target.until_at.tzinfo is None:
            yield "until_at"  # whose clock it is read on decides when it ends
            continue
        if target.until_at is None and target.review_on is None:
            yield "until_at"
        if target.until_at is not None and not (
            target.until_at > at and is_in_reach(target.until_at)
        ):
            yield "until_at"
        if target.review_on is not None and not _may_be_looked_at(target, target.review_on, at):
            yield "review_on"


def _may_be_looked_at(target: Target, day: date, at: datetime) -> bool:
    """From today on; within a year where it has no end, and no later than that where it has one."""
    latest = (target.until_at or at + LOOK_WITHIN).astimezone(UTC).date()
    return at.date() <= day <= latest


def _missing_departure(terms: Terms, wishes: str) -> Iterable[str]:
    """Beside wishes it is said whether they are kept; departing takes one of three limits, and a sentence."""
    may_be = (KEEPS, *DEPARTURES) if wishes.strip() else ("", KEEPS)
    if terms.departure not in may_be:
        yield "departure"
    if terms.departs and not terms.departure_reason.strip():
        yield "departure_reason"


def is_short(targets: Iterable[Target], *, at: datetime) -> bool:
    """Whether the short live form may be used: this session only, for no more than 24 hours."""
    return all(
        target.scope_kind == SHORT_SCOPE
        and target.until_at is not None
        and target.until_at <= at + SHORT_LENGTH + timedelta(minutes=1)
        for target in targets
        if target.kind in LASTING
    )
