"""The desk's side of flags: read one, raise one from the watch. Answering one is where cases are opened."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.doors import Request, door
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.flag_post import flag_post
from concord.monitoring.forms import FlagForm, JudgementForm
from concord.monitoring.items import AT_ONCE, beside
from concord.monitoring.judge_item import MoreHasCome
from concord.monitoring.let_name_pass import let_name_pass, names_asked_about
from concord.monitoring.models import Flag
from concord.monitoring.protect_name import NAME
from concord.monitoring.read_flag import read_judgement, read_outcome_outside
from concord.monitoring.read_item import read_item
from concord.people.current import staff_of
from concord.people.models import StaffMember
from concord.people.onward import onward
from concord.people.who_may import designated, monitor
from concord.spaces.models import Post, Room
from concord.vault import files
from concord.vault.keyring import Keyring


@door(designated)
@require_safe
def flag(request: Request, flag_id: UUID) -> HttpResponse:
    """One flag: what was seen, and what this person can do. A grant at rest shows the row alone."""
    return flag_page(request, _find(request, flag_id))


def flag_page(request: Request, found: Flag, *, refused: MoreHasCome | None = None) -> HttpResponse:
    """The page of a flag; also when an answer was `refused`, with what was typed."""
    keyring, at = _keyring(request), request.at
    typed = JudgementForm(initial={"reason": request.POST.get("reason", "")})
    context = {"flag": found, "form": typed, "seen": None, "refused": refused}
    if files.may_open(found.file, keyring.holder):
        context |= read_item(found, by=_staff(request), keyring=keyring, at=at)._asdict()
        context["beside"] = _beside(found, _staff(request))
        context["reason"] = read_judgement(found, keyring=keyring)
        context["in_no_case"] = _is_in_no_case(found)
        context["came_of_it"] = read_outcome_outside(found, keyring=keyring)
        if NAME in found.reasons:
            context["names"] = names_asked_about(found, keyring=keyring)
    status = refused.status if refused else 200
    return render(request, "monitoring/desk_flag.html", context, status=status)


@door(designated)
@require_POST
def let_pass(request: Request, flag_id: UUID) -> HttpResponse:
    """A name because of which this flag asks is an everyday word: nobody is asked about it again here."""
    found = _find(request, flag_id)
    said = request.POST.get("said", "")[:200]
    let_name_pass(found, said=said, by=_staff(request), keyring=_keyring(request), at=request.at)
    messages.success(request, _("Changed. It holds in every room within a few seconds."))
    return HttpResponseRedirect(reverse("flag", args=[found.id]))


@door(monitor)
@require_POST
def raise_on_post(request: Request, post_id: UUID) -> HttpResponse:
    """A monitor flags a post."""
    posts = Post.objects.kept().select_related(
        "registration", "room__session__convening", "room__convening"
    )
    found = posts.filter(id=post_id).first()
    form = FlagForm(request.POST)
    if found is None or not form.is_valid():
        raise Http404
    raised = flag_post(
        found,
        words=form.cleaned_data["words"],
        by=_staff(request).person_id,
        by_staff=True,
        at=request.at,
    )
    return _after_raising(request, raised, beside=f"#post-{found.id}")


@door(monitor)
@require_POST
def raise_on_moment(request: Request, room_id: UUID) -> HttpResponse:
    """A monitor flags what was said or shown in a room."""
    rooms = Room.objects.select_related("convening", "session__convening")
    found = rooms.filter(id=room_id).first()
    form = FlagForm(request.POST)
    if found is None or not form.is_valid():
        raise Http404
    raised = flag_moment(
        found,
        words=form.cleaned_data["words"],
        nonce=form.cleaned_data["nonce"],
        by=_staff(request).person_id,
        by_staff=True,
        at=request.at,
    )
    return _after_raising(request, raised)


def _is_in_no_case(found: Flag) -> bool:
    """Somebody said that it needs action, and went no further: whoever reads it can."""
    settled = not found.credible or found.done_outside_at is not None
    return not settled and not files.is_part_of_another(found.file)


def _beside(found: Flag, staff: StaffMember) -> list[UUID]:
    """The other flags on the post, that an answer given on this page answers too."""
    if found.credible is not None:
        return []
    return list(beside(found, seen_by=staff).values_list("id", flat=True)[:AT_ONCE])


def _after_raising(request: Request, raised: Flag, *, beside: str = "") -> HttpResponse:
    """To the flag, for whoever may see it; whoever only watches reads that it came, where they pressed."""
    if Flag.objects.visible_to(_staff(request)).filter(id=raised.id).exists():
        return HttpResponseRedirect(reverse("flag", args=[raised.id]))
    messages.success(request, _("Flagged. It is before the staff now."))
    back = onward(request.POST.get("next")) or reverse("watch")
    return HttpResponseRedirect(f"{back}{beside}")


def _find(request: Request, flag_id: UUID) -> Flag:
    found = (
        Flag.objects.visible_to(_staff(request)).filter(id=flag_id).select_related("room").first()
    )
    if found is None:
        raise Http404
    return found


def _staff(request: Request) -> StaffMember:
    return cast("StaffMember", staff_of(request))  # the door let in nobody else


def _keyring(request: Request) -> Keyring:
    return cast("Keyring", request.keyring)
