"""@door(predicates): opens a view, or it is not there; tells a refusal in words.

A door answers three ways. Somebody for whom a page does not exist gets 404, whether or not it exists for
others. Somebody whom the policy refuses gets the refusal's own words, and the refusal is recorded; of whoever
takes part, never who it was. Everyone else gets the page. A staff page asks somebody who is not signed in to sign
in, for that tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone

from concord import refusals
from concord.refusals import Refused

FREE_TEXTS = (
    *("text", "words", "wishes", "reason", "why", "note", "answer", "lessons", "safety"),
    *("finding", "considered", "less_severe", "relied_on", "stabilises", "notice_body"),
    *("departure_reason", "set_aside_why"),
)
"""The fields that people write in, in their own words: never a passphrase or a code."""
NEVER_KEPT = ("passphrase", "account_", "mfa_", "locked", "lock", "share", "recovery", "lost")
"""How the addresses begin, by name, whose forms take what nobody may keep: passphrases, codes, shares."""
LONGEST_WAY = 1_000
"""Signs, as a browser sends them: Django redirects nobody to an address of more than 2,048."""


class Request(HttpRequest):
    """A request as the house's middleware leaves it. For types only: Django makes plain ones."""

    at: datetime
    is_desk: bool
    keyring: Any
    htmx: Any
    csp_style_hashes: list[str]
    csp_frames: list[str]


Predicate = Callable[[HttpRequest], bool]
View = Callable[..., HttpResponseBase]


def anyone(request: HttpRequest) -> bool:
    """The door of a public page."""
    return True


def on_desk(request: HttpRequest) -> bool:
    """Whether the request came to the staff's host."""
    return bool(getattr(request, "is_desk", False))


def door(*predicates: Predicate) -> Callable[[View], View]:
    """Open the view only when every predicate holds; 404 when one does not.

    A `Refused` from inside becomes a page of its own words and an entry in the ledger, written in a
    transaction of its own, since the refused one was rolled back.
    """
    if not predicates:
        raise TypeError("A door needs at least one predicate; say `anyone` for a public page.")

    def hang(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if anyone not in predicates and on_desk(request) and not request.user.is_authenticated:
                return redirect_to_login(way_back(request), settings.LOGIN_URL)
            if not all(predicate(request) for predicate in predicates):
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except Refused as refused:
                return tell_refusal(request, refused)

        opened.door = predicates  # type: ignore[attr-defined]
        return opened

    return hang


def way_back(request: HttpRequest) -> str:
    """The address asked for, to come back to; its bare path, or the front page, where it is too long to carry."""
    here = request.get_full_path()
    return next(path for path in (here, request.path, "/") if len(quote(path)) <= LONGEST_WAY)


def tell_refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Answer with the refusal's words, and let it be recorded."""
    note_refusal(request, refused, at=timezone.now())
    page = "site/_refused.html" if getattr(request, "htmx", False) else refused.page
    told = {"refused": refused, "kept": what_was_typed(request)}
    return render(request, page, told, status=refused.status)


def note_refusal(request: HttpRequest, refused: Refused, *, at: datetime) -> None:
    """Let a refusal be recorded: at the desk who was refused what, elsewhere the rule alone.

    Somebody who takes part is refused because they flagged, reported or came in; "never" is recorded without them,
    "not now" would only tell the ledger who was there, and when.
    """
    if on_desk(request) or refused.status == 403:
        refusals.tell(refused, actor=actor_of(request), at=at)


def what_was_typed(request: HttpRequest) -> list[str]:
    """What somebody wrote in their own words; nothing of what cannot be read, and of no form that takes a secret.

    A passkey's `answer` opens its owner's keys, and its form may stand on any page.
    """
    where = request.resolver_match.url_name if request.resolver_match else None
    if (where or "").startswith(NEVER_KEPT):
        return []
    try:
        if "credential" in request.POST:
            return []
        return [typed for name in FREE_TEXTS if (typed := request.POST.get(name, "").strip())]
    except (OSError, ValueError, MultiPartParserError, BadRequest, SuspiciousOperation):
        return []


def actor_of(request: HttpRequest) -> Any:
    """The opaque id of the member of staff who asks, or None: whoever takes part is nobody to the ledger."""
    return getattr(getattr(request, "user", None), "person_id", None) if on_desk(request) else None
