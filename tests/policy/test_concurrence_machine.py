"""Whatever order people propose, agree, change their minds, step out and leave in: never without two (R-CONCUR-1)."""

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

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.ask_review import ask_review
from concord.actions.audit import audit
from concord.actions.confirm_decision import confirm_decision
from concord.actions.decide_review import decide_review
from concord.actions.end_earlier import end_earlier
from concord.actions.models import LateRecusal
from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.decline import decline
from concord.concurrence.execute import execute
from concord.concurrence.models import (
    Concurrence,
    Decision,
    Execution,
    Proposal,
    Version,
    Warrant,
)
from concord.concurrence.open_version import open_version
from concord.concurrence.propose import propose, revise
from concord.concurrence.void import lapse_all, take_back, withdraw
from concord.outbox.models import Job
from concord.people.end_designation import end_designation
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces.models import Removal
from concord.vault.errors import NoGrant
from tests.cast import Cast, Desk, case_about_karim, stage, terms_for
from tests.looking_again import lift_of

PEOPLE = ("amara", "luis", "noor", "ravi", "ines")
WHO = st.sampled_from((*PEOPLE[:3], *PEOPLE))  # those who may, more often
NIGHTLY = settings().max_examples > 1_000


class Concurring(RuleBasedStateMachine):
    """Five people at one case. Each rule is somebody's try; that it is refused is always a fine answer."""

    cast: Cast

    @initialize(at_once=st.booleans())
    def begin(self, at_once: bool) -> None:
        """Each history runs in a savepoint of its own, on the stage that the test has set."""
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.moment = 0
        self.left: dict[object, datetime] = {}
        self.recused: dict[object, datetime] = {}
        self.case = case_about_karim(self.cast)
        self.proposes("amara", at_once)

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            assert audit() == []
        finally:
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

    def desk(self, name: str) -> dict[str, object]:
        desk: Desk = getattr(self.cast, name)
        staff = StaffMember.objects.get(id=desk.staff.id)
        return {"by": staff, "keyring": desk.keyring, "at": self.at}

    @rule(who=WHO, at_once=st.booleans())
    def proposes(self, who: str, at_once: bool) -> None:
        terms = terms_for(self.cast, act_at_once=at_once)
        self.tries(propose, Case.objects.get(id=self.case.id), terms=terms, **self.desk(who))

    @rule(who=WHO, at_once=st.booleans())
    def revises(self, who: str, at_once: bool) -> None:
        for proposal in Proposal.objects.all()[:1]:
            terms = terms_for(self.cast, act_at_once=at_once, reason=f"At {self.moment}.")
            self.tries(revise, proposal, terms=terms, **self.desk(who))

    @rule(who=WHO, back=st.integers(0, 1))
    def opens(self, who: str, back: int) -> None:
        for version in self.versions(back):
            self.tries(open_version, version, **self.desk(who))

    @rule(who=WHO, back=st.integers(0, 1))
    def concurs(self, who: str, back: int) -> None:
        for version in self.versions(back):
            self.tries(concur, version, **self.desk(who))

    @rule(who=WHO)
    def opens_and_concurs(self, who: str) -> None:
        self.opens(who, 0)
        self.concurs(who, 0)

    @rule(who=WHO, presses=WHO)
    def opens_concurs_and_somebody_executes(self, who: str, presses: str) -> None:
        self.opens_and_concurs(who)
        self.executes(presses)

    @rule(who=WHO)
    def declines(self, who: str) -> None:
        for version in self.versions(0):
            self.tries(decline, version, reason="I do not see it.", **self.desk(who))

    @rule(who=WHO)
    def withdraws(self, who: str) -> None:
        said = self.desk(who)
        for proposal in Proposal.objects.all()[:1]:
            self.tries(withdraw, proposal, by=said["by"], at=said["at"])

    @rule(who=WHO)
    def takes_back(self, who: str) -> None:
        said = self.desk(who)
        for agreed in Concurrence.objects.order_by("-concurred_at")[:1]:
            self.tries(take_back, agreed, by=said["by"], at=said["at"])

    @rule(who=WHO)
    def executes(self, who: str) -> None:
        for proposal in Proposal.objects.all()[:1]:
            self.tries(execute, proposal, **self.desk(who))

    @rule(who=WHO)
    def steps_out(self, who: str) -> None:
        said = self.desk(who)
        person = getattr(self.cast, who).id
        self.recused.setdefault(person, said["at"])
        recuse(self.case, who=person, by=said["by"], at=said["at"])

    @rule(who=st.sampled_from(("luis", "noor")))
    def leaves_the_team(self, who: str) -> None:
        said = self.desk(who)
        self.left.setdefault(getattr(self.cast, who).id, said["at"])
        end_designation(said["by"], by=None, at=said["at"])

    @rule(who=WHO, seconds=WHO)
    def somebody_lifts_it(self, who: str, seconds: str) -> None:
        """A lift, proposed by one and agreed to by another, or by nobody who may."""
        decision = Decision.objects.filter(execution__warrants__kind="revoke").last()
        if decision is None:
            return
        case = Case.objects.get(id=self.case.id)
        self.tries(propose, case, terms=lift_of(decision), **self.desk(who))
        self.opens_and_concurs(seconds)

    @rule(who=WHO)
    def somebody_gives_it_an_earlier_end(self, who: str) -> None:
        for decision in Decision.objects.filter(execution__warrants__kind="revoke")[:1]:
            soon = self.cast.at + timedelta(seconds=self.moment, hours=1)
            self.tries(end_earlier, decision, ends_at=soon, reason="Milder.", **self.desk(who))

    @rule(who=WHO)
    def confirms(self, who: str) -> None:
        for late in LateRecusal.objects.all():
            version = late.decision.execution.concurrence.version
            self.tries(open_version, version, **self.desk(who))
            self.tries(confirm_decision, late, **self.desk(who))

    @rule(who=WHO, outcome=st.sampled_from(("upheld", "varied", "overturned")))
    def asks_and_somebody_looks_again(self, who: str, outcome: str) -> None:
        shut = Shut.objects.last()
        if shut is None:
            return
        nonce = self.moment.to_bytes(16, "big")
        asked = {"kind": "review", "words": "Please look.", "contact": "", "nonce": nonce}
        _code, request = ask_review(shut=shut.id, at=self.at, **asked)
        said = self.desk(who)
        said["by"] = getattr(self.cast, who).id
        until = self.cast.at + timedelta(seconds=self.moment, hours=2)
        what = {"outcome": outcome, "reason": "Because.", "answer": "", "ends_at": until}
        self.tries(decide_review, request, **what, **said)

    @rule()
    def an_hour_passes(self) -> None:
        self.moment += 3_601
        lapse_all(Job(kind="concurrence.lapse"), at=self.at)

    def versions(self, back: int) -> list[Version]:
        return list(Version.objects.order_by("-submitted_at", "-number")[back : back + 1])

    @invariant()
    def nothing_is_done_without_two(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        for done in Execution.objects.select_related("concurrence__version"):
            agreed = done.concurrence
            assert agreed is not None
            pair = {agreed.person, agreed.version.proposer}
            assert len(pair) == 2
            assert agreed.version_digest == agreed.version.digest
            assert agreed.voided_at is None
            assert agreed.version.voided_at is None
            assert agreed.concurred_at <= done.executed_at
            assert not pair & {self.cast.ravi.id, self.cast.ines.id}
            for person in pair:
                for gone in (self.left, self.recused):
                    assert person not in gone or done.executed_at < gone[person]

    @invariant()
    def each_agreement_is_carried_out_at_most_once_and_nothing_comes_before(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        executions = Execution.objects.count()
        assert executions == Execution.objects.values("concurrence").distinct().count()
        if not executions:
            assert not Warrant.objects.exists()
            assert not Shut.objects.exists()
            assert not Removal.objects.exists()
            places = self.cast.hall.places
            assert is_admitted(self.cast.karim.person_id, places, at=self.at)
        assert Shut.objects.count() == Warrant.objects.filter(kind="revoke").count()

    @invariant()
    def nothing_ends_early_without_two_or_somebody_without_a_part(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        for decision in Decision.objects.filter(ended_at__isnull=False):
            ending = decision.endings.get(ends_at=decision.ended_at)
            made = decision.execution.concurrence
            if ending.warrant is not None:
                agreed = ending.warrant.execution.concurrence
                assert agreed is not None
                assert agreed.person != agreed.proposer
            elif ending.review is not None:
                assert made is not None
                assert ending.by not in (made.person, made.proposer)
            else:
                assert ending.ends_at >= ending.made_at + timedelta(hours=24)
        for late in LateRecusal.objects.all():
            confirmed = set(late.confirmations.values_list("person", flat=True))
            assert (late.settled_at is not None) == (len(confirmed) >= 2)
            assert late.person not in confirmed


@pytest.mark.django_db
def test_no_history_whatever_acts_without_two_people_on_the_same_text() -> None:
    Concurring.cast = stage()
    size = settings(
        max_examples=settings().max_examples if NIGHTLY else 20,
        stateful_step_count=50 if NIGHTLY else 30,
    )
    run_state_machine_as_test(Concurring, settings=size)
