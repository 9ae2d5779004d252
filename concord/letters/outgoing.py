"""Texts that leave by another way than a letter, such as an answer laid into a box: read before they go, too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.refusals import Refused


class SeemsToBelongElsewhere(Refused):
    """A text holds the code, or a name, of another case: something may have been pasted into the wrong form.

    `found` are pairs of what was typed and the code of where it belongs. The author may say that they mean it.
    """

    words = _(
        "This looks as if it belongs to another case. Nothing was sent or kept, and nothing is lost."
    )
    status = 409
    is_kept = False  # a slip, and nobody's trespass: the case's timeline need not tell of it

    def __init__(self, found: list[tuple[str, str]], *, subject: UUID | None = None) -> None:
        super().__init__(subject=subject)
        self.found = found


class Reader(Protocol):
    """Reads a text in its author's session; raises `Refused` when it must not leave.

    `meant` is what the author was asked about and said to belong here, to the letter.
    """

    def __call__(
        self,
        *texts: str,
        about: UUID,
        by: UUID,
        keyring: Any,
        at: datetime,
        meant: Collection[str],
    ) -> UUID | None: ...


_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Lend a reader, once per process; the room that protects survivors does."""
    if reader not in _readers:
        _readers.append(reader)


def read_outgoing(
    *texts: str, about: UUID, by: UUID, keyring: Any, at: datetime, meant: Collection[str] = ()
) -> UUID | None:
    """Have every reader look at the texts. `about` is the report, question or case they belong to (K-NAME-1).

    Raises what a reader raises; then nothing has left. Returns the verdict with which a guarded letter of exactly
    these texts may go, where a reader gave one.
    """
    given = None
    for reader in _readers:
        verdict = reader(*texts, about=about, by=by, keyring=keyring, at=at, meant=meant)
        given = verdict or given
    return given
