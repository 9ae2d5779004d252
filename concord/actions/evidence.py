"""Evidence: what an audit judges, as plain rows. No contents, names or addresses; no table, so a file serves as well.

The live audit fills it from the database, the offline one from a file that somebody was given; both hand it to
`judge`, and there is no other set of rules.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from concord.vault.enrolments import KeyRow, RecoveryRow

__all__ = ["Evidence", "Key", "Recovery"]


@dataclass(frozen=True, slots=True)
class Recovery(RecoveryRow):
    """A recovery key's public halves."""


@dataclass(frozen=True, slots=True)
class Key(KeyRow):
    """Somebody's key that counted; `brought_in_by` is who designated its holder."""

    brought_in_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """The standing letterbox of somebody outside the team, who reads and does not sign."""

    id: UUID
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One exact text, by its manifest."""

    id: UUID
    proposer: UUID
    manifest: str
    digest: str
    signature: bytes
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """Another person's signature on a version."""

    id: UUID
    version: UUID
    version_digest: str
    proposer: UUID
    person: UUID
    signature: bytes
    concurred_at: datetime
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Execution:
    """An act of carrying out, and by what authority."""

    id: UUID
    agreement: UUID | None
    prior_decision: UUID | None
    executed_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What an execution left standing."""

    id: UUID
    execution: UUID
    made_at: datetime
    until_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Warrant:
    """The authority for one effect. `author`: of a post that went under a prior decision, while it is known."""

    id: UUID
    execution: UUID
    kind: str
    target: UUID
    scope_kind: str
    scope_id: UUID | None
    until_at: datetime | None
    review_on: date | None
    detail_digest: str
    commitment: str | None
    salt: str
    author: UUID | None


@dataclass(frozen=True, slots=True)
class Shut:
    """Somebody is shut out."""

    id: UUID
    person: UUID
    scope_kind: str
    scope_id: UUID | None
    warrant: UUID
    since_at: datetime
    until_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Limit:
    """Somebody writes less than others, or not at all; `pace` in minutes, opened by `salt`."""

    id: UUID
    person: UUID
    scope_kind: str
    scope_id: UUID | None
    pace: int | None
    salt: str
    warrant: UUID
    since_at: datetime
    until_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody is told something in a room, alone: that they are asked to leave, or a text to read."""

    id: UUID
    person: UUID
    asked_to_leave: bool
    scope_kind: str
    scope_id: UUID | None
    warrant: UUID
    since_at: datetime
    until_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person does, and what they signed of it once they had; `digest` is that of the sealed statement."""

    id: UUID
    warrant: UUID
    stated_by: UUID | None
    stated_at: datetime | None
    digest: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class SetAside:
    """A step of an agreed text that was left out, with a reason that lies sealed."""

    id: int
    version: UUID
    commitment: str
    by: UUID
    set_aside_at: datetime


@dataclass(frozen=True, slots=True)
class Removal:
    """A post was taken away."""

    id: UUID
    post: UUID
    warrant: UUID
    removed_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A post that nobody is shown, whatever the reason."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Ending:
    """A decision ended, or will end, before its date; `only` one step of it, where that is given."""

    id: UUID
    decision: UUID
    how: str
    warrant: UUID | None
    review: UUID | None
    by: UUID | None
    signature: bytes
    ends_at: datetime
    made_at: datetime
    only: UUID | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A decision was confirmed after `stepped_out` stepped out of it; `late` is that stepping out."""

    id: int
    late: UUID
    decision: UUID
    stepped_out: UUID
    person: UUID
    signature: bytes
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain that is kept begins, when older entries went after five years."""

    id: int
    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger, with its place in the chain; the newest ones have none yet."""

    id: int
    verb: str
    actor: UUID | None
    subject: UUID | None
    at: datetime
    facts: dict[str, Any]
    position: int | None
    digest: bytes | None

    @property
    def order(self) -> tuple[int, int]:
        """What was entered earlier is smaller; what is not chained yet comes last."""
        return (self.position if self.position is not None else 1 << 63, self.id)


KINDS: dict[str, type] = {
    "recovery": Recovery,
    "key": Key,
    "outside": Outside,
    "shut": Shut,
    "limit": Limit,
    "notice": Notice,
    "by_hand": ByHand,
    "removal": Removal,
    "gone": Gone,
    "decision": Decision,
    "ending": Ending,
    "confirmation": Confirmation,
    "execution": Execution,
    "warrant": Warrant,
    "agreement": Agreement,
    "version": Version,
    "set_aside": SetAside,
}
"""What each line of a file is called, apart from the ledger's own. In the order in which the tables are read: what
a row stands on was committed before or with it, so a row read later is never missing."""

TELLING = frozenset(
    [
        "access.shut", "access.end_shut", "access.limit", "access.end_limit",
        "access.tell", "access.end_notice", "actions.state_done", "concurrence.set_aside",
        "spaces.remove_post", "spaces.restore_post", "people.designate",
        "people.name_outside_contact",
        "concurrence.propose", "concurrence.revise", "concurrence.adopt", "concurrence.concur", "concurrence.leave",
        "concurrence.declined", "concurrence.withdrawn", "concurrence.voided", "concurrence.lapsed",
        "concurrence.execute", "actions.lifted", "actions.varied", "actions.overturned", "actions.earlier",
        "actions.confirm_decision", "vault.make_recovery", "vault.remake_recovery", "vault.enrol",
        "vault.countersign", "vault.retire",
    ]
)  # fmt: skip
"""The verbs against which rows are held; the others are read for the chain alone."""


@dataclass
class Evidence:
    """All rows by kind and id; of the ledger, the entries that tell, by what they are about.

    `ledger_from`: rows older than that are not held against the ledger, for their entries are five years old.
    """

    rows: dict[str, dict[Any, Any]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    entries: dict[UUID | None, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    ledger_from: datetime | None = None

    def add(self, kind: str, row: Any) -> None:
        """Raises ValueError for a second row of the same id."""
        if row.id in self.rows[kind]:
            raise ValueError(f"{kind} {row.id} stands there twice")
        self.rows[kind][row.id] = row

    def enter(self, entry: Entry) -> bool:
        """Remember an entry if it tells anything about a row; whether it does."""
        if entry.verb in TELLING:
            self.entries[entry.subject].append(entry)
            return True
        return False

    def of(self, kind: str) -> list[Any]:
        return list(self.rows[kind].values())

    def get(self, kind: str, id: Any) -> Any:
        return self.rows[kind].get(id)
