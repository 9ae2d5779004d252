"""How a case stands, in four answers; and whether it has stayed quiet since."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.cases.assess_case import Assessed, assess_case, read_assessment
from concord.cases.assess_form import AssessForm
from concord.cases.check_in import check_in
from concord.cases.desk_views import find_case
from concord.cases.models import Case, CheckIn
from concord.cases.who_may import works_on_cases
from concord.cases.write_note import MayNotWriteHere
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.vault import files


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """The four questions, filled with what was answered last."""
    case = find_case(request, case_id)
    if not files.may_open(case.file, request.staff_member.person_id):
        raise MayNotWriteHere(subject=case.id)
    form = AssessForm(
        request.POST if request.method == "POST" else None, initial=_before(request, case)
    )
    if form.is_bound and form.is_valid():
        said = Assessed(**form.cleaned_data)
        assess_case(case, said=said, by=request.staff_member, at=request.at)
        return HttpResponseRedirect(reverse("case", args=[case.id]))
    status = 422 if form.is_bound else 200
    return render(request, "cases/desk_assess.html", {"case": case, "form": form}, status=status)


@door(works_on_cases)
@require_POST
def say_found(request: DeskRequest, check_in_id: UUID) -> HttpResponse:
    """Whether it has stayed quiet."""
    visible = Case.objects.visible_to(request.staff_member)
    asked = CheckIn.objects.filter(id=check_in_id, follow_up__case__in=visible).first()
    if asked is None:
        raise Http404
    said = check_in(
        asked,
        found=request.POST.get("found", ""),
        by=request.staff_member,
        keyring=request.keyring,
        at=request.at,
    )
    case_id = said.follow_up.case_id
    if said.found == CheckIn.Found.AGAIN:
        messages.success(request, _("Noted. The case is open again."))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("keeping", args=[case_id]))


def _before(request: DeskRequest, case: Case) -> dict[str, str]:
    newest = case.assessments.select_related("case").last()
    if newest is None:
        return {}
    return read_assessment(newest, keyring=request.keyring)._asdict()
