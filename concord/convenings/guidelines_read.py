"""Which guidelines somebody has read: kept in a signed cookie of their own, and nowhere else (P-GUIDE-1).

A table of who confirmed which session's guidelines would be an attendance list, so there is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core import signing
from django.db.models import UUIDField
from django.http import HttpRequest, HttpResponseBase

from concord.convenings.models import Guidelines, Session
from concord.people.current import person_of
from concord.prepared import Prepared, Slot

COOKIE = "__Host-guidelines"
MOST = 40
"""Sessions remembered in one browser; the oldest falls out and is simply shown again."""
LIFETIME = 60 * 60 * 24 * 14

_confirmed = Guidelines.objects.filter(confirmed_at__isnull=False)
_guidelines = Prepared(
    lambda: _confirmed.filter(session=Slot("session", UUIDField())).order_by("-number")[:1]
)


def guidelines_of(session: Session) -> Guidelines | None:
    """The guidelines that hold for a session: the newest that were confirmed."""
    return _guidelines.first(session=session.id)


def guidelines_of_each(sessions: Iterable[Session]) -> dict[UUID, Guidelines]:
    """The same for many sessions, by their ids, in one question."""
    confirmed = Guidelines.objects.filter(session__in=list(sessions), confirmed_at__isnull=False)
    return {
        each.session_id: each for each in confirmed.select_related("session").order_by("number")
    }


def has_read(request: HttpRequest, session: Session) -> bool:
    """Whether this person, in this browser, confirmed the guidelines that hold now. Without any, nobody did."""
    guidelines = guidelines_of(session)
    return guidelines is not None and _read(request).get(session.id.hex) == guidelines.number


def mark_read(request: HttpRequest, response: HttpResponseBase, guidelines: Guidelines) -> None:
    """Let the browser keep that this person confirmed these guidelines."""
    read = _read(request)
    read.pop(guidelines.session_id.hex, None)
    read[guidelines.session_id.hex] = guidelines.number
    kept = dict(list(read.items())[-MOST:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_salt(request), compress=True),
        max_age=LIFETIME,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, int]:
    try:
        read = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request), max_age=LIFETIME)
    except signing.BadSignature:
        return {}
    return read if isinstance(read, dict) else {}


def _salt(request: HttpRequest) -> str:
    """Bound to the person, for a browser may be shared."""
    person = person_of(request)
    return f"concord.guidelines:{person.id if person else UUID(int=0)}"
