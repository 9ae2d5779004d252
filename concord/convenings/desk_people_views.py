"""Where people belong to, at the desk: one person at a time, found by their name; never a list of who attends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.convenings.forms import NoteForm, WhoForm
from concord.convenings.models import Convening, Registration
from concord.doors import door
from concord.names import fold
from concord.people.at_the_desk import DeskRequest
from concord.people.erase_affiliation import erase_affiliation
from concord.people.models import Organisation
from concord.people.note_organisation import note_organisation
from concord.people.organisations import affiliations_of
from concord.people.who_may import organiser


@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: DeskRequest, slug: str) -> HttpResponse:
    """Which organisations were named in an event and by how many; and a way to somebody whose name one knows.

    The name is sent in a form, so that it stands in no address.
    """
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    form = WhoForm(request.POST or None)
    found: list[Registration] | None = None
    if request.method == "POST" and form.is_valid():
        found = _called(convening, form.cleaned_data["name"])
        if len(found) == 1:
            return redirect("person_organisations", slug, found[0].id)
    page = {
        "convening": convening,
        "named": _named_in(convening),
        "form": form,
        "found": found,
    }
    return render(request, "convenings/desk_organisations.html", page)


@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def person_organisations(request: DeskRequest, slug: str, registration_id: UUID) -> HttpResponse:
    """Where one person belongs to and who said so; note more."""
    registration = _registration(slug, registration_id)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note_organisation(
            registration.person,
            organisation=form.cleaned_data["organisation"],
            by=request.staff_member,
            at=request.at,
        )
        messages.success(request, _("Noted."))
        return redirect("person_organisations", slug, registration_id)
    page = {
        "registration": registration,
        "affiliations": affiliations_of(registration.person_id),
        "form": form,
    }
    return render(request, "convenings/desk_person_organisations.html", page)


@door(organiser)
@require_POST
def erase_organisation(
    request: DeskRequest, slug: str, registration_id: UUID, affiliation_id: UUID
) -> HttpResponse:
    """Take one back, or erase what the person asked to have erased."""
    registration = _registration(slug, registration_id)
    affiliation = affiliations_of(registration.person_id).filter(id=affiliation_id).first()
    if affiliation is None:
        raise Http404
    erase_affiliation(affiliation, by=request.staff_member, at=request.at)
    messages.success(request, _("Erased."))
    return redirect("person_organisations", slug, registration_id)


def _named_in(convening: Convening) -> Any:
    persons = Registration.objects.filter(convening=convening).values("person")
    named = Organisation.objects.filter(affiliations__person__in=persons)
    return named.annotate(people=Count("affiliations__person", distinct=True)).order_by("name")


def _called(convening: Convening, name: str) -> list[Registration]:
    """Those who take part under this very name, however it is written."""
    wanted = fold(name)
    registered = convening.registrations.exclude(display_name="").only("id", "display_name")
    ids = [one.id for one in registered.iterator() if fold(one.display_name) == wanted]
    return list(Registration.objects.filter(id__in=ids))


def _registration(slug: str, registration_id: UUID) -> Registration:
    """Whoever was forgotten is not there any more."""
    registration = (
        Registration.objects.select_related("person", "convening")
        .filter(id=registration_id, convening__slug=slug)
        .exclude(display_name="")
        .first()
    )
    if registration is None:
        raise Http404
    return registration
