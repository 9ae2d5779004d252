"""The page on which staff say of what kind a case is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from concord.cases.classify_case import classify_case, read_classification
from concord.cases.classify_form import ClassifyForm
from concord.cases.desk_views import find_case
from concord.cases.who_may import works_on_cases
from concord.cases.write_note import MayNotWriteHere
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.vault import files


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def classify(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """The policy's items and grounds; ticked is what was said last."""
    case = find_case(request, case_id)
    if not files.may_open(case.file, request.staff_member.person_id):
        raise MayNotWriteHere(subject=case.id)
    form = ClassifyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        classify_case(case, by=request.staff_member, at=request.at, **form.cleaned_data)
        return HttpResponseRedirect(reverse("case", args=[case.id]))
    if not form.is_bound:
        said = read_classification(case, keyring=request.keyring)
        form = ClassifyForm(initial=said._asdict())
    status = 422 if form.is_bound else 200
    return render(request, "cases/desk_classify.html", {"case": case, "form": form}, status=status)
