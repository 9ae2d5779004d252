"""Histories: people of the cast in several cases, in whatever order, and what must hold after each of their steps.

A rule is somebody's try, by the product's own verb on a real database; that it is refused is always a fine answer.
A history runs in a savepoint on a stage that is set once, so that it costs a third of a second and leaves nothing.

A new kind of action joins by one line in `KINDS`. A new effect joins by itself: whatever table has a `warrant`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connection, models, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.ask_review import ask_review
from concord.actions.audit import audit
from concord.actions.confirm_decision import confirm_decision
from concord.actions.decide_review import decide_review
from concord.actions.end_earlier import end_earlier
from concord.actions.models import LateRecusal, ReviewRequest
from concord.actions.verify_steps import verify_steps
from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.agree_to_no_action import agree_to_no_action
from concord.cases.assess_case import Assessed, assess_case
from concord.cases.cover_me import cover_me
from concord.cases.decide_no_action import decide_no_action, read_why
from concord.cases.end_hand_over import end_hand_over
from concord.cases.hand_over import hand_over
from concord.cases.link_cases import link_cases
from concord.cases.merge_cases import merge_cases
from concord.cases.models import OVER, Agreement, Case, Handover, NoAction
from concord.cases.models import State as CaseState
from concord.cases.notice_silence import notice_silence
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.concurrence.adopt_proposal import adopt_proposal
from concord.concurrence.concur import concur
from concord.concurrence.decline import decline
from concord.concurrence.execute import execute
from concord.concurrence.kinds import kind_of
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
from concord.concurrence.terms import GIVE_BACK, SHUTS, Target, Terms
from concord.concurrence.void import lapse_all, take_back, withdraw
from concord.convenings.known_members import members_of
from concord.convenings.models import Registration
from concord.evasion.apply_return import apply_return
from concord.ledger.models import Entry
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.names import fold
from concord.outbox.models import Job
from concord.people.bring_in import bring_in
from concord.people.change_passphrase import change_passphrase
from concord.people.declare_tie import declare_tie
from concord.people.end_designation import end_designation
from concord.people.models import Role, StaffMember
from concord.people.name_organisation import name_organisation
from concord.people.vouch_for import vouch_for
from concord.refusals import Refused
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.spaces.models import Post, Removal
from concord.vault import keys
from concord.vault.models import Epoch, Grant
from tests.cast import Cast, Desk, case_about_karim, participant, stage, terms_for
from tests.looking_again import another_receiver, lift_of

NORTHERN = "Northern Alliance"
VIKTOR = {"addresses": ["viktor.lang@elsewhere.example"]}
PEOPLE = ("amara", "luis", "mina", "noor", "ravi", "ines", "amara_again")
ABLE = ("amara", "luis", "mina", "noor")
WHO = st.sampled_from((*ABLE, *ABLE, *PEOPLE))  # those who may, more often
WHICH = st.sampled_from((0, 0, 0, 1, 1, 2))
NTH = st.integers(0, 5)


@dataclass
class Staged:
    """Where every history begins: two linked cases about Karim, a third about Tomas, and who could act in them.

    One proposal about each of the two is open: Karim's is carried out as soon as somebody agrees, Tomas's is not.
    """

    cast: Cast
    desks: dict[str, Desk]
    cases: list[Case]
    again: Registration  # Karim's mailbox behind another login


def staged() -> Staged:
    """Set it up by the product's own verbs."""
    cast = stage()
    mina = another_receiver(cast)
    karims = case_about_karim(cast)
    told = receive_report(Told("He did it before."), nonce=uuid4().bytes, keep_out=[], at=cast.at)
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    reported = take_up(told.report, **luis)
    link_cases(reported, older=karims, by=cast.luis.id, at=cast.at)
    post = cast.say(cast.tomas, "Nobody wants to hear you")
    flag = flag_post(post, words="Rude", by=cast.sara.person_id, by_staff=False, at=cast.at)
    flag = judge_credible(flag, credible=True, reason="It shuts her up.", **luis)
    about_tomas = take_up(flag, by=mina.staff, keyring=mina.keyring, at=cast.at)
    name_organisation(cast.sara.person, organisation=NORTHERN, at=cast.at)
    again = participant(cast.convening, "New", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    cast.say(again, "The same words once more")
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    propose(karims, terms=terms_for(cast, act_at_once=True), **amara)
    until_at = cast.later(days=30)
    wide = Target("revoke", cast.tomas.person_id, "Tomas", scope_kind="all", until_at=until_at)
    terms = terms_for(cast, targets=(wide,), act_at_once=False)
    propose(about_tomas, terms=terms, by=mina.staff, keyring=mina.keyring, at=cast.at)
    desks = {name: getattr(cast, name) for name in ("amara", "luis", "noor", "ravi", "ines")}
    desks |= {"mina": mina, "amara_again": second_self(cast)}
    return Staged(cast, desks, [karims, reported, about_tomas], again)


HER_OWN = "walnut lantern gravel ostrich harbour"


def second_self(cast: Cast) -> Desk:
    """Amara brings herself in a second time, under another name; nobody has vouched for those keys."""
    made = bring_in(
        working_name="Somebody else",
        handle="else",
        role=Role.STAFF,
        languages=["en"],
        is_lead=False,
        countersigner=None,
        by=cast.amara.staff,
        at=cast.at,
    )
    login = made.staff.person.logins.get()
    change_passphrase(made.staff, current=made.passphrase, new=HER_OWN, at=cast.at)
    return Desk(made.staff, login, keys.unlock(made.staff.person_id, HER_OWN))


def revokes(histories: Histories, case: Case) -> Terms:
    return terms_for(histories.cast, targets=(histories.out_of_the_hall(case),))


def revokes_everywhere(histories: Histories, case: Case) -> Terms:
    person, until_at = histories.respondent(case), histories.now + timedelta(days=30)
    wide = Target("revoke", person, "Somebody", scope_kind="all", until_at=until_at)
    return terms_for(histories.cast, targets=(wide,))


def revokes_and_deletes(histories: Histories, case: Case) -> Terms:
    person = histories.respondent(case)
    posts = Post.objects.filter(registration__person=person, removed=False).order_by("id")
    deletes = (Target("delete", post.id, "A post") for post in posts)
    return terms_for(histories.cast, targets=(histories.out_of_the_hall(case), *deletes))


def mutes(histories: Histories, case: Case) -> Terms:
    until_at = histories.now + timedelta(hours=24)
    place = {"scope_kind": "session", "scope_id": histories.cast.hall.session_id}
    muted = Target("mute", histories.respondent(case), "Somebody", until_at=until_at, **place)
    return terms_for(histories.cast, targets=(muted,))


def slows(histories: Histories, case: Case) -> Terms:
    muted = mutes(histories, case).targets[0]
    slowed = Target(**{**vars(muted), "kind": "limit", "detail": {"pace": 10}})
    return terms_for(histories.cast, targets=(slowed,))


def denies(histories: Histories, case: Case) -> Terms:
    until_at = histories.now + timedelta(days=30)
    unseen = Target("deny", uuid4(), "Viktor", scope_kind="all", until_at=until_at, detail=VIKTOR)
    return terms_for(histories.cast, targets=(unseen,))


def bars_an_organisation(histories: Histories, case: Case) -> Terms:
    belongs = {"name": NORTHERN, "folded": fold(NORTHERN)}
    where = {"scope_kind": "all", "until_at": histories.now + timedelta(days=30)}
    members = (
        Target("member", each.person, "S", **where, detail={**belongs, "how": list(each.how)})
        for each in members_of(NORTHERN)
    )
    barred = Target("organisation", uuid4(), NORTHERN, **where, detail=belongs)
    return terms_for(histories.cast, targets=(*members, barred))


def warns(histories: Histories, case: Case) -> Terms:
    return _instead(histories, case, "warn")


def asks_to_leave(histories: Histories, case: Case) -> Terms:
    return _instead(histories, case, "ask")


def acts_by_hand(histories: Histories, case: Case) -> Terms:
    detail = {"words": "Call them.", "hand": str(histories.id_of("luis"))}
    return _instead(histories, case, "other", detail=detail)


def _instead(histories: Histories, case: Case, kind: str, **said: object) -> Terms:
    muted = mutes(histories, case).targets[0]
    return terms_for(histories.cast, targets=(Target(**{**vars(muted), "kind": kind, **said}),))


def lifts(histories: Histories, case: Case) -> Terms | None:
    decision = Decision.objects.in_force(histories.now).filter(case=case).first()
    return lift_of(decision) if decision else None


def puts_back(histories: Histories, case: Case) -> Terms | None:
    gone = Removal.objects.filter(undone_at__isnull=True).first()
    decision = Decision.objects.filter(case=case).first()
    if gone is None or decision is None:
        return None
    return lift_of(decision, targets=(Target("restore", gone.post_id, "A post"),))


def releases(histories: Histories, case: Case) -> Terms | None:
    decision = Decision.objects.in_force(histories.now).filter(case=case).first()
    step = decision and decision.execution.warrants.filter(kind__in=SHUTS).first()
    if not decision or not step:
        return None
    return lift_of(decision, targets=(Target("release", step.id, "Somebody"),))


KINDS: dict[str, tuple[Callable[[Histories, Case], Terms | None], ...]] = {
    "revoke": (revokes, revokes_everywhere),
    "delete": (revokes_and_deletes,),
    "deny": (denies,),
    "member": (bars_an_organisation,),
    "organisation": (bars_an_organisation,),
    "release": (releases,),
    "mute": (mutes,),
    "limit": (slows,),
    "warn": (warns,),
    "ask": (asks_to_leave,),
    "other": (acts_by_hand,),
    "lift": (lifts,),
    "restore": (puts_back,),
}
"""What a history proposes of each kind. A new kind is one line; `None` where there is nothing to act on now."""

TERMS = list(dict.fromkeys(terms for of_one_kind in KINDS.values() for terms in of_one_kind))


def effects() -> list[type[models.Model]]:
    """Every table above or below whose rows name a warrant by which they came about."""
    found = (model for model in apps.get_models() if model._meta.app_label != "concurrence")
    return [model for model in found if any(each.name == "warrant" for each in model._meta.fields)]


@dataclass
class Gone:
    """Who may have no part any more, as the history itself remembers it: no query, no moment is trusted."""

    left: set[UUID] = field(default_factory=set)
    recused: set[tuple[UUID, UUID]] = field(default_factory=set)  # case, person
    tied: set[tuple[UUID, UUID]] = field(default_factory=set)  # staff, person

    def merge(self, older: UUID, younger: UUID) -> None:
        self.recused |= {(older, person) for case, person in self.recused if case == younger}


class Histories(RuleBasedStateMachine):
    """Seven desks, three cases. Set `staged` first; `held` counts histories, `came_about` what was done in them.

    What leads on is a rule of its own, so that it comes often; what ends things shares one.
    """

    staged: Staged
    held = 0
    came_about: Counter[str] = Counter()

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.cast = self.staged.cast
        self.seconds = 2_000  # what was proposed beforehand lapses within the hour
        self.gone = Gone(tied={(self.cast.ravi.id, self.cast.karim.person_id)})
        self.seen: set[UUID] = set()
        self.read: set[tuple[UUID, UUID]] = set()  # version, person: its text was on their screen
        self.written = True
        self.noticing = connection.execute_wrapper(self.notices)
        self.noticing.__enter__()

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        self.noticing.__exit__(None, None, None)
        try:
            assert audit() == []
            self.nobody_is_out_without_a_warrant()
            type(self).held += 1
            self.came_about.update(Warrant.objects.values_list("kind", flat=True))
            self.came_about.update(
                Entry.objects.filter(at__gt=self.cast.at).values_list("verb", flat=True)
            )
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # who, when, what

    @property
    def now(self) -> datetime:
        return self.cast.at + timedelta(seconds=self.seconds)

    def tick(self) -> datetime:
        self.seconds += 1
        return self.now

    def desk(self, name: str) -> dict[str, Any]:
        desk = self.staged.desks[name]
        staff = StaffMember.objects.get(id=desk.staff.id)
        return {"by": staff, "keyring": desk.keyring, "at": self.tick()}

    def without_key(self, name: str) -> dict[str, Any]:
        said = self.desk(name)
        del said["keyring"]
        return said

    def id_of(self, name: str) -> UUID:
        return self.staged.desks[name].id

    def case(self, which: int) -> Case:
        return Case.objects.select_related("coordinator").get(id=self.staged.cases[which].id)

    def coordinating(self, which: int) -> str:
        person = self.case(which).coordinator.person_id
        return next(name for name, desk in self.staged.desks.items() if desk.id == person)

    def respondent(self, case: Case) -> UUID:
        about_tomas = case.id == self.staged.cases[2].id
        return (self.cast.tomas if about_tomas else self.cast.karim).person_id

    def out_of_the_hall(self, case: Case) -> Target:
        return Target(
            "revoke",
            self.respondent(case),
            "Somebody",
            scope_kind="session",
            scope_id=self.cast.hall.session_id,
            until_at=self.now + timedelta(hours=24),
        )

    def tries(self, act: Callable[..., object], *args: object, **said: object) -> bool:
        """Whether it was not refused. What is refused leaves nothing written."""
        before = self.written
        try:
            with transaction.atomic():
                act(*args, **said)
        except Refused:
            self.written = before
            return False
        return True

    def versions(self, back: int) -> list[Version]:
        """The newest text of all, or the one before, perhaps of the same proposal."""
        newest = Version.objects.select_related("proposal").order_by("-submitted_at", "-number")
        return list(newest[back : back + 1])

    def proposals(self, back: int = 0) -> list[Proposal]:
        return list(Proposal.objects.order_by("-opened_at", "id")[back : back + 1])

    def asked(self, nth: int, back: int) -> list[str]:
        """One of those to whom that text was sealed."""
        for version in self.versions(back):
            names = {desk.id: name for name, desk in self.staged.desks.items()}
            readers = present_grants([version.briefing])[version.briefing]
            asked = sorted(names[id] for id in readers if id in names and id != version.proposer)
            return asked[nth % len(asked) :][:1] if asked else []
        return []

    def decisions(self) -> list[Decision]:
        return list(Decision.objects.filter(execution__warrants__kind="revoke")[:1])

    # proposing and agreeing

    @rule(who=WHO, which=WHICH, terms=st.sampled_from(TERMS), at_once=st.booleans())
    def proposes(self, who: str, which: int, terms: Any, at_once: bool) -> None:
        case = self.case(which)
        said = terms(self, case)
        if said is not None:
            said = Terms(**{**vars(said), "act_at_once": at_once})
            self.tries(propose, case, terms=said, **self.desk(who))

    @rule(which=WHICH, terms=st.sampled_from(TERMS), at_once=st.booleans())
    def whoever_coordinates_proposes(self, which: int, terms: Any, at_once: bool) -> None:
        self.proposes(self.coordinating(which), which, terms, at_once)

    @rule(who=WHO, terms=st.sampled_from(TERMS), at_once=st.booleans(), back=st.integers(0, 1))
    def revises(self, who: str, terms: Any, at_once: bool, back: int) -> None:
        for proposal in self.proposals(back):
            said = terms(self, proposal.case)
            if said is not None:
                said = Terms(**{**vars(said), "act_at_once": at_once, "reason": str(self.seconds)})
                self.tries(revise, proposal, terms=said, **self.desk(who))

    @rule(who=WHO)
    def adopts(self, who: str) -> None:
        for version in self.versions(0):
            self.takes_over(who, version)

    @rule(who=WHO, back=st.integers(0, 1))
    def opens_and_adopts(self, who: str, back: int) -> None:
        self.opens(who, back)
        for version in self.versions(back):
            self.takes_over(who, version)

    def takes_over(self, who: str, version: Version) -> None:
        before = version.proposal.version
        if self.tries(adopt_proposal, version, **self.desk(who)):
            is_theirs = before.proposer == self.id_of(who)
            assert is_theirs or (before == version and (version.id, self.id_of(who)) in self.read)

    @rule(who=WHO, back=st.integers(0, 1))
    def opens(self, who: str, back: int) -> None:
        for version in self.versions(back):
            if self.tries(open_version, version, **self.desk(who)):
                self.read.add((version.id, self.id_of(who)))

    @rule(who=WHO, back=st.integers(0, 1))
    def concurs(self, who: str, back: int) -> None:
        """Also from a page that was left open on an older text."""
        for version in self.versions(back):
            self.tries(concur, version, **self.desk(who))

    @rule(who=WHO, back=st.integers(0, 1))
    def opens_and_concurs(self, who: str, back: int) -> None:
        self.opens(who, back)
        self.concurs(who, back)

    @rule(who=WHO, presses=WHO, back=st.integers(0, 1))
    def opens_concurs_and_somebody_executes(self, who: str, presses: str, back: int) -> None:
        self.opens_and_concurs(who, back)
        self.executes(presses, back)

    @rule(nth=NTH, back=st.integers(0, 1))
    def one_of_those_asked_agrees(self, nth: int, back: int) -> None:
        for who in self.asked(nth, back):
            self.opens_and_concurs(who, back)

    @rule(nth=NTH, back=st.integers(0, 1))
    def one_of_those_asked_agrees_and_it_is_carried_out(self, nth: int, back: int) -> None:
        self.one_of_those_asked_agrees(nth, back)
        for version in self.versions(back):
            case = version.proposal.case_id
            which = [each.id for each in self.staged.cases].index(case)
            self.opens(self.coordinating(which), back)
            self.presses_execute(self.coordinating(which), version)

    @rule(which=WHICH, terms=st.sampled_from(TERMS), nth=NTH)
    def it_is_proposed_and_agreed(self, which: int, terms: Any, nth: int) -> None:
        self.whoever_coordinates_proposes(which, terms, at_once=True)
        self.one_of_those_asked_agrees(nth, 0)

    @rule(terms=st.sampled_from([lifts, puts_back, releases]), nth=NTH)
    def what_was_done_is_undone(self, terms: Any, nth: int) -> None:
        for decision in Decision.objects.filter(execution__warrants__kind="revoke")[:1]:
            which = [each.id for each in self.staged.cases].index(decision.case_id)
            self.it_is_proposed_and_agreed(which, terms, nth)

    @rule(who=WHO, borrows=WHO)
    def concurs_with_the_key_of_another(self, who: str, borrows: str) -> None:
        for version in self.versions(0):
            key = {"keyring": self.staged.desks[borrows].keyring}
            self.tries(concur, version, **{**self.desk(who), **key})

    @rule(who=WHO, how=st.sampled_from(("declines", "withdraws", "takes back")), nth=NTH)
    def has_second_thoughts(self, who: str, how: str, nth: int) -> None:
        if how == "declines":
            for version in self.versions(nth % 2):
                self.tries(decline, version, reason="I do not see it.", **self.desk(who))
        elif how == "withdraws":
            for version in self.versions(nth % 2):
                if self.tries(withdraw, version, **self.without_key(who)):
                    assert version == version.proposal.version
        else:
            for agreed in Concurrence.objects.order_by("-concurred_at")[:1]:
                self.tries(take_back, agreed, **self.without_key(who))

    @rule(who=WHO, back=st.integers(0, 1))
    def executes(self, who: str, back: int) -> None:
        for proposal in self.proposals(back):
            self.presses_execute(who, proposal.version)

    @rule(who=WHO, back=st.integers(0, 1))
    def executes_from_a_page_that_was_left_open(self, who: str, back: int) -> None:
        """The text before the newest one, of the same proposal or of another."""
        for version in self.versions(back):
            self.presses_execute(who, version)

    def presses_execute(self, who: str, version: Version) -> None:
        if self.tries(execute, version, **self.desk(who)):
            assert version == version.proposal.version

    @rule()
    def the_worker_looks_again(self) -> None:
        """Steps are tried once more, and looked at; twice is once."""
        for done in Execution.objects.order_by("-executed_at")[:1]:
            decision = done.prior_decision or done.decision
            for warrant in done.warrants.all():
                kind = kind_of(warrant.kind)
                if kind.opening is None:
                    self.tries_again(kind.carry_out, warrant, decision)
            verify_steps(Job(kind="actions.verify", subject=done.id), at=self.tick())

    def tries_again(self, act: Callable[..., object], warrant: Warrant, decision: Decision) -> None:
        try:
            with transaction.atomic():
                act(warrant, decision=decision, detail={}, at=self.tick())
        except Refused:
            pass

    @rule(nth=NTH, which=WHICH)
    def it_is_left_as_it_is(self, nth: int, which: int) -> None:
        """That nothing is done takes two as well."""
        coordinator = self.without_key(self.coordinating(which))
        said = Assessed("over", "Nothing.", "Nobody has said.", "Nobody.")
        self.tries(assess_case, self.case(which), said=said, **coordinator)
        key = self.desk(self.coordinating(which))
        self.tries(decide_no_action, self.case(which), reason="It is over.", **key)
        for decided in NoAction.objects.order_by("-decided_at")[:1]:
            who = self.desk(ABLE[nth % len(ABLE)])
            if nth % 3:
                self.tries(read_why, decided, keyring=who["keyring"], at=who["at"])
            self.tries(agree_to_no_action, decided, **who)

    @rule(who=WHO, which=WHICH, kept_out=st.one_of(st.none(), WHO))
    def something_else_is_told_and_joins_it(
        self, who: str, which: int, kept_out: str | None
    ) -> None:
        """What was settled about less does not cover it; whoever it keeps out goes."""
        said = self.desk(who)
        told = receive_report(
            Told("It goes on."),
            nonce=uuid4().bytes,
            keep_out=[self.staged.desks[kept_out].staff] if kept_out else [],
            at=said["at"],
        )
        if self.tries(take_up, told.report, into=self.case(which), **said):
            case = self.case(which)
            assert not case.no_actions.standing().exists()
            assert case.state not in (
                CaseState.NO_ACTION,
                CaseState.FOLLOW_UP,
                CaseState.STABILISED,
            )
            if kept_out:
                self.gone.recused.add((case.id, self.id_of(kept_out)))

    # who stays in it

    @rule(
        how=st.sampled_from(("steps out", "is taken out", "leaves", "is close to one of them")),
        who=WHO,
        which=WHICH,
    )
    def somebody_is_gone(self, how: str, who: str, which: int) -> None:
        if how == "leaves":
            self.leaves_the_team(who)
        elif how == "is close to one of them":
            self.declares_a_tie(who, self.cast.karim if which else self.cast.tomas)
        else:
            self.steps_out(who, by=who if how == "steps out" else "amara", which=which)

    def steps_out(self, who: str, by: str, which: int) -> None:
        """By themself; a lead takes out another."""
        case = self.case(which)
        if self.tries(recuse, case, who=self.id_of(who), **self.without_key(by)):
            self.gone.recused.add((case.id, self.id_of(who)))

    def leaves_the_team(self, who: str) -> None:
        if len(self.gone.left) < 2:
            said = self.desk(who)
            end_designation(said["by"], by=None, at=said["at"])
            self.gone.left.add(self.id_of(who))

    def declares_a_tie(self, who: str, to: Registration) -> None:
        said = self.desk(who)
        declare_tie(said["by"], person=to.person, at=said["at"])
        self.gone.tied.add((self.id_of(who), to.person_id))

    @rule(who=WHO)
    def is_close_to_somebody_who_is_not_here(self, who: str) -> None:
        said = self.desk(who)
        if self.tries(declare_tie, said["by"], mailbox=VIKTOR["addresses"][0], at=said["at"]):
            self.gone.tied.add((self.id_of(who), self.id_of(who)))

    @rule(by=st.sampled_from(("amara", "amara_again", "ines")))
    def vouches_for_the_second_self(self, by: str) -> None:
        """One human under two names would be both of two people; whoever brought a key in does not vouch for it."""
        staff = self.staged.desks["amara_again"].staff
        compared = str(keys.waiting(staff.person_id))
        assert not self.tries(vouch_for, staff, compared=compared, **self.desk(by))

    # whose case it is

    @rule(who=WHO, to=st.one_of(st.none(), WHO), which=WHICH)
    def passes_on(self, who: str, to: str | None, which: int) -> None:
        named = self.staged.desks[to].staff if to else None
        self.tries(hand_over, self.case(which), to=named, **self.desk(who))

    @rule(to=st.one_of(st.none(), WHO), which=WHICH)
    def whoever_coordinates_passes_on(self, to: str | None, which: int) -> None:
        self.passes_on(self.coordinating(which), to, which)

    @rule(who=WHO, says=st.sampled_from((accept_hand_over, accept_hand_over, end_hand_over)))
    def answers(self, who: str, says: Callable[..., object]) -> None:
        for asked in Handover.objects.open().order_by("-asked_at")[:2]:
            self.tries(says, asked, **self.without_key(who))

    @rule(which=WHICH)
    def is_covered(self, which: int) -> None:
        self.tries(cover_me, self.case(which), **self.without_key(self.coordinating(which)))

    @rule(who=st.sampled_from(ABLE), which=st.sampled_from((0, 1, 2)), other=st.just(1))
    def merges(self, who: str, which: int, other: int) -> None:
        one, two = self.case(which), self.case(other)
        if self.tries(merge_cases, one, other=two, **self.desk(who)):
            gone, stays = sorted(
                (self.case(which), self.case(other)), key=lambda one: not one.merged_into
            )
            self.gone.merge(stays.id, gone.id)

    # what comes afterwards

    @rule(who=WHO)
    def gives_it_an_earlier_end(self, who: str) -> None:
        for decision in self.decisions():
            soon = self.now + timedelta(hours=25)
            self.tries(end_earlier, decision, ends_at=soon, reason="Milder.", **self.desk(who))

    @rule(who=WHO)
    def confirms(self, who: str) -> None:
        for late in LateRecusal.objects.all():
            agreed = late.decision.execution.concurrence
            assert agreed is not None
            self.tries(open_version, agreed.version, **self.desk(who))
            self.tries(confirm_decision, late, **self.desk(who))

    @rule(who=WHO, outcome=st.sampled_from(("upheld", "varied", "overturned")))
    def asks_and_somebody_looks_again(self, who: str, outcome: str) -> None:
        shut = Shut.objects.order_by("since_at").last()
        if shut is None:
            return
        nonce = self.seconds.to_bytes(16, "big", signed=True)
        asked = {"kind": "review", "words": "Please look.", "contact": "", "nonce": nonce}
        if not self.tries(ask_review, shut=shut.id, at=self.tick(), **asked):
            return
        request = ReviewRequest.objects.order_by("filed_at").last()
        said = {**self.desk(who), "by": self.id_of(who)}
        until = self.now + timedelta(hours=2)
        what = {"outcome": outcome, "reason": "Because.", "answer": "", "ends_at": until}
        self.tries(decide_review, request, **what, **said)

    @rule(who=WHO)
    def acts_on_a_return(self, who: str) -> None:
        again = self.staged.again
        posts = list(Post.objects.filter(registration=again))
        what = {"person": again.person_id, "posts": posts, "reason": "Same mailbox, same words."}
        for decision in self.decisions():
            self.tries(apply_return, decision, **what, **self.desk(who))

    # time

    @rule(seconds=st.sampled_from((60, 60, 601, 601, 3_601, 90_000, -2, -30, -4_000)))
    def time_passes_or_the_clock_is_set_back(self, seconds: int) -> None:
        self.seconds = max(1, self.seconds + seconds)
        lapse_all(Job(kind="concurrence.lapse"), at=self.now)
        notice_silence(None, at=self.now)

    # what always holds

    @invariant()
    def it_holds(self) -> None:
        if not hasattr(self, "savepoint") or not self.has_written():
            return
        self.nothing_is_done_without_two()
        self.each_agreement_is_to_what_its_giver_read()
        self.every_effect_has_a_warrant()
        self.every_case_is_one_persons()
        self.nothing_ends_early_without_authority()

    def has_written(self) -> bool:
        """Whether anything was written since the last look."""
        before, self.written = self.written, False
        return before

    def notices(self, execute: Callable[..., Any], sql: str, *said: Any) -> Any:
        """What is written, however it is put to the database."""
        self.written |= not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, *said)

    def nothing_is_done_without_two(self) -> None:
        executions = Execution.objects.select_related(
            "concurrence__version__proposal", "prior_decision__execution"
        )
        agreements = [done.concurrence_id for done in executions if done.concurrence_id]
        assert len(agreements) == len(set(agreements))
        for done in executions:
            if done.id in self.seen:
                continue
            self.seen.add(done.id)
            if done.concurrence is None:
                prior = done.prior_decision
                assert prior is not None
                assert prior.execution.concurrence_id is not None
                assert prior.made_at <= done.executed_at
                for end in (prior.until_at, prior.ended_at):
                    assert end is None or end > done.executed_at
                continue
            self.two_agreed_before(done, done.concurrence)

    def two_agreed_before(self, done: Execution, agreed: Concurrence) -> None:
        version = agreed.version
        assert agreed.proposer == version.proposer
        pair = {agreed.person, version.proposer}
        assert len(pair) == 2
        assert {agreed.version_digest} == {version.digest}
        assert agreed.voided_at is None
        assert version.voided_at is None
        assert version.id == version.proposal.version.id
        assert done.executed_by == version.proposer or (version.id, done.executed_by) in self.read
        assert not pair & {self.id_of("ines"), self.id_of("amara_again")}
        assert not pair & self.gone.left
        about = about_of(done)
        for person in pair:
            assert (version.proposal.case_id, person) not in self.gone.recused
            assert not {(person, one) for one in about} & self.gone.tied
        self.it_is_strictly_later(done, agreed)

    def it_is_strictly_later(self, done: Execution, agreed: Concurrence) -> None:
        """By the moments, and by the order in which the ledger was written, which no clock can change."""
        assert agreed.version.submitted_at <= agreed.concurred_at <= done.executed_at
        entries = Entry.objects.filter(
            verb__in=["concurrence.propose", "concurrence.revise", "concurrence.concur",
                      "concurrence.execute"],
        ).values_list("id", "verb", "actor", "facts")  # fmt: skip
        text, yes, deed = [], [], []
        for id, verb, actor, facts in entries:
            if facts.get("version") == str(agreed.version_id):
                (yes if verb.endswith("concur") else text).append((id, actor))
            if facts.get("execution") == str(done.id):
                deed.append((id, actor))
        assert [actor for _id, actor in text] == [agreed.proposer]
        assert yes[-1][1] == agreed.person
        assert {actor for _id, actor in yes[:-1]} <= self.gone.left  # whose yes went with them
        assert text[0][0] < yes[-1][0] < deed[0][0]
        assert len(deed) == 1

    def each_agreement_is_to_what_its_giver_read(self) -> None:
        for agreed in Concurrence.objects.select_related("version"):
            assert (agreed.version_id, agreed.person) in self.read
            assert agreed.version_digest == agreed.version.digest

    def every_effect_has_a_warrant(self) -> None:
        warrants = set(Warrant.objects.values_list("id", flat=True))
        for table in effects():
            named = [
                getattr(warrant, "id", warrant)
                for warrant in table._default_manager.values_list("warrant", flat=True)
            ]
            named = [warrant for warrant in named if warrant is not None]
            assert set(named) <= warrants, table
            assert len(named) == len(set(named)), table
        gone = set(Post.objects.filter(removed=True).values_list("id", flat=True))
        standing = Removal.objects.filter(undone_at__isnull=True).values_list("post", flat=True)
        assert gone == set(standing)

    def nobody_is_out_without_a_warrant(self) -> None:
        out = set(Warrant.objects.filter(kind__in=SHUTS).values_list("target", flat=True))
        for one in (self.cast.karim, self.cast.tomas, self.cast.sara, self.staged.again):
            if one.person_id not in out:
                assert is_admitted(one.person_id, self.cast.hall.places, at=self.now)

    def every_case_is_one_persons(self) -> None:
        """One coordinator, and two living holders of its key, or it says that it is UNSTAFFED."""
        cases = Case.objects.exclude(state__in=OVER).select_related("coordinator", "deputy")
        grants = present_grants(each.file for each in cases)
        for case in cases:
            seats = {each.person_id for each in (case.coordinator, case.deputy) if each}
            able = self.living_holders(case, set(grants[case.file]))
            awake = {holder for holder, dormant in grants[case.file].items() if not dormant}
            if case.deputy is not None:
                assert len(seats) == 2
                assert seats <= able
                assert seats <= awake
                others = awake - seats - {self.cast.outside.holder}
                assert not others or others <= self.lent(case)
            else:
                assert seats == able or not able
        open_now = Handover.objects.open().values_list("case", flat=True)
        assert len(open_now) == len(set(open_now))

    def lent(self, case: Case) -> set[UUID | None]:
        """Whoever looks again reads it meanwhile."""
        asked = ReviewRequest.objects.filter(decision__case=case, lends_case=True)
        return set(asked.filter(decided_at=None).values_list("reviewer", flat=True))

    def living_holders(self, case: Case, holders: set[UUID]) -> set[UUID]:
        """Receivers who hold its key, awake or at rest, and have not left or stepped out."""
        receivers = {self.id_of(name) for name in ("amara", "luis", "mina", "ravi")}
        out = {person for one, person in self.gone.recused if one == case.id}
        return (holders & receivers) - self.gone.left - out

    def nothing_ends_early_without_authority(self) -> None:
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
        for agreed in Agreement.objects.select_related("no_action"):
            assert agreed.person != agreed.no_action.decided_by
            assert agreed.no_action.decided_at <= agreed.agreed_at
            assert agreed.no_action.readings.filter(person=agreed.person).exists()
        for left in Case.objects.filter(state=CaseState.NO_ACTION):
            agreed = Agreement.objects.filter(no_action__case=left).latest("agreed_at").no_action
            assert not left.sources.filter(joined_at__gt=agreed.decided_at).exists()
        for late in LateRecusal.objects.all():
            confirmed = set(late.confirmations.values_list("person", flat=True))
            assert (late.settled_at is not None) == (len(confirmed) >= 2)
            assert late.person not in confirmed


def about_of(done: Execution) -> set[UUID]:
    """The persons whom what was done touches."""
    found: set[UUID] = set()
    for warrant in done.warrants.all():
        known_by = VIKTOR if warrant.kind == "deny" else {}
        kind, target = (
            kind_of(warrant.kind),
            Target(warrant.kind, warrant.target, "", detail=known_by),
        )
        found |= {person for person in (kind.about(target),) if person}
        found |= set(kind.also_about(target)) if warrant.kind not in GIVE_BACK else set()
    return found


def present_grants(held: Iterable[UUID]) -> dict[UUID, dict[UUID, bool]]:
    """By file, who holds what is sealed now, and whether their key to it is at rest."""
    newest = {
        epoch.file_id: epoch.id
        for epoch in Epoch.objects.filter(file__in=list(held)).order_by("number")
    }
    found: dict[UUID, dict[UUID, bool]] = {file: {} for file in newest}
    grants = Grant.objects.filter(epoch__in=newest.values(), kind=Grant.Kind.PERSON)
    for file, holder, dormant in grants.values_list("epoch__file", "holder", "dormant"):
        found[file][holder] = dormant
    return found
