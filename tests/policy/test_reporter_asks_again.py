"""Whoever reported can ask us to look again, also where nothing was decided; somebody without a part in it does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from concord.actions.alarm_requests import alarm_requests
from concord.actions.ask_review import ask_review
from concord.actions.assign_review import assign_review
from concord.actions.decide_review import HadAPart, NotAnOutcome, decide_review
from concord.actions.models import ReviewRequest
from concord.cases.models import Case, State
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.desk.how_much_waits import how_much_waits
from concord.desk.waiting import waiting_for
from concord.reports.erase_report import erase_report
from concord.reports.models import Report
from concord.reports.models import State as ReportState
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, left_as_it_is
from tests.looking_again import decided
from tests.policy.test_reports_box import box, report
from tests.policy.test_what_is_added import set_aside_by_two

ASK = "Ask us to look at this again"
WORDS = "Nobody asked me about the second time."
STAYS = "Somebody who had no part in it looked at it again. It stays as it is."
ANEW = "We are looking into it anew."


def left(cast: Cast, **typed: object) -> tuple[str, Case]:
    """Amara coordinates; she left it as it is and Luis agreed."""
    code = report(text="He wrote again.", **{"hear": "done", **typed})
    reported = Report.objects.get()
    case = take_up(reported, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    return code, left_as_it_is(cast, case)


def asks_from_the_box(code: str, words: str = WORDS) -> Browser:
    asked = box(code).follow(ASK)
    assert 'value="reporter"' in asked.page
    return asked.press("Send it", words=words)


def decide(desk: Browser, outcome: str, **typed: object) -> Browser:
    said = {"reason": "I read all of it.", **typed}
    return desk.press("Decide it", outcome=outcome, **said)


@pytest.mark.clauses("P-ZERO-1", "I-INFORM-1", "I-PROC-1")
def test_where_nothing_was_done_somebody_without_a_part_has_it_looked_into_anew(cast: Cast) -> None:
    code, case = left(cast)
    assert box(code).sees(ASK)
    sent = asks_from_the_box(code)
    assert sent.sees("behind the code of your report")
    waits = box(code)
    assert waits.sees("You asked us to look at this again.")
    assert not waits.sees(ASK)
    request = ReviewRequest.objects.get()
    assert (request.reviewer, request.decision, request.state) == (cast.ravi.id, None, "assigned")
    for desk in (cast.amara, cast.luis, cast.noor):
        page = at_the_desk(desk).open("/")
        assert not page.sees(request.code)
        assert page.open(f"/reviews/{request.id}").status == 404
    ravi = at_the_desk(cast.ravi).open("/").follow(request.code)
    assert ravi.sees(WORDS)
    assert "It is about" not in ravi.page  # nobody else's decision is offered
    assert ravi.follow(f"Case {case.code}").sees("He wrote again.")
    ravi.open(f"/reviews/{request.id}")
    decide(ravi, "overturned", answer="You were right: the second time was not read.")
    assert ravi.sees("Look into it again")
    case.refresh_from_db()
    assert case.state == State.REOPENED
    told = box(code)
    assert told.sees(ANEW)
    assert told.sees("You were right: the second time was not read.")
    assert told.sees(ASK)
    found = re.search(r'class="code"[^>]*><bdi dir="ltr">([0-9A-Z -]+)', sent.page)
    assert found
    assert Browser().open("/review/box").press("Open", code=found[1]).sees(ANEW)
    assert not waiting_for(cast.ravi.staff, at=cast.at).reviews
    assert cast.ravi.id in files.dormant_readers(case.file)
    decide_review(
        request, outcome="upheld", reason="x", answer="", by=cast.ravi.id,
        keyring=cast.ravi.keyring, at=cast.at,
    )  # fmt: skip
    request.refresh_from_db()
    assert request.state == "overturned"


def test_it_can_stay_as_it_is_and_whoever_asked_hears_so_though_they_chose_not_to(
    cast: Cast,
) -> None:
    code = report(text="He wrote again.", hear="answer")
    case = take_up(
        Report.objects.get(), by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    )
    case = left_as_it_is(cast, case)
    opened = box(code)
    opened.open("/review?kind=reporter").press("Send it", words=WORDS)
    ravi = at_the_desk(cast.ravi).open(f"/reviews/{ReviewRequest.objects.get().id}")
    assert ravi.press("Decide it", outcome="upheld", reason=" ").sees("Please say why")
    decide(ravi, "upheld")
    assert opened.open("/report/box").sees(STAYS)
    case.refresh_from_db()
    assert case.state == State.NO_ACTION


@pytest.mark.clauses("I-PROC-1")
def test_who_had_a_part_in_it_decides_nothing_and_an_end_cannot_be_chosen(cast: Cast) -> None:
    code, _case = left(cast)
    asks_from_the_box(code)
    request = ReviewRequest.objects.get()
    said = {"reason": "x", "answer": "", "at": cast.at}
    for desk in (cast.amara, cast.luis, cast.noor):
        with pytest.raises(NoGrant):
            decide_review(request, outcome="upheld", by=desk.id, keyring=desk.keyring, **said)
    who = {"by": cast.ravi.id, "keyring": cast.ravi.keyring}
    with pytest.raises(NotAnOutcome):
        decide_review(request, outcome="varied", **who, **said)
    recuse(Case.objects.get(), who=cast.ravi.id, by=cast.ravi.staff, at=cast.at)
    request.refresh_from_db()
    assert request.reviewer == cast.outside.holder  # nobody on the team is left
    with pytest.raises((NoGrant, HadAPart)):
        decide_review(request, outcome="upheld", **who, **said)


@pytest.mark.clauses("P-ZERO-1", "I-REVIEW-1")
def test_a_report_that_was_set_aside_comes_back_to_those_who_read_it(cast: Cast) -> None:
    amara = at_the_desk(cast.amara)
    code = set_aside_by_two(cast, amara)
    asks_from_the_box(code)
    request = ReviewRequest.objects.get()
    assert request.reviewer == cast.ravi.id
    ravi = at_the_desk(cast.ravi).open(f"/reviews/{request.id}")
    assert ravi.follow(f"Report {Report.objects.get().code}").sees("He wrote again.")
    decide(ravi.open(f"/reviews/{request.id}"), "overturned")
    assert Report.objects.get().state == ReportState.ACKNOWLEDGED
    assert box(code).sees(ANEW)
    row = amara.open("/").follow(Report.objects.get().code)
    assert not row.sees("A colleague would like to set this aside")
    assert row.press("Take it into a case").sees("You coordinate this.")


@pytest.mark.clauses("I-INFORM-1")
def test_where_something_was_decided_it_is_about_that_decision(cast: Cast) -> None:
    code = report(text="He wrote again.", hear="done")
    reported, decision = Report.objects.get(), decided(cast)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    take_up(reported, into=decision.case, at=cast.at, **who)
    opened = box(code).open("/review?kind=reporter")
    opened.press("Send it", words="He has another name too.")
    request = ReviewRequest.objects.get()
    assert (request.decision, request.report) == (decision, reported)
    assert request.reviewer not in (cast.amara.id, cast.luis.id, cast.noor.id, None)


def test_a_box_that_closed_meanwhile_loses_no_word(cast: Cast) -> None:
    stranger = Browser().open("/review?kind=reporter").press("Send it", words=WORDS)
    assert stranger.sees("Your box is not open in this browser any more")
    assert WORDS in stranger.page
    assert not ReviewRequest.objects.exists()


def test_unanswered_it_rings_wider_and_with_its_report_it_is_erased(cast: Cast) -> None:
    code, case = left(cast)
    asks_from_the_box(code)
    request = ReviewRequest.objects.get()
    assert how_much_waits(cast.ravi.staff, at=cast.at) == 1
    assert alarm_requests(None, at=request.answer_due_at) == 1
    case.sources.all().delete()
    erase_report(Report.objects.get(), at=cast.at + timedelta(days=900))
    assert not ReviewRequest.objects.exists()
    assert not files.still_there([request.file])


def test_the_same_form_twice_is_one_request_and_is_noted_once(cast: Cast) -> None:
    left(cast)
    said = {"kind": "reporter", "words": WORDS, "contact": "", "shut": None, "nonce": b"m" * 16}
    first, one = ask_review(report=Report.objects.get().id, at=cast.at, **said)
    again, two = ask_review(report=Report.objects.get().id, at=cast.at, **said)
    assert (first, one) == (again, two)


def test_whoever_reported_puts_up_no_decision_of_another_case(cast: Cast) -> None:
    code, _case = left(cast)
    asks_from_the_box(code)
    unrelated = decided(cast)
    files.grant(unrelated.file, to=cast.ravi.id, by=cast.amara.keyring, at=cast.at)
    who = {"by": cast.ravi.staff, "keyring": cast.ravi.keyring, "at": cast.at}
    with pytest.raises(NoGrant):
        assign_review(ReviewRequest.objects.get(), decision=unrelated, **who)
