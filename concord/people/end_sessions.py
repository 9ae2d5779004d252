"""end_sessions: close what a login has open in other browsers, and what their pages still hear."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from concord.live.end_streams import end_streams
from concord.people.models import Login
from concord.vault.session import holder_in

AT_ONCE = 500


def end_sessions(login: Login, *, but: str | None = None) -> int:
    """End every session of a login but this one, also those that wait for the second factor; return how many.

    A request that is under way in one of them cannot bring it back: Django saves no session whose row is gone. A
    session says whose it is only inside, so all that live are looked into, before anything is locked: nobody's post
    or second yes waits meanwhile.
    """
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    seen: set[str | None] = {but}
    ended = 0
    for _time in ("all that there are", "what was renamed or begun meanwhile"):
        names = [name for name in alive.values_list("pk", flat=True) if name not in seen]
        seen.update(names)
        for begin in range(0, len(names), AT_ONCE):
            rows = Session.objects.filter(pk__in=names[begin : begin + AT_ONCE])
            theirs = [row.pk for row in rows if _is_of(login, row)]
            if theirs:
                ended += Session.objects.filter(pk__in=theirs).delete()[0]
    end_streams(login.person_id)
    return ended


def _is_of(login: Login, row: Session) -> bool:
    held = row.get_decoded()
    signed_in = held.get(SESSION_KEY)
    if signed_in is None:
        return holder_in(held) == login.person_id
    return bool(signed_in == str(login.pk))
