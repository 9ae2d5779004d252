"""noes: why colleagues did not agree to an earlier text; whoever is asked next reads it with the new one (R-CONCUR-1).

They are sealed and signed with the version, in the words in which they were given, with protected people masked as in
all that it shows. So nobody is asked again without them: not by a comma that was changed, nor by a colleague who takes
the text over, nor by a proposal on the same targets after the first one was closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from concord.cases.models import Case
from concord.cases.parties import Known
from concord.concurrence.contents import read_contents, targets_of
from concord.concurrence.evidence import masked
from concord.concurrence.kinds import asks
from concord.concurrence.models import Decline, Version
from concord.concurrence.terms import Target
from concord.vault import files
from concord.vault.errors import NoGrant, Tampered
from concord.vault.keyring import Keyring


@dataclass(frozen=True)
class No:
    """Somebody said no to an earlier text: who, when, what it asked for, and why; empty where it could not be opened.

    `about` are the persons whom that text touched: whoever is close to one of them is not given it in another's place.
    """

    version: str
    person: str
    at: str
    asked: str
    reason: str
    about: tuple[str, ...]

    @property
    def said_at(self) -> datetime:
        return datetime.fromisoformat(self.at)


def noes_in(contents: dict[str, Any]) -> list[No]:
    """Those that a version carries."""
    return [No(**{**each, "about": tuple(each["about"])}) for each in contents.get("noes", ())]


def as_json(noes: Iterable[No]) -> list[dict[str, Any]]:
    return [{**asdict(each), "about": list(each.about)} for each in noes]


def about_of_noes(noes: Iterable[No]) -> set[UUID]:
    """All whom the texts were about that somebody said no to."""
    return {UUID(person) for each in noes for person in each.about}


def earlier_noes(
    case: Case,
    *,
    proposal: UUID,
    targets: tuple[Target, ...],
    tokens: Iterable[bytes],
    parties: list[Known],
    keyring: Keyring,
) -> list[No]:
    """What was said no to in this case, in this very proposal or in another on one of these targets, oldest first.

    Opened with the key of whoever writes the new text; what they were never given comes with the texts that carry it
    on, and where none does, that somebody said no is told without why.
    """
    alike = Q(steps__target_token__in=list(tokens))
    texts = Version.objects.filter(Q(proposal=proposal) | alike, proposal__case=case).distinct()
    known: dict[tuple[str, str], No] = {}
    for version in texts.order_by("submitted_at", "number"):
        rows = list(version.declines.order_by("declined_at"))
        contents = _opened(version, keyring=keyring)
        for carried in noes_in(contents or {}):
            _note(known, carried)
        for row in rows:
            _note(known, _no(row, contents, keyring=keyring))
    shown = [
        replace(
            each,
            asked=masked(each.asked, list(targets), parties),
            reason=masked(each.reason, list(targets), parties),
        )
        for each in known.values()
    ]
    return sorted(shown, key=lambda each: each.said_at)


def _note(known: dict[tuple[str, str], No], found: No) -> None:
    """Once each; with its reason, where one text carries it and another does not."""
    before = known.get((found.version, found.person))
    if before is None or not before.reason:
        known[(found.version, found.person)] = found


def _opened(version: Version, *, keyring: Keyring) -> dict[str, Any] | None:
    """None for what this key does not open, and for a row that was tampered with: that blocks no new proposal."""
    try:
        return read_contents(version, keyring=keyring)
    except (NoGrant, Tampered, ValueError):
        return None


def _no(row: Decline, contents: dict[str, Any] | None, *, keyring: Keyring) -> No:
    said = {
        "version": str(row.version_id),
        "person": str(row.person),
        "at": row.declined_at.isoformat(),
    }
    if contents is None:
        return No(**said, asked="", reason="", about=())
    from concord.concurrence.propose import about_of

    targets = targets_of(contents)
    return No(
        **said,
        asked=asks(targets),
        reason=reason_of(row, keyring=keyring),
        about=tuple(sorted(map(str, about_of(targets)))),
    )


def reason_of(row: Decline, *, keyring: Keyring) -> str:
    """Why somebody did not agree, as they wrote it. Raises NoGrant."""
    about = f"decline:{row.version_id}:{row.person}"
    blob = bytes(row.sealed)
    return files.unseal(row.version.briefing, blob, about=about, keyring=keyring).decode()
