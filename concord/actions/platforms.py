"""Platforms outside on which an event happens as well: what each can do is said before anybody proposes (R-PRACT-1).

An integration registers its platform; nothing here knows one by name. Where a platform cannot do something, or its own
ban does not hold, our door is the ban, and a named person does the rest by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from concord.access.models import Place

REVOKE, DELETE, BACK = "revoke", "delete", "back"
"""What may be asked of a platform: take somebody's access away, delete a post, give the access back."""


class Answer(StrEnum):
    """What a platform answers."""

    DONE = "done"
    ASKED = "asked"
    NOT_POSSIBLE = "not possible"


class StrangerFailed(Exception):
    """A platform did not do it: it timed out, refused, or is away. It is tried again, unless `permanent`."""

    def __init__(self, *, permanent: bool = False) -> None:
        super().__init__("permanent" if permanent else "for now")
        self.permanent = permanent


class Concerns(Protocol):
    """Whether the platform carries something of this place; None is everywhere."""

    def __call__(self, place: Place) -> bool: ...


class Act(Protocol):
    """Do it, and answer. Safe to run twice: the key is the same each time. Raises `StrangerFailed`."""

    def __call__(self, what: str, target: UUID, *, place: Place, key: UUID) -> Answer: ...


class Holds(Protocol):
    """Whether it holds there now. Raises `StrangerFailed`."""

    def __call__(self, what: str, target: UUID, *, place: Place) -> bool: ...


@dataclass(frozen=True)
class Platform:
    """One platform: its name as the host knows it, what it can do, and how it is asked."""

    name: str
    label: str | Promise
    can: frozenset[str]
    concerns: Concerns
    act: Act
    holds: Holds
    by_hand: dict[str, str | Promise] = field(default_factory=dict)
    """What a person does there instead, in words, for what it cannot do."""


_platforms: dict[str, Platform] = {}


def register(platform: Platform) -> None:
    """Let steps be carried out there, too."""
    _platforms[platform.name] = platform


def forget(name: str) -> None:
    """Take it back: what is still open there is done by hand."""
    _platforms.pop(name, None)


def platform(name: str) -> Platform | None:
    """The platform of this name; None for one that is connected no longer."""
    return _platforms.get(name)


def are_any() -> bool:
    """Whether anything is carried outside at all."""
    return bool(_platforms)


def platforms_at(place: Place) -> list[Platform]:
    """Every platform that carries something of this place, by name."""
    return [one for _name, one in sorted(_platforms.items()) if one.concerns(place)]
