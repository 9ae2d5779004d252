"""The people of the vault's tests: two who were first to hold keys, one who came later, and the paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from concord.vault import keys, recovery
from concord.vault.keyring import Keyring
from concord.vault.models import VaultFile
from concord.vault.sight import is_seen_by

PASSPHRASE = "walnut lantern gravel ostrich meadow"


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def later(at: datetime) -> datetime:
    return at + timedelta(days=1)


@pytest.fixture
def shares(db: None, at: datetime) -> list[str]:
    return recovery.make(shares=3, threshold=2, at=at)


@pytest.fixture
def noor(shares: list[str], at: datetime) -> Keyring:
    return _first(shares, at)


@pytest.fixture
def sam(shares: list[str], noor: Keyring, at: datetime) -> Keyring:
    return _first(shares, at)


@pytest.fixture
def kim(noor: Keyring, sam: Keyring, at: datetime) -> Keyring:
    """Came later: countersigned by a colleague."""
    holder = uuid4()
    keys.enrol(holder, PASSPHRASE, at=at, countersigner=noor)
    return keys.unlock(holder, PASSPHRASE)


@pytest.fixture
def stranger() -> UUID:
    return uuid4()


def is_seen(file: UUID, holder: UUID) -> bool:
    """Whether rows about the file are shown to the holder."""
    return VaultFile.objects.filter(is_seen_by(holder, file="id"), id=file).exists()


def _first(shares: list[str], at: datetime) -> Keyring:
    holder = uuid4()
    keys.enrol(holder, PASSPHRASE, at=at, countersigner=recovery.combine(shares[:2]))
    return keys.unlock(holder, PASSPHRASE)
