"""What allauth asks of us: staff only, keys confirmed by the second factor, secrets sealed."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from concord.vault import environment, session


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

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every stage has passed. With a second factor among them, the pending keyring opens."""
        super().login(request, user)
        if has_second_factor(user.pk):
            session.confirm(request)

    def logout(self, request: HttpRequest) -> None:
        session.drop(request)
        super().logout(request)

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


def has_second_factor(login: Any) -> bool:
    """Whether an app that makes codes is connected to the login of this id."""
    return Authenticator.objects.filter(user_id=login, type=Authenticator.Type.TOTP).exists()
