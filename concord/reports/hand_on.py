"""hand_on: the outside contact seals a report on to one named receiver whom its reporter did not keep out (I-WHO-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import close_to
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports import promise
from concord.reports.keeps_out import kept_out_token, stays_out
from concord.reports.models import LetIn, Report
from concord.reports.outside import Outside, check_hands_on, check_opens
from concord.reports.read_report import told_in
from concord.reports.told import Told
from concord.reports.who_read import kept_out_by_reporter
from concord.vault import files


class NotToThem(Refused):
    """Whoever reported keeps this person out, or they may be involved."""

    words = _("It cannot go to this person: they may be involved, or are not to read it.")


@transaction.atomic
def hand_on(report: Report, *, to: StaffMember, by: Outside, at: datetime) -> Report:
    """Let one receiver read and handle it like any report of theirs. Twice is once.

    A report "about someone on the team" goes to nobody but those whom its reporter let in.
    It is for the outside contact of now. Raises NotToThem, SayFirstThatYouKeepIt, NoGrant, vault's NoKey.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_opens(report, by=by)
    check_hands_on(by, at=at)
    if to not in may_take(report, told_in(report, keyring=by.keyring), at=at):
        raise NotToThem(subject=report.id)
    files.grant(report.file, to=to.person_id, by=by.keyring, at=at)
    if report.outside:
        token = kept_out_token(report.id, to.person_id)
        LetIn.objects.get_or_create(report=report, token=token)
    record("reports.hand_on", actor=by.contact.holder, subject=report.id, at=at, to=to.person_id)
    tell_desks([to.person_id], "report", report.id)
    ring([to.person_id], at=at)
    return report


def may_take(report: Report, told: Told, *, at: datetime) -> list[StaffMember]:
    """The receivers to whom it may be handed on, by working name; those who read it already are left out."""
    readers = files.readers(report.file)
    out = kept_out_by_reporter(told, [], at=at) | stays_out(report)
    if told.source and told.source.author_id:
        out |= close_to([told.source.author_id])
    kept_out = {bytes(token) for token in report.kept_out.values_list("token", flat=True)}
    let_in = {bytes(token) for token in report.let_in.values_list("token", flat=True)}
    return [
        one
        for one in promise.receivers(at)
        if one.person_id not in out | readers
        and (token := kept_out_token(report.id, one.person_id)) not in kept_out
        and (not told.about_team or token in let_in)
    ]
