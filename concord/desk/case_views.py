"""A case on one page: wishes and risks first, then what is known, who is in it, and the one next step."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.cases.classify_case import read_classification
from concord.cases.desk_views import find_case
from concord.cases.forms import ROLE_WORDS, NoteForm
from concord.cases.keeping import keeping_of, linked_to
from concord.cases.models import Case, Export
from concord.cases.read_case import Opened, read_case
from concord.concurrence.models import Decision, Proposal
from concord.desk.timeline import readers_of, timeline_of
from concord.desk.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.policy.violations import GROUNDS, KINDS
from concord.vault.keyring import Keyring


@door(works_on_cases)
@require_safe
def case(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """One case. Reading it is an entry; who somebody is, is asked for one by one."""
    staff = request.staff_member
    found = find_case(request, case_id)
    opened = read_case(found, by=staff, keyring=request.keyring, at=request.at)
    proposals = list(Proposal.objects.visible_to(staff).filter(case=found))
    context = {
        "case": found,
        "opened": opened,
        "kinds": _kinds(opened),
        "classified": _classified(found, keyring=request.keyring),
        "people": [(party, ROLE_WORDS.get(party.role, "")) for party in opened.parties],
        "proposals": proposals,
        "decisions": list(Decision.objects.visible_to(staff).filter(case=found)),
        "open_proposal": next(
            (one for one in proposals if one.state in ("proposed", "concurred")), None
        ),
        "someone_reported": any(
            party.role == "respondent" and party.person_id for party in opened.parties
        ),
        "timeline": timeline_of(found),
        "readers": readers_of(found),
        "exports": _exports(found),
        "authors": _authors(opened),
        "note_form": NoteForm(),
        "coordinates": found.coordinator == staff,
        "linked": linked_to(found, staff=staff),
        "keeping": keeping_of(found),
    }
    return render(request, "desk/case.html", context)


def _kinds(opened: Opened) -> list[object]:
    """Which items of the policy the reports ticked, each once."""
    codes = {code: None for each in opened.reports for code in each.told.kinds}
    return [KINDS[code].name for code in codes if code in KINDS]


def _exports(case: Case) -> list[tuple[str, Export]]:
    """Whose copies are about, by working name."""
    taken = list(case.exports.all())
    found = StaffMember.objects.filter(person__in=[one.person for one in taken])
    names = dict(found.values_list("person_id", "working_name"))
    return [(names.get(one.person, ""), one) for one in taken]


def _classified(case: Case, *, keyring: Keyring) -> dict[str, list[object]]:
    """Which items and grounds the staff chose, in words."""
    said = read_classification(case, keyring=keyring)
    return {
        "kinds": [KINDS[code].name for code in said.kinds],
        "grounds": [GROUNDS[code] for code in said.grounds],
    }


def _authors(opened: Opened) -> dict[UUID, str]:
    persons = {note.author for note, _text in opened.notes}
    found = StaffMember.objects.filter(person__in=persons)
    return dict(found.values_list("person_id", "working_name"))
