"""The desk's side of returns: it was somebody else."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from concord.concurrence.models import Decision
from concord.doors import door
from concord.evasion.models import Match
from concord.evasion.undo import undo
from concord.evasion.who_may import acts_on_returns
from concord.people.at_the_desk import DeskRequest


@door(acts_on_returns)
@require_POST
def undo_return(request: DeskRequest, match_id: UUID) -> HttpResponse:
    """Give access and posts back, and remember that these two are not one."""
    decisions = Decision.objects.visible_to(request.staff_member)
    match = Match.objects.filter(id=match_id, decision__in=decisions).first()
    if match is None:
        raise Http404
    undo(match, by=request.staff_member, keyring=request.keyring, at=request.at)
    messages.success(request, _("Access is back. These two are not taken for one person again."))
    return HttpResponseRedirect(reverse("decision", args=[match.decision_id]))
