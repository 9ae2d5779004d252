"""Two presses at the same moment, each in a thread of its own on a real database: one agreement, one effect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.ask_review import ask_review
from concord.actions.audit import audit
from concord.actions.decide_review import decide_review
from concord.actions.models import LaterMember, ReviewRequest
from concord.cases.link_cases import link_cases
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.models import Concurrence, Execution, Proposal, Version
from concord.concurrence.propose import propose, revise
from concord.concurrence.terms import Target
from concord.concurrence.void import take_back, withdraw
from concord.convenings.models import Registration
from concord.monitoring.models import Flag, Unscreened
from concord.monitoring.ring import NOTICE, ring
from concord.monitoring.screeners import forget_screeners, make_screener
from concord.names import fold
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from concord.people.declare_tie import declare_tie
from concord.people.end_designation import end_designation
from concord.people.models import Login
from concord.people.name_organisation import name_organisation
from concord.people.signals import signed_in
from concord.refusals import Refused
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.retaliation.models import Attempt
from concord.spaces.models import Removal
from concord.vault.errors import NoGrant
from tests.cast import (
    Cast,
    Desk,
    case_about_karim,
    login_by_mailbox,
    opened,
    proposed,
    stage,
    terms_for,
)
from tests.looking_again import another_receiver, decided
from tests.policy.test_linked_proposals import reads_only

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "All immigrants are vermin and should be shot"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return stage()


def at_once(*presses: Callable[[], object]) -> list[object]:
    """Press all of them together; what each got, a refusal included."""
    together = threading.Barrier(len(presses))
    got: list[object] = [None] * len(presses)

    def press(position: int, act: Callable[[], object]) -> None:
        try:
            together.wait(20)
            got[position] = act()
        except (Refused, NoGrant) as refused:
            got[position] = refused
        except Exception as failed:  # noqa: BLE001 (told by the assertion below)
            got[position] = failed
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=(position, act)) for position, act in enumerate(presses)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    broken = [
        one for one in got if isinstance(one, Exception) and not isinstance(one, Refused | NoGrant)
    ]
    assert broken == []
    return got


def agrees(cast: Cast, desk: Desk, version: Version) -> Callable[[], object]:
    return lambda: concur(version, by=desk.staff, keyring=desk.keyring, at=cast.later(seconds=1))


def executes(cast: Cast, desk: Desk, proposal: Proposal) -> Callable[[], object]:
    version = opened(proposal.version, desk, cast.at)
    return lambda: execute(version, by=desk.staff, keyring=desk.keyring, at=cast.later(seconds=2))


def edits(cast: Cast, proposal: Proposal) -> Callable[[], object]:
    terms = terms_for(cast, reason="Said otherwise.")
    amara = cast.amara
    return lambda: revise(
        proposal, terms=terms, by=amara.staff, keyring=amara.keyring, at=cast.later(seconds=1)
    )


def done_once() -> bool:
    return (
        Execution.objects.count() == 1
        and Shut.objects.count() == 1
        and Removal.objects.count() == 1
        and audit() == []
    )


@pytest.mark.clauses("R-CONCUR-1")
def test_two_colleagues_who_agree_at_once_act_once(cast: Cast) -> None:
    version = proposed(cast).version
    opened(version, cast.luis, cast.at)
    opened(version, cast.noor, cast.at)
    at_once(*(agrees(cast, desk, version) for desk in (cast.luis, cast.noor)))
    assert Concurrence.objects.count() == 1
    assert done_once()


def test_one_colleague_who_presses_many_times_acts_once(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    at_once(*[agrees(cast, cast.luis, version)] * 4)
    assert Concurrence.objects.count() == 1
    assert done_once()


def test_coordinator_and_deputy_who_execute_at_once_act_once(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    agrees(cast, cast.noor, opened(proposal.version, cast.noor, cast.at))()
    at_once(*[executes(cast, desk, proposal) for desk in (cast.amara, cast.luis)] * 2)
    assert done_once()


@pytest.mark.clauses("R-CONCUR-1")
def test_an_edit_and_an_agreement_at_once_never_act_on_what_was_not_read(cast: Cast) -> None:
    proposal = proposed(cast)
    version = opened(proposal.version, cast.luis, cast.at)
    at_once(agrees(cast, cast.luis, version), edits(cast, proposal))
    if Version.objects.count() == 2:
        assert not Execution.objects.exists()
        assert not Shut.objects.exists()
        agrees(cast, cast.luis, opened(proposal.version, cast.luis, cast.at))()
    assert done_once()
    agreed = Concurrence.objects.get(voided_at__isnull=True)
    assert agreed.version_digest == proposal.version.digest


@pytest.mark.parametrize("change", ["take back", "withdraw", "edit"])
def test_a_change_of_mind_and_an_execution_at_once_are_one_or_the_other(
    cast: Cast, change: str
) -> None:
    proposal = proposed(cast, act_at_once=False)
    agreed = agrees(cast, cast.luis, opened(proposal.version, cast.luis, cast.at))()
    changes = {
        "take back": lambda: take_back(agreed, by=cast.luis.staff, at=cast.later(seconds=2)),
        "withdraw": lambda: withdraw(
            proposal.version, by=cast.amara.staff, at=cast.later(seconds=2)
        ),
        "edit": edits(cast, proposal),
    }
    at_once(executes(cast, cast.amara, proposal), changes[change])
    agreed = Concurrence.objects.get()
    assert Execution.objects.exists() != (agreed.voided_at is not None)
    assert Shut.objects.exists() == Execution.objects.exists()
    assert audit() == []


def test_two_proposals_on_one_person_in_the_same_moment_leave_one_open(cast: Cast) -> None:
    case = case_about_karim(cast)
    at_once(*[lambda: proposed(cast, case)] * 2)
    assert Proposal.objects.open().count() == 1


@pytest.mark.clauses("R-COORD-1")
def test_two_coordinators_on_linked_cases_in_the_same_second_leave_one_open(cast: Cast) -> None:
    """PUB-13."""
    case = case_about_karim(cast)
    told = receive_report(Told("He did it before."), nonce=uuid4().bytes, keep_out=[], at=cast.at)
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    other = take_up(told.report, **luis)
    link_cases(other, older=case, by=cast.luis.id, at=cast.at)
    terms = terms_for(cast, targets=(reads_only(cast),))
    at_once(lambda: proposed(cast, case), lambda: propose(other, terms=terms, **luis))
    assert Proposal.objects.open().count() == 1


def comes_in(address: str, at: datetime) -> Callable[[], object]:
    """Somebody shows that this mailbox is theirs, in one transaction, as `sign_in` does."""

    def press() -> object:
        with transaction.atomic():
            login = login_by_mailbox(address)
            signed_in.send(sender=Login, login=login, at=at)
        return login.person_id

    return press


@pytest.mark.clauses("A-DENY-1")
@pytest.mark.parametrize("seconds", [0, 2])
def test_whoever_comes_in_at_the_moment_their_mailbox_is_shut_is_not_missed(
    cast: Cast, seconds: int
) -> None:
    out = Target(
        "deny",
        uuid4(),
        "Viktor",
        scope_kind="all",
        until_at=cast.later(hours=24),
        detail={"addresses": ["viktor.lang@gmail.com"]},
    )
    version = opened(proposed(cast, targets=(out,)).version, cast.luis, cast.at)
    at = cast.later(seconds=seconds)
    presses = [comes_in(f"viktorlang+{n}@gmail.com", at) for n in range(3)]
    _agreed, *persons = at_once(agrees(cast, cast.luis, version), *presses)
    later = cast.later(minutes=1)
    assert not any(is_admitted(one, cast.hall.places, at=later) for one in persons)
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1")
@pytest.mark.parametrize("seconds", [0, 2])
def test_whoever_names_the_organisation_at_the_moment_of_the_decision_is_shown_to_a_person(
    cast: Cast, seconds: int
) -> None:
    name_organisation(cast.karim.person, organisation="Alliance", at=cast.at)
    belongs = {"name": "Alliance", "folded": fold("Alliance")}
    place = {"scope_kind": "all", "until_at": cast.later(hours=24)}
    targets = (
        Target(
            "member", cast.karim.person_id, "Karim", **place, detail={**belongs, "how": ["self"]}
        ),
        Target("organisation", uuid4(), "Alliance", **place, detail=belongs),
    )
    version = opened(proposed(cast, targets=targets).version, cast.luis, cast.at)
    at = cast.later(seconds=seconds)
    newcomers = [cast.sara, cast.tomas]
    at_once(
        agrees(cast, cast.luis, version),
        *(
            lambda one=one: name_organisation(one.person, organisation="ALLIANCE", at=at)
            for one in newcomers
        ),
    )
    waiting = set(LaterMember.objects.values_list("person", flat=True))
    assert waiting == {one.person_id for one in newcomers}
    assert Shut.objects.get().person == cast.karim.person


def test_somebody_who_leaves_it_at_the_moment_of_the_decision_is_on_a_true_list_or_it_is_void(
    cast: Cast,
) -> None:
    name_organisation(cast.karim.person, organisation="Alliance", at=cast.at)
    belongs = {"name": "Alliance", "folded": fold("Alliance")}
    place = {"scope_kind": "all", "until_at": cast.later(hours=24)}
    targets = (
        Target(
            "member", cast.karim.person_id, "Karim", **place, detail={**belongs, "how": ["self"]}
        ),
        Target("organisation", uuid4(), "Alliance", **place, detail=belongs),
    )
    proposal = proposed(cast, targets=targets)
    version = opened(proposal.version, cast.luis, cast.at)
    at_once(
        agrees(cast, cast.luis, version),
        lambda: name_organisation(cast.karim.person, organisation="", at=cast.later(seconds=1)),
    )
    run_due(at=cast.later(seconds=3))
    proposal.refresh_from_db()
    assert (Shut.objects.count(), proposal.state) in {(1, "executed"), (0, "voided")}
    assert audit() == []


@pytest.mark.postgresql
def test_decisions_on_the_same_people_take_their_gates_in_one_order(cast: Cast) -> None:
    people = sorted((cast.karim, cast.sara, cast.tomas), key=lambda one: one.person_id)
    assert gates_taken(cast, people[::-1]) == [one.person_id for one in people]


def gates_taken(cast: Cast, listed: list[Registration]) -> list[UUID]:
    """Whose gates an agreement takes before it shuts the first of them, one after the other."""
    targets = tuple(
        Target(
            "revoke",
            one.person_id,
            one.display_name,
            scope_kind="session",
            scope_id=cast.hall.session_id,
            until_at=cast.later(hours=24),
        )
        for one in listed
    )
    version = opened(proposed(cast, targets=targets).version, cast.luis, cast.at)
    with CaptureQueriesContext(connection) as asked:
        agrees(cast, cast.luis, version)()
    sql = [one["sql"] for one in asked]
    before = takewhile(lambda one: 'INSERT INTO "access_shut"' not in one, sql)
    gates = [one for one in before if "access_gate" in one and "FOR UPDATE" in one]
    return list(dict.fromkeys(UUID(gate.split("'")[1]) for gate in gates))


@pytest.mark.postgresql
@pytest.mark.clauses("R-ACT-1")
def test_a_decision_takes_every_gate_before_a_room_as_a_post_does(cast: Cast) -> None:
    """Also that of a second login with the same mailbox, which goes with it and may be writing in that very room."""
    theirs = cast.karim.person.logins.get().canonical_token
    cast.tomas.person.logins.update(canonical_token=theirs)
    version = opened(proposed(cast).version, cast.luis, cast.at)
    with CaptureQueriesContext(connection) as asked:
        agrees(cast, cast.luis, version)()
    assert Shut.objects.filter(person=cast.tomas.person).exists()
    sql = [one["sql"] for one in asked]
    before = list(takewhile(lambda one: not holds_a_room(one), sql))
    assert holds_a_room(sql[len(before)])
    gates = [one for one in sql if "access_gate" in one and "FOR UPDATE" in one]
    assert {UUID(one.split("'")[1]) for one in gates if one in before} == {
        cast.karim.person_id,
        cast.tomas.person_id,
    }
    assert set(gates) <= set(before)


def holds_a_room(sql: str) -> bool:
    return 'FROM "spaces_room"' in sql and "FOR NO KEY UPDATE" in sql


@pytest.mark.postgresql
def test_a_flagged_post_holds_its_own_room_alone_and_its_rules_last(cast: Cast) -> None:
    """The item of whoever raids began in another room: whoever writes there does not wait for this one's post."""
    make_screener(cast.convening.id)
    cast.say(cast.karim, HOSTILE)
    done: list[bool] = []

    def meanwhile() -> None:
        try:
            cast.say(cast.sara, "The count begins when the queue has gone.")
            done.append(True)
        finally:
            connection.close()

    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        cast.say(cast.karim, HOSTILE, room=cast.annex)
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join(10)
        assert done == [True]
    forget_screeners()
    assert Flag.objects.get().count == 2
    assert not Unscreened.objects.exists()
    written = [one["sql"] for one in asked if not one["sql"].startswith("SELECT")]
    tables = [one.split('"')[1] for one in written if one.split()[0] in ("INSERT", "UPDATE")]
    first = tables.index("monitoring_ruletally")
    assert set(tables[first:]) == {"monitoring_ruletally"}


@pytest.mark.postgresql
def test_what_refers_to_a_case_does_not_wait_for_a_decision_in_it(cast: Cast) -> None:
    """A post that is noticed as retaliation holds the gate the decision waits for: neither may wait for the other."""
    proposal = proposed(cast)
    flag = Flag.objects.get()
    done: list[bool] = []

    def notice() -> None:
        Attempt.objects.create(case=proposal.case, flag=flag, noticed_at=cast.at)
        done.append(True)
        connection.close()

    with transaction.atomic():
        Proposal.objects.held(proposal.id)
        thread = threading.Thread(target=notice)
        thread.start()
        thread.join(10)
        assert done == [True]


@pytest.mark.postgresql
def test_what_is_decided_while_whoever_looks_at_it_leaves_stays_decided(cast: Cast) -> None:
    told = receive_report(Told("He did it."), nonce=uuid4().bytes, keep_out=[], at=cast.at).report
    asked = {"kind": "reporter", "words": "Look.", "contact": "", "shut": None, "at": cast.at}
    _code, request = ask_review(nonce=uuid4().bytes, report=told.id, **asked)
    looks = next(one for one in (cast.amara, cast.luis, cast.ravi) if one.id == request.reviewer)
    left: list[bool] = []

    def leaves() -> None:
        end_designation(looks.staff, by=None, at=cast.later(seconds=1))
        left.append(True)
        connection.close()

    with transaction.atomic():
        upheld(request, looks, cast)
        thread = threading.Thread(target=leaves)
        thread.start()
        somebody_waits()
    thread.join()
    request.refresh_from_db()
    assert (left, request.state, request.reviewer) == ([True], "upheld", looks.id)


@pytest.mark.postgresql
def test_a_request_is_locked_after_its_case_as_by_whoever_steps_out_of_it(cast: Cast) -> None:
    mina = another_receiver(cast)
    decided(cast)
    asked = {"kind": "review", "words": "Look.", "contact": "", "at": cast.at}
    _code, request = ask_review(nonce=uuid4().bytes, shut=Shut.objects.get().id, **asked)
    with CaptureQueriesContext(connection) as queries:
        upheld(request, mina, cast)
    locks = [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]]
    first = [one for one in locks if 'FROM "cases_case"' in one or "actions_reviewrequest" in one]
    assert 'FROM "cases_case"' in first[0]


@pytest.mark.postgresql
def test_a_tie_locks_all_cases_in_which_it_is_heard_at_once(cast: Cast) -> None:
    """One is known by the flagged post, one by what is proposed there alone; nobody merges them the other way round."""
    told = receive_report(Told("He did it."), nonce=uuid4().bytes, at=cast.at).report
    by_hand = take_up(told, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    proposed(cast, by_hand)
    cases = {case_about_karim(cast), by_hand}
    with CaptureQueriesContext(connection) as queries:
        declare_tie(cast.luis.staff, person=cast.karim.person, at=cast.at)
    locks = [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]]
    first = next(one for one in locks if 'FROM "cases_case"' in one)
    assert all(case.id.hex in first for case in cases)
    assert all(case.recusals.filter(person=cast.luis.id).exists() for case in cases)


def upheld(request: ReviewRequest, desk: Desk, cast: Cast) -> None:
    said = {"outcome": "upheld", "reason": "A threat.", "answer": ""}
    decide_review(request, by=desk.id, keyring=desk.keyring, at=cast.at, **said)


def somebody_waits() -> None:
    """Look until somebody stands behind what this one holds."""
    with connection.cursor() as cursor:
        for _look in range(20_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                break


@pytest.mark.postgresql
def test_who_rings_the_same_people_as_somebody_else_at_once_is_not_stopped_by_it(cast):
    people = [uuid4() for _person in range(4)]
    rung = threading.Event()

    def first() -> None:
        with transaction.atomic():
            ring(people, at=cast.at)
            rung.set()
            somebody_waits()

    def second() -> None:
        rung.wait(20)
        with transaction.atomic():
            ring(people, at=cast.at)
            Job.objects.create(kind="tests.goes_on", due_at=cast.at)

    at_once(first, second)
    waiting = Job.objects.waiting().filter(kind=NOTICE, subject__in=people)
    assert sorted(waiting.values_list("subject", flat=True)) == sorted(people)
    assert Job.objects.filter(kind="tests.goes_on").exists()
