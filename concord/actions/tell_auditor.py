"""tell_auditor: once a day the ledger's head is noted for everyone to see, and goes to the auditor by mail.

Whoever holds yesterday's head can see today whether the past was rewritten. The mail says the day, how many
entries, and the digest: nothing of what they are.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from concord.actions.models import Audit
from concord.actions.watch_audit import raise_alarm
from concord.ledger.models import Head
from concord.ledger.note_head import day_to_note, note_head
from concord.ledger.verify import verify
from concord.letters.registry import register_kind
from concord.letters.send import send_template
from concord.outbox.models import Job
from concord.outbox.registry import every

HEAD = "actions.head"
register_kind(HEAD, template="actions/letters/head.txt", guarded=False)


@every("actions.tell_auditor", seconds=600)
def tell_auditor(job: Job | None, *, at: datetime) -> Head | None:
    """Walk the whole chain, note the head of the day that is over, and mail it. None when there is nothing to note.

    A chain that is broken is an alarm, and has no head: its day stays empty on the page.
    """
    day = day_to_note(at)
    if day is None:
        return None
    broken_at = verify().broken_at
    Audit.objects.update_or_create(id=1, defaults={"chain_broken_at": broken_at})
    if broken_at is not None:
        raise_alarm(1, at=at)
        return None
    return _note_and_mail(day, at=at)


@transaction.atomic
def _note_and_mail(day: date, *, at: datetime) -> Head:
    noted = note_head(day, at=at)
    if noted.noted_at == at and settings.CONCORD_AUDITOR_ADDRESS:
        send_template(
            HEAD,
            to=settings.CONCORD_AUDITOR_ADDRESS,
            context={"day": str(day), "line": str(noted)},
            language=settings.LANGUAGE_CODE,
            at=at,
        )
    return noted
