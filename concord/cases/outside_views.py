"""Cases behind the outside contact's door: those that have too few readers left on the team."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.cases.forms import ROLE_WORDS
from concord.cases.models import Case, CaseQuerySet
from concord.cases.read_case import read_case
from concord.doors import Request, anyone, door
from concord.reports.outside import Outside, come_in_to_read
from concord.vault.files import seen_by


@door(anyone)
@require_safe
def kept(request: Request) -> HttpResponse:
    """The cases whose key they hold: code, state and age."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    return render(request, "cases/kept_cases.html", {"cases": _theirs(inside)})


@door(anyone)
@require_safe
def case(request: Request, case_id: UUID) -> HttpResponse:
    """One case, to read."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    found = _theirs(inside).filter(id=case_id).first()
    if found is None:
        raise Http404
    opened = read_case(found, by=None, keyring=inside.keyring, at=request.at)
    context = {
        "case": found,
        "opened": opened,
        "people": [(ROLE_WORDS.get(one.role, ""), one.name) for one in opened.parties],
    }
    return render(request, "cases/kept_case.html", context)


def _theirs(inside: Outside) -> CaseQuerySet:
    return Case.objects.filter(file__in=seen_by(inside.contact.holder)).order_by("opened_at")
