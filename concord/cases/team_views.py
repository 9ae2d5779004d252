"""The open cases of the team, each a row: its code, how urgent it is, since when, and whether it has a deputy."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.cases.models import OVER, Case
from concord.cases.presence import live_among
from concord.cases.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest

MOST = 100


@door(works_on_cases)
@require_safe
def team_cases(request: DeskRequest) -> HttpResponse:
    """Those whose row this person may see, what runs now first, then the oldest; nothing of what they hold.

    Whoever is out of a case finds neither its row nor a gap where it would be (K-CONF-1).
    """
    staff = request.staff_member
    found = Case.objects.visible_to(staff).exclude(state__in=OVER).order_by("opened_at")
    live = live_among(found)
    now_first = found.filter(id__in=live), found.exclude(id__in=live)
    cases = [case for part in now_first for case in part[: MOST + 1]]
    rows = [(case, case.id in live) for case in cases[:MOST]]
    page = {
        "rows": rows,
        "is_more": len(cases) > MOST,
        "staff": staff,
    }
    return render(request, "cases/desk_team_cases.html", page)
