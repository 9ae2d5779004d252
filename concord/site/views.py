"""Pages of the house itself: help, leave, the ledger's heads, and the pages for what went wrong."""

from __future__ import annotations

import re
import sys

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string

from concord.doors import Request, anyone, door, what_was_typed
from concord.ledger.note_head import heads_by_day
from concord.refusals import is_full
from concord.reports.help_lines import help_lines

OUR_COOKIE = re.compile("__Host-[a-z]{1,20}")
"""What a cookie of ours is called; a browser may send names that no answer can carry."""


@door(anyone)
def help_page(request: HttpRequest) -> HttpResponse:
    """Who can help now, and how to reach them."""
    return render(request, "site/help.html", {"help_lines": help_lines()})


@door(anyone)
def leave(request: HttpRequest) -> HttpResponse:
    """Go somewhere neutral at once. Clears what this site kept in the browser, and says so nowhere.

    Asked by a page of somebody else, it clears nothing: a picture there must not sign anybody out here.
    """
    response = HttpResponseRedirect("https://www.wikipedia.org/")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return response
    for name in list(request.COOKIES):
        if OUR_COOKIE.fullmatch(name):
            response.set_cookie(name, "", max_age=0, secure=True, path="/")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@door(anyone)
def ledger_heads(request: Request) -> HttpResponse:
    """The ledger's last heads by day, for whoever wants to hold us to them; not how many entries it has."""
    return render(request, "site/ledger.html", {"heads": list(heads_by_day(request.at))})


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed, a full disk perhaps. What was typed stays theirs to copy; nothing here asks the database."""
    why = sys.exception()
    status = 507 if why is not None and is_full(why) else 500
    page = render_to_string(f"{status}.html", {"kept": what_was_typed(request)})
    return HttpResponse(page, status=status)
