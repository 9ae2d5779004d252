"""Staff sign-in: whoever's passphrase opens their keys is who they say. There is no second password hash."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.backends import BaseBackend
from django.db.models import UUIDField
from django.http import HttpRequest

from concord.doors import on_desk
from concord.people.enrol import read_handle
from concord.people.known_browser import is_known
from concord.people.models import Login
from concord.prepared import Prepared, Slot
from concord.vault import keys, session
from concord.vault.errors import WrongPassphrase

_signed_in = Prepared(
    lambda: Login.objects.filter(id=Slot("login", UUIDField()), is_active=True).select_related(
        "person"
    )
)


class PassphraseBackend(BaseBackend):
    """Authenticates BY unsealing, at the desk only, and keeps sessions of both hosts.

    The opened keyring is pending until the second factor has passed. A handle that nobody has costs the same
    single run of Argon2id and gets the same answer as a wrong passphrase. A browser in which they never signed in
    waits in the strangers' line, whoever is named.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> Login | None:
        if request is None or not on_desk(request) or username is None or password is None:
            return None
        login = _login_by(username)
        person = login.person_id if login else uuid4()
        known = login is not None and login.is_active and is_known(request, person)
        try:
            keyring = keys.unlock(person, password, of_a_stranger=not known)
        except WrongPassphrase:
            return None
        if login is None or not login.is_active:
            return None
        session.hold(request, keyring, pending=True)
        return login

    def get_user(self, user_id: UUID) -> Login | None:
        return _signed_in.first(login=user_id)


def _login_by(username: str) -> Login | None:
    try:
        handle = read_handle(username)
    except ValueError:
        return None
    return Login.objects.at_the_desk().filter(handle=handle).first()
