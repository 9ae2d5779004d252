"""A case on one page: wishes and risks first, then what is known, who is in it, and the one next step."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from concord.actions.models import Unheld
from concord.cases.assess_case import in_words, read_assessment
from concord.cases.classify_case import read_classification
from concord.cases.desk_views import find_case
from concord.cases.forms import NoteForm, part_of
from concord.cases.keeping import keeping_of, linked_to
from concord.cases.models import OVER, Case, Export
from concord.cases.parties import ORGANISATION
from concord.cases.presence import asks_of
from concord.cases.read_case import Opened, read_case
from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import Decision, Proposal
from concord.desk.next_step import next_step
from concord.desk.timeline import newest_of, readers_of
from concord.desk.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.policy.violations import GROUNDS, KINDS
from concord.vault import files
from concord.vault.keyring import Keyring


@door(works_on_cases)
@require_safe
def case(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """One case. Reading it is an entry; who somebody is, is asked for one by one."""
    staff = request.staff_member
    found = find_case(request, case_id)
    if found.merged_into_id:
        return HttpResponseRedirect(reverse("case", args=[found.merged_into_id]))
    asked = next((one for one in asks_of(staff, at=request.at) if one.case == found), None)
    if asked and not files.may_open(found.file, staff.person_id):
        return HttpResponseRedirect(reverse("asked_to_take", args=[asked.id]))
    opened = read_case(found, by=staff, keyring=request.keyring, at=request.at)
    proposals = list(Proposal.objects.visible_to(staff).filter(case=found))
    open_proposal = next((one for one in proposals if one.state in ("proposed", "concurred")), None)
    someone_reported = bool(_reported(opened))
    elsewhere = _elsewhere(opened)
    is_orphaned = open_proposal is not None and not is_on_the_team(
        open_proposal.version.proposer, at=request.at
    )
    keeping, unheld = keeping_of(found), _unheld(found, staff)
    context = {
        "case": found,
        "step": next_step(
            found,
            staff=staff,
            handover=asked or found.handovers.open().first(),
            open_proposal=open_proposal,
            keeping=keeping,
            someone_reported=someone_reported,
            elsewhere=elsewhere,
            is_orphaned=is_orphaned,
            unheld=unheld,
        ),
        "unheld": unheld,
        "assessed": _assessed(found, keyring=request.keyring),
        "cover": found.covers.filter(until_at__gt=request.at).last(),
        "merged": list(found.merged.values_list("code", flat=True)),
        "may_ask_for_deputy": found.state not in OVER
        and (staff == found.coordinator or staff.is_lead),
        "opened": opened,
        "kinds": _kinds(opened),
        "classified": _classified(found, keyring=request.keyring),
        "people": [(party, part_of(party)) for party in opened.parties],
        "proposals": proposals,
        "decisions": list(Decision.objects.visible_to(staff).filter(case=found)),
        "open_proposal": open_proposal,
        "is_orphaned": is_orphaned,
        "may_adopt": open_proposal is not None
        and found.coordinator == staff
        and open_proposal.version.proposer != staff.person_id,
        "several_reported": len(_reported(opened)) > 1,
        "someone_reported": someone_reported,
        "elsewhere": elsewhere,
        "timeline": newest_of(found, whole="all" in request.GET),
        "readers": readers_of(found),
        "exports": _exports(found),
        "authors": _authors(opened),
        "note_form": NoteForm(),
        "coordinates": found.coordinator == staff,
        "linked": linked_to(found, staff=staff),
        "keeping": keeping,
    }
    return render(request, "desk/case.html", context)


def _unheld(case: Case, staff: StaffMember) -> Unheld | None:
    """The step that has not held for the longest, if this person may see its decision."""
    open_ones = Unheld.objects.visible_to(staff).open().filter(decision__case=case)
    return open_ones.select_related("warrant").first()


def _reported(opened: Opened) -> set[UUID]:
    """Those reported who take part: each can have a proposal and a decision of their own (V-ASSIST-1)."""
    reported = [party for party in opened.parties if party.role == "respondent"]
    return {party.person_id for party in reported if party.person_id}


def _elsewhere(opened: Opened) -> str:
    """The page on which something is proposed about whoever was reported and is in no room."""
    roles = {party.role for party in opened.parties if not party.person_id}
    if ORGANISATION in roles:
        return "bar_organisation"
    return "deny_entry" if "respondent" in roles else ""


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


def _assessed(case: Case, *, keyring: Keyring) -> list[tuple[object, object]]:
    """The newest answers to the four questions, each beside its question; empty before anybody gave them."""
    newest = case.assessments.select_related("case").last()
    if newest is None:
        return []
    return list(in_words(read_assessment(newest, keyring=keyring)))


def _authors(opened: Opened) -> dict[UUID, str]:
    persons = {note.author for note, _text in opened.notes}
    found = StaffMember.objects.filter(person__in=persons)
    return dict(found.values_list("person_id", "working_name"))
