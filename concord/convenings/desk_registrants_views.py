"""People who registered elsewhere, from a file: brought, looked at, taken. It is kept nowhere but in the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.convenings.import_registrants import import_registrants as take_people
from concord.convenings.models import Convening
from concord.convenings.read_registrants import read_registrants
from concord.convenings.read_table import UnreadableFile, decoded
from concord.convenings.small_file import LARGEST, takes_small_file
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import organiser
from concord.refusals import Refused, tell

SHOWN = 8


@takes_small_file(LARGEST)
@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def import_registrants(request: DeskRequest, slug: str) -> HttpResponse:
    """Bring a file, and see what it would do; with what was seen, take it."""
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    if request.method != "POST":
        return _page(request, convening)
    brought = request.FILES.get("file")
    file = brought.read() if brought else request.POST.get("text", "").encode("utf-8", "replace")
    try:
        read = read_registrants(file)
    except UnreadableFile as unreadable:
        return _page(request, convening, status=400, problems=unreadable.problems)
    if brought is None and "take" in request.POST:
        try:
            take_people(convening, read.people, by=request.staff_member, at=request.at)
        except Refused as refused:
            tell(refused, actor=request.staff_member.person_id, at=request.at)
            problems = [refused.words]
            return _page(request, convening, status=refused.status, problems=problems)
        messages.success(request, _("Done: everybody in this file is registered."))
        return redirect("plan", slug)
    page: dict[str, Any] = {
        "read": read,
        "first": read.people[:SHOWN],
        "more": len(read.people) - SHOWN,
        "text": decoded(file),
    }
    return _page(request, convening, **page)


def _page(
    request: DeskRequest, convening: Convening, *, status: int = 200, **more: Any
) -> HttpResponse:
    page = {"convening": convening, **more}
    return render(request, "convenings/desk_registrants.html", page, status=status)
