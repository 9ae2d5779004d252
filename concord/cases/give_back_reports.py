"""A tie that is declared late takes back the reports about that person that are in no case yet (K-CONF-1).

Whom a report is about lies sealed with it: the keys of whoever declares the tie, open while they do, tell. What is in
a case goes with the case (`hear_ties`).
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from concord.cases import hear_ties  # noqa: F401  (cases are locked before the files of reports)
from concord.cases.models import Source
from concord.cases.step_out import step_out
from concord.monitoring.step_back import NobodyWouldBeLeft
from concord.people.models import Person, StaffMember
from concord.people.signals import tie_declared
from concord.reports.models import Report
from concord.reports.read_report import told_in
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring
from concord.vault.sight import is_open_to


@receiver(tie_declared, dispatch_uid="cases.give_back_reports")
def give_back_reports(
    staff: StaffMember, person: Person, at: datetime, keyring: Keyring | None = None, **kwargs: Any
) -> None:
    """As if they had stepped out of each by themselves, and of the question that it was passed on as.

    What nobody else could read stays with them, and is not theirs to set aside: it would be lost to whoever told it.
    """
    if keyring is None or keyring.holder != staff.person_id:
        return
    taken = Source.objects.filter(report__isnull=False).values("report")
    theirs = Report.objects.filter(is_open_to(staff.person_id)).exclude(id__in=taken)
    for report in theirs.order_by("received_at"):
        if _is_about(report, person, keyring):
            with contextlib.suppress(NobodyWouldBeLeft), transaction.atomic():
                step_out(report, by=staff, keyring=keyring, at=at)


def _is_about(report: Report, person: Person, keyring: Keyring) -> bool:
    try:
        source = told_in(report, keyring=keyring).source
    except NoGrant:
        return False
    return source is not None and source.author_id == person.id
