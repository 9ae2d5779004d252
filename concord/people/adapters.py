"""What allauth asks of us: staff only, keys confirmed by the second factor, secrets sealed."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import resolve
from django.utils.translation import gettext_lazy as _

from concord.outbox.clock import clock
from concord.people.current import login_of
from concord.people.end_sessions import end_sessions
from concord.people.onward import onward
from concord.people.unlock import unlock
from concord.vault import environment, session

NEW_CODES = "people.new_codes"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; nothing is mailed; no name is locked out by guessing at it."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "This sign-in name and passphrase do not open anything together. Check both; nothing is locked."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, *args: Any, **credentials: Any) -> None:
        """No count of wrong passphrases: 65 bits need none, and with one anybody could lock a colleague out."""

    def is_safe_url(self, url: str | None) -> bool:
        """Only a short path of this host is gone on to, whatever an address carries."""
        return onward(url) is not None

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every stage has passed. With a second factor among them, the pending keyring opens."""
        super().login(request, user)
        if has_second_factor(user.pk):
            unlock(request, at=clock.now())

    def logout(self, request: HttpRequest) -> None:
        """Signing out in one browser signs out in all: the other one may be in other hands."""
        login = login_of(request)
        session.drop(request)
        super().logout(request)
        if login is not None:
            end_sessions(login)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A fresh code for everything about the second factor, but for the first look at new recovery codes.

        allauth asks for one once an app is connected, and does not count the code that connected it: without
        this, whoever sets theirs up waits half a minute for another code before they see the paper to print.
        """
        if sees_new_codes(self.request, at=clock.now()):
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The desk keeps no address of its staff here."""


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second factor lie sealed under the environment's key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This is not the code of the moment. Wait for the next one, or use a recovery code."
        ),
    }

    def encrypt(self, text: str) -> str:
        return urlsafe_b64encode(environment.seal("mfa", text.encode(), about="mfa")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return environment.unseal("mfa", urlsafe_b64decode(encrypted_text), about="mfa").decode()


def let_see_new_codes(request: HttpRequest, *, at: datetime) -> None:
    """The codes made while the second factor is being set up may be looked at once, in this session."""
    request.session[NEW_CODES] = at.isoformat()


def sees_new_codes(request: HttpRequest, *, at: datetime) -> bool:
    """Whether this request is that one look, which it uses up; it lasts no longer than a pending keyring."""
    if resolve(request.path_info).url_name != "mfa_view_recovery_codes":
        return False
    made = request.session.pop(NEW_CODES, None)
    return made is not None and at - datetime.fromisoformat(made) <= session.PENDING_LIFETIME


def has_second_factor(login: Any) -> bool:
    """Whether an app that makes codes, or a passkey, is connected to the login of this id."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user_id=login, type__in=kinds).exists()
