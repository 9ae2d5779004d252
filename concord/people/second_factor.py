"""At the desk nothing opens before the second factor: whoever has none sets it up first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from concord.doors import on_desk, way_back
from concord.outbox.clock import clock
from concord.people.adapters import has_second_factor, let_see_new_codes
from concord.people.locked import WHILE_LOCKED, is_locked, keep_typed, to_the_lock, way_back_to
from concord.people.unlock import unlock
from concord.people.who_may import staff
from concord.vault import session

SETTING_UP = {"mfa_activate_totp", "mfa_add_webauthn", "account_logout", "leave"}


class SecondFactorMiddleware:
    """Leads whoever signed in at the desk without open keys to where they can open them.

    It decides when the view is known: by then the request is known to come from a page of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if not on_desk(request) or not request.user.is_authenticated or has_open_keys(request):
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if is_locked(request):
            return None if name in WHILE_LOCKED else to_the_lock(request)
        if has_second_factor(request.user.pk) or not session.is_pending(request):
            return _sign_in_again(request)
        return None if name in SETTING_UP else HttpResponseRedirect(reverse("mfa_activate_totp"))


def _sign_in_again(request: HttpRequest) -> HttpResponseBase:
    kept = keep_typed(request) if request.method == "POST" else None
    session.drop(request)
    auth.logout(request)
    messages.info(request, _("Your keys were closed. Please sign in again."))
    if kept is not None:
        messages.info(request, _("What you had typed is kept for you."))
    here = way_back(request) if request.method in ("GET", "HEAD") else way_back_to(request, kept)
    return redirect_to_login(here, reverse("account_login"))


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
        let_see_new_codes(request, at=clock.now())
    elif session.is_pending(request):
        unlock(request, at=clock.now())
