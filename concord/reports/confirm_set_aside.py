"""confirm_set_aside: a second person agrees that a report which alleges something leaves the queue (4.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import Report, SettingAside, State
from concord.reports.read_report import check_reads
from concord.reports.redirect_report import make_question
from concord.reports.set_aside import NotToBeSetAside, check_knows_nobody, close
from concord.vault import files
from concord.vault.keyring import Keyring


class NeedsAnotherPerson(Refused):
    """Whoever wants a report set aside cannot confirm it as well."""

    words = _("Somebody else has to confirm this.")


@transaction.atomic
def confirm_set_aside(
    aside: SettingAside, *, by: StaffMember, keyring: Keyring, at: datetime
) -> SettingAside:
    """Confirm, as another person.

    Raises NeedsAnotherPerson, NotToBeSetAside, AcquaintedDoNotLetItRest, OnlyCurrentStaff, NoGrant.
    """
    report = Report.objects.select_for_update().get(id=aside.report_id)
    aside = SettingAside.objects.get(id=aside.id)
    check_reads(report, by=by, keyring=keyring, at=at)
    check_knows_nobody(report, by=by, keyring=keyring)
    if aside.wished_by == by.person_id:
        raise NeedsAnotherPerson(subject=report.id)
    if report.state != State.ACKNOWLEDGED:
        raise NotToBeSetAside(subject=report.id)
    aside.confirmed_by, aside.confirmed_at = by.person_id, at
    aside.save(update_fields=["confirmed_by", "confirmed_at"])
    if aside.redirects:
        make_question(report, keyring=keyring, at=at)
    else:
        close(report)
    record("reports.confirm_set_aside", actor=by.person_id, subject=report.id, at=at)
    tell_desks(files.readers(report.file), "report", report.id)
    return aside
