"""The inbox: what this person can do next, then rows; empty, it says what will come."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from shamir_mnemonic.wordlist import WORDLIST as WORDS

from concord.actions.alarm_requests import alarm_requests
from concord.actions.ask_review import RUNG_EVERY, ask_review
from concord.actions.models import ReviewRequest, Unheld
from concord.cases.alarm_caseless import alarm_caseless
from concord.concurrence.models import Warrant
from concord.desk.how_much_waits import COUNTS, how_much_waits
from concord.desk.waiting import waiting_for
from concord.live import relay
from concord.monitoring.alarm_unreviewed import alarm_unreviewed
from concord.monitoring.desk_stream import authorise, stream_of
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.outbox.models import Job
from concord.people.models import Login
from concord.reports.asked import Asked
from concord.reports.models import Question, Report
from concord.reports.receive_question import receive_question
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.vault import files
from tests.browsing import Browser
from tests.cast import Cast, case_about_karim, flagged, proposed
from tests.looking_again import another_receiver, decided
from tests.policy.test_sanctions import step


def number_beside_inbox(browser: Browser) -> int:
    shown = re.search(r"Inbox (\d+) waiting", browser.words)
    return int(shown[1]) if shown else 0


def test_an_empty_inbox_says_what_will_come(amara: Browser, noor: Browser) -> None:
    assert amara.open("/").sees("Flags, reports and proposals appear here at once")
    assert noor.open("/").sees("When a colleague proposes something that needs your yes")


def test_the_yes_that_is_asked_comes_first(cast: Cast, luis: Browser) -> None:
    flagged(cast, "Another thing")
    proposed(cast)
    luis.open("/")
    assert luis.sees("One proposal waits for your yes.")
    assert luis.sees("Amara asks for your yes")


def test_flags_reports_reviews_and_cases_have_a_row_each(cast: Cast, amara: Browser) -> None:
    case = case_about_karim(cast)
    moment = flag_moment(cast.annex, words="x", by=cast.sara.person_id, by_staff=False, at=cast.at)
    receive_report(Told(text="He wrote again.", danger=True), nonce=b"n" * 16, at=cast.at)
    _code, review = ask_review(
        kind="not_me", words="Not me", contact="", shut=None, nonce=b"m" * 16, at=cast.at
    )
    amara.open("/")
    report = Report.objects.get()
    for code in (case.code, moment.code, report.code, review.code):
        assert amara.sees(code)
    assert amara.sees("urgent")
    assert number_beside_inbox(amara) == 4
    assert number_beside_inbox(amara.open("/decisions")) == 4
    amara.open("/")
    assert "He wrote again" not in amara.page
    assert "Not me" not in amara.page


def test_the_first_line_knows_whatever_waits_and_goes_by_when_it_is_due(
    cast: Cast, amara: Browser
) -> None:
    """A promise with a clock of its own is never behind "nothing waits for you"; a notice leads to the only thing."""
    asked = Asked("May I bring a friend?")
    question = receive_question(asked, nonce=b"q" * 16, at=cast.at).question
    assert question is not None
    assert amara.open("/").sees("Somebody asked about the policy.")
    assert amara.open("/next").path == f"/questions/{question.id}"
    ask_review(kind="not_me", words="Not me", contact="", shut=None, nonce=b"m" * 16, at=cast.at)
    ReviewRequest.objects.update(answer_due_at=cast.later(hours=2))
    Question.objects.update(answer_by=cast.later(hours=3))
    assert amara.open("/").sees("Somebody asked to look at a decision again.")
    Question.objects.update(answer_by=cast.at)
    assert amara.open("/").sees("Somebody asked about the policy.")
    assert amara.open("/next").path == "/"
    flagged(cast)
    assert amara.open("/").sees("One flag waits for a first look.")


def test_a_flag_that_went_into_no_case_waits_for_one_and_in_the_end_before_everybody(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    """The desk locked where it was asked which case; whoever reads it is rung, once, and can go on (PUB-29)."""
    flag, now = flagged(cast), timezone.now()
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": now}
    judge_credible(flag, credible=True, reason="It urges her to hurt herself.", **who)
    assert number_beside_inbox(amara.open("/")) == 1
    assert amara.sees("you said that it needs action; it is in no case yet")
    assert number_beside_inbox(luis.open("/")) == 0
    alarm_unreviewed(None, at=now + timedelta(minutes=2))
    assert alarm_caseless(None, at=now + timedelta(seconds=119)) == 0
    assert alarm_caseless(None, at=now + timedelta(minutes=2)) == 1
    assert alarm_caseless(None, at=now + timedelta(minutes=3)) == 0
    rung = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert set(rung) == {cast.amara.id, cast.luis.id, cast.noor.id}
    Flag.objects.update(judged_at=now - timedelta(minutes=2))
    assert number_beside_inbox(luis.open("/")) == number_beside_inbox(luis.open("/decisions")) == 1
    luis.open("/").follow("Put it in one").press("Put it in a case")
    assert luis.sees("You coordinate this.")
    assert not amara.open(f"/flags/{flag.id}").sees("in no case yet")
    assert alarm_caseless(None, at=now + timedelta(days=1)) == 0


def test_with_a_case_of_ones_own_one_chooses_where_a_flag_belongs(
    cast: Cast, amara: Browser
) -> None:
    case = case_about_karim(cast)
    flag = flagged(cast, "And another thing")
    amara.open(f"/flags/{flag.id}").press("It needs action", reason="Again.")
    assert amara.sees("Which case?")
    amara.press("Put it there", into=case.id)
    assert amara.path == f"/cases/{case.id}"
    assert case.sources.count() == 2


def test_no_action_needed_takes_it_out_of_the_inbox(cast: Cast, amara: Browser) -> None:
    flag = flagged(cast)
    amara.open(f"/flags/{flag.id}").press("No action needed", reason="A quote.")
    assert amara.path == "/"
    assert not amara.sees(flag.code)


def test_staff_see_that_redis_is_away_until_it_is_back(
    amara: Browser, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # where nobody listens
    monkeypatch.setattr(relay, "line", relay.Line())
    assert not amara.open("/").sees("Redis does not answer.")
    relay.tell("condition", "what nobody hears")
    assert amara.open("/").sees("Redis does not answer.")
    relay.line.mended()
    assert not amara.open("/").sees("Redis does not answer.")


@pytest.mark.parametrize("page", ["/", "/decisions", "/watch"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, amara: Browser, page: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert amara.open(page).status == 200
        return len(caught)

    def does_not_hold(one: Warrant) -> None:
        decision = one.execution.decision
        Unheld.objects.create(warrant=one, decision=decision, since_at=cast.at, rung_at=cast.at)

    people = (cast.karim, cast.tomas, cast.sara)
    letters = (replace(step(cast, "warn"), id=one.person_id) for one in people)
    first, *others = decided(cast, targets=tuple(letters)).execution.warrants.all()
    does_not_hold(first)
    flagged(cast, "one")
    receive_report(Told(text="one"), nonce=b"0" * 16, at=cast.at)
    proposed(cast)
    amara.open(page)
    before = queries()
    for number in range(3):
        flagged(cast, f"more {number}")
        receive_report(Told(text=f"again {number}"), nonce=bytes([number] * 16), at=cast.at)
    for one in others:
        does_not_hold(one)
    assert queries() <= before


def test_of_what_waits_for_nobody_nothing_is_asked(cast: Cast, amara: Browser) -> None:
    amara.open("/decisions")
    with CaptureQueriesContext(connection) as caught:
        amara.open("/decisions")
    asked = [one["sql"] for one in caught]
    (there,) = [sql for sql in asked if 'AS "looks"' in sql]
    assert set(COUNTS) == set(re.findall(r'AS "(\w{2,})"', there))
    assert not [sql for sql in asked[asked.index(there) + 1 :] if "COUNT(" in sql]
    assert how_much_waits(cast.amara.staff, at=cast.at) == 0


def test_under_a_passphrase_that_others_know_no_stream_is_heard(cast: Cast, amara: Browser) -> None:
    amara.open("/")
    asked = amara.client.session.session_key, "desk.localhost", [stream_of(cast.amara.id)]
    assert authorise(*asked)
    Login.objects.filter(person=cast.amara.id).update(others_know_passphrase=True)
    assert authorise(*asked) is None
    assert amara.open("/").sees("First take a passphrase that nobody else has seen.")


def test_a_flood_rings_whoever_is_on_call_and_stands_beneath_the_others(
    cast: Cast, amara: Browser
) -> None:
    mina = another_receiver(cast)  # on no shift
    # as one span of ten minutes begins
    at = cast.at + RUNG_EVERY - timedelta(seconds=cast.at.timestamp() % 600)
    real: dict[str, Any] = {
        "kind": "review",
        "words": "I only quoted somebody.",
        "contact": "",
        "at": at,
    }
    _code, theirs = ask_review(**real, shut=None, nonce=os.urandom(16))
    rung = set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))
    assert mina.id in files.readers(theirs.file)
    assert rung == {cast.amara.id, cast.luis.id, cast.ravi.id}
    Job.objects.all().delete()
    real["at"] = at + timedelta(minutes=1)
    for number in range(30):
        ask_review(**{**real, "words": f"Buy now! {number}"}, shut=None, nonce=os.urandom(16))
        receive_question(Asked(f"Buy now! {number}"), nonce=os.urandom(16), at=at)
    assert not Job.objects.exists(), (
        "whoever was just rung is not rung for each, nor for what is folded"
    )
    waiting = waiting_for(cast.amara.staff, at=at)
    assert [(one.folded, others) for one, others in waiting.reviews.rows] == [
        (False, 0),
        (False, 29),
    ]
    assert [others for _one, others in waiting.questions.rows] == [29]
    assert waiting.number == how_much_waits(cast.amara.staff, at=at) == 3
    real["at"] = at + timedelta(minutes=12)
    for word in WORDS[:40]:
        ask_review(**{**real, "words": word}, shut=None, nonce=os.urandom(16))
    assert Job.objects.filter(kind="monitoring.notice").count() == len(rung)
    heard = []
    for minutes in (21, 29, 38, 47):  # a trickle, in other words each time
        Job.objects.all().delete()
        trickle = {
            **real,
            "words": f"{WORDS[minutes]} again",
            "at": at + timedelta(minutes=minutes),
        }
        ask_review(**trickle, shut=None, nonce=os.urandom(16))
        heard.append(Job.objects.filter(kind="monitoring.notice").count())
    assert heard == [len(rung), 0, len(rung), len(rung)]
    assert alarm_requests(None, at=cast.later(days=15)) == 75
    waiting = waiting_for(cast.amara.staff, at=at)
    assert waiting.reviews.rows[0].one == theirs
    assert (len(waiting.reviews.rows), waiting.reviews.more) == (8, 38)
    assert amara.open("/").sees("38 more wait behind these")
