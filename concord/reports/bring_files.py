"""bring_files: what came with a report is sealed into it, or not at all (K-CONF-1, I-ANYWAY-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.letterbox.read import Opened
from concord.reports.models import Attachment, Report
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.told import Told
from concord.reports.uploads import Brought
from concord.vault import files

COPY_KIND = "file"


@transaction.atomic
def receive_with_files(
    told: Told, brought: Sequence[Brought], *, nonce: bytes, at: datetime, **how: Any
) -> Receipt:
    """Receive a report and its files: both, or neither. The same form with the same files is the same report.

    `how` is what `receive_report` takes.
    """
    receipt = receive_report(told, nonce=_with_files(nonce, brought), at=at, **how)
    if brought and not receipt.report.attachments.exists():
        bring_files(receipt.report, brought, at=at)
    return receipt


@transaction.atomic
def bring_files(report: Report, brought: Iterable[Brought], *, at: datetime) -> list[Attachment]:
    """Seal what opens each file to those who read the report. The bytes stay as they were sealed on the way in.

    A file that is here already is not brought twice.
    """
    brought = list(brought)
    if not brought:
        return []
    report = Report.objects.select_for_update().get(id=report.id)
    here = set(report.attachments.values_list("blob", flat=True))
    brought = [each for each in brought if each.blob not in here]
    first = report.attachments.count() + 1
    made = [
        _attach(report, each, number=number, at=at)
        for number, each in enumerate(brought, start=first)
    ]
    record("reports.bring_files", actor=None, subject=report.id, at=at, files=len(made))
    return made


def files_among(opened: Iterable[Opened]) -> list[Brought]:
    """The files that the reporter brought, by what lies in their box."""
    return [Brought.from_bytes(each.plaintext[16:]) for each in opened if each.kind == COPY_KIND]


def about(attachment: UUID) -> str:
    return f"attachment:{attachment}"


def _attach(report: Report, brought: Brought, *, number: int, at: datetime) -> Attachment:
    """With a copy of its key in the reporter's box, for the day when nobody on the team may read it."""
    id = uuid4()
    for box in Box.objects.filter(id=report.box) if report.box else []:
        push(box, id.bytes + brought.to_bytes(), kind=COPY_KIND, at=at)
    return Attachment.objects.create(
        id=id,
        report=report,
        number=number,
        blob=brought.blob,
        sealed=files.seal(report.file, brought.to_bytes(), about=about(id)),
    )


def _with_files(nonce: bytes, brought: Sequence[Brought]) -> bytes:
    if not brought:
        return nonce
    digests = sorted(each.digest for each in brought)
    return hashlib.sha256(nonce + "".join(digests).encode()).digest()
