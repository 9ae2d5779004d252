"""Whoever comes to the desk by a link from elsewhere brings no cookie along (SameSite=Strict) and seems to be nobody.

They get a page that holds nothing, is the same for everyone, and moves on by a link of ours; with that one their
browser sends who they are.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from concord.doors import on_desk, way_back
from concord.people.onward import onward


class FromElsewhereMiddleware:
    """Answers such an arrival with that page, wherever it leads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if on_desk(request) and _is_from_elsewhere(request) and not request.user.is_authenticated:
            return moves_on(request, onward(way_back(request)) or "/")
        return self.get_response(request)


def moves_on(request: HttpRequest, path: str) -> HttpResponse:
    """The page that holds nothing and leads on."""
    return render(request, "people/desk_look.html", {"onward": path})


def _is_from_elsewhere(request: HttpRequest) -> bool:
    is_look = request.method in ("GET", "HEAD")
    return is_look and request.headers.get("Sec-Fetch-Site") == "cross-site"
