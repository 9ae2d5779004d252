"""finish_recovery: whoever lost their passphrase has a new one, and everything that the old one had open is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.outbox.clocks import erases
from concord.people.begin_recovery import NotYoursToRecover
from concord.people.end_sessions import end_sessions
from concord.people.models import Login, StaffMember
from concord.vault import ceremony, keys
from concord.vault.ceremony import Ceremony


def finish_recovery(under_way: Ceremony, *, passphrase: str, at: datetime) -> Ceremony:
    """The last act, by the new passphrase. Raises NotYoursToRecover for somebody who has left meanwhile, and

    what `ceremony.finish` raises. Their sessions end, and the copies of their keys for devices are destroyed.

    Whoever was just brought in, and lost the words that were handed over, is asked for one passphrase more: these words
    open the keys that came with them, and only with that one do fresh ones take their place.
    """
    current = StaffMember.objects.current(at).filter(person=under_way.holder)
    if not current.exists():
        raise NotYoursToRecover(subject=under_way.holder)
    secret = ceremony.put_together(under_way, passphrase, at=at)
    with transaction.atomic():
        finished = ceremony.finish(under_way, passphrase, secret=secret, at=at)
        login = Login.objects.at_the_desk().get(person=under_way.holder)
        if keys.waiting(under_way.holder) is None:
            login.others_know_passphrase = False
            login.save(update_fields=["others_know_passphrase"])
        end_sessions(login)
    return finished


def _due(at: datetime) -> Iterable[date]:
    return [one.dies_at.date() for one in ceremony.overdue(at)]


@erases("people.end_recoveries", _("recoveries of a passphrase that nobody finished"), due=_due)
def end_recoveries(*, at: datetime) -> int:
    """After a day what was typed is gone."""
    return ceremony.forget(at=at)
