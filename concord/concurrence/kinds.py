"""Kinds of action. `actions` registers them; this room proposes and executes them without knowing what they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

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
    """Does it, under a warrant, in the executing transaction. Safe to run twice."""

    def __call__(self, warrant: Warrant, *, decision: Decision, at: datetime) -> None: ...


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


def nobody_else(target: Target) -> Iterable[UUID]:
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of action. `order`: access is shut before posts go. `opening` stands in for `carry_out`, where given."""

    name: str
    order: int
    validate: Validate
    preview: Preview
    carry_out: CarryOut
    verify: Verify
    excerpt: Excerpt
    about: About
    hold: Hold
    opening: CarryOutOpening | None = None
    also_about: AlsoAbout = nobody_else


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    """The registered kind. Raises KeyError for one that does not exist."""
    return _kinds[name]


def in_order(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps in the order in which they are carried out."""
    return sorted(steps, key=lambda step: kind_of(step["kind"]).order)
