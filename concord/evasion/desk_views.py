"""The desk's side of returns: what they wrote goes too, or it was somebody else."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concord.concurrence.models import Decision
from concord.doors import door
from concord.evasion.apply_return import apply_return, posts_of, reason_of
from concord.evasion.forms import ReturnForm
from concord.evasion.models import Match
from concord.evasion.undo import undo
from concord.evasion.who_may import acts_on_returns
from concord.people.at_the_desk import DeskRequest
from concord.vault import files

AT_ONCE = 200


@door(acts_on_returns)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_return(request: DeskRequest, match_id: UUID) -> HttpResponse:
    """What somebody who came back wrote where the decision holds goes, under that decision, by one stated reason."""
    match = _find(request, match_id)
    decision = match.decision
    in_force = Decision.objects.in_force(request.at).filter(id=decision.id).exists()
    if match.state != "applied" or not files.may_open(
        decision.file, request.staff_member.person_id
    ):
        raise Http404
    there = list(posts_of(match)[:AT_ONCE])
    form = ReturnForm(request.POST or None, posts=there)
    if request.method == "POST" and form.is_valid():
        apply_return(
            decision,
            person=match.person_id,
            posts=form.chosen,
            reason=form.cleaned_data["reason"],
            by=request.staff_member,
            keyring=request.keyring,
            at=request.at,
        )
        gone = len(form.chosen)
        words = ngettext("One post is deleted.", "%(n)d posts are deleted.", gone) % {"n": gone}
        messages.success(request, words)
        return HttpResponseRedirect(reverse("decision", args=[decision.id]))
    context = {
        "decision": decision,
        "is_in_force": in_force,
        "form": form,
        "why": reason_of(match, keyring=request.keyring),
        "at_once": AT_ONCE if len(there) == AT_ONCE else None,
    }
    status = 409 if form.errors else 200
    return render(request, "evasion/desk_delete_return.html", context, status=status)


@door(acts_on_returns)
@require_POST
def undo_return(request: DeskRequest, match_id: UUID) -> HttpResponse:
    """Give access and posts back, and remember that these two are not one."""
    match = _find(request, match_id)
    was_undone = match.state == "undone"
    undo(match, by=request.staff_member, keyring=request.keyring, at=request.at)
    words = _("Access is back. These two are not taken for one person again.")
    messages.success(request, _("What they wrote is back.") if was_undone else words)
    return HttpResponseRedirect(reverse("decision", args=[match.decision_id]))


def _find(request: DeskRequest, match_id: UUID) -> Match:
    decisions = Decision.objects.visible_to(request.staff_member)
    found = Match.objects.filter(id=match_id, decision__in=decisions)
    match = found.select_related("decision__case", "decision__execution").first()
    if match is None:
        raise Http404
    return match
