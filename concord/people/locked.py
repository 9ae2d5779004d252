"""A locked desk: somebody is signed in, and nothing of what they may read is here until they open it again."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from concord.doors import NEVER_KEPT, on_desk
from concord.people.keep_draft import Typed, drop_draft, keep_draft
from concord.people.models import Draft, Login
from concord.people.onward import onward
from concord.vault import session

WHILE_LOCKED = {"locked", "lock", "account_logout", "leave", "look", "here", "notices_script"}
NOT_TYPED = {"csrfmiddlewaretoken", "version", "next", "kept"}
KEPT = "kept"
BY_ITSELF = "by_itself"
"""In the address of a page that loads itself again where no script runs."""


class PresenceMiddleware:
    """Notes that somebody is at the desk. What a page fetches by itself does not count; a draft that was sent goes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        by_itself = "HX-Request" in request.headers or BY_ITSELF in request.GET
        if on_desk(request) and not by_itself:
            session.note_presence(request, at=request.at)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if on_desk(request) and request.method == "POST" and 300 <= response.status_code < 400:
            _drop_kept(request)
        return response


def is_locked(request: HttpRequest) -> bool:
    """Whether this session waits to be opened again, by the person who is signed in to it."""
    at = request.at  # type: ignore[attr-defined]
    holder = session.holder_in(request.session)
    is_theirs = isinstance(request.user, Login) and holder == request.user.person_id
    return is_theirs and session.is_locked(request, at=at)


def to_the_lock(request: HttpRequest) -> HttpResponseBase:
    """To the page that opens it again, and from there back to exactly here; what was typed is kept."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer.headers["HX-Redirect"] = lock_address(_page_in(request, "HX-Current-URL"))
        return answer
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(lock_address(request.get_full_path()))
    return HttpResponseRedirect(lock_address(way_back_to(request, keep_typed(request))))


def lock_address(path: str, **more: str) -> str:
    """The lock's page, which leads on to a path of ours."""
    query = urlencode({"next": onward(path) or "/", **more})
    return f"{reverse('locked')}?{query}"


def keep_typed(request: HttpRequest) -> Draft | None:
    """Seal what a form just sent to whoever is signed in; None for what nobody may keep, and for nothing typed."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if not isinstance(request.user, Login) or not name or name.startswith(NEVER_KEPT):
        return None
    sent = [(key, value) for key, values in request.POST.lists() for value in values]
    fields = [(key, value) for key, value in sent if key not in NOT_TYPED]
    typed = Typed(page=_page_before(request), action=request.get_full_path(), fields=fields)
    at = request.at  # type: ignore[attr-defined]
    return keep_draft(request.user.person_id, typed, was_sent=True, at=at)


def way_back_to(request: HttpRequest, kept: Draft | None) -> str:
    """Where somebody goes on after a form that found the desk locked."""
    return _page_before(request) if kept is None else reverse("kept_draft", args=[kept.id])


def _page_before(request: HttpRequest) -> str:
    return _page_in(request, "Referer")


def _page_in(request: HttpRequest, header: str) -> str:
    """The page of ours that a header names; the front page for any other, and for what is no address."""
    try:
        named = urlsplit(request.headers.get(header, ""))
    except ValueError:
        return "/"
    if named.netloc != request.get_host():
        return "/"
    whole = f"{named.path}?{named.query}" if named.query else named.path
    return onward(whole) or onward(named.path) or "/"


def _drop_kept(request: HttpRequest) -> None:
    kept = request.POST.get(KEPT, "")
    if kept and isinstance(request.user, Login):
        found = Draft.objects.filter(person=request.user.person_id)
        for draft in found:
            if str(draft.id) == kept:
                drop_draft(request.user.person_id, id=draft.id)
