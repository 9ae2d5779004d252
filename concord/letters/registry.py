"""Kinds of letter, the transport that carries them, and the guard that reads guarded ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from concord.refusals import Refused


class GuardMissing(Refused):
    """A guarded letter cannot be sent while no guard stands."""


class Transport(Protocol):
    """Carries one letter out, or raises."""

    def __call__(self, *, to: str, subject: str, body: str, language: str) -> None: ...


Guard = Callable[[str, UUID | None], UUID]
"""Reads a whole text about a case (or None) and returns the id of its verdict, or raises `Refused`."""


@dataclass(frozen=True)
class Kind:
    """A class of letter. Guarded: notices about a case, replies, anything with free text (K-NAME-1)."""

    name: str
    template: str
    guarded: bool


_kinds: dict[str, Kind] = {}
_transports: list[Transport] = []


def register_kind(name: str, *, template: str, guarded: bool) -> None:
    """Announce a kind of letter. Its template's first line is the subject."""
    _kinds[name] = Kind(name, template, guarded)


def kind_of(name: str) -> Kind:
    return _kinds[name]


def register_transport(transport: Transport) -> None:
    """Set what carries letters from now on; the newest wins."""
    _transports.append(transport)


def transport() -> Transport:
    """The transport in use: SMTP unless another was registered."""
    from concord.letters.smtp import by_smtp

    return _transports[-1] if _transports else by_smtp
