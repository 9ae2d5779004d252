"""Somebody may read and not write, or write only so often, for a time: by two people, and nobody else is told."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from concord.access.gate import MayOnlyRead, limit_of
from concord.access.models import Limit, Notice
from concord.actions.audit import audit
from concord.actions.decide_review import SayWho, decide_review
from concord.actions.limit_writing import NoSuchPace
from concord.actions.models import ReviewRequest, Told
from concord.actions.review_reference import review_link
from concord.actions.triggers import drop_statements, install
from concord.actions.verify_steps import verify_steps
from concord.actions.who_asks import steps_of_each
from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.contents import read_contents
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target, Terms
from concord.evasion.revoke_again import NotTheSameMailbox, revoke_again
from concord.letters.models import Letter
from concord.monitoring.models import Flag
from concord.outbox.clock import clock
from concord.outbox.models import Job
from concord.people.models import Login
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post
from concord.spaces.post_message import TooSoon
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, login_by_mailbox, opened, proposed

READS = "For now you can read here and not write."


def held_to(cast: Cast, kind: str, *, scope: str = "session", **said: object) -> tuple[Target, ...]:
    place = {"session": cast.hall.session_id, "convening": cast.convening.id, "all": None}[scope]
    fields = {"until_at": cast.later(hours=24), "detail": {"pace": 10} if kind == "limit" else {}}
    return (Target(kind, cast.karim.person_id, "Karim Haddad", scope, place, **{**fields, **said}),)


def decided(cast: Cast, kind: str = "mute", **said: object) -> Decision:
    """Amara proposed, Luis agreed, every step was looked at."""
    case = Case.objects.first() or case_about_karim(cast)
    asked = proposed(cast, case, targets=held_to(cast, kind, **said))
    version = opened(asked.version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    verify_steps(Job(kind="actions.verify", subject=agreed.execution.id), at=cast.at)
    return agreed.execution.decision


def lift_of(decision: Decision) -> Terms:
    return Terms(
        targets=(Target("lift", decision.id, decision.code),),
        grounds=(),
        violations=(),
        reason="It is calm now.",
        stabilises="",
        considered="Letting it run.",
        less_severe="",
        safety="Asked; nobody is at risk.",
    )


@pytest.mark.clauses("P-SANCTION-1")
def test_whoever_may_only_read_reads_and_writes_through_no_door(
    cast: Cast, mailbox: Mailbox
) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    mine = cast.say(cast.sara, "Good morning, everybody")
    decided(cast)
    karim.press("Send", text="and one more thing", comment_on=str(mine.id))
    assert karim.status == 409
    assert karim.sees("For now you can read here and not write. What you wrote is still here")
    assert karim.sees("and one more thing")
    karim.open(f"/r/{cast.hall.id}")
    assert karim.status == 200
    assert karim.sees("Good morning, everybody")
    assert karim.sees(READS)
    assert not Post.objects.filter(text__contains="one more thing").exists()
    assert into(karim, cast.annex).press("Send", text="I am here now.").sees("I am here now.")


@pytest.mark.clauses("P-SANCTION-1", "I-ANYWAY-1")
def test_reporting_and_flagging_are_never_closed_to_anybody(cast: Cast, mailbox: Mailbox) -> None:
    cast.say(cast.tomas, "Nobody wants you here either")
    decided(cast, scope="all")
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    before = Flag.objects.count()
    karim.follow("Flag").press("Flag it", words="This is against me")
    assert (karim.status, Flag.objects.count()) == (200, before + 1)
    assert karim.open("/report").status == 200


@pytest.mark.clauses("P-SANCTION-1", "K-PRIV-1")
def test_nobody_else_in_the_room_sees_it(cast: Cast, mailbox: Mailbox) -> None:
    decided(cast)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    assert not sara.sees("For now you can")
    sara.press("Send", text="Shall we go on?")
    assert sara.sees("Shall we go on?")


@pytest.mark.clauses("P-SANCTION-1")
def test_whoever_is_held_to_a_pace_waits_wherever_it_holds_and_the_strictest_stands(
    cast: Cast, mailbox: Mailbox
) -> None:
    decided(cast, "limit", scope="convening")
    cast.say(cast.karim, "One", at=cast.later(minutes=20))
    for room in (cast.hall, cast.annex):
        with pytest.raises(TooSoon):
            cast.say(cast.karim, "Two", room=room, at=cast.later(minutes=29, seconds=59))
    cast.say(cast.karim, "Two", room=cast.annex, at=cast.later(minutes=30))
    decided(cast, "limit", detail={"pace": 30})
    with pytest.raises(TooSoon):
        cast.say(cast.karim, "Three", at=cast.later(minutes=45))
    cast.say(cast.karim, "Three", room=cast.annex, at=cast.later(minutes=45))
    decided(cast)
    with pytest.raises(MayOnlyRead):
        cast.say(cast.karim, "Four", at=cast.later(hours=3))
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.annex)
    assert karim.sees("For now you can write one message every 10 minutes here.")
    assert into(karim, cast.hall).sees(READS)


@pytest.mark.clauses("P-SANCTION-1")
def test_it_ends_by_itself_to_the_second(cast: Cast) -> None:
    decided(cast)
    with pytest.raises(MayOnlyRead):
        cast.say(cast.karim, "Now?", at=cast.later(hours=23, minutes=59, seconds=59))
    cast.say(cast.karim, "Now.", at=cast.later(hours=24))
    assert limit_of(cast.karim.person_id, cast.hall.places, at=cast.later(hours=24)) is None


@pytest.mark.clauses("P-SANCTION-1")
def test_a_machine_whose_clock_is_ahead_ends_nothing_early(
    cast: Cast, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = timezone.now
    decided(cast, until_at=real() + timedelta(minutes=30))
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(hours=1))
    try:
        clock.hear(real(), before=timezone.now(), after=timezone.now())
        assert into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall).sees(READS)
    finally:
        clock.__init__()  # type: ignore[misc]


@pytest.mark.clauses("P-SANCTION-1")
def test_a_pace_that_is_none_of_the_few_is_refused(cast: Cast) -> None:
    for kind, detail in (
        ("limit", {}),
        ("limit", {"pace": 0}),
        ("limit", {"pace": "10"}),
        ("limit", {"pace": 10, "also": "this"}),
        ("mute", {"pace": 10}),
    ):
        with pytest.raises(NoSuchPace), transaction.atomic():
            proposed(cast, targets=held_to(cast, kind, detail=detail))


@pytest.mark.clauses("P-SANCTION-1", "R-CONCUR-1")
def test_the_database_takes_no_limit_that_two_people_did_not_agree_to(cast: Cast) -> None:
    decided(cast, "limit", scope="convening")
    made = Limit.objects.get()
    row = {
        name: getattr(made, name)
        for name in ("scope_kind", "scope_id", "since_at", "until_at", "pace", "salt")
    }
    forged = (
        {**row, "person_id": cast.sara.person_id, "warrant": uuid4()},
        {**row, "person_id": cast.sara.person_id, "warrant": made.warrant},
    )
    Warrant.objects.filter(id=made.warrant).update(done_at=None)
    for fields in forged:
        with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
            Limit.objects.create(**fields)
    for wider in (
        {"until_at": cast.later(days=30)},
        {"until_at": None},
        {"scope_kind": "all", "scope_id": None},
        {"pace": 60},
        {"pace": None, "salt": ""},
        {"person_id": cast.sara.person_id},
    ):
        with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
            Limit.objects.filter(id=made.id).update(**wider)
    with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
        Limit.objects.filter(id=made.id).delete()
    assert audit() == []


@pytest.mark.clauses("P-SANCTION-1", "R-CONCUR-1")
@pytest.mark.parametrize(
    "changed",
    [{"pace": 60}, {"pace": None, "salt": ""}, {"until_at": None}, {"warrant": uuid4()}],
)
def test_a_forged_limit_is_named(cast: Cast, changed: dict[str, object]) -> None:
    decided(cast, "limit", scope="convening")
    with ByTheOwner():
        Limit.objects.update(**changed)
    assert {finding.row for finding in audit()} == {f"limit {Limit.objects.get().id}"}


class ByTheOwner:
    """Whoever owns the database takes the rules away for a moment."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            for statement in drop_statements():
                cursor.execute(statement)

    def __exit__(self, *raised: object) -> None:
        install()


@pytest.mark.clauses("P-SANCTION-1", "K-NOTES-1")
def test_the_pace_lies_sealed_until_it_holds(cast: Cast) -> None:
    version = proposed(cast, targets=held_to(cast, "limit")).version
    assert '"pace"' not in version.manifest
    contents = read_contents(version, keyring=cast.luis.keyring)
    assert json.loads(json.dumps(contents))["steps"][0]["detail"]["pace"] == 10


@pytest.mark.clauses("P-SANCTION-1")
def test_lifting_it_takes_two_people_and_lets_them_write_again(cast: Cast) -> None:
    decision = decided(cast)
    later = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(hours=1)}
    lift = propose(decision.case, terms=lift_of(decision), **later)
    cast_said = opened(lift.version, cast.luis, cast.later(hours=1))
    with pytest.raises(MayOnlyRead):
        cast.say(cast.karim, "Again?", at=cast.later(hours=1))
    concur(cast_said, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(hours=1))
    cast.say(cast.karim, "Again.", at=cast.later(hours=1))
    assert audit() == []


def takes_back(cast: Cast, request: ReviewRequest, **said: object) -> None:
    """Whoever had no part in it finds that it was wrong."""
    keys = [one.keyring for one in (cast.noor, cast.ravi)] + [cast.outside_key]
    keyring = next(key for key in keys if key.holder == request.reviewer)
    who = {"by": keyring.holder, "keyring": keyring, "at": cast.later(hours=2)}
    decide_review(
        request, outcome="overturned", reason="It was the other.", answer="", **who, **said
    )


@pytest.mark.clauses("P-SANCTION-1")
def test_they_ask_us_to_look_again_and_it_is_taken_back(cast: Cast, mailbox: Mailbox) -> None:
    decided(cast)
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.follow("Ask us to look at this again")
    assert karim.sees("had no part in")
    karim.press("Send", words="I answered somebody else who had been cruel to me.")
    request = ReviewRequest.objects.get()
    assert request.decision == Decision.objects.get()
    assert request.reviewer not in (cast.amara.id, cast.luis.id)
    takes_back(cast, request)
    cast.say(cast.karim, "Thank you.", at=cast.later(hours=2))
    assert audit() == []


@pytest.fixture
def two_held(cast: Cast) -> Decision:
    """Karim reads and is warned, Tomas writes at a pace; under one decision, with its number in their notices."""
    karim = [*held_to(cast, "mute"), *held_to(cast, "warn")]
    [tomas] = held_to(cast, "limit")
    return under_one(cast, *karim, about_tomas(cast, tomas))


def about_tomas(cast: Cast, step: Target) -> Target:
    return Target(**{**vars(step), "id": cast.tomas.person_id, "label": "Tomas"})


def under_one(cast: Cast, *steps: Target, link: str = "") -> Decision:
    notice = f"You may write less in Hall 1. {link or review_link()}"
    asked = proposed(cast, case_about_karim(cast), targets=steps, notice_body=notice)
    version = opened(asked.version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return agreed.execution.decision


@pytest.mark.clauses("P-SANCTION-1", "I-REVIEW-1")
def test_what_one_of_several_asks_for_from_the_room_ends_for_that_one_alone(
    cast: Cast, mailbox: Mailbox, two_held: Decision
) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.follow("Ask us to look at this again").press("Send", words="I was provoked.")
    takes_back(cast, ReviewRequest.objects.get())
    cast.say(cast.karim, "Thank you.", at=cast.later(hours=2))
    assert not Notice.objects.in_force(cast.later(hours=2)).exists()
    assert Limit.objects.in_force(cast.later(hours=2)).get().person_id == cast.tomas.person_id
    assert Decision.objects.in_force(cast.later(hours=2)).get() == two_held
    assert audit() == []


@pytest.mark.clauses("P-SANCTION-1", "I-REVIEW-1")
def test_whoever_asks_by_a_number_that_several_got_is_told_apart_by_whoever_looks(
    cast: Cast, mailbox: Mailbox, two_held: Decision
) -> None:
    mailbox.arrive()
    link = next(found for one in mailbox for found in re.findall(r"/review\?of=\d+", one["body"]))
    Browser().open(link).press("Send it", words="I wrote nothing of the kind. Tomas.")
    request = ReviewRequest.objects.get()
    with pytest.raises(SayWho):
        takes_back(cast, request)
    each = {name: step for step, name in steps_of_each(request, at=cast.later(minutes=1))}
    assert sorted(each) == [cast.karim.display_name, cast.tomas.display_name]
    takes_back(cast, request, chosen=each[cast.tomas.display_name])
    assert limit_of(cast.tomas.person_id, cast.hall.places, at=cast.later(hours=2)) is None
    with pytest.raises(MayOnlyRead):
        cast.say(cast.karim, "And me?", at=cast.later(hours=2))
    assert Decision.objects.in_force(cast.later(hours=2)).get() == two_held
    assert audit() == []


@pytest.mark.clauses("P-SANCTION-1", "I-REVIEW-1")
def test_a_warning_that_is_a_letter_alone_ends_for_that_one_and_is_not_sent_any_more(
    cast: Cast,
) -> None:
    [warned], link = held_to(cast, "warn"), review_link()
    decision = under_one(cast, *held_to(cast, "mute"), about_tomas(cast, warned), link=link)
    Browser().open(link[link.index("/review") :]).press("Send it", words="It was not me. Tomas.")
    request = ReviewRequest.objects.get()
    each = {name: step for step, name in steps_of_each(request, at=cast.later(minutes=1))}
    waiting = Letter.objects.filter(kind="actions.notice", sealed__isnull=False)
    theirs = Told.objects.filter(person=cast.tomas.person_id).values("letter")
    assert waiting.filter(id__in=theirs).exists()
    takes_back(cast, request, chosen=each[cast.tomas.display_name])
    assert decision.endings.get().only == each[cast.tomas.display_name]
    assert waiting.exists()
    assert not waiting.filter(id__in=theirs).exists()
    assert Letter.objects.filter(kind="actions.sorry").count() == 1
    left = [name for _step, name in steps_of_each(request, at=cast.later(hours=2))]
    assert left == [cast.karim.display_name]
    assert audit() == []


@pytest.mark.clauses("R-EVADE-2", "P-SANCTION-1")
def test_nothing_but_a_revocation_is_repeated_for_a_return(cast: Cast) -> None:
    """Under a decision that only limits, a new login is nobody's return: it takes a new proposal."""
    decision = decided(cast, scope="all")
    again = login_by_mailbox("karim.haddad+2@gmail.com")
    assert Login.objects.filter(canonical_token=again.canonical_token).count() == 2
    with pytest.raises(NotTheSameMailbox):
        revoke_again(decision, person=again.person_id, evidence="mailbox", at=cast.at)
    execution = Execution.objects.create(prior_decision=decision, executed_at=cast.at)
    for kind in ("mute", "limit"):
        with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
            Warrant.objects.create(
                execution=execution, kind=kind, target=again.person_id, scope_kind="all"
            )


@pytest.mark.clauses("P-SANCTION-1")
def test_the_team_sees_what_holds_and_can_let_it_end_sooner(cast: Cast) -> None:
    decision = decided(cast, "limit", until_at=cast.later(days=10))
    amara = at_the_desk(cast.amara).open(f"/decisions/{decision.id}")
    assert amara.sees("Writes less often in Hall 1")
    assert amara.open("/decisions").sees("Writes less often in Hall 1")
    soon = (cast.at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    amara.open(f"/decisions/{decision.id}").press("Let it end then", ends_at=soon, why="Calmer.")
    assert Limit.objects.get().ended_at is not None
    with pytest.raises(TooSoon):
        cast.say(cast.karim, "Too early", at=cast.later(minutes=1))
    cast.say(cast.karim, "One", at=cast.later(days=2, minutes=1))
    cast.say(cast.karim, "Two", at=cast.later(days=2, minutes=2))
    assert audit() == []
