"""Enrolments: which keys somebody vouched for, back to the recovery key or to what an outsider pinned.

Plain rows, no table: the running house and an auditor's own machine judge by these lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from concord.vault.signing import enrolment_text, fingerprint, signed_by, vouching_text


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """The public halves of one recovery key, and the word of the one before it."""

    id: UUID
    reading_public: bytes
    signing_public: bytes
    made_at: datetime
    retired_at: datetime | None
    vouched_by_last: bytes

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.reading_public, self.signing_public)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """The public halves of one holder's key that counted, and who vouched for it."""

    id: UUID
    holder: UUID
    reading_public: bytes
    signing_public: bytes
    made_at: datetime
    enrolled_at: datetime
    countersigner: UUID
    countersignature: bytes
    retired_at: datetime | None

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.reading_public, self.signing_public)

    def counted(self, at: datetime) -> bool:
        """Whether a signature made then counts."""
        return self.enrolled_at <= at and (self.retired_at is None or self.retired_at > at)


def vouched_for(
    recoveries: Iterable[RecoveryRow], keys: Iterable[KeyRow], pins: Collection[str] = ()
) -> set[UUID]:
    """The ids of the keys to which a line of signatures leads from the first recovery key, or from a pinned one.

    Two forged keys that vouch for each other are led to by nothing. Of several recovery keys that no earlier
    one vouches for the oldest is believed, and no other; with `pins` (fingerprints), only what is pinned.
    """
    recoveries, keys = list(recoveries), list(keys)
    good = {row.id for row in recoveries if row.fingerprint in pins}
    good |= {key.id for key in keys if key.fingerprint in pins}
    first = [row for row in recoveries if not row.vouched_by_last]
    if first and not pins:
        good.add(min(first, key=lambda row: (row.made_at, row.id.int)).id)
    walk = [row for row in recoveries if row.id in good]
    while walk:
        last = walk.pop()
        for row in recoveries:
            statement = vouching_text(row.reading_public, row.signing_public)
            if row.id not in good and signed_by(
                last.signing_public, statement, row.vouched_by_last
            ):
                good.add(row.id)
                walk.append(row)
    return _reached(recoveries, keys, good)


def _reached(recoveries: list[RecoveryRow], keys: list[KeyRow], good: set[UUID]) -> set[UUID]:
    """Walk on from what is believed, along who vouched for whom."""
    waiting: dict[UUID, list[KeyRow]] = defaultdict(list)
    for key in keys:
        waiting[key.countersigner].append(key)
    for recovery in recoveries:
        if recovery.id in good:
            for key in waiting[recovery.id]:
                if recovery.made_at <= key.enrolled_at and _vouches(recovery.signing_public, key):
                    good.add(key.id)
    walk = [key for key in keys if key.id in good]
    while walk:
        voucher = walk.pop()
        for key in waiting[voucher.holder]:
            if key.id in good or key.holder == voucher.holder:
                continue
            if voucher.counted(key.enrolled_at) and _vouches(voucher.signing_public, key):
                good.add(key.id)
                walk.append(key)
    return good


def _vouches(signing_public: bytes, key: KeyRow) -> bool:
    statement = enrolment_text(key.holder.bytes, key.reading_public, key.signing_public)
    return signed_by(signing_public, statement, key.countersignature)
