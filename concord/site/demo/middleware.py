"""What only the demo puts in the way: the table, the seats, and a bar that says where one sits."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import set_urlconf

from concord.doors import on_desk, tell_refusal
from concord.refusals import Refused
from concord.site.demo import home
from concord.site.demo.bar import bar_for
from concord.site.demo.seating import is_seated, take_seat
from concord.site.demo.seats import browser_at, seat_at

Next = Callable[[HttpRequest], HttpResponse]

TABLE = "concord.site.demo.urls_table"
REFUSED = (403, 409)
SKIP_LINK = re.compile(r'<a class="skip".*?</a>', re.DOTALL)


class TheTable:
    """`localhost` opens on the table with its chairs; behind it lies the public host."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.get_host().split(":", 1)[0].lower() == "localhost":
            request.urlconf = TABLE
            set_urlconf(TABLE)
        return self.get_response(request)


class Seating:
    """Whoever opens a seat's host sits there, signed in. Refuses to start on any data but the demo's own."""

    def __init__(self, get_response: Next) -> None:
        home.must_be_own(settings.CONCORD_DATA)
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seat = seat_at(request.get_host())
        if seat is None or is_seated(request):
            return self.get_response(request)
        if _came_from_elsewhere(request) and request.user.is_authenticated:
            # Keys travel in a SameSite=Strict cookie, which a link from the table leaves behind: look again.
            return render(request, "demo/look_again.html")
        try:
            take_seat(request, seat)
        except Refused as refused:
            return tell_refusal(request, refused)
        return self.get_response(request)


class Bar:
    """Says on every page that this is a demo, who sits here, and what comes next."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_whole_page(request, response):
            response.content = _with_bar(request, response).encode()
            if response.has_header("Content-Length"):
                response.headers["Content-Length"] = str(len(response.content))
        return response


def _came_from_elsewhere(request: HttpRequest) -> bool:
    return (
        on_desk(request)
        and request.method == "GET"
        and request.headers.get("Sec-Fetch-Site") == "cross-site"
    )


def _is_whole_page(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not getattr(request, "htmx", False)
        and "HX-Request" not in request.headers
    )


def _with_bar(request: HttpRequest, response: HttpResponse) -> str:
    host, page = request.get_host(), response.content.decode()
    sitter = seat_at(host) or browser_at(host)
    if sitter is None:
        return page
    bar = bar_for(request, sitter, refused=response.status_code in REFUSED)
    shown = render_to_string("demo/_bar.html", bar, request=request)
    head = render_to_string("demo/_head.html")
    page = page.replace("</head>", f"{head}</head>", 1)
    skip = SKIP_LINK.search(page)
    place = skip.end() if skip else page.find("<body>") + len("<body>")
    return page[:place] + shown + page[place:]
