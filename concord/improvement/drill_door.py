"""The way into a drill: the desk's own pages, under `/drill/`, before the drill's own database.

The last of the middleware: who asks, with which keys, has been found in earnest. From here on the request works in the
database apart, and its links lead to pages of the drill. Pages that are no part of it lead back to the real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse, set_script_prefix

from concord.doors import on_desk, way_back
from concord.improvement import apart
from concord.improvement.models import Drill
from concord.improvement.play_drill import play_drill
from concord.people.current import staff_of
from concord.vault import files

PREFIX = "/drill"
PLAYED = {"desk", "monitoring", "spaces", "cases", "concurrence", "actions"}
"""Rooms whose pages are played: from the flag to the effect."""
OWN = {"people"}
"""The room of one's own desk: what is locked there is locked."""


class DrillMiddleware:
    """Answers what is asked under `/drill/`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        within = _within(request)
        if within is None or not on_desk(request):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(way_back(request), settings.LOGIN_URL)
        if staff_of(request) is None:
            return self.get_response(request)
        drill = Drill.objects.first()
        if drill is None or drill.is_over(request.at) or not apart.is_there(drill.id):  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse("drill_over"))
        if not _is_of(PLAYED, within):
            return self._in_earnest(request, within)
        response = self._play(request, drill, within)
        if request.method == "POST":
            play_drill(drill, at=request.at)  # type: ignore[attr-defined]
        if response.status_code == 500 and not apart.is_there(drill.id):
            return HttpResponseRedirect(reverse("drill_over"))
        return response

    def _play(self, request: HttpRequest, drill: Drill, within: str) -> HttpResponseBase:
        request.path_info = within
        request.drill = drill  # type: ignore[attr-defined]
        set_script_prefix(f"{PREFIX}/")
        try:
            with apart.inside(drill.id):
                files.settle(request.keyring, at=request.at)  # type: ignore[attr-defined]
                return self.get_response(request)
        finally:
            set_script_prefix("/")

    def _in_earnest(self, request: HttpRequest, within: str) -> HttpResponseBase:
        """What one does with one's own desk, as to lock it, is never played; any other page leads to the real one."""
        if request.method in ("GET", "HEAD"):
            # One slash at the beginning: two would lead to another host.
            return HttpResponseRedirect("/" + urlsplit(within).path.lstrip("/"))
        if not _is_of(OWN, within):
            raise Http404
        request.path_info = within
        return self.get_response(request)


def _within(request: HttpRequest) -> str | None:
    """The path of the page that is played; None for a page in earnest."""
    path = request.path_info
    if path == PREFIX:
        return "/"
    return path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else None


def _is_of(rooms: set[str], within: str) -> bool:
    try:
        view = resolve(within, settings.CONCORD_DESK_URLCONF).func
    except Resolver404:
        return False
    return view.__module__.split(".")[1] in rooms
