"""Whether what lies open on somebody's page is still theirs: asked by the page itself, when it comes back to sight."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from concord.cases.models import Case, NoAction
from concord.concurrence.models import Decision, Proposal
from concord.desk.who_may import sees_decisions
from concord.doors import door
from concord.monitoring.models import Flag
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.reports.models import Report


@door(sees_decisions)
@require_safe
def still(request: DeskRequest, id: UUID) -> HttpResponse:
    """Nothing, or 404, as its own page would say; it opens nothing, and is no reading."""
    if not any(rows.filter(id=id).exists() for rows in _seen_by(request.staff_member)):
        raise Http404
    return HttpResponse(status=204)


def _seen_by(staff: StaffMember) -> list[QuerySet]:
    each = (Case, Proposal, Decision, Flag, Report, NoAction)
    return [model.objects.visible_to(staff) for model in each]
