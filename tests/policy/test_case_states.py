"""A case goes along the table from state to state; every other way is refused, in Python and by the database."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from concord.cases.models import TRANSITIONS, Agreement, Case, Closing, NoAction, State
from concord.cases.move import NoSuchTransition, move
from concord.cases.take_up import take_up
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def a_case(cast: Cast) -> Case:
    report = receive_report(Told("He followed me."), nonce=uuid4().bytes, at=cast.at).report
    return take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def way_to(state: State) -> list[State]:
    """The shortest way from OPEN."""
    ways = [[State.OPEN]]
    for way in ways:
        if way[-1] == state:
            return way[1:]
        ways += [[*way, end] for end in TRANSITIONS[way[-1]] if end not in way]
    raise AssertionError(state)


def set_to(case: Case, state: State, *, other: Case) -> None:
    """By a stray UPDATE, past every verb."""
    merged_into = other if state == State.MERGED else None
    Case.objects.filter(id=case.id).update(state=state, merged_into=merged_into)


def brought_to(case: Case, state: State, *, other: Case) -> Case:
    """Along the table; with the rows that NO_ACTION and CLOSED ask for."""
    for step in way_to(state):
        set_to(case, step, other=other)
    case.refresh_from_db()
    return case


def with_its_rows(cast: Cast, case: Case) -> Case:
    decided = NoAction.objects.create(
        case=case, briefing=uuid4(), sealed=b"x", decided_by=cast.amara.id, decided_at=cast.at,
        rung_at=cast.at,
    )  # fmt: skip
    decided.readings.create(person=cast.luis.id, read_at=cast.at)
    Agreement.objects.create(
        no_action=decided, decided_by=cast.amara.id, person=cast.luis.id, agreed_at=cast.at
    )
    Closing.objects.create(
        case=case, outcome="action", lessons_sealed=b"x", closed_by=cast.amara.id,
        closed_at=cast.at, expunge_on=cast.at.date(),
    )  # fmt: skip
    return case


def test_every_state_has_its_row_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(State)
    assert all(way_to(state) for state in State if state != State.OPEN)


@pytest.mark.parametrize("start", State)
def test_from_every_state_to_every_state(cast: Cast, start: State) -> None:
    other = a_case(cast)
    case = brought_to(with_its_rows(cast, a_case(cast)), start, other=other)
    for end in State:
        if end == start:
            continue
        allowed = end in TRANSITIONS[start]
        try:
            with transaction.atomic():
                set_to(case, end, other=other)
                went = True
                transaction.set_rollback(True)
        except IntegrityError:
            went = False
        assert went is allowed, (start, end)
        case.refresh_from_db()
        if not allowed:
            with pytest.raises(NoSuchTransition):
                move(case, end, at=cast.at)
    case.refresh_from_db()
    assert case.state == start


def test_a_case_is_not_born_decided(cast: Cast) -> None:
    case = a_case(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            code="X", state=State.STABILISED, coordinator=case.coordinator, file=uuid4(),
            opened_at=cast.at, coordinated_since=cast.at,
        )  # fmt: skip


def test_nothing_is_left_and_nothing_closed_without_the_row_that_says_by_whom(cast: Cast) -> None:
    case = a_case(cast)
    set_to(case, State.ASSESSED, other=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        set_to(case, State.NO_ACTION, other=case)
    with_its_rows(cast, case)
    Closing.objects.all().delete()
    set_to(case, State.NO_ACTION, other=case)
    set_to(case, State.FOLLOW_UP, other=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        set_to(case, State.CLOSED, other=case)


def test_who_stepped_out_or_decided_agrees_to_nothing_by_any_insert(cast: Cast) -> None:
    case = a_case(cast)
    decided = NoAction.objects.create(
        case=case, briefing=uuid4(), sealed=b"x", decided_by=cast.amara.id, decided_at=cast.at,
        rung_at=cast.at,
    )  # fmt: skip
    case.recusals.create(person=cast.noor.id, recused_at=cast.at)
    for reader in (cast.amara, cast.noor):
        decided.readings.create(person=reader.id, read_at=cast.at)
    forged = [
        {"decided_by": cast.amara.id, "person": cast.amara.id},
        {"decided_by": cast.luis.id, "person": cast.amara.id},
        {"decided_by": cast.amara.id, "person": cast.noor.id},
        {"decided_by": cast.amara.id, "person": cast.luis.id},  # who has not opened it
    ]
    for row in forged:
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.create(no_action=decided, agreed_at=cast.at, **row)
    decided.readings.create(person=cast.luis.id, read_at=cast.at)
    agreed = Agreement.objects.create(
        no_action=decided, decided_by=cast.amara.id, person=cast.luis.id, agreed_at=cast.at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(id=agreed.id).update(person=cast.noor.id)
