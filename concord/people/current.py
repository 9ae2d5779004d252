"""Who is asking: the person behind a request, by the door they came through."""

from __future__ import annotations

from django.http import HttpRequest

from concord.doors import on_desk
from concord.people.models import Login, Person, StaffMember


def login_of(request: HttpRequest) -> Login | None:
    """The login that counts on this host: a mailbox that was shown to be theirs, or at the desk a handle."""
    login = request.user
    if not isinstance(login, Login) or not login.is_active:
        return None
    if on_desk(request):
        return login if login.mailbox_token is None else None
    return login if login.mailbox_token is not None and login.verified else None


def person_of(request: HttpRequest) -> Person | None:
    """The human behind the login, or None."""
    login = login_of(request)
    return login.person if login else None


def staff_of(request: HttpRequest) -> StaffMember | None:
    """The current staff member whose keys are open in this very request, or None. At the desk only."""
    if not hasattr(request, "staff_member"):
        request.staff_member = _find_staff(request)  # type: ignore[attr-defined]
    return request.staff_member  # type: ignore[attr-defined]


def _find_staff(request: HttpRequest) -> StaffMember | None:
    login = login_of(request) if on_desk(request) else None
    keyring = getattr(request, "keyring", None)
    if login is None or keyring is None or keyring.holder != login.person_id:
        return None
    at = request.at  # type: ignore[attr-defined]
    return StaffMember.objects.current(at).filter(person_id=login.person_id).first()
