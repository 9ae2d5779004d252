"""Behind the code: what whoever reported decided, and may decide again."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, anyone, door
from concord.letterbox.session import Held, current
from concord.people.models import StaffMember
from concord.reports import promise
from concord.reports.ask_for_notice import ask_for_notice
from concord.reports.change_choices import change_choices
from concord.reports.choices_form import ChoicesForm
from concord.reports.hold_back import is_held_back
from concord.reports.keep_out import keep_out
from concord.reports.let_in import let_in, may_be_let_in, seen_by_one_of_them
from concord.reports.models import HeldBack, Report
from concord.reports.new_code import settles_at, unsettled
from concord.reports.notice_wanted import notice_to_come
from concord.reports.own_copy import OwnCopy, read_copy, read_later
from concord.reports.prove_filing import prove_filing
from concord.reports.stay_out import stay_out as stay_out_of
from concord.reports.who_read import names_told


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: Request) -> HttpResponse:
    """What we go by: how to reach them, what would help, what they want to hear, and who must not read it."""
    held, known = held_report(request)
    copy = read_copy(held) if held and known else None
    if held is None or known is None or copy is None:
        return render(request, "reports/box_shut.html")
    waits = is_held_back(known, at=request.at)
    copy = (read_later(held) if waits else None) or copy
    may_come = may_be_let_in(known, copy, at=request.at)
    wanted = notice_to_come(known)
    receivers = [one for one in promise.receivers(request.at) if _reads(one, copy)]
    if request.method == "POST":
        form = ChoicesForm(request.POST, receivers=receivers, may_come=may_come)
        if form.is_valid():
            with transaction.atomic():
                change_choices(known, form.choices, held=held, at=request.at)
                ask_for_notice(known, form.cleaned_data["notice"], held=held, at=request.at)
                keep_out(known, form.kept_out, held=held, at=request.at)
                let_in(known, form.let_in_again, held=held, at=request.at)
            return _to_box(known)
    else:
        chosen = copy.told.__dict__ | {"notice": wanted.address if wanted else ""}
        form = ChoicesForm(initial=chosen, receivers=receivers, may_come=may_come)
    return render(request, "reports/choices.html", _page(request, form, copy, known))


@door(anyone)
@require_POST
def stay_out(request: Request) -> HttpResponse:
    """They want no further part in it: noted. It closes nothing, and they can still write."""
    held, known = held_report(request)
    if held is None or known is None:
        return render(request, "reports/box_shut.html")
    stay_out_of(known, held=held, at=request.at)
    return _to_box(known)


@door(anyone)
@require_POST
def proof(request: Request) -> HttpResponse:
    """Proof of filing, made because they pressed for it, shown on this one answer."""
    held, known = held_report(request)
    made = prove_filing(known, held=held, at=request.at) if held and known else None
    if made is None:
        return render(request, "reports/box_shut.html")
    return render(request, "reports/proof.html", {"proof": made})


def held_report(request: Request) -> tuple[Held | None, Report | None]:
    """The box that this browser holds open, and the report it belongs to."""
    held = current(request, at=request.at)
    return held, Report.objects.filter(box=held.box.id).first() if held else None


def _to_box(known: Report) -> HttpResponse:
    """What they decided counts from now on, or is written down and waits."""
    waits = HeldBack.objects.filter(report=known).exists()
    return HttpResponseRedirect(reverse("report_box") + ("?written" if waits else "?changed"))


def _reads(one: StaffMember, copy: OwnCopy) -> bool:
    """Whether the reporter's own choices let them read."""
    return one.id not in copy.keep_out and (not copy.told.about_team or one.id in copy.let_in)


def _page(request: Request, form: ChoicesForm, copy: OwnCopy, known: Report) -> dict[str, object]:
    """Who reads it is told from what they chose alone (see `names_told`)."""
    at = request.at
    ticked = [one for one in promise.receivers(at) if one.id in copy.keep_out]
    code = unsettled(known, at=at)
    saw = seen_by_one_of_them(known, copy, at=at)
    let_in_again = [one for one in promise.receivers(at) if one.id in copy.let_in]
    return {
        "form": form,
        "readers": names_told(copy.told, keep_out=ticked, at=at),
        "kept_out": [one.working_name for one in ticked],
        "saw_the_code": saw.working_name if saw else "",
        "let_in": [one.working_name for one in let_in_again],
        "involved": copy.told.involved,
        "about_team": copy.told.about_team,
        "waits": is_held_back(known, at=at),
        "waits_until": settles_at(code) if code else None,
    }
