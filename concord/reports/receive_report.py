"""receive_report: seal what somebody tells us to those who may read it (I-STAFF-1, I-WHO-1, K-CONF-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.letterbox.issue import issue
from concord.letterbox.models import Box
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import close_to, on_call_of, outside_readers
from concord.monitoring.ring import ring
from concord.names import token
from concord.people.models import StaffMember
from concord.reports.intake_checks import kept_out_by_checks
from concord.reports.keeps_out import kept_out_token
from concord.reports.models import KeptOut, Report
from concord.reports.own_copy import OwnCopy, keep_copy
from concord.reports.promise import answer_by
from concord.reports.same_words import LATELY, gist, is_one_of_many
from concord.reports.seal_told import seal_told
from concord.reports.told import Told
from concord.reports.who_read import kept_out_by_reporter
from concord.vault import files
from concord.vault.keyholders import holding


class Receipt(NamedTuple):
    """The report, and the code that opens its box: shown to the reporter once, kept nowhere."""

    report: Report
    code: str


@transaction.atomic
def receive_report(
    told: Told,
    *,
    nonce: bytes,
    keep_out: Iterable[StaffMember] = (),
    suspect: bool = False,
    at: datetime,
) -> Receipt:
    """Seal a report to every designated receiver who is not kept out, else to the outside contact.

    Kept out are: whom the reporter ticks, whoever is named in the text, the author of the post it came from and
    those tied to them, and whom intake checks add. A report about the team goes outside before any name is
    matched. All of this happens before anybody is told of it. The same form with the same contents is the same
    report; with other contents it is another one, with its own readers. `suspect` folds it and refuses nothing.
    """
    keep_out = list(keep_out)
    code, box = issue(_seed(nonce, told, keep_out), purpose="report", at=at)
    known = Report.objects.filter(box=box.id).first()
    if known is not None:
        return Receipt(known, code)
    return Receipt(file_report(told, box=box, keep_out=keep_out, suspect=suspect, at=at), code)


def file_report(
    told: Told,
    *,
    box: Box,
    keep_out: Iterable[StaffMember] = (),
    we_keep_out: Iterable[StaffMember] = (),
    suspect: bool = False,
    received_at: datetime | None = None,
    at: datetime,
) -> Report:
    """The routing itself, whichever way it came; its answers go to `box`. `received_at`: when it first reached us.

    `we_keep_out`: whom we see to be involved. The reporter is not told of it, and does not let them in (K-CONF-1).
    Where that leaves one colleague alone with it, the outside contact reads it as well: nobody picks themself as the
    only one who does.
    """
    keep_out, ours = list(keep_out), list(we_keep_out)
    id = uuid4()
    kept_out = set() if told.about_team else _kept_out(told, [*keep_out, *ours], report=id, at=at)
    inside = set() if told.about_team else _receivers(at) - kept_out
    outside = outside_readers(at) if len(inside) < (2 if ours else 1) else set()
    readers = inside | outside
    file = files.open_file(readers=readers, at=at)
    text_token = alike_token(told.text, readers)
    report = Report.objects.create(
        id=id,
        code=random_code(),
        urgent=told.is_urgent,
        outside=not inside,
        folded=suspect or _is_one_of_many(text_token, at=at),
        tell_outcome=told.hear == "done",
        text_token=text_token,
        file=file.id,
        **seal_told(told, report=id, file=file.id),
        box=box.id,
        received_at=received_at or at,
        answer_by=answer_by(told.language, at=at),
    )
    KeptOut.objects.bulk_create(
        KeptOut(
            report=report,
            token=kept_out_token(id, person),
            by_us=person in {one.person_id for one in ours},
            ticked=person in {one.person_id for one in keep_out},
        )
        for person in kept_out | {one.person_id for one in ours}
    )
    keep_copy(box, OwnCopy(told, tuple(one.id for one in keep_out)), at=at)
    record("reports.receive", actor=None, subject=id, at=at, urgent=report.urgent)
    tell_desks(readers, "report", id)
    ring(on_call_of(inside, at=at) | outside, at=at)
    return report


def alike_token(text: str, readers: Iterable[UUID], *, of: str = "report text") -> bytes:
    """The same for the same words to the same readers, among what is `of` one kind.

    Were it the words alone, whoever is kept out of a report could send its words themself and see by what is
    folded that somebody else had sent them (K-CONF-1).
    """
    them = " ".join(sorted(map(str, readers)))
    return token(of, f"{them}\n{gist(text)}")


def about(report: UUID) -> str:
    return f"report:{report}"


def _seed(nonce: bytes, told: Told, keep_out: Iterable[StaffMember]) -> bytes:
    """What the code is made from: the form and what it carried, so that a resent form is known again."""
    ticked = sorted(str(one.id) for one in keep_out)
    return hashlib.sha256(nonce + told.to_bytes() + "".join(ticked).encode()).digest()


def _kept_out(
    told: Told, keep_out: Iterable[StaffMember], *, report: UUID, at: datetime
) -> set[UUID]:
    persons = kept_out_by_reporter(told, keep_out, at=at)
    if told.source and told.source.author_id:
        persons |= close_to([told.source.author_id])
    return persons | kept_out_by_checks(told, report=report, at=at)


def _receivers(at: datetime) -> set[UUID]:
    able = StaffMember.objects.receivers(at).filter(person_id__in=holding())
    return set(able.values_list("person_id", flat=True))


def _is_one_of_many(text_token: bytes, *, at: datetime) -> bool:
    lately = Report.objects.filter(text_token=text_token, received_at__gt=at - LATELY)
    return is_one_of_many(lately)
