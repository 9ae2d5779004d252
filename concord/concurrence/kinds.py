"""Kinds of action. `actions` registers them; this room proposes and executes them without knowing what they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Protocol
from uuid import UUID

from django.utils.text import capfirst

from concord.cases.models import Case
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.vault.keyring import Keyring


class Validate(Protocol):
    """Raises `Refused` when the target cannot be acted on."""

    def __call__(self, target: Target, *, case: Case, at: datetime) -> None: ...


class Preview(Protocol):
    """What would change, in words and numbers that the effect will match."""

    def __call__(self, target: Target, *, at: datetime) -> dict[str, Any]: ...


class Hold(Protocol):
    """Locks all that these steps will change, in one order everywhere: else two decisions could wait for each other."""

    def __call__(self, targets: list[Target]) -> None: ...


class CarryOut(Protocol):
    """Does it, under a warrant, in the executing transaction. Safe to run twice. `detail` is the step's own."""

    def __call__(
        self, warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
    ) -> None: ...


class Verify(Protocol):
    """Whether the effect holds now."""

    def __call__(self, warrant: Warrant, *, at: datetime) -> bool: ...


class Excerpt(Protocol):
    """What was written, for the briefing; empty when there is nothing to show."""

    def __call__(self, target: Target) -> str: ...


class About(Protocol):
    """The person an effect on this target touches, or None."""

    def __call__(self, target: Target) -> UUID | None: ...


class CarryOutOpening(Protocol):
    """The same for what has to open something sealed: with the key of the person who presses."""

    def __call__(
        self, warrant: Warrant, *, decision: Decision, keyring: Keyring, at: datetime
    ) -> None: ...


class AlsoAbout(Protocol):
    """Further persons whom an effect on this target touches."""

    def __call__(self, target: Target) -> Iterable[UUID]: ...


class Asks(Protocol):
    """What all steps of this kind ask for, as parts of one sentence that begins with a small letter."""

    def __call__(self, targets: list[Target]) -> Iterable[str]: ...


class Counts(Protocol):
    """What their previews come to: numbers, each with the words after it."""

    def __call__(self, previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]: ...


class SameAs(Protocol):
    """By what a second proposal on the same target is known, as text; it is kept as a keyed token only."""

    def __call__(self, target: Target) -> str: ...


class Says(Protocol):
    """What whoever agrees reads beside the label of one step: how somebody is known, for one."""

    def __call__(self, target: Target) -> str: ...


class CarryOutAll(Protocol):
    """Does many steps of one kind together, each under its warrant and with its detail."""

    def __call__(
        self, steps: list[tuple[Warrant, dict[str, Any]]], *, decision: Decision, at: datetime
    ) -> None: ...


class VerifyAll(Protocol):
    """Those of the warrants whose effect holds now, by their ids."""

    def __call__(self, warrants: list[Warrant], *, at: datetime) -> set[UUID]: ...


class AboutAll(Protocol):
    """Every person whom effects on these targets touch."""

    def __call__(self, targets: list[Target]) -> set[UUID]: ...


@dataclass(frozen=True)
class Many:
    """How a kind does a thousand steps in as few questions to the database as one; by the same rules."""

    carry_out: CarryOutAll
    verify: VerifyAll
    about: AboutAll


def nobody_else(target: Target) -> Iterable[UUID]:
    return ()


def by_its_id(target: Target) -> str:
    return str(target.id)


def nothing_more(target: Target) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """One kind of action. `order`: access is shut before posts go, and as with a post, gates are taken before rooms.
    `opening` stands in for `carry_out`, where given.

    `known_to`: who on the team said that they know somebody a little whom it is about and no person stands for.
    `by_letter`: it holds once the notice was handed over, which leaves when all else was verified. `by_hand`: a
    person does it and says so; until then it is not done. Neither is looked at every second. `many` stands in for
    `carry_out`, `verify` and `about` where there can be very many steps.
    """

    name: str
    order: int
    validate: Validate
    preview: Preview
    carry_out: CarryOut
    verify: Verify
    excerpt: Excerpt
    about: About
    hold: Hold
    asks: Asks
    counts: Counts
    opening: CarryOutOpening | None = None
    also_about: AlsoAbout = nobody_else
    known_to: AlsoAbout = nobody_else
    same_as: SameAs = by_its_id
    says: Says = nothing_more
    by_letter: bool = False
    by_hand: bool = False
    many: Many | None = None

    def holding(self, warrants: list[Warrant], *, at: datetime) -> set[UUID]:
        """Those of the warrants, all of this kind, whose effect holds now."""
        if self.many is not None:
            return self.many.verify(warrants, at=at)
        return {warrant.id for warrant in warrants if self.verify(warrant, at=at)}

    def touched(self, targets: list[Target]) -> set[UUID]:
        """The persons whom effects on these targets, all of this kind, touch."""
        if self.many is not None:
            return self.many.about(targets)
        found = {person for target in targets if (person := self.about(target))}
        return found.union(*(self.also_about(target) for target in targets))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    """The registered kind. Raises KeyError for one that does not exist."""
    return _kinds[name]


def names() -> list[str]:
    """What every registered kind is called."""
    return sorted(_kinds)


@dataclass(frozen=True)
class Effect:
    """What would change, or did: numbers with their words. What was counted before is what happens after."""

    lines: tuple[tuple[int, str], ...]

    @property
    def others(self) -> int:
        """Other people whom it touches: none, or the proposal would have to name them."""
        return 0


def effect_of(previews: Iterable[dict[str, Any]]) -> Effect:
    """Add up the previews of the steps, kind by kind, in the order in which they are carried out."""
    return Effect(
        tuple(
            line
            for name, steps in groupby(in_order(list(previews)), key=itemgetter("kind"))
            for line in kind_of(name).counts(list(steps))
        )
    )


def asks(targets: Iterable[Target]) -> str:
    """The whole of it as one sentence: "Remove one person from Hall 1 until 3 March; delete 2 posts."."""
    ordered = sorted(targets, key=lambda target: _turn(target.kind))
    parts = [
        part
        for name, steps in groupby(ordered, key=attrgetter("kind"))
        for part in kind_of(name).asks(list(steps))
    ]
    return capfirst("; ".join(parts)) + "." if parts else ""


def in_order(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps in the order in which they are carried out, those of one kind together."""
    return sorted(steps, key=lambda step: _turn(step["kind"]))


def _turn(kind: str) -> tuple[int, str]:
    return kind_of(kind).order, kind
