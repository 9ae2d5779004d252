"""Whatever order people pass a case on, take it, keep it, step out and fall silent in: it is always one person's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.cover_me import cover_me
from concord.cases.end_hand_over import end_hand_over
from concord.cases.hand_over import hand_over
from concord.cases.models import Case, Handover
from concord.cases.notice_silence import notice_silence
from concord.cases.recuse import recuse
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.cast import Cast, Desk, case_about_karim, stage

WHO = st.sampled_from(("amara", "luis", "amara", "luis", "noor", "ravi"))
NIGHTLY = settings().max_examples > 1_000


class Coordinating(RuleBasedStateMachine):
    """Each rule is somebody's try; that it is refused is always a fine answer."""

    cast: Cast

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.moment = 0
        self.out: set[object] = set()
        self.case = case_about_karim(self.cast)

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @property
    def at(self) -> datetime:
        self.moment += 1
        return self.cast.at + timedelta(seconds=self.moment)

    def tries(self, act: Callable[..., object], *args: object, **said: object) -> None:
        try:
            with transaction.atomic():
                act(*args, **said)
        except (Refused, NoGrant):
            pass

    def desk(self, name: str) -> Desk:
        desk: Desk = getattr(self.cast, name)
        return desk

    def who(self, name: str) -> dict[str, object]:
        return {"by": StaffMember.objects.get(id=self.desk(name).staff.id), "at": self.at}

    @rule(who=WHO, to=st.one_of(st.none(), WHO))
    def passes_on(self, who: str, to: str | None) -> None:
        named = self.desk(to).staff if to else None
        said = {**self.who(who), "keyring": self.desk(who).keyring}
        self.tries(hand_over, Case.objects.get(id=self.case.id), to=named, **said)

    @rule(who=WHO)
    def accepts(self, who: str) -> None:
        for asked in Handover.objects.order_by("-asked_at")[:1]:
            self.tries(accept_hand_over, asked, **self.who(who))

    @rule(who=WHO)
    def says_no(self, who: str) -> None:
        for asked in Handover.objects.order_by("-asked_at")[:1]:
            self.tries(end_hand_over, asked, **self.who(who))

    @rule(who=WHO)
    def is_covered(self, who: str) -> None:
        self.tries(cover_me, Case.objects.get(id=self.case.id), **self.who(who))

    @rule(who=st.sampled_from(("amara", "luis")))
    def steps_out(self, who: str) -> None:
        if len(self.out) == 0:
            self.out.add(self.desk(who).id)
            said = self.who(who)
            recuse(self.case, who=self.desk(who).id, **said)

    @rule()
    def ten_minutes_pass(self) -> None:
        self.moment += 600
        notice_silence(None, at=self.at)

    @invariant()
    def it_is_always_exactly_one_persons(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        case = Case.objects.get(id=self.case.id)
        seats = {case.coordinator.person_id, *([case.deputy.person_id] if case.deputy else [])}
        assert case.deputy != case.coordinator
        assert seats <= {self.cast.amara.id, self.cast.luis.id}
        assert not seats & self.out
        assert bool(case.deputy) == (not self.out)
        assert files.readers(case.file) - {self.cast.outside.holder} == seats
        assert Handover.objects.open().count() <= 1


@pytest.mark.django_db
@pytest.mark.clauses("R-COORD-1")
def test_no_history_leaves_a_case_without_a_coordinator_or_with_two() -> None:
    Coordinating.cast = stage()
    size = settings(
        max_examples=settings().max_examples if NIGHTLY else 12,
        stateful_step_count=30 if NIGHTLY else 15,
        deadline=None,
    )
    run_state_machine_as_test(Coordinating, settings=size)
