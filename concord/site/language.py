"""Choose the language that pages speak; a plain link, so that it works before any form and without scripts."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from concord.doors import anyone, door


@door(anyone)
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language in a cookie and go back to the page asked for.

    404 for a language that is not shipped; a way back to another host leads to the first page instead.
    """
    if code not in dict(settings.LANGUAGES):
        raise Http404
    answer = HttpResponseRedirect(_way_back(request))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=60 * 60 * 24 * 30,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _way_back(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "/")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.startswith("/") else "/"
