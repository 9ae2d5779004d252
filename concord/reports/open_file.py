"""open_file: give out a file that came with a report, cleaned or as it came; each opening is an entry (K-CONF-1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.refusals import Refused
from concord.reports.clean_file import read_all_brought, read_brought, read_copy
from concord.reports.models import Attachment, Report
from concord.reports.uploads import Brought, open_upload
from concord.vault.keyring import Keyring

CLEANED_TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}
ANY_TYPE = "application/octet-stream"


class NotCleaned(Refused):
    """There is no cleaned copy of this file."""

    words = _("There is no cleaned copy of this file.")
    status = 409


class Listed(NamedTuple):
    """A file as staff see it named."""

    id: UUID
    name: str
    size: int
    kind: str
    copy: str


class Opened(NamedTuple):
    """A file's bytes, to be given out piece by piece, and what they are called."""

    pieces: Iterator[bytes]
    name: str
    size: int
    type: str


def list_files(report: Report, *, keyring: Keyring) -> list[Listed]:
    """The files of a report, in the order in which they came. Raises vault.NoGrant."""
    return [_listed(*each) for each in read_all_brought(report, keyring=keyring)]


def list_file(attachment: Attachment, *, keyring: Keyring) -> Listed:
    """One of them. Raises vault.NoGrant."""
    return _listed(attachment, read_brought(attachment, keyring=keyring))


def _listed(attachment: Attachment, brought: Brought) -> Listed:
    return Listed(attachment.id, brought.name, brought.size, brought.kind, attachment.copy)


def open_original(attachment: Attachment, *, keyring: Keyring, at: datetime) -> Opened:
    """The file as it came, of no type that anything would run or show. Raises vault.NoGrant."""
    brought = read_brought(attachment, keyring=keyring)
    _record(attachment, "original", keyring=keyring, at=at)
    return Opened(open_upload(brought), brought.name, brought.size, ANY_TYPE)


def open_copy(attachment: Attachment, *, keyring: Keyring, at: datetime) -> Opened:
    """The cleaned copy. Raises vault.NoGrant, NotCleaned."""
    brought = read_brought(attachment, keyring=keyring)
    copy = read_copy(attachment, keyring=keyring)
    if copy is None:
        raise NotCleaned(subject=attachment.report_id)
    _record(attachment, "copy", keyring=keyring, at=at)
    stem = brought.name.rpartition(".")[0] or brought.name
    made = Brought(copy.secret, "", copy.size, brought.kind, "")
    return Opened(open_upload(made), f"{stem}.{copy.ending}", copy.size, CLEANED_TYPES[copy.ending])


def _record(attachment: Attachment, which: str, *, keyring: Keyring, at: datetime) -> None:
    record(
        "reports.open_file",
        actor=keyring.holder,
        subject=attachment.report_id,
        at=at,
        file=attachment.id,
        which=which,
    )
