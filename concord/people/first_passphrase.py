"""A passphrase that somebody else has seen opens one page of the desk: the one where another is taken."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import resolve, reverse

from concord.doors import on_desk
from concord.people.current import login_of

STILL_OPEN = {"passphrase", "mfa_view_recovery_codes", "account_logout", "leave"}
"""Recovery codes belong to setting up the second factor, just before; they are shown once."""


class FirstPassphraseMiddleware:
    """Leads whoever still has the passphrase that was handed to them to where they take their own.

    It stands behind the second factor: until that has passed there are no open keys to take one for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if has_first_passphrase(request) and resolve(request.path_info).url_name not in STILL_OPEN:
            return HttpResponseRedirect(reverse("passphrase"))
        return self.get_response(request)


def has_first_passphrase(request: HttpRequest) -> bool:
    """Whether whoever asks has open keys under a passphrase that others know."""
    login = login_of(request) if on_desk(request) else None
    is_open = getattr(request, "keyring", None) is not None
    return is_open and login is not None and login.others_know_passphrase
