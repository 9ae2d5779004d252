"""take_seat: sign a visitor of the demo in as the person of a seat. Works on the demo's own data and no other."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils import timezone

from concord.convenings.arrive import arrive
from concord.people.current import login_of, staff_of
from concord.people.models import Login
from concord.people.views import BACKEND
from concord.site.demo import home
from concord.site.demo.plant import Planted
from concord.site.demo.seats import Seat
from concord.vault import session

_planted: list[Planted] = []


def lay(planted: Planted) -> None:
    """Set the table: from now on its chairs are these people's."""
    home.must_be_own(settings.CONCORD_DATA)
    _planted[:] = [planted]


def planted() -> Planted:
    """Who was planted in this process."""
    return _planted[0]


def is_seated(request: HttpRequest) -> bool:
    """Whether this browser is signed in already; at the desk, with open keys."""
    if getattr(request, "is_desk", False):
        seated = staff_of(request) is not None
        if not seated:
            del request.staff_member  # type: ignore[attr-defined]  # it is asked again once seated
        return seated
    return login_of(request) is not None


def take_seat(request: HttpRequest, seat: Seat) -> Login:
    """Sign in without typing: the gate is asked as at any sign-in, and staff come with open keys.

    Raises NotThrowAway on data that the demo did not make, and what the gate refuses.
    """
    home.must_be_own(settings.CONCORD_DATA)
    if seat.desk:
        member = planted().team[seat.key]
        auth.login(request, member.login, backend=BACKEND)
        session.hold(request, member.keyring, pending=False)
        return member.login
    login = planted().people[seat.name].person.logins.get()
    arrive(login, timezone.now())
    auth.login(request, login, backend=BACKEND)
    return login
