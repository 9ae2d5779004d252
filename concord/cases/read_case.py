"""read_case: open a case, and leave in the ledger who did (K-CONF-1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from concord.cases.keep_evidence import read_evidence
from concord.cases.models import Case, Note
from concord.cases.parties import Known, known_parties
from concord.cases.write_note import read_note
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring


@dataclass(frozen=True)
class Opened:
    """A case in the clear, for one page."""

    sources: list[dict[str, Any]]
    parties: list[Known]
    notes: list[tuple[Note, str]]
    evidence: list[dict[str, Any]]
    wishes: str


@transaction.atomic
def read_case(case: Case, *, by: StaffMember, keyring: Keyring, at: datetime) -> Opened:
    """Everything in the case, wishes first. Raises NoGrant (or GrantDormant) for whoever holds no key."""
    sources = [_source(source, keyring) for source in case.sources.select_related("flag", "report")]
    opened = Opened(
        sources=sources,
        parties=known_parties(case, keyring=keyring),
        notes=[(note, read_note(note, keyring=keyring)) for note in case.notes.all()],
        evidence=[read_evidence(each, keyring=keyring) for each in case.evidence.order_by("kept_at")],
        wishes=" ".join(source["wishes"] for source in sources if source.get("wishes")),
    )
    record("cases.read_case", actor=by.person_id, subject=case.id, at=at)
    return opened


def _source(source: Any, keyring: Keyring) -> dict[str, Any]:
    thing = source.flag or source.report
    kind = "flag" if source.flag else "report"
    contents: dict[str, Any] = json.loads(
        files.unseal(thing.file, bytes(thing.sealed), about=f"{kind}:{thing.id}", keyring=keyring)
    )
    return {"source": kind, "code": thing.code, "id": thing.id, "post": getattr(thing, "post_id", None), **contents}
