"""Kinds of letter, the transport that carries them, and the guard that reads guarded ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Transport(Protocol):
    """Carries one letter out, or raises."""

    def __call__(self, *, to: str, subject: str, body: str, language: str) -> None: ...


class Guard(Protocol):
    """Says whether a verdict stands for exactly these texts."""

    def __call__(self, verdict: UUID, *texts: str) -> bool: ...


@dataclass(frozen=True)
class Kind:
    """A class of letter. Guarded: notices about a case, replies, anything with free text (K-NAME-1)."""

    name: str
    template: str
    guarded: bool


_kinds: dict[str, Kind] = {}
_transports: list[Transport] = []
_guards: list[Guard] = []


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


def register_guard(guard: Guard) -> None:
    """Set who is asked about a verdict. Without one every guarded letter is refused."""
    _guards.append(guard)


def is_cleared(verdict: UUID | None, *texts: str) -> bool:
    """Whether every guard says that this verdict stands for these texts; no guard, no yes."""
    return (
        verdict is not None and bool(_guards) and all(guard(verdict, *texts) for guard in _guards)
    )
