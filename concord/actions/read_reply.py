"""read_reply: what is written to whoever asked us to look again is read for names before it goes (K-NAME-1).

Whoever asks is most often the very person whom a report is about, and whoever answers has just read the case.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.actions.looked_at import case_of
from concord.actions.models import ReviewRequest
from concord.letters.outgoing import read_outgoing
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


def may_write(request: ReviewRequest, person: UUID) -> bool:
    """Whether this person's key opens what their words are read against."""
    case = case_of(request)
    return case is None or files.may_open(case.file, person)


def read_reply(
    text: str, request: ReviewRequest, *, by: UUID, keyring: Keyring, at: datetime
) -> None:
    """Read an answer, or the words with an outcome, against the case that was asked about.

    One that tells of no decision and no report may come from anybody: it names nobody in any case of its author's.
    Raises NoGrant for whoever cannot open it, and what the guards of outgoing texts refuse.
    """
    case = case_of(request)
    if not may_write(request, by):
        raise NoGrant(subject=request.id)
    about = case or request.report or request
    read_outgoing(text, about=about.id, by=by, keyring=keyring, at=at)
