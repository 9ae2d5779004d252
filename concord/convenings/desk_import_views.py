"""A schedule from a file: brought, looked at, taken. The file is kept nowhere; what it says of sessions comes back
with the page, and nothing else of it: an exported programme is a hundred times as heavy.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.convenings.import_schedule import (
    MOVED,
    NEW,
    SAME,
    ChangedSince,
    changes_of,
    mark_of,
    not_in_the_file,
)
from concord.convenings.import_schedule import import_schedule as take_schedule
from concord.convenings.models import Convening
from concord.convenings.plan_convening import LONGEST_TITLE
from concord.convenings.read_schedule import as_table, read_schedule
from concord.convenings.read_table import UnreadableFile
from concord.convenings.small_file import LARGEST_SCHEDULE, takes_small_file
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import organiser
from concord.refusals import Refused, tell


@takes_small_file(LARGEST_SCHEDULE)
@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def import_schedule(request: DeskRequest, slug: str) -> HttpResponse:
    """Bring a file, and see what it would change; with what was seen, take it."""
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    if request.method != "POST":
        return _page(request, convening)
    try:
        file = _file(request)
        rows = read_schedule(file, zone=convening.zone)
    except UnreadableFile as unreadable:
        return _page(request, convening, status=400, problems=unreadable.problems)
    seen, refused = request.POST.get("seen"), None
    if seen is not None:
        try:
            changes = take_schedule(
                convening, rows=rows, seen=seen, by=request.staff_member, at=request.at
            )
            kinds = Counter(one.kind for one in changes)
            words = _("Done: %(new)s new, %(moved)s moved.")
            words %= {"new": kinds[NEW], "moved": kinds[MOVED]}
            messages.success(request, words)
            return redirect("plan", slug)
        except (Refused, ValueError) as error:
            if isinstance(error, Refused):
                tell(error, actor=request.staff_member.person_id, at=request.at)
            if not isinstance(error, ChangedSince):
                words = str(error.words) if isinstance(error, Refused) else str(error)
                return _page(request, convening, status=409, problems=[words])
            refused = error
    changes = changes_of(convening, rows)
    kinds = Counter(one.kind for one in changes)
    page = {
        "changes": changes,
        "shown": sorted(
            (one for one in changes if one.kind != SAME), key=lambda one: one.row.starts_at
        ),
        "new": kinds[NEW],
        "moved": kinds[MOVED],
        "same": kinds[SAME],
        "begun": [one for one in changes if one.has_begun],
        "left": not_in_the_file(convening, changes),
        "longest": LONGEST_TITLE,
        "renamed": sum(one.row.is_numbered or one.row.is_cut for one in changes),
        "seen": mark_of(changes),
        "text": as_table(rows),
        "refused": refused,
    }
    return _page(request, convening, status=409 if refused else 200, **page)


def _file(request: DeskRequest) -> bytes:
    """What was uploaded, or the table that came back with the page that showed it."""
    brought = request.FILES.get("file")
    if brought is None:
        return request.POST.get("text", "").encode("utf-8", "replace")
    file: bytes = brought.read()
    return file


def _page(
    request: DeskRequest, convening: Convening, *, status: int = 200, **more: Any
) -> HttpResponse:
    page = {"convening": convening, **more}
    return render(request, "convenings/desk_import.html", page, status=status)
