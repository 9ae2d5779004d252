"""reissue_code: whoever lost their code gets another, by the way to reach them that they had left (I-CONTACT-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.issue import issue
from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.answer_report import OneIsUnderway
from concord.reports.bring_files import COPY_KIND
from concord.reports.carry_out import carry_out
from concord.reports.clean_file import read_all_brought
from concord.reports.hold_back import persons_of, read_held_back
from concord.reports.keeps_out import kept_out_token
from concord.reports.models import HeldBack, NewCode, Report, Supporter, Underway
from concord.reports.new_code import newest_code, settles_at
from concord.reports.own_copy import OwnCopy, keep_copy, keep_later
from concord.reports.read_report import check_reads, read_words, told_in
from concord.reports.receive_report import Receipt
from concord.reports.remove_supporter import remove_supporter
from concord.reports.told import Told
from concord.vault import files
from concord.vault.keyring import Keyring


class NoWayToReachThem(Refused):
    """Without something they left, nobody can know that whoever asks is the one who wrote."""

    words = _(
        "They left no way to reach them, so no other code can be given. They can write to us anew."
    )
    status = 409


@transaction.atomic
def reissue_code(
    report: Report, *, nonce: bytes, by: StaffMember, keyring: Keyring, at: datetime
) -> Receipt:
    """Make another code and take what was told, added, brought and answered along; the old one opens nothing any more.

    It is for the reporter alone, handed over by the way they left. What was laid in the old box about what was
    done does not come along, for only the old code opens it. Those who read the report are told, and for a while it
    decides nothing that its maker could decide in the reporter's place (`new_code`). Whoever was brought along with a
    code that had not settled is beside them no more. One `nonce` gives one code.
    Raises NoWayToReachThem, OneIsUnderway, and what `check_reads` raises.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_reads(report, by=by, keyring=keyring, at=at)
    report = carry_out(report, at=at)
    told = told_in(report, keyring=keyring)
    if not told.contact.strip():
        raise NoWayToReachThem(subject=report.id)
    if Underway.objects.filter(report=report).exists():
        raise OneIsUnderway(subject=report.id)
    seed = hashlib.sha256(nonce + report.id.bytes).digest()
    code, box = issue(seed, purpose="report", at=at)
    if report.box == box.id:
        return Receipt(report, code)
    _move(report, told, box=box, keyring=keyring, at=at)
    _leave_beside(report, at=at)
    NewCode.objects.create(report=report, by_staff=by.person_id, made_at=at)
    record("reports.reissue_code", actor=by.person_id, subject=report.id, at=at)
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers - {by.person_id}, at=at)
    return Receipt(report, code)


def _move(report: Report, told: Told, *, box: Box, keyring: Keyring, at: datetime) -> None:
    copy = _chosen(report, told)
    keep_copy(box, copy, at=at)
    _keep_what_waits(report, copy, box=box, keyring=keyring, at=at)
    for said in read_words(report, keyring=keyring):
        kind = "answer" if said.by_staff else "said"
        push(box, said.text.encode(), kind=kind, at=said.said_at)
    for attachment, brought in read_all_brought(report, keyring=keyring):
        push(box, attachment.id.bytes + brought.to_bytes(), kind=COPY_KIND, at=at)
    old = Box.objects.filter(id=report.box).first() if report.box else None
    report.box = box.id
    report.save(update_fields=["box"])
    if old is not None:
        purge(old, by=keyring.holder, at=at)


def _keep_what_waits(
    report: Report, copy: OwnCopy, *, box: Box, keyring: Keyring, at: datetime
) -> None:
    """What was held back behind the code before waits for the new one: its holder finds it, and may change it."""
    row = HeldBack.objects.filter(report=report).first()
    told = read_held_back(report, keyring=keyring)
    if row is None or told is None:
        return
    come, out = (
        _ids(persons_of(report, map(bytes.fromhex, ones))) for ones in (row.let_in, row.keep_out)
    )
    later = OwnCopy(
        told,
        tuple(id for id in (*copy.keep_out, *sorted(out)) if id not in come),
        tuple(id for id in (*copy.let_in, *sorted(come)) if id not in out),
    )
    row.in_box = keep_later(box, later, stands=copy, at=at)
    row.save(update_fields=["in_box"])


def _leave_beside(report: Report, *, at: datetime) -> None:
    """Whoever was brought along with a code that nobody had confirmed goes with that code: they may be its maker's."""
    code = newest_code(report)
    if code is None or code.confirmed_by is not None:
        return
    since = {"added_at__gte": code.made_at, "added_at__lt": settles_at(code)}
    if Supporter.objects.filter(report=report, **since).exists():
        remove_supporter(report, at=at)


def _ids(persons: set[UUID]) -> set[UUID]:
    return set(StaffMember.objects.filter(person__in=persons).values_list("id", flat=True))


def _chosen(report: Report, told: Told) -> OwnCopy:
    """Whom the reporter ticked, and let in; never whom we keep out ourselves."""
    ticked = _tokens(report.kept_out.filter(ticked=True).values_list("token", flat=True))
    let_in = _tokens(report.let_in.values_list("token", flat=True))
    team = [(one.id, kept_out_token(report.id, one.person_id)) for one in StaffMember.objects.all()]
    return OwnCopy(
        told,
        tuple(id for id, token in team if token in ticked),
        tuple(id for id, token in team if token in let_in),
    )


def _tokens(found: Iterable[bytes | memoryview[int]]) -> set[bytes]:
    return {bytes(token) for token in found}
