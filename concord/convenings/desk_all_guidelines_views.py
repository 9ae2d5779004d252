"""The guidelines of all sessions of an event in one table: one text, what it changes where, and for which it counts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from concord.convenings.confirm_for_sessions import alike, confirm_for_sessions, differences
from concord.convenings.forms import GuidelinesForm
from concord.convenings.models import Convening
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import organiser
from concord.refusals import Refused, tell


@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def all_guidelines(request: DeskRequest, slug: str) -> HttpResponse:
    """Write a text, see how it differs from what each session has, and confirm it for those that are ticked.

    Ticked beforehand are those that have none yet; what would change is chosen one by one, or by a press that ticks
    all of them, after which nothing is confirmed yet.
    """
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    form = GuidelinesForm(request.POST or None)
    form.fields["text"].label = _("Guidelines")
    text, status = request.POST.get("text", ""), 200
    if request.method == "POST" and form.is_valid() and "confirm" in request.POST:
        try:
            chosen = _chosen(request.POST.getlist("session"))
            done = confirm_for_sessions(
                convening, text=text, chosen=chosen, by=request.staff_member, at=request.at
            )
        except (Refused, ValueError) as error:
            if isinstance(error, Refused):
                tell(error, actor=request.staff_member.person_id, at=request.at)
            form.add_error(None, str(error.words) if isinstance(error, Refused) else str(error))
            status = 409
        else:
            words = ngettext(
                "Confirmed for one session.", "Confirmed for %(n)s sessions.", len(done)
            )
            messages.success(request, words % {"n": len(done)})
            return redirect("plan", slug)
    page = {
        "convening": convening,
        "form": form,
        "groups": alike(differences(convening, text)) if text.strip() else [],
        "ticks_all": "all" in request.POST,
    }
    return render(request, "convenings/desk_all_guidelines.html", page, status=status)


def _chosen(ticked: list[str]) -> dict[UUID, int]:
    """Sessions and the number that held there, as the page wrote them; what is no such thing counts as none."""
    chosen = {}
    for one in ticked:
        id, _colon, number = one.partition(":")
        try:
            chosen[UUID(id)] = int(number)
        except ValueError:
            continue
    return chosen
