"""forget_logins: mailboxes that nothing needs any more go, and the browser sessions behind them (P-RISK-1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import Affiliation, Login
from concord.people.organisations import announce_ended, forget_unused


@transaction.atomic
def forget_logins(
    persons: Collection[UUID], *, known_by_token: Collection[UUID] = (), at: datetime
) -> int:
    """Delete the mailbox logins of these persons, with their sessions; return how many went. Desk logins stay.

    Where they belong to is forgotten with them, whoever said it. For those `known_by_token` the address and the
    language go: the keyed tokens stay, by which the mailbox is known again for as long as a decision rests on it.
    The ledger keeps no entry, for it would be a list of who attended.
    """
    logins = Login.objects.filter(mailbox_token__isnull=False, person_id__in=persons)
    logins.filter(person_id__in=known_by_token).exclude(address_sealed=None).update(
        address_sealed=None, language=""
    )
    _forget_affiliations(persons, at=at)
    gone = set(logins.exclude(person_id__in=known_by_token).values_list("id", flat=True))
    if gone:
        _end_sessions(gone, at=at)
        Login.objects.filter(id__in=gone).delete()
    return len(gone)


def _forget_affiliations(persons: Collection[UUID], *, at: datetime) -> None:
    affiliations = Affiliation.objects.filter(person_id__in=persons)
    rows = set(affiliations.values_list("person_id", "organisation_id", "organisation__folded"))
    affiliations.delete()
    for person, _organisation, folded in sorted(rows):
        announce_ended(person, [folded], at=at)
    forget_unused({organisation for _person, organisation, _folded in rows})


def _end_sessions(logins: set[UUID], *, at: datetime) -> None:
    """A session says whose it is only inside; the few that are alive are looked into."""
    names = {str(login) for login in logins}
    ended = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=at).iterator()
        if session.get_decoded().get(SESSION_KEY) in names
    ]
    Session.objects.filter(session_key__in=ended).delete()


@every("people.sweep_sessions", seconds=3600)
def sweep_sessions(job: Job, *, at: datetime) -> None:
    """Forget browser sessions that have run out: each says who was signed in, and until when."""
    Session.objects.filter(expire_date__lte=at).delete()
