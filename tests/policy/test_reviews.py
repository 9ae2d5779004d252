"""After a decision: it lapses by itself, is lifted by two, is looked at again by somebody without a part in it."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from concord.access.gate import NotAdmitted, is_admitted
from concord.access.models import Shut
from concord.actions.alarm_requests import alarm_requests, raise_undecided
from concord.actions.answer_review import NotReadForNames, answer_review
from concord.actions.ask_review import ask_review
from concord.actions.audit import audit
from concord.actions.confirm_decision import alarm_unconfirmed, confirm_decision
from concord.actions.decide_review import HadAPart, decide_review
from concord.actions.end_earlier import OnlyEarlier, WouldBeALift, end_earlier
from concord.actions.forget_requests import forget_requests
from concord.actions.lift import NothingInItsPlace, NothingToLift, in_place_of
from concord.actions.models import Confirmation, Ending, LateRecusal, ReviewRequest
from concord.actions.triggers import drop_statements
from concord.actions.wait_live import requests_to_look_again
from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.guards import (
    HasAConflict,
    NeedsAnotherStaffMember,
    NeedsCoordinator,
    NeedsOpening,
)
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Proposal, Warrant
from concord.concurrence.set_aside import set_aside
from concord.concurrence.terms import Target
from concord.concurrence.wording import moment_words
from concord.convenings.models import Convening
from concord.convenings.models import State as ConveningState
from concord.desk.waiting import reviews_for
from concord.evasion.models import Match
from concord.evasion.recognise_login import recognise_login
from concord.evasion.revoke_again import revoke_again
from concord.evasion.undo import undo
from concord.ledger.models import Entry
from concord.letterbox.models import Answer
from concord.letters.models import Letter
from concord.monitoring.call_again import call_again
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.end_designation import end_designation
from concord.people.models import Role
from concord.people.tests.team import Mailbox
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.site.answers import OutsideContact
from concord.site.founding import name_contact
from concord.spaces.models import Post, Removal
from concord.survivors.read_text import NamesSomebodyProtected
from concord.vault import environment, files, recovery
from tests.browsing import Browser, at_the_desk
from tests.cast import (
    Cast,
    case_about_karim,
    colleague,
    login_by_mailbox,
    opened,
    participant,
    stage,
    terms_for,
)
from tests.looking_again import another_receiver, decided, lift_of, lifted, proposed_lift


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    return stage(timezone.now() - timedelta(hours=2))


def is_in_the_hall(cast: Cast, at) -> bool:
    return is_admitted(cast.karim.person_id, cast.hall.places, at=at)


@pytest.mark.clauses("R-CONCUR-1", "A-THOUGHT-1")
def test_lifting_takes_two_people_and_gives_back_what_they_chose(cast: Cast) -> None:
    decision, soon = decided(cast), cast.later(minutes=10)
    gone = Post.objects.get(removed=True)
    terms = lift_of(decision, Target("restore", gone.id, "Hall 1, 1"))
    proposal = proposed_lift(cast, decision, terms, at=soon)
    version = opened(proposal.version, cast.amara, soon)
    with pytest.raises(NeedsAnotherStaffMember):
        concur(version, by=cast.amara.staff, keyring=cast.amara.keyring, at=soon)
    assert not is_in_the_hall(cast, soon)
    opened(version, cast.noor, soon)
    agreed = concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=soon)
    assert is_in_the_hall(cast, soon)
    assert "hurt yourself" in Post.objects.get(id=gone.id).text
    ending = Ending.objects.get()
    assert (ending.how, ending.warrant.execution) == ("lifted", agreed.execution)
    assert Decision.objects.in_force(soon).count() == 0
    assert audit() == []


@pytest.mark.clauses("R-ACT-DELETE", "A-REVOKE-1")
def test_a_decision_that_lapses_gives_access_back_and_no_posts(cast: Cast) -> None:
    decided(cast)
    assert not is_in_the_hall(cast, cast.later(hours=23, minutes=59, seconds=59))
    assert is_in_the_hall(cast, cast.later(hours=24))
    assert Post.objects.filter(removed=True).count() == 1
    assert audit() == []


@pytest.mark.clauses("R-CONCUR-1", "A-REVOKE-1")
def test_a_stricter_variation_takes_two_and_a_milder_end_one(cast: Cast) -> None:
    """Out of the hall for a day becomes out of the event for three; the first ends as the second begins."""
    decision, soon = decided(cast), cast.later(minutes=10)
    event = Target(
        "revoke",
        cast.karim.person_id,
        "Karim Haddad",
        scope_kind="convening",
        scope_id=cast.convening.id,
        until_at=cast.later(days=3),
    )
    terms = terms_for(cast, targets=(event, Target("lift", decision.id, decision.code)))
    version = opened(proposed_lift(cast, decision, terms, at=soon).version, cast.luis, soon)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=soon)
    assert Ending.objects.get().how == "varied"
    assert not is_admitted(cast.karim.person_id, cast.annex.places, at=cast.later(days=2))
    wider = agreed.execution.decision
    said = {"reason": "Two days are enough.", "at": soon}
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, **said}
    with pytest.raises(WouldBeALift):
        end_earlier(wider, ends_at=cast.later(hours=5), **amara)
    with pytest.raises(OnlyEarlier):
        end_earlier(wider, ends_at=cast.later(days=9), **amara)
    with pytest.raises(NeedsCoordinator):
        end_earlier(
            wider,
            ends_at=cast.later(days=2),
            by=cast.noor.staff,
            keyring=cast.noor.keyring,
            **said,
        )
    end_earlier(wider, ends_at=cast.later(days=2), **amara)
    (letter,) = Letter.objects.filter(kind="actions.earlier")
    said = environment.unseal("delivery", bytes(letter.sealed), about=f"letter:{letter.id}")
    assert f"again from {moment_words(cast.later(days=2))}" in json.loads(said)["body"]
    assert not is_admitted(cast.karim.person_id, cast.annex.places, at=cast.later(hours=47))
    assert is_admitted(cast.karim.person_id, cast.annex.places, at=cast.later(days=2))
    with pytest.raises(OnlyEarlier):
        end_earlier(wider, ends_at=cast.later(days=2, hours=1), **amara)
    assert Letter.objects.filter(kind="actions.earlier").count() == 1
    assert audit() == []


@pytest.mark.clauses("R-CONCUR-1", "A-THOUGHT-1", "R-PRACT-1")
def test_something_stricter_is_put_in_its_place_on_the_pages_and_holds_without_a_gap(
    cast: Cast,
) -> None:
    decision = decided(cast)
    apart = login_by_mailbox("karim.haddad+office@gmail.com")
    (match,) = recognise_login(None, login=apart, at=timezone.now())
    undo(match, by=cast.amara.staff, keyring=cast.amara.keyring, at=timezone.now())
    second = login_by_mailbox("karim.haddad+again@gmail.com")
    recognise_login(None, login=second, at=timezone.now())
    noor = at_the_desk(cast.noor)
    assert noor.open(f"/decisions/{decision.id}/vary").status in (403, 404)
    amara = at_the_desk(cast.amara).open(f"/decisions/{decision.id}").follow("Put something else")
    assert "He wrote" not in amara.page
    assert cast.karim.display_name in amara.page
    said = {
        "scope": f"convening:{cast.convening.id}",
        "until_at": cast.later(days=2).strftime("%Y-%m-%dT%H:%M"),
        "reason": "He goes on in the next hall.",
        "is_safe": "on",
    }
    amara.press("See what it does", **said)
    assert amara.status == 422  # wider than a session: every answer in their own words
    said |= dict.fromkeys(("finding", "stabilises", "considered", "less_severe", "safety"), "Said.")
    amara.press("See what it does", **said)
    assert amara.sees(f"this takes the place of decision {decision.code}, which ends now")
    assert not amara.sees("come in again")
    assert not amara.sees("comes in again")
    amara.press("Ask for a second yes")
    assert is_admitted(cast.karim.person_id, cast.annex.places, at=timezone.now())
    amara.follow("Change it").press("See what it does", reason="He went on in the next hall.")
    amara.press("Ask for a second yes")
    path = amara.path
    assert noor.open(path).sees("this takes the place of")
    noor.press("I agree")
    now = timezone.now()
    assert Ending.objects.get().how == "varied"
    assert not is_admitted(cast.karim.person_id, cast.annex.places, at=now)
    assert not is_admitted(second.person_id, cast.annex.places, at=now)
    assert is_admitted(apart.person_id, cast.annex.places, at=now)  # told apart once for all
    assert amara.open(f"/decisions/{decision.id}").sees("varied")
    assert amara.open(f"/decisions/{decision.id}/vary").status == 409
    assert audit() == []


@pytest.mark.clauses("R-CONCUR-1")
def test_nobody_comes_in_because_a_step_of_the_new_decision_was_left_out(cast: Cast) -> None:
    decision, soon = decided(cast), cast.later(minutes=10)
    slower = Target(
        "limit",
        cast.karim.person_id,
        "Karim Haddad",
        scope_kind="session",
        scope_id=cast.hall.session_id,
        until_at=cast.later(hours=20),
        detail={"pace": 10},
    )
    steps = (slower, in_place_of(decision, [slower]))
    terms = terms_for(cast, targets=steps, act_at_once=False)
    version = opened(proposed_lift(cast, decision, terms, at=soon).version, cast.luis, soon)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=soon)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=11)}
    (limit, _lift) = version.steps.order_by("position").values_list("commitment", flat=True)
    set_aside(version, steps=[limit], reason="The room has no pace.", **amara)
    with pytest.raises(NothingInItsPlace):
        execute(version, **amara)
    assert not is_in_the_hall(cast, cast.later(minutes=12))
    assert Ending.objects.count() == 0


@pytest.mark.clauses("R-CONCUR-1")
def test_a_late_retry_undoes_no_undo(cast: Cast) -> None:
    decision, soon = decided(cast), cast.later(minutes=10)
    gone = Post.objects.get(removed=True)
    lifted(cast, decision, Target("restore", gone.id, "Hall 1, 1"), at=soon)
    for warrant in Warrant.objects.filter(execution=decision.execution):
        kind_of(warrant.kind).carry_out(warrant, decision=decision, detail={}, at=soon)
    assert is_in_the_hall(cast, soon)
    assert not Post.objects.get(id=gone.id).removed
    revoke = Warrant.objects.get(execution=decision.execution, kind="revoke")
    Shut.objects.get(warrant=revoke.id).delete()
    with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
        kind_of("revoke").carry_out(revoke, decision=decision, detail={}, at=soon)
    lift = Warrant.objects.get(kind="lift")
    kind_of("lift").carry_out(
        lift, decision=lift.execution.decision, detail={}, at=cast.later(minutes=20)
    )
    assert Ending.objects.count() == 1
    with pytest.raises(NothingToLift):
        proposed_lift(cast, decision, lift_of(decision), at=soon)


@pytest.mark.clauses("R-CONCUR-1")
def test_a_forged_lift_is_refused_by_the_database_and_named_by_the_audit(cast: Cast) -> None:
    decision, soon = decided(cast), cast.later(minutes=10)
    row = {"decision": decision, "ends_at": soon, "made_at": soon, "by": cast.amara.id}
    other = Warrant.objects.filter(kind="revoke").get()
    for forged in (
        {"how": "lifted", "warrant": other},
        {"how": "overturned", "review": decision.id},
        {"how": "earlier"},
    ):
        with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
            Ending.objects.create(**row, **forged)
    with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
        Decision.objects.update(ended_at=soon)
    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)
    Ending.objects.create(how="earlier", signature=b"0" * 64, **row)
    Decision.objects.update(ended_at=soon)
    Removal.objects.update(undone_at=cast.at)
    found = {one.what for one in audit()} - {"a rule of the database is missing"}
    assert found >= {
        "an end of a decision that does not hold",
        "a post put back under a decision that goes on",
    }
    Ending.objects.all().delete()
    assert "a decision that ended without authority" in {one.what for one in audit()}


@pytest.mark.clauses("I-PROC-1", "K-CONF-1", "I-INFORM-1")
def test_somebody_without_a_part_looks_again_and_takes_it_back(
    cast: Cast, mailbox: Mailbox
) -> None:
    """Karim asks from the page that refused him; Mina, who had no part in it, reads the case and decides."""
    mina = another_receiver(cast)
    decision = decided(cast)
    mailbox.arrive()
    gone = Post.objects.get(removed=True)
    code, page = asks_again(cast, kind="review")
    request = ReviewRequest.objects.get()
    assert (request.state, request.reviewer, request.decision) == ("assigned", mina.id, decision)
    for involved in (cast.amara, cast.luis, cast.noor, cast.ravi):
        assert not files.may_open(request.file, involved.id)
    assert not is_in_the_hall(cast, timezone.now())
    desk = at_the_desk(mina)
    assert desk.open("/").sees(request.code)
    assert desk.open(f"/reviews/{request.id}").sees("I only quoted somebody.")
    assert desk.open(f"/cases/{decision.case_id}").status == 200
    assert Entry.objects.filter(verb="cases.read_case", actor=mina.id).exists()
    desk.open(f"/reviews/{request.id}").press(
        "Decide it", outcome="overturned", reason="", answer="Sara Lindqvist said it was a joke."
    )
    assert desk.sees("Please say why, in a few words.")
    desk.press(
        "Decide it", outcome="overturned", reason="A quotation.", answer="Sara said it was a joke."
    )
    assert desk.sees("could tell who somebody is")
    desk.press("Decide it", outcome="overturned", reason="A quotation.", answer="", posts_back="on")
    assert desk.sees("It was wrong: take it back now")
    assert is_in_the_hall(cast, timezone.now())
    assert "hurt yourself" in Post.objects.get(id=gone.id).text
    assert Ending.objects.get().how == "overturned"
    mailbox.arrive()
    letters = [letter["body"] for letter in mailbox if "open again" in letter["subject"]]
    assert len(letters) == 1
    assert "We are sorry." in letters[0]
    assert "Sara" not in letters[0]
    assert page.open("/review/box").press("Open", code=code).sees("took it back")
    assert desk.open(f"/cases/{decision.case_id}").status == 403
    timeline = at_the_desk(cast.amara).open(f"/cases/{decision.case_id}")
    assert timeline.sees("Somebody asked us to look at it again")
    assert timeline.sees("Somebody who had no part in a decision took it back")
    assert audit() == []


def asks_again(cast: Cast, *, kind: str) -> tuple[str, Browser]:
    """The form behind the link of the gate's own page, and the code it shows."""
    shut = Shut.objects.order_by("-since_at").first()
    assert shut is not None
    letter = NotAdmitted(person=shut.person_id, shut=shut.id).review_pass
    page = Browser().open(f"/review?of={letter}&kind={kind}")
    page.press("Send it", words="I only quoted somebody.")
    found = re.search(r'<output class="code">(?:<[^>]+>)*([^<]+)<', page.page)
    assert found is not None, page.words
    return found[1], page


@pytest.mark.clauses("I-PROC-1", "A-THOUGHT-1")
def test_with_nobody_left_on_the_team_the_outside_contact_looks_again(cast: Cast) -> None:
    """Luis is deputy, Noor agreed, Ravi is close to Karim: the request lies with Elena, and nobody inside decides."""
    decision = decided(cast)
    asks_again(cast, kind="review")
    request = ReviewRequest.objects.get()
    assert (request.reviewer, files.readers(request.file)) == (
        cast.outside.holder,
        {cast.outside.holder},
    )
    at_the_desk(cast.amara).open("/")  # whoever holds the case makes the grant that is owed
    elena = behind_her_door(cast)
    elena.open(f"/report/box/kept/reviews/{request.id}")
    assert elena.sees("I only quoted somebody.")
    assert elena.follow("Read the case").status == 200
    earlier = (timezone.now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    later = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    elena.open(f"/report/box/kept/reviews/{request.id}")
    elena.press("Decide it", outcome="varied", reason="Half a day is enough.", ends_at=later)
    assert elena.sees("comes before the one it has")
    enough = {"outcome": "varied", "reason": "Half a day is enough.", "ends_at": earlier}
    iris = after_somebody_else_is_named(cast).open(elena.path)
    assert elena.press("Decide it", **enough).status == 403  # she is the outside contact no more
    assert elena.open(f"/report/box/kept/cases/{decision.case_id}").status == 404
    iris.press("Decide it", **enough)
    assert iris.sees("It ends earlier")
    assert not is_in_the_hall(cast, timezone.now())
    assert is_in_the_hall(cast, timezone.now() + timedelta(hours=3))
    assert iris.open(f"/report/box/kept/cases/{decision.case_id}").status == 404
    assert audit() == []


def after_somebody_else_is_named(cast: Cast) -> Browser:
    """Iris takes it over from Elena, at a terminal and with two shares."""
    secret, at = recovery.combine(cast.shares[:2]), timezone.now()
    code = name_contact(OutsideContact("Iris Blom", "i@outside.example"), voucher=secret, at=at)
    recovery.remake(secret=secret, at=at)
    return behind_her_door(cast, code)


@pytest.mark.clauses("P-ZERO-1", "I-REVIEW-1")
def test_a_request_that_comes_late_or_waits_too_long_still_reaches_somebody(cast: Cast) -> None:
    mina = another_receiver(cast)
    decision = decided(cast)
    asked = {"words": "Please look.", "contact": "", "nonce": os.urandom(16)}
    shut = Shut.objects.get(person=cast.karim.person).id
    _code, soon = ask_review(kind="review", shut=shut, at=cast.at, **asked)
    assert soon.answer_due_at == cast.later(hours=24)
    assert not soon.is_late
    Convening.objects.update(state=ConveningState.ENDED)
    asked["nonce"] = os.urandom(16)
    _code, late = ask_review(kind="review", shut=shut, at=cast.later(days=31), **asked)
    assert (late.is_late, late.reviewer) == (True, mina.id)
    assert late.answer_due_at == cast.later(days=45)
    assert alarm_requests(None, at=cast.later(hours=23)) == 0
    assert alarm_requests(None, at=cast.later(hours=24)) == 1
    assert alarm_requests(None, at=cast.later(hours=24)) == 0
    elena = behind_her_door(cast)
    assert elena.open("/report/box/kept").sees(f"Request {soon.code} to look again was promised")
    mina_decides = {"by": mina.id, "keyring": mina.keyring, "at": cast.later(days=31)}
    assert not elena.sees("I only quoted")
    assert elena.open(f"/report/box/kept/reviews/{soon.id}").status == 404
    elenas = as_(cast.outside_key, cast)
    with pytest.raises(HadAPart):
        decide_review(soon, outcome="upheld", reason="…", answer="", **elenas)
    said = {"outcome": "upheld", "reason": "It was a threat.", "answer": ""}
    assert decide_review(soon, **said, **mina_decides).state == "upheld"
    again = decide_review(soon, **{**said, "outcome": "overturned"}, **mina_decides)
    assert again.state == "upheld"
    assert decision.endings.count() == 0
    answer_review(
        late, answer="We look.", by=mina.staff, keyring=mina.keyring, at=cast.later(days=31)
    )
    assert raise_undecided(None, at=cast.later(days=45)) == 1  # Mina alone could, and lets it lie
    assert elena.open(f"/report/box/kept/reviews/{late.id}").sees("Decide it")
    assert not files.may_open(decision.case.file, mina.id)
    with pytest.raises(HadAPart):
        decide_review(late, **said, **mina_decides)
    assert decide_review(late, **said, **elenas).state == "upheld"


@pytest.mark.clauses("P-ZERO-1", "I-PROC-1", "K-NAME-1")
def test_an_answer_is_no_decision_and_one_that_lies_is_before_everybody_who_can_open_it(
    cast: Cast,
) -> None:
    mina, zola = another_receiver(cast), colleague(cast, "zola", "Zola", Role.RECEIVER)
    decided(cast)
    asked = {"words": "Please look.", "contact": "", "at": cast.at}
    shut = Shut.objects.get(person=cast.karim.person).id
    _code, named = ask_review(kind="review", shut=shut, nonce=os.urandom(16), **asked)
    _code, of_nothing = ask_review(kind="review", shut=None, nonce=os.urandom(16), **asked)
    asked["words"] = "My microphone was off all day."
    _code, another = ask_review(kind="review", shut=None, nonce=os.urandom(16), **asked)
    said = {"answer": "We look at it.", "by": mina.staff, "keyring": mina.keyring}
    by_zola = {"by": zola.staff, "keyring": zola.keyring, "at": cast.at}
    for request in (named, of_nothing):
        with pytest.raises(NamesSomebodyProtected):
            answer_review(request, **{**said, "answer": "It was not Sara who told us."}, at=cast.at)
    with pytest.raises(NotReadForNames):  # Zola reads what Karim wrote, and not the case
        answer_review(named, answer="It was not Sara who told us.", **by_zola)
    for request in (named, of_nothing, another):
        answer_review(request, **said, at=cast.later(days=6, hours=1))
    assert named.reviewer == mina.id
    assert files.readers(named.file) == {mina.id, zola.id}
    assert not reviews_for(zola.staff).exists()
    assert raise_undecided(None, at=cast.later(days=7)) == 0  # somebody has just answered
    assert raise_undecided(None, at=cast.later(days=7, hours=1)) == 3
    assert raise_undecided(None, at=cast.later(days=8)) == 0
    Job.objects.filter(kind=NOTICE).delete()
    call_again(None, at=cast.later(days=8, hours=2))
    assert {mina.id, zola.id} <= set(
        Job.objects.filter(kind=NOTICE).values_list("subject", flat=True)
    )
    assert set(reviews_for(zola.staff)) == {named, of_nothing, another}
    assert len(list(requests_to_look_again(cast.at))) == 2, "one for all that the same people read"
    for request in (of_nothing, another):
        answer_review(request, **said, at=cast.later(days=8))
    assert set(reviews_for(zola.staff)) == {named}
    (waits,) = requests_to_look_again(cast.at)
    assert waits.persons == {mina.id, zola.id}, "what rests calls nobody"
    leaves = {"by": None, "at": cast.later(days=9)}
    end_designation(mina.staff, **leaves)
    named.refresh_from_db()
    assert named.reviewer == zola.id
    files.settle(zola.keyring, at=cast.later(days=9))
    end_designation(zola.staff, **leaves)
    named.refresh_from_db()
    outside = {"by": cast.outside.holder, "keyring": cast.outside_key, "at": cast.later(days=9)}
    ends = {"outcome": "upheld", "reason": "It was a threat.", "answer": ""}
    assert forget_requests(at=cast.later(days=500)) == 2, "what an answer ended; not the other"
    assert decide_review(named, **ends, **outside).state == "upheld"
    assert forget_requests(at=cast.later(days=500)) == 0, "its case is kept, and why goes with it"


def behind_her_door(cast: Cast, code: str = "") -> Browser:
    """Elena types her code; before the first time, she says that she keeps it to herself."""
    browser = Browser().open("/report/box").press("Open", code=code or cast.outside_code)
    browser.open("/report/box/kept")
    return browser.press("I keep it to myself") if browser.sees("What you keep") else browser


def as_(keyring, cast: Cast) -> dict:
    return {"by": keyring.holder, "keyring": keyring, "at": cast.later(days=31)}


@pytest.mark.clauses("R-EVADE-2", "I-PROC-1")
def test_this_is_not_me_is_checked_by_somebody_uninvolved_and_undone(
    cast: Cast, mailbox: Mailbox
) -> None:
    """A neighbour shares Karim's mailbox: they were shut out as if they were him, and are let in again."""
    mina = another_receiver(cast)
    decision = decided(cast)
    neighbour = participant(cast.convening, "Nadia", "karimhaddad+nadia@gmail.com", cast.at)
    revoke_again(decision, person=neighbour.person_id, evidence="mailbox", at=cast.later(minutes=1))
    assert not is_admitted(neighbour.person_id, cast.hall.places, at=timezone.now())
    code, page = asks_again(cast, kind="not_me")
    request = ReviewRequest.objects.get()
    assert (request.reviewer, request.kind) == (mina.id, "not_me")
    desk = at_the_desk(mina).open(f"/reviews/{request.id}")
    desk.press("Decide it", outcome="overturned", reason="She was in another room that day.")
    assert is_admitted(neighbour.person_id, cast.hall.places, at=timezone.now())
    assert not is_in_the_hall(cast, timezone.now())
    assert Match.objects.get(person=neighbour.person).state == "undone"
    assert page.open("/review/box").press("Open", code=code).sees("We are sorry for the trouble.")
    mailbox.arrive()
    assert [one["body"] for one in mailbox if "We are sorry." in one["body"]]
    assert decision.endings.count() == 0
    assert audit() == []


@pytest.mark.clauses("I-PROC-1", "I-INFORM-1", "P-ZERO-1")
def test_where_the_decision_itself_named_somebody_else_the_case_is_taken_up_again(
    cast: Cast,
) -> None:
    """The one whom it was about may be in the room: its people are called, and whoever reported hears of it."""
    mina = another_receiver(cast)
    told = receive_report(Told("He did it.", hear="done"), nonce=os.urandom(16), at=cast.at)
    case = case_about_karim(cast)
    take_up(told.report, into=case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    decided(cast, case=case)
    Case.objects.update(state=CaseState.STABILISED)
    asks_again(cast, kind="not_me")
    before = Answer.objects.filter(box=told.report.box, kind="outcome").count()
    Job.objects.filter(kind="monitoring.notice").delete()
    decide_review(
        ReviewRequest.objects.get(),
        outcome="overturned",
        reason="Another of the same name.",
        answer="",
        by=mina.id,
        keyring=mina.keyring,
        at=timezone.now(),
    )
    assert is_in_the_hall(cast, timezone.now())
    case.refresh_from_db()
    assert case.state == CaseState.REOPENED
    rung = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert {cast.amara.id, cast.luis.id} <= set(rung)
    assert Answer.objects.filter(box=told.report.box, kind="outcome").count() == before + 1


@pytest.mark.clauses("R-BOTH-1", "I-PROC-1", "R-CONCUR-1")
def test_after_a_late_recusal_two_others_confirm_and_nothing_lapses_meanwhile(cast: Cast) -> None:
    """Noor agreed, and steps out an hour later."""
    mina = another_receiver(cast)
    decision, soon = decided(cast), cast.later(hours=1)
    recuse(decision.case, who=cast.noor.id, by=cast.noor.staff, at=soon)
    late = LateRecusal.objects.get()
    assert (late.due_at, is_in_the_hall(cast, soon)) == (cast.later(hours=25), False)
    assert at_the_desk(cast.noor).open(f"/decisions/{decision.id}").status == 404
    luis = at_the_desk(cast.luis).open("/")
    assert luis.sees("To be confirmed")
    luis.open(f"/decisions/{decision.id}")
    assert luis.sees("Read the exact text first; then you can confirm it here.")
    with pytest.raises(NeedsOpening):
        confirm_decision(late, by=cast.luis.staff, keyring=cast.luis.keyring, at=soon)
    luis.follow("Read the exact text")
    luis.open(f"/decisions/{decision.id}").press("I confirm it")
    assert luis.sees("You have confirmed it.")
    assert luis.open(f"/cases/{decision.case_id}").sees("Luis confirmed a decision")
    with pytest.raises(HasAConflict):
        confirm_decision(late, by=cast.ravi.staff, keyring=cast.ravi.keyring, at=soon)
    with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
        Confirmation.objects.create(
            late=late, person=cast.noor.id, signature=b"", confirmed_at=soon
        )
    assert (
        alarm_unconfirmed(None, at=cast.later(hours=25)) == 0
    )  # the decision itself is over by then
    assert alarm_unconfirmed(None, at=cast.later(hours=23, minutes=59)) == 0
    LateRecusal.objects.update(due_at=cast.later(hours=20))
    assert alarm_unconfirmed(None, at=cast.later(hours=20)) == 1
    assert alarm_unconfirmed(None, at=cast.later(hours=20)) == 0
    Job.objects.filter(kind=NOTICE).delete()
    call_again(None, at=cast.later(hours=20, minutes=5))
    rung = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
    assert mina.id in rung, "the event runs: the one who is still to confirm is called again"
    assert not rung & {cast.luis.id, cast.noor.id}
    assert not is_in_the_hall(cast, cast.later(hours=20))
    opened(decision.execution.concurrence.version, mina, soon)
    confirm_decision(late, by=mina.staff, keyring=mina.keyring, at=cast.later(hours=21))
    confirm_decision(late, by=mina.staff, keyring=mina.keyring, at=cast.later(hours=21))
    late.refresh_from_db()
    assert (late.settled_at, late.confirmations.count()) == (cast.later(hours=21), 2)
    assert audit() == []
    recuse(decision.case, who=mina.id, by=mina.staff, at=cast.later(hours=22))
    assert LateRecusal.objects.open(cast.later(hours=22)).count() == 1


@pytest.mark.clauses("A-THOUGHT-1", "R-ACT-DELETE")
def test_it_is_lifted_on_the_pages_with_the_posts_that_were_chosen(cast: Cast) -> None:
    wishes = Told("He did it.", wishes="Never let him in again.", hear="done")
    report = receive_report(wishes, nonce=os.urandom(16), at=cast.at).report
    case = case_about_karim(cast)
    take_up(report, into=case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    decision = decided(cast, case=case, departure="keeps")
    gone = Post.objects.get(removed=True)
    amara = at_the_desk(cast.amara).open(f"/decisions/{decision.id}").follow("End it now")
    assert amara.sees("Never let him in again.")
    amara.press("Ask for a second yes", reason="", considered="", back=str(gone.id))
    assert amara.status == 422
    typed = {"reason": "A quotation.", "considered": "Waiting.", "is_safe": "on"}
    amara.press("Ask for a second yes", **typed)
    assert amara.sees("Say whether this keeps to what was wished")
    said = Answer.objects.filter(box=report.box).count()
    because = {"departure": "community", "departure_reason": "It was not him."}
    amara.press("Ask for a second yes", **typed, **because)
    assert amara.sees("End decision")
    assert amara.sees("This departs from it, because")
    assert Answer.objects.filter(box=report.box).count() == said + 1, "before anybody agrees"
    amara.follow("Change it").press("Ask for a second yes", reason="She quoted him.")
    assert Proposal.objects.get(id=amara.path[-36:]).version.number == 2
    assert amara.sees("She quoted him.")
    assert amara.sees("put one post back")
    assert amara.sees("It was not him.")
    noor = at_the_desk(cast.noor).open(amara.path)
    assert noor.sees("person comes in again")
    assert noor.press("I agree").sees("Noor agreed") or noor.status == 200
    assert is_in_the_hall(cast, timezone.now())
    assert amara.open(f"/decisions/{decision.id}").sees("lifted by two people")
    assert at_the_desk(cast.luis).open("/decisions").sees(decision.code)
    assert amara.open(f"/cases/{decision.case_id}").sees("A decision was ended by two people")
    told = {"words": "You kept me out for a day.", "contact": "", "nonce": os.urandom(16)}
    _code, asked = ask_review(kind="review", shut=None, at=timezone.now(), **told)
    amara.open(f"/reviews/{asked.id}").press(f"It is about {decision.code}")
    asked.refresh_from_db()
    assert asked.decision == decision  # though it is over
