"""At the desk nothing opens before the second factor: whoever has none sets it up first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib import auth, messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.doors import on_desk
from concord.people.adapters import has_second_factor, let_see_new_codes
from concord.people.unlock import unlock
from concord.people.who_may import staff
from concord.vault import session

SETTING_UP = {"mfa_activate_totp", "mfa_add_webauthn", "account_logout", "leave"}


class SecondFactorMiddleware:
    """Leads whoever signed in at the desk without open keys to where they can open them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if on_desk(request) and request.user.is_authenticated and not has_open_keys(request):
            return self._lead(request)
        return self.get_response(request)

    def _lead(self, request: HttpRequest) -> HttpResponseBase:
        if has_second_factor(request.user.pk) or not session.is_pending(request):
            session.drop(request)
            auth.logout(request)
            messages.info(request, _("Your keys were closed. Please sign in again."))
            return HttpResponseRedirect(reverse("account_login"))
        if resolve(request.path_info).url_name in SETTING_UP:
            return self.get_response(request)
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def has_open_keys(request: HttpRequest) -> bool:
    """Whether the keys open in this request belong to whoever is signed in."""
    keyring = getattr(request, "keyring", None)
    return keyring is not None and keyring.holder == request.user.person_id  # type: ignore[union-attr]


def no_app_yet(request: HttpRequest) -> bool:
    """Opens the page that connects an app, once."""
    app = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP)
    return request.user.is_authenticated and not app.exists()


def may_make_passkey(request: HttpRequest) -> bool:
    """Opens the page that makes a passkey: to staff, and to whoever has no second factor yet."""
    return staff(request) or (
        request.user.is_authenticated and not has_second_factor(request.user.pk)
    )


@receiver(authenticator_added, dispatch_uid="people.open_keys")
def open_keys(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """The first code of a new second factor was right: the pending keyring opens.

    allauth announces recovery codes this way only where it made them itself, as part of that very set-up.
    """
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        let_see_new_codes(request, at=timezone.now())
    elif session.is_pending(request):
        unlock(request, at=timezone.now())
