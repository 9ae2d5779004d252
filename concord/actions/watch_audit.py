"""watch_audit: look again and again whether everything that holds was decided by two; raise an alarm when not.

The database's own rules cannot check a signature: whoever owns the database could write a whole chain that looks
right. This looks within a minute, and at everything once an hour.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.audit import audit
from concord.actions.models import Audit
from concord.ledger.record import record
from concord.letters.registry import register_kind
from concord.letters.send import send_template
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import every, handles
from concord.people.models import Role, StaffMember

WHOLE = timedelta(hours=1)
OVERLAP = timedelta(minutes=5)
"""What was written while the last look was under way may carry a time before it."""
TOLD = [Role.RECEIVER, Role.IT]
"""Who sees the alarm: it says that something is wrong, and nothing about anybody."""
ALARM = "actions.audit_alarm"
FOUND = _(
    "The audit found something that no two people decided. Somebody may have written into the database. Ask the "
    "leads and whoever keeps the machines what they do about it, and trust no decision until it is clean again."
)
log = logging.getLogger("concord.audit")
register_kind(ALARM, template="actions/letters/audit_alarm.txt", guarded=False)


@every("actions.watch_audit", seconds=60)
def watch_audit(job: Job | None, *, at: datetime) -> bool:
    """Look at what is new since the last clean look; at all of it once an hour. Returns whether it is clean."""
    last, _is_new = Audit.objects.get_or_create(id=1)
    whole = last.whole_at is None or last.found_at is not None or at - last.whole_at >= WHOLE
    since = None if whole or last.clean_at is None else last.clean_at - OVERLAP
    findings = _count(since) + (last.chain_broken_at is not None)
    if findings:
        raise_alarm(findings, at=at)
    else:
        changes = {"clean_at": at, "found_at": None} | ({"whole_at": at} if since is None else {})
        Audit.objects.filter(id=1).update(**changes)
    return not findings


def alarm_for(staff: StaffMember) -> datetime | None:
    """Since when an audit is not clean, for those who are told; None while it is."""
    if staff.role not in TOLD:
        return None
    return Audit.objects.filter(id=1).values_list("found_at", flat=True).first()


def _count(since: datetime | None) -> int:
    """How many findings. Rows on which the audit itself breaks are one: nothing of ours writes such."""
    try:
        return len(audit(since=since))
    except OperationalError:  # a database that is away for a moment was not forged
        raise
    except Exception:
        log.exception("the audit broke off")
        return 1


@transaction.atomic
def raise_alarm(findings: int, *, at: datetime) -> None:
    """Once, when it begins: in the ledger, in the log, on the pages that are open, and to phones that are not.

    What goes outside goes by the outbox: a row that somebody bent must not keep the alarm from the team.
    """
    if not Audit.objects.filter(id=1, found_at__isnull=True).update(found_at=at):
        return
    record("actions.audit_alarm", actor=None, subject=None, at=at, findings=findings)
    log.error("the audit found something that no two people decided: see `concord audit`")
    told = StaffMember.objects.current(at).filter(role__in=TOLD)
    persons = set(told.values_list("person_id", flat=True))
    tell_desks(persons, "inbox", uuid4())
    ring(persons, at=at, at_once=True)
    leave(ALARM, at=at)


@handles(ALARM)
@transaction.atomic
def tell_those_outside(job: Job, *, at: datetime) -> None:
    """The outside contact, and the auditor: that it was found, and no word of where or about whom."""
    tell_outside(FOUND, code="", at=at)
    if settings.CONCORD_AUDITOR_ADDRESS:
        address, language = settings.CONCORD_AUDITOR_ADDRESS, settings.LANGUAGE_CODE
        send_template(ALARM, to=address, context={}, language=language, at=at)
