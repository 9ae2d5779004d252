"""end_sessions: close what a login has open in other browsers, and what their pages still hear."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from concord.live.end_streams import end_streams
from concord.people.models import Login
from concord.vault.session import holder_in


@transaction.atomic
def end_sessions(login: Login, *, but: str | None = None) -> int:
    """End every session of a login but this one, also those that wait for the second factor; return how many.

    A request that is under way in one of them cannot bring it back: Django saves no session whose row is gone.
    """
    ended = [row.pk for row in Session.objects.exclude(pk=but) if _is_of(login, row)]
    Session.objects.filter(pk__in=ended).delete()
    end_streams(login.person_id)
    return len(ended)


def _is_of(login: Login, row: Session) -> bool:
    held = row.get_decoded()
    signed_in = held.get(SESSION_KEY)
    if signed_in is None:
        return holder_in(held) == login.person_id
    return bool(signed_in == str(login.pk))
