"""To whom somebody of the team is close: said at the desk by themself, seen by nobody else, and taken back there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.convenings.desk_ties_form import TieForm
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.declare_tie import OneIsOneself, declare_tie
from concord.people.end_tie import end_tie
from concord.people.models import Tie
from concord.people.own_ties import own_ties
from concord.people.who_may import staff


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def ties(request: DeskRequest) -> HttpResponse:
    """Whom they named, and a form to name somebody. The answer never tells whether a mailbox is known here."""
    member = request.staff_member
    form = TieForm(request.POST or None, staff=member, at=request.at)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                for each in form.ties():
                    declare_tie(member, keyring=request.keyring, at=request.at, **each)
        except OneIsOneself as refused:
            form.add_error(None, str(refused.words))
        else:
            messages.success(request, _("Kept. Nobody else sees it."))
            return redirect("ties")
    page = {
        "form": form,
        "ties": own_ties(member, keyring=request.keyring),
    }
    return render(request, "convenings/desk_ties.html", page, status=422 if form.is_bound else 200)


@door(staff)
@require_POST
def take_back(request: DeskRequest, tie_id: UUID) -> HttpResponse:
    """Not close any more, or named by mistake."""
    found = Tie.objects.visible_to(request.staff_member).filter(id=tie_id).first()
    if found is None:
        raise Http404
    end_tie(found, by=request.staff_member, at=request.at)
    messages.success(request, _("Taken back."))
    return redirect("ties")
