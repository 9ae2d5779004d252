"""A decision on an organisation: who is known to be affected and how, and nobody else by guess (PUB-19, A-UNIT-1)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.alarm_later import alarm_later
from concord.actions.audit import audit
from concord.actions.bar_member import BelongsNoLonger
from concord.actions.bar_organisation import NoSuchOrganisation
from concord.actions.decide_review import decide_review
from concord.actions.hasten import hasten
from concord.actions.later_members import forget_organisations
from concord.actions.look_at_later import (
    IsOver,
    LookedAlready,
    MayNotLook,
    SayWhy,
    apply_to,
    spare,
)
from concord.actions.models import BarredOrganisation, LaterMember, ReviewRequest
from concord.actions.release_member import NotKeptOut
from concord.actions.review_reference import review_link
from concord.cases.models import Case
from concord.concurrence.adopt_proposal import adopt_proposal
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Execution, Proposal, State, Warrant
from concord.concurrence.propose import CloseToSomebodyInIt, propose
from concord.concurrence.terms import Target
from concord.convenings.known_members import members_of
from concord.convenings.models import Convening, Registration, Session
from concord.monitoring.call_again import call_again
from concord.monitoring.ring import NOTICE
from concord.names import fold
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from concord.people.declare_tie import declare_tie
from concord.people.models import Organisation, Tie
from concord.people.name_organisation import name_organisation
from concord.people.note_organisation import note_organisation
from concord.people.tests.team import Mailbox
from concord.people.ties import person_token
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import (
    Cast,
    case_about_karim,
    login_by_mailbox,
    opened,
    participant,
    proposed,
    stage,
    terms_for,
)
from tests.looking_again import another_receiver

NORTHERN = "Northern Alliance"


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    return stage(timezone.now() - timedelta(minutes=30))


@pytest.fixture
def members(cast: Cast) -> list[Registration]:
    """One who said so, one of whom staff noted it, one who did both; a fourth has only the same mail domain."""
    found = [
        participant(cast.convening, name, f"{name.lower()}@northern.example", cast.at)
        for name in ("Ada", "Bo", "Cleo", "Dan")
    ]
    ada, bo, cleo, _dan = found
    name_organisation(ada.person, organisation="NORTHERN  alliance", at=cast.at)
    name_organisation(cleo.person, organisation=NORTHERN, at=cast.at)
    for one in (bo, cleo):
        note_organisation(one.person, organisation=NORTHERN, by=cast.amara.staff, at=cast.at)
    return found


def on_it(cast: Cast, *listed: UUID, **place: object) -> tuple[Target, ...]:
    """Everybody who is known to belong to it, those listed, and the organisation itself."""
    where: dict[str, object] = {
        "scope_kind": "all",
        "review_on": (timezone.now() + timedelta(days=90)).date(),
        **place,
    }
    belongs = {"name": NORTHERN, "folded": fold(NORTHERN)}
    known = {each.person: list(each.how) for each in members_of(NORTHERN)}
    known |= {person: ["listed"] for person in listed}
    return (
        *(
            Target("member", person, "somebody", **where, detail={**belongs, "how": how})  # type: ignore[arg-type]
            for person, how in known.items()
        ),
        Target("organisation", uuid4(), NORTHERN, **where, detail=belongs),  # type: ignore[arg-type]
    )


def agreed_to(cast: Cast, proposal: Proposal) -> Decision:
    version = opened(proposal.version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    decision: Decision = agreed.execution.decision
    return decision


def decided(cast: Cast, *targets: Target, **changes: object) -> Decision:
    return agreed_to(cast, proposed(cast, targets=targets or on_it(cast), **changes))


def is_in(cast: Cast, who: Registration, **span: float) -> bool:
    return is_admitted(who.person_id, cast.hall.places, at=cast.later(**(span or {"minutes": 1})))


@pytest.mark.clauses("A-UNIT-1", "A-GROUND-1", "P-DIGNITY-1")
def test_those_who_are_known_to_belong_to_it_lose_access_and_nobody_else(
    cast: Cast, members: list[Registration]
) -> None:
    decided(cast, grounds=("risk",), finding="", violations=())
    assert [is_in(cast, one) for one in members] == [False, False, False, True]
    assert all(is_in(cast, one) for one in (cast.karim, cast.sara, cast.tomas))
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1")
def test_whoever_is_listed_by_hand_goes_with_them(cast: Cast, members: list[Registration]) -> None:
    decided(cast, *on_it(cast, members[3].person_id))
    assert not any(is_in(cast, one) for one in members)


@pytest.mark.clauses("K-CONF-1", "A-UNIT-1")
def test_whoever_is_close_to_one_of_them_does_not_propose_it_and_nobody_is_blamed_for_their_yes(
    cast: Cast, members: list[Registration]
) -> None:
    """A member is no party, so nobody was taken out. The second time it shows only once it was proposed."""
    case = case_about_karim(cast)
    ada, bo = members[0], members[1]
    tie = declare_tie(cast.amara.staff, person=ada.person, at=cast.at)
    with pytest.raises(CloseToSomebodyInIt):
        proposed(cast, case, targets=on_it(cast))
    assert not Proposal.objects.exists()
    but_ada = tuple(one for one in on_it(cast) if one.id != ada.person_id)
    proposal = proposed(cast, case, targets=but_ada)
    Tie.objects.filter(id=tie.id).update(person_token=person_token(bo.person_id))
    version = proposal.version
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    Job.objects.all().delete()
    luis.press("I agree")
    assert luis.sees("That is not about you.")
    assert not Execution.objects.exists()
    rung = set(Job.objects.waiting().filter(kind=NOTICE).values_list("subject", flat=True))
    assert rung == {cast.amara.id, cast.luis.id}
    adopt_proposal(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    version = opened(proposal.version, cast.noor, cast.at)
    concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    assert [is_in(cast, one) for one in members] == [True, False, False, True]


@pytest.mark.clauses("A-UNIT-1", "A-THOUGHT-1", "R-CONCUR-1")
def test_the_page_says_who_is_known_how_and_that_others_cannot_be_and_a_colleague_reads_the_same(
    cast: Cast, members: list[Registration]
) -> None:
    case = case_about_karim(cast)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/propose").follow("A whole organisation")
    ahead = (timezone.now() + timedelta(days=120)).date().isoformat()
    amara.press(
        "See what it does",
        organisation="Northern  ALLIANCE",
        listed="dan@northern.example\nnever.seen@northern.example",
        scope="all:",
        review_on=ahead,
        reason="Its people followed a speaker from room to room.",
        grounds=["risk"],
        stabilises="She can speak here again.",
        considered="Writing to its board, which did not answer.",
        less_severe="They take turns.",
        is_safe="on",
    )
    lines = (
        "4 people lose access",
        "1 of them: said by themself",
        "1 of them: noted by staff",
        "1 of them: said by themself + noted by staff",
        "1 of them: listed by hand",
        "1 person is not let in",
        "Who else belongs to it cannot be known",
        "nobody who is not listed",
    )
    for line in lines:
        assert amara.sees(line), (line, amara.words)
    assert "It says nothing about you" in amara.page
    amara.press("Ask for a second yes")
    luis = at_the_desk(cast.luis).open(f"/proposals/{Proposal.objects.get().id}")
    for line in (*lines, "Ada", "Bo", "Cleo", "Dan"):
        assert luis.sees(line), (line, luis.words)
    luis.press("I agree")
    assert not any(is_in(cast, one) for one in members)
    assert Shut.objects.count() == 5
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "P-DIGNITY-1", "K-PRIV-1")
def test_each_is_told_neutrally_in_their_language_and_nothing_of_the_others(
    cast: Cast, members: list[Registration], mailbox: Mailbox
) -> None:
    from concord.actions.write_notice import write_notice

    members[0].person.logins.update(language="fr")
    subject, body = write_notice(on_it(cast), grounds=("risk",), violations=())
    assert "décision" in body
    assert "It says nothing about you" in body
    assert not any(name in body for name in ("Ada", "Bo", "Cleo", "threat", "risk"))
    proposal = proposed(cast, targets=on_it(cast), notice_subject=subject, notice_body=body)
    agreed_to(cast, proposal)
    mailbox.arrive()
    letters = [letter for letter in mailbox if letter["subject"] == subject]
    assert {letter["to"] for letter in letters} == {
        "ada@northern.example", "bo@northern.example", "cleo@northern.example",
    }  # fmt: skip


def says_later(cast: Cast, name: str = "Eve", *, at: float = 2) -> LaterMember:
    """Somebody registers, and says that they belong to it."""
    who = participant(cast.convening, name, f"{name.lower()}@elsewhere.example", cast.at)
    name_organisation(who.person, organisation=NORTHERN, at=cast.later(minutes=at))
    return LaterMember.objects.get(person=who.person)


@pytest.mark.clauses("A-UNIT-1")
def test_whoever_says_so_later_is_shown_to_a_person_first(
    cast: Cast, members: list[Registration], mailbox: Mailbox
) -> None:
    decision = decided(cast)
    card = says_later(cast)
    assert card.state == LaterMember.State.WAITING
    assert is_admitted(card.person_id, cast.hall.places, at=cast.later(minutes=3))
    luis = at_the_desk(cast.luis)
    assert luis.open("/").sees("Says that they belong to an organisation")
    luis.follow("Says that they belong")
    assert luis.sees("Eve")
    luis.press("The decision holds for them", reason="Their badge says so too.")
    assert not is_admitted(card.person_id, cast.hall.places, at=cast.later(minutes=40))
    card.refresh_from_db()
    assert card.execution.prior_decision == decision
    assert audit() == []
    run_due(at=timezone.now())
    assert "It says nothing about you" in mailbox.arrive()["body"]
    luis.open(f"/decisions/{decision.id}").follow("Look at it")
    luis.press("Leave them alone", reason="Another organisation of that name.")
    assert is_admitted(card.person_id, cast.hall.places, at=timezone.now())
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "P-ZERO-1")
def test_whoever_nobody_looked_at_in_time_rings_once_more_and_stays_open(
    cast: Cast, members: list[Registration]
) -> None:
    decided(cast)
    card = says_later(cast, at=2)
    declare_tie(cast.luis.staff, person=card.person, at=cast.later(minutes=2))
    Job.objects.filter(kind=NOTICE).delete()
    assert card.due_at == cast.later(minutes=4)  # an event is running
    LaterMember.objects.update(due_at=cast.later(hours=1))  # it was not yet, when they said so
    assert [hasten(None, at=cast.later(minutes=2)) for _twice in range(2)] == [1, 0]
    assert alarm_later(None, at=cast.later(minutes=3)) == 0
    assert [alarm_later(None, at=cast.later(minutes=4)) for _twice in range(2)] == [1, 0]
    rung = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
    assert cast.amara.id in rung
    assert cast.luis.id not in rung  # close to them: not even that there is somebody
    assert at_the_desk(cast.amara).open("/").sees("Says that they belong to an organisation")
    card.refresh_from_db()
    assert card.state == LaterMember.State.WAITING

    def called_again(**later: float) -> bool:
        Job.objects.filter(kind=NOTICE).delete()
        call_again(None, at=cast.later(**later))
        called = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
        assert cast.luis.id not in called
        return cast.amara.id in called

    assert [called_again(minutes=n) for n in (8, 9, 10)] == [False, True, False]
    Convening.objects.update(state="ended")
    Session.objects.update(state="ended")
    quiet = [called_again(days=n) for n in (1, 7, 7.1, 13, 15)]
    assert quiet == [False, False, True, False, True], "every week, until somebody looks"
    spare(card, reason="Another one.", by=cast.amara.staff, at=cast.later(minutes=5))
    assert alarm_later(None, at=cast.later(hours=9)) == 0
    assert not called_again(days=30)


@pytest.mark.clauses("A-UNIT-1")
def test_whoever_looks_says_why_may_open_it_and_is_close_to_nobody(
    cast: Cast, members: list[Registration]
) -> None:
    decided(cast)
    card = says_later(cast)
    at = cast.later(minutes=3)
    with pytest.raises(SayWhy):
        apply_to(card, reason=" ", by=cast.luis.staff, at=at)
    for nobody in (cast.noor, cast.ines):
        with pytest.raises(MayNotLook):
            apply_to(card, reason="It is them.", by=nobody.staff, at=at)
    declare_tie(cast.ravi.staff, person=card.person, at=at)
    with pytest.raises(MayNotLook):
        apply_to(card, reason="It is them.", by=cast.ravi.staff, at=at)
    spare(card, reason="A library of that name.", by=cast.luis.staff, at=at)
    with pytest.raises(LookedAlready):
        apply_to(card, reason="It is them.", by=cast.amara.staff, at=at)
    name_organisation(card.person, organisation="", at=at)
    name_organisation(card.person, organisation=NORTHERN, at=at)
    card.refresh_from_db()
    assert card.state == LaterMember.State.SPARED
    assert is_admitted(card.person_id, cast.hall.places, at=cast.later(minutes=4))


@pytest.mark.clauses("A-UNIT-1")
def test_it_never_holds_for_anybody_once_it_is_over(
    cast: Cast, members: list[Registration]
) -> None:
    ends = {"review_on": None, "until_at": cast.later(hours=2)}
    decided(cast, *on_it(cast, **ends))
    card = says_later(cast)
    with pytest.raises(IsOver):
        apply_to(card, reason="It is them.", by=cast.luis.staff, at=cast.later(hours=3))
    late = participant(cast.convening, "Finn", "finn@elsewhere.example", cast.at)
    name_organisation(late.person, organisation=NORTHERN, at=cast.later(hours=3))
    assert not LaterMember.objects.filter(person=late.person).exists()
    forget_organisations(at=cast.later(hours=3))
    assert not BarredOrganisation.objects.exists()


@pytest.mark.clauses("A-UNIT-1", "R-CONCUR-1")
def test_the_database_lets_nobody_be_added_without_somebody_s_look(
    cast: Cast, members: list[Registration]
) -> None:
    decision = decided(cast)
    card = says_later(cast)
    at = cast.later(minutes=3)
    execution = Execution.objects.create(prior_decision=decision, executed_at=at)
    for person in (card.person_id, cast.tomas.person_id):
        with pytest.raises(IntegrityError), transaction.atomic():
            Warrant.objects.create(
                execution=execution, kind="member", target=person, scope_kind="all"
            )


@pytest.mark.clauses("A-UNIT-1")
def test_whoever_says_so_while_it_waits_for_a_second_yes_is_on_no_list_and_is_shown_first(
    cast: Cast, members: list[Registration]
) -> None:
    proposal = proposed(cast, targets=on_it(cast))
    name_organisation(members[3].person, organisation=NORTHERN, at=cast.at)
    agreed_to(cast, proposal)
    assert is_in(cast, members[3])
    assert LaterMember.objects.get().person == members[3].person


@pytest.mark.clauses("A-UNIT-1", "A-THOUGHT-1")
def test_the_list_is_void_when_somebody_on_it_does_not_belong_any_more(
    cast: Cast, members: list[Registration]
) -> None:
    proposal = proposed(cast, targets=on_it(cast))
    version = opened(proposal.version, cast.luis, cast.at)
    name_organisation(members[0].person, organisation="Something else", at=cast.at)
    with pytest.raises(BelongsNoLonger):
        concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    assert not Shut.objects.exists()
    run_due(at=cast.later(minutes=1))
    proposal.refresh_from_db()
    assert proposal.state == State.VOIDED


@pytest.mark.clauses("A-UNIT-1")
def test_a_new_name_or_one_of_two_sources_gone_changes_nothing(
    cast: Cast, members: list[Registration]
) -> None:
    proposal = proposed(cast, targets=on_it(cast))
    Registration.objects.filter(id=members[0].id).update(display_name="Adele")
    name_organisation(members[2].person, organisation="", at=cast.at)  # staff noted it as well
    run_due(at=cast.at)
    agreed_to(cast, proposal)
    assert not is_in(cast, members[0])
    assert not is_in(cast, members[2])


@pytest.mark.clauses("A-UNIT-1")
def test_an_organisation_to_which_nobody_is_known_to_belong_can_be_decided_on(cast: Cast) -> None:
    decided(cast)
    assert not Shut.objects.exists()
    assert says_later(cast).state == LaterMember.State.WAITING


@pytest.mark.clauses("A-UNIT-1")
@pytest.mark.parametrize("name", ["", "\u202e\u200b", "x" * 200, "  "])
def test_a_name_that_nobody_can_read_is_refused(cast: Cast, name: str) -> None:
    target = Target(
        "organisation",
        uuid4(),
        name,
        scope_kind="all",
        until_at=cast.later(days=1),
        detail={"name": name, "folded": name},
    )
    with pytest.raises(NoSuchOrganisation):
        proposed(cast, targets=(target,))
    amara = at_the_desk(cast.amara).open(f"/cases/{Case.objects.get().id}/organisation")
    amara.press("See what it does", organisation=name, reason="Because.")
    assert amara.status == 422
    assert Organisation.objects.count() == 0


@pytest.mark.clauses("A-UNIT-1")
def test_it_is_lifted_for_all_and_they_are_let_in(cast: Cast, members: list[Registration]) -> None:
    decision = decided(cast)
    lift = propose(
        decision.case,
        terms=terms_for(cast, targets=(Target("lift", decision.id, decision.code),), grounds=()),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    agreed_to(cast, lift)
    assert all(is_in(cast, one) for one in members)
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "R-CONCUR-1")
def test_one_of_them_is_let_in_again_by_two_people_and_for_the_others_it_goes_on(
    cast: Cast, members: list[Registration], mailbox: Mailbox
) -> None:
    decision = decided(cast)
    amara = at_the_desk(cast.amara).open(f"/decisions/{decision.id}")
    amara.follow("Give access back to one of them")
    ada = decision.execution.warrants.get(target=members[0].person_id)
    amara.press(
        "Ask for a second yes",
        who=[str(ada.id)],
        reason="She left it last year.",
        considered="Waiting until it ends.",
        is_safe="on",
    )
    assert amara.sees("Give access back to one person, while the decision goes on for the others")
    proposal = Proposal.objects.exclude(id=decision.execution.concurrence.version.proposal_id).get()
    at_the_desk(cast.luis).open(f"/proposals/{proposal.id}").press("I agree")
    later = timezone.now() + timedelta(minutes=1)
    let_in = [is_admitted(one.person_id, cast.hall.places, at=later) for one in members]
    assert let_in == [True, False, False, True]
    assert Decision.objects.in_force(later).filter(id=decision.id).exists()
    mailbox.arrive()
    assert [one["to"] for one in mailbox if "again" in one["subject"]] == ["ada@northern.example"]
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "R-CONCUR-1")
def test_nobody_is_let_in_again_under_another_case_or_twice(
    cast: Cast, members: list[Registration]
) -> None:
    decision = decided(cast)
    step = decision.execution.warrants.get(target=members[0].person_id)
    back = (Target("release", step.id, "Ada"),)
    said = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    other = terms_for(cast, targets=back, grounds=())
    with pytest.raises(NotKeptOut):
        propose(case_about_karim(cast), terms=other, **said)
    agreed_to(cast, propose(decision.case, terms=other, **said))
    with pytest.raises(NotKeptOut):
        propose(decision.case, terms=other, **said)
    assert is_in(cast, members[0])
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "K-PRIV-1")
def test_an_organisation_that_was_reported_stands_in_the_case_with_who_is_known_of_it(
    cast: Cast, members: list[Registration]
) -> None:
    case = case_about_karim(cast)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}")
    amara.follow("Name somebody else")
    amara.press("Keep it", role="organisation", name="northern  ALLIANCE")
    assert not amara.sees("Ada")
    assert not amara.sees("ALLIANCE")
    party = case.parties.latest("added_at")
    amara.open(f"/cases/{case.id}/people/{party.id}")
    for words in ("3 people are known to belong to it", "others cannot be known", "Ada"):
        assert amara.sees(words), amara.words
    assert not amara.sees("Dan")
    amara.open(f"/cases/{case.id}").follow("See who is known to belong to it")
    assert "ALLIANCE" in amara.page
    assert amara.sees("3 people are known to belong to it")


@pytest.mark.clauses("A-UNIT-1")
def test_two_hundred_people_are_one_decision_and_a_page_that_loads(cast: Cast) -> None:
    for n in range(200):
        login = login_by_mailbox(f"member{n}@northern.example")
        note_organisation(login.person, organisation=NORTHERN, by=cast.amara.staff, at=cast.at)
    proposal = proposed(cast, targets=on_it(cast))
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees("200 people lose access")
    assert len(luis.page.encode()) < 60_000
    luis.press("I agree")
    assert Shut.objects.count() == 200
    assert Warrant.objects.filter(kind="member").count() == 200
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "R-EVADE-1")
def test_one_of_them_who_comes_back_by_another_mailbox_is_met_once_under_their_own_step(
    cast: Cast, mailbox: Mailbox
) -> None:
    for name in ("ada", "bo"):
        one = participant(cast.convening, name, f"{name}@gmail.com", cast.at)
        name_organisation(one.person, organisation=NORTHERN, at=cast.at)
    decision = decided(cast)
    browser = by_mail("a.d.a+x@googlemail.com", mailbox)
    assert browser.status == 403
    again = Warrant.objects.get(execution__prior_decision=decision)
    assert again.kind == "revoke"
    assert audit() == []


@pytest.mark.clauses("A-UNIT-1", "I-REVIEW-1")
@pytest.mark.parametrize("kind", ["review", "not_me"])
def test_what_one_of_them_asks_for_lets_in_that_one_and_for_the_others_it_goes_on(
    cast: Cast, members: list[Registration], mailbox: Mailbox, kind: str
) -> None:
    desk = another_receiver(cast)  # Ravi is close to Karim, whom the same case is about
    decision = decided(cast)
    ada = by_mail("ada@northern.example", mailbox)
    assert ada.status == 403
    ada.follow("This is not me").press("Send", kind=kind, words="I left it last year.")
    request = ReviewRequest.objects.get()
    assert request.reviewer == desk.id
    decide_review(
        request,
        outcome="overturned",
        reason="She showed that she left.",
        answer="",
        by=desk.id,
        keyring=desk.keyring,
        at=timezone.now(),
    )
    later = timezone.now() + timedelta(minutes=1)
    let_in = [is_admitted(one.person_id, cast.hall.places, at=later) for one in members]
    assert let_in == [True, False, False, True]
    assert Decision.objects.in_force(later).filter(id=decision.id).exists()
    assert audit() == []
    mailbox.arrive()
    assert {one["to"] for one in mailbox if "sorry" in one["body"]} == {"ada@northern.example"}


@pytest.mark.clauses("A-UNIT-1", "K-PRIV-1")
def test_whoever_asks_by_the_number_of_a_notice_for_several_is_told_apart_from_the_others(
    cast: Cast, members: list[Registration], mailbox: Mailbox
) -> None:
    """The number leads to the decision alone: who of its people asks is said by whoever looks, and by nobody else."""
    mina = another_receiver(cast)
    decision = decided(cast, notice_body=f"You have no access to Hall 1. {review_link()}")
    mailbox.arrive()
    links = {found for one in mailbox for found in re.findall(r"/review\?of=\d+", one["body"])}
    page = Browser().open(links.pop()).press("Send it", words="I left it last year. Ada.")
    assert "northern" not in page.page.lower()
    request = ReviewRequest.objects.get()
    assert (request.decision, request.shut) == (decision, None)
    desk = at_the_desk(mina).open(f"/reviews/{request.id}")
    said = {"outcome": "overturned", "reason": "She showed that she left."}
    desk.press("Decide it", **said)
    assert desk.status == 409
    assert desk.sees("Please choose who of them asks, or all of them.")
    desk.press("Decide it", **said, whom=str(Warrant.objects.filter(kind="organisation").get().id))
    assert desk.status == 422  # a step that keeps nobody out
    assert Decision.objects.in_force(timezone.now()).filter(id=decision.id).exists()
    hers = Warrant.objects.get(target=members[0].person_id)
    desk.press("Decide it", **said, whom=str(hers.id))
    assert desk.status == 200
    later = timezone.now() + timedelta(minutes=1)
    let_in = [is_admitted(one.person_id, cast.hall.places, at=later) for one in members]
    assert let_in == [True, False, False, True]
    assert audit() == []
