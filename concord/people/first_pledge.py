"""Whoever joins the team says first that what they read stays with them; until then the desk is one page (K-WHO-1)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import resolve, reverse

from concord.doors import on_desk
from concord.people.current import staff_of
from concord.people.first_passphrase import STILL_OPEN

PAGE = "discretion"


class FirstPledgeMiddleware:
    """Leads whoever has not said so to where they do. It stands behind the passphrase of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _owes_it(request) and resolve(request.path_info).url_name not in {PAGE, *STILL_OPEN}:
            return HttpResponseRedirect(reverse(PAGE))
        return self.get_response(request)


def _owes_it(request: HttpRequest) -> bool:
    if not on_desk(request) or getattr(request, "keyring", None) is None:
        return False
    member = staff_of(request)
    return member is not None and member.pledged_at is None
