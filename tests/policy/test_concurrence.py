"""No second person, no action (PUB-06). Each way round is tried; nothing changes, and the try is kept."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.audit import audit
from concord.actions.triggers import drop_statements, install
from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.guards import NeedsAnotherStaffMember
from concord.concurrence.models import Concurrence, Execution, Proposal, State, Warrant
from concord.concurrence.propose import propose, revise
from concord.concurrence.void import lapse_all
from concord.ledger.models import Entry
from concord.outbox.models import Job
from concord.outbox.worker import plant_periodic, run_due
from concord.people.designate import AlreadyDesignated, designate
from concord.people.models import Login
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post, Removal
from tests.browsing import at_the_desk, by_mail
from tests.cast import Cast, Desk, case_about_karim, opened, proposed, terms_for


def nothing_happened(cast: Cast) -> bool:
    """Karim is where he was, with what he wrote; no row says that anything was carried out."""
    effects = (Execution, Warrant, Shut, Removal)
    return (
        is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=1))
        and not Post.objects.filter(removed=True).exists()
        and not any(table.objects.exists() for table in effects)
    )


def tries(person: Desk, rule: str) -> int:
    return Entry.objects.filter(verb="refused", actor=person.id, facts__rule=rule).count()


def page_of(proposal: Proposal) -> str:
    return f"/proposals/{proposal.id}"


@pytest.mark.clauses("R-CONCUR-1", "I-PROC-1")
def test_a_coordinator_alone_changes_nothing_by_any_page(cast: Cast) -> None:
    proposal = proposed(cast)
    amara = at_the_desk(cast.amara).open(page_of(proposal))
    assert amara.sees("Needs a second yes.")
    assert not amara.sees("I agree")
    assert not amara.sees("Carry it out now")
    amara.post(f"{page_of(proposal)}/execution", version=proposal.version.id)
    assert (amara.status, amara.sees("Nobody else has agreed")) == (403, True)
    amara.open(page_of(proposal)).post(
        f"{page_of(proposal)}/concurrence", version=proposal.version.id
    )
    assert amara.status == 403
    assert nothing_happened(cast)
    assert not Concurrence.objects.exists()
    assert tries(cast.amara, "NeedsConcurrence") == 1
    assert tries(cast.amara, "NeedsAnotherStaffMember") == 1


@pytest.mark.clauses("R-CONCUR-1")
def test_a_second_login_of_the_same_human_is_not_a_second_person(
    cast: Cast, mailbox: Mailbox
) -> None:
    proposal = proposed(cast)
    second_device = at_the_desk(cast.amara).open(page_of(proposal))
    assert not second_device.sees("I agree")
    second_device.post(f"{page_of(proposal)}/concurrence", version=proposal.version.id)
    assert second_device.status == 403
    assert tries(cast.amara, "NeedsAnotherStaffMember") == 1
    by_letter = by_mail("amara@example.org", mailbox)
    Login.objects.by_mailbox().order_by("-id").filter(verified=True).exclude(
        person__in=[cast.karim.person, cast.sara.person, cast.tomas.person]
    ).update(person=cast.amara.staff.person)
    by_letter.client.defaults["HTTP_HOST"] = "desk.localhost"
    by_letter.post(f"{page_of(proposal)}/concurrence", version=proposal.version.id)
    assert by_letter.path.startswith("/in")
    with pytest.raises(IntegrityError), transaction.atomic():
        Login.objects.create(person=cast.amara.staff.person, handle="amara-2")
    with pytest.raises(AlreadyDesignated):
        designate(
            cast.amara.staff.person,
            working_name="Another",
            role="staff",
            languages=["en"],
            by=cast.amara.staff,
            at=cast.at,
        )
    assert nothing_happened(cast)


@pytest.mark.clauses("R-CONCUR-1")
def test_those_who_keep_the_machines_and_those_with_a_conflict_find_no_proposal(cast: Cast) -> None:
    proposal = proposed(cast)
    for outsider in (cast.ines, cast.ravi):
        browser = at_the_desk(outsider)
        for path in (page_of(proposal), f"{page_of(proposal)}/concurrence"):
            browser.open(path)
            assert browser.status in (404, 405)
        browser.open("/second").post(
            f"{page_of(proposal)}/concurrence", version=proposal.version.id
        )
        assert browser.status == 404
    assert nothing_happened(cast)


@pytest.mark.clauses("R-CONCUR-1")
def test_no_job_and_no_command_acts_for_a_second_person(cast: Cast) -> None:
    proposal = proposed(cast)
    plant_periodic(at=cast.at)
    run_due(at=cast.later(minutes=1))
    assert nothing_happened(cast)
    lapse_all(Job(kind="concurrence.lapse"), at=cast.later(days=3))
    proposal.refresh_from_db()
    assert proposal.state == State.LAPSED
    assert nothing_happened(cast)


@pytest.mark.clauses("R-CONCUR-1", "I-PROC-1")
def test_a_shell_that_calls_the_verb_or_writes_the_rows_changes_nothing(cast: Cast) -> None:
    proposal = proposed(cast)
    version = opened(proposal.version, cast.amara, cast.at)
    with pytest.raises(NeedsAnotherStaffMember):
        concur(version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    forged = Concurrence(
        version=version,
        version_digest=version.digest,
        proposer=version.proposer,
        person=cast.noor.id,
        signature=bytes(64),
        concurred_at=cast.at,
    )
    for write in (
        forged.save,
        lambda: Execution.objects.create(concurrence=None, executed_at=cast.at),
        lambda: Shut.objects.create(
            person=cast.karim.person, scope_kind="all", warrant=uuid.uuid4(), since_at=cast.at
        ),
        lambda: insert_shut(cast),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert nothing_happened(cast)
    assert not Concurrence.objects.exists()
    assert audit() == []


def insert_shut(cast: Cast) -> None:
    """As somebody would who types SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_shut (id, person_id, scope_kind, warrant, since_at)"
            " VALUES (%s, %s, 'all', %s, %s)",
            [each.hex if connection.vendor == "sqlite" else each for each in
             (uuid.uuid4(), cast.karim.person_id, uuid.uuid4())] + [cast.at],
        )  # fmt: skip


@pytest.mark.clauses("R-CONCUR-1")
def test_an_agreement_forged_with_the_rules_taken_away_is_refused(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    version = proposal.version
    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)
    Concurrence.objects.create(
        version=version,
        version_digest=version.digest,
        proposer=version.proposer,
        person=cast.noor.id,
        signature=bytes(64),
        concurred_at=cast.at,
    )
    Proposal.objects.update(state=State.CONCURRED)
    install()
    amara = at_the_desk(cast.amara).open(page_of(proposal))
    amara.press("Carry it out now")
    assert (amara.status, amara.sees("signatures on this proposal do not hold")) == (409, True)
    assert nothing_happened(cast)


@pytest.mark.clauses("R-CONCUR-1", "A-REVOKE-1", "R-ACT-REVOKE", "R-ACT-DELETE")
def test_with_a_second_yes_it_takes_hold_and_both_stand_in_the_record(cast: Cast) -> None:
    proposal = proposed(cast)
    luis = at_the_desk(cast.luis).open(page_of(proposal))
    assert luis.sees("asks for your yes")
    luis.press("I agree")
    assert luis.sees("Amara and Luis agreed")
    agreed = Concurrence.objects.get()
    assert (agreed.proposer, agreed.person) == (cast.amara.id, cast.luis.id)
    assert agreed.concurred_at <= Execution.objects.get().executed_at
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=1))
    assert Removal.objects.count() == 1
    assert audit() == []


@pytest.mark.clauses("R-CONCUR-1")
def test_an_answer_to_a_page_that_has_changed_since_agrees_to_nothing(cast: Cast) -> None:
    proposal = proposed(cast)
    luis = at_the_desk(cast.luis).open(page_of(proposal))
    revise(
        proposal,
        terms=terms_for(cast, reason="Something else."),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    luis.press("I agree")
    assert luis.status == 409
    assert nothing_happened(cast)


@pytest.mark.clauses("R-CONCUR-1")
def test_a_double_press_agrees_once(cast: Cast) -> None:
    proposal = proposed(cast)
    page = at_the_desk(cast.luis).open(page_of(proposal))
    page.press("I agree")
    page.post(f"{page_of(proposal)}/concurrence", version=proposal.version.id)
    assert page.status == 200
    assert (Concurrence.objects.count(), Execution.objects.count()) == (1, 1)


@pytest.mark.clauses("I-PROC-1")
def test_a_step_that_the_procedure_does_not_know_cannot_be_taken(cast: Cast) -> None:
    proposal = proposed(cast)
    amara = at_the_desk(cast.amara).open(page_of(proposal))
    amara.press("Withdraw it")
    assert amara.sees("Withdrawn.")
    for step in ("execution", "withdrawal", "taking-back"):
        amara.open("/second").post(f"{page_of(proposal)}/{step}", version=proposal.version.id)
        assert amara.status in (403, 409)
    luis = at_the_desk(cast.luis).open("/second")
    luis.post(f"{page_of(proposal)}/concurrence", version=proposal.version.id)
    assert luis.status == 409
    proposal.refresh_from_db()
    assert proposal.state == State.WITHDRAWN
    assert nothing_happened(cast)


@pytest.mark.clauses("R-COORD-1")
def test_a_case_has_exactly_one_coordinator_at_any_time(cast: Cast) -> None:
    case = case_about_karim(cast)
    assert (case.coordinator, case.deputy) == (cast.amara.staff, cast.luis.staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=case.id).update(coordinator=None)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    case.refresh_from_db()
    assert case.coordinator == cast.luis.staff
    assert Entry.objects.filter(verb="cases.recuse", subject=case.id, actor=cast.amara.id).exists()
    assert (
        at_the_desk(cast.noor)
        .open(page_of(by_the_new_coordinator(cast, case)))
        .sees("Luis asks for your yes")
    )


def by_the_new_coordinator(cast: Cast, case: Case) -> Proposal:
    return propose(
        case, terms=terms_for(cast), by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at
    )
