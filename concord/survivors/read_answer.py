"""read_answer: the guard on what is laid into a reporter's box once their report is part of a case (K-NAME-1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from concord.cases.models import Case
from concord.survivors.read_text import read_as
from concord.vault.keyring import Keyring


def read_answer(
    *texts: str,
    about: UUID,
    by: UUID,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> UUID | None:
    """Read a text about a report or a case. Without a case there is nobody to protect yet.

    Its author may be the outside contact, who is not on the team. That they mean it is no consent. Raises
    `NamesSomebodyProtected`; NoGrant for an author who cannot open the case.
    """
    case = (
        Case.objects.filter(id=about).first() or Case.objects.filter(sources__report=about).first()
    )
    if case is None:
        return None
    return read_as(*texts, case=case, by=by, keyring=keyring, at=at).id
