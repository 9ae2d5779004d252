"""A case is always somebody's: it is passed on, taken over, and its gaps are told (PUB-24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from concord.actions.verify_steps import verify_steps
from concord.cases.models import Case, CheckIn, Closing, FollowUp, Handover, State
from concord.cases.notice_silence import notice_silence
from concord.concurrence.concur import concur
from concord.concurrence.models import Execution
from concord.ledger.models import Entry
from concord.outbox.models import Job
from tests.browsing import at_the_desk
from tests.cast import Cast, case_about_karim, opened, proposed, stage


@pytest.mark.clauses("R-COORD-1", "I-STAFF-1")
@pytest.mark.django_db
def test_the_coordinator_vanishes_and_the_deputy_takes_over() -> None:
    """PUB-24: nothing is lost, and the gap shows on the timeline."""
    cast = stage(timezone.now() - timedelta(minutes=25))
    proposal = proposed(cast, act_at_once=False)
    agreed_at = cast.later(minutes=5)
    version = opened(proposal.version, cast.luis, agreed_at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=agreed_at)
    notice_silence(None, at=cast.later(minutes=14))
    assert not Handover.objects.exists(), "nothing waited for her before Luis agreed"
    notice_silence(None, at=timezone.now())
    luis = at_the_desk(cast.luis).open("/")
    assert luis.sees("nobody has heard from Amara")
    luis.open(f"/cases/{proposal.case_id}")
    assert luis.sees("Nobody has heard from the coordinator.")
    assert Case.objects.get().coordinator == cast.amara.staff
    luis.follow("Take the case").press("Take the case")
    assert luis.sees("You coordinate this.")
    assert luis.sees("Nobody answered for it for 20 minutes")
    assert luis.sees("Luis coordinates it from here")
    assert luis.sees("A colleague agreed.")
    case = Case.objects.get()
    assert (case.coordinator, case.deputy) == (cast.luis.staff, cast.amara.staff)
    luis.follow("Open the proposal").press("Make it my proposal")
    assert luis.sees("Needs a second yes.")
    amara = at_the_desk(cast.amara).open(f"/proposals/{proposal.id}")
    assert amara.sees("Luis asks for your yes.")
    amara.press("I agree")
    luis.open(f"/proposals/{proposal.id}").press("Carry it out now")
    assert luis.sees("It is done.")


@pytest.mark.clauses("R-COORD-1")
def test_a_case_is_passed_on_without_a_reason_and_opens_when_it_is_taken(cast: Cast) -> None:
    case = case_about_karim(cast)
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    amara.open(f"/cases/{case.id}").press("Cover me for ten minutes")
    assert amara.sees("Luis is asked and has not answered yet.")
    luis.open("/").follow("Look at it")
    assert luis.sees("Amara has to go away for ten minutes, and asks whether you have it.")
    luis.press("I have it")
    assert not luis.open("/").sees("Asked to look after a case")
    assert amara.open(f"/cases/{case.id}/cover").sees("Luis looks after it until")
    amara.open(f"/cases/{case.id}")
    assert amara.sees("Amara is away for a moment; Luis looks after it until")
    amara.follow("Pass this case on")
    assert not amara.sees("Ravi")
    amara.press("Ask them", to=str(cast.luis.staff.id))
    assert amara.sees("A colleague is asked to take it; until then it is yours.")
    luis.open("/").follow("Look at it")
    assert luis.sees("Amara asks you to take this case.")
    luis.press("I cannot")
    assert not luis.open("/").sees("Asked to take a case")
    amara.open(f"/cases/{case.id}").follow("Pass this case on").press("Ask them", to="anybody")
    amara.follow("See who, or keep it").press("Keep it after all")
    assert not luis.open("/").sees("Asked to take a case")
    amara.follow("Pass this case on").press("Ask them", to="anybody")
    luis.open("/").follow("Look at it").press("Take the case")
    assert luis.sees("You coordinate this.")
    assert amara.open(f"/cases/{case.id}").sees("You are the deputy.")


@pytest.mark.clauses("P-ZERO-1", "V-RETAL-1")
def test_a_case_is_asked_after_until_a_person_answers(cast: Cast) -> None:
    case = case_about_karim(cast)
    luis = at_the_desk(cast.luis)
    proposal = proposed(cast, case)
    luis.open(f"/proposals/{proposal.id}").press("I agree")
    verify_steps(Job(subject=Execution.objects.get().id), at=cast.at)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}")
    amara.follow("Follow it up").press("Follow it up")
    assert CheckIn.objects.count() == 2
    amara.post(f"/cases/{case.id}/close", lessons="Two on call.")
    assert amara.status == 409
    assert amara.sees("somebody looks after a week, and after a month")
    assert not amara.open("/").sees("Has it stayed quiet?")
    first = CheckIn.objects.all()[0]
    amara.post(f"/check-ins/{first.id}", found="quiet")
    assert amara.status == 409
    CheckIn.objects.filter(id=first.id).update(due_on=timezone.now().date())
    assert amara.open("/").sees("say whether it has stayed quiet")
    luis.open(f"/cases/{case.id}/keeping").press("Keep the answer", found="again")
    assert luis.sees("The case is open again.")
    assert Case.objects.get().state == State.REOPENED
    assert FollowUp.objects.get().ended_at is not None
    assert not Closing.objects.exists()
    assert Entry.objects.filter(verb="cases.check_in").count() == 1
