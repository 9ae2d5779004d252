"""Who is behind a stream, which has a session and a host and no request; it opens for nobody whom the pages stop."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from concord.people.current import login_of
from concord.people.models import Login, StaffMember
from concord.vault.session import is_open_in


def listening_login(session_key: str | None, host: str, *, desk: bool) -> Login | None:
    """The login whose session this is, on the host that the stream is for; at the desk one whose keys are open."""
    name = host.split(":", 1)[0].lower()
    if not session_key or (name in settings.CONCORD_DESK_HOSTS) is not desk:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    request.is_desk = desk  # type: ignore[attr-defined]
    request.user = get_user(request)
    login = login_of(request)
    return login if login and (not desk or is_open_in(request.session)) else None


def listening_staff(session_key: str | None, host: str, *, at: datetime) -> StaffMember | None:
    """The current member of the team at this open desk, whose passphrase is theirs alone and who has pledged."""
    login = listening_login(session_key, host, desk=True)
    if login is None or login.others_know_passphrase:
        return None
    pledged = StaffMember.objects.current(at).exclude(pledged_at=None)
    return pledged.filter(person_id=login.person_id).first()
