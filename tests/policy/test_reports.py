"""Whoever tells us something is thanked, told who reads it, and asked for nothing but their words."""

from __future__ import annotations

import re

import pytest

from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision
from concord.people.tests.team import Mailbox
from concord.policy.violations import KINDS
from concord.reports.models import Report
from concord.reports.read_report import read_report
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, opened, proposed

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


def report(**typed: object) -> Browser:
    """Somebody without an account sends the form."""
    return Browser().open("/report").press("Send", **typed)


def read_by(desk, cast: Cast) -> str:
    return read_report(Report.objects.get(), keyring=desk.keyring, at=cast.at).text


@pytest.mark.clauses("I-COURAGE-1", "V-DEF-1")
def test_a_few_words_are_enough_and_are_thanked(cast: Cast) -> None:
    sent = report(text="He keeps writing to me.")
    assert sent.status == 200
    assert sent.sees("Thank you")
    assert CODE.search(sent.page)
    assert sent.sees("Amara")
    assert read_by(cast.amara, cast) == "He keeps writing to me."
    form = Browser().open("/report")
    assert not re.search(r"<(?:input|textarea|select)[^>]*\brequired", form.page)
    assert form.press("Send", contact="me@example.net").sees("A few words are enough")


@pytest.mark.clauses("I-WHO-1", "I-SOON-1")
@pytest.mark.parametrize(
    "typed",
    [
        {"text": "I only saw it happen to somebody else.", "when": "eleven years ago"},
        {"text": "It was said in the corridor of another house.", "where": "not online at all"},
        {"text": "The speaker of the sponsor said it.", "who": "somebody of the press"},
    ],
)
def test_anyone_reports_about_anything_however_long_ago(cast: Cast, typed: dict) -> None:
    assert CODE.search(report(**typed).page)
    assert read_by(cast.luis, cast) == typed["text"]


@pytest.mark.clauses("I-WHO-1", "I-STAFF-1")
def test_about_the_team_it_reaches_the_outside_contact_and_nobody_of_the_team(cast: Cast) -> None:
    sent = report(text="One of you shouted at me.", about_team="on")
    assert sent.sees("Elena Ruiz")
    assert not sent.sees("Amara")
    for desk in (cast.amara, cast.luis, cast.ines):
        assert not Report.objects.visible_to(desk.staff).exists()
        assert Report.objects.get().code not in at_the_desk(desk).open("/").page


@pytest.mark.clauses("I-STAFF-1", "K-CONF-1")
def test_only_designated_staff_find_a_report_and_whoever_is_named_in_it_does_not(
    cast: Cast,
) -> None:
    report(text="Luis did nothing when I asked.")
    found = Report.objects.get()
    assert at_the_desk(cast.amara).open(f"/reports/{found.id}").sees("Luis did nothing")
    for desk in (cast.luis, cast.noor, cast.ines):
        assert at_the_desk(desk).open(f"/reports/{found.id}").status == 404


@pytest.mark.clauses("I-SOON-1")
def test_from_every_room_and_page_the_form_is_one_press_away(cast: Cast, mailbox: Mailbox) -> None:
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    assert sara.follow("Report").sees("What would you like us to know?")
    for path in ("/", "/e/votes", "/policy", "/help"):
        assert 'href="/report' in sara.open(path).page


@pytest.mark.clauses("V-DEF-1")
def test_what_is_not_on_the_list_counts_too(cast: Cast) -> None:
    assert "other" in KINDS
    form = Browser().open("/report")
    for kind in KINDS.values():
        assert form.sees(str(kind.name))
    assert CODE.search(report(text="It has no name.", kinds="other").page)


@pytest.mark.clauses("S-REPORTED-1")
def test_a_report_alone_is_enough_to_decide_on(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    report(text="He wrote this to us.", post=str(post.id))
    found = Report.objects.get()
    amara = at_the_desk(cast.amara).open(f"/reports/{found.id}")
    amara.post(f"/reports/{found.id}/case")
    case = Case.objects.get()
    version = opened(proposed(cast, case).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    assert Decision.objects.get().case.sources.get().report == found


@pytest.mark.clauses("I-REVIEW-1")
def test_what_looks_like_junk_reaches_a_person_all_the_same(cast: Cast) -> None:
    report(text="CHEAP PILLS http://spam.example", website="https://spam.example")
    found = Report.objects.get()
    assert found.folded
    assert at_the_desk(cast.amara).open("/").sees(found.code)
    assert at_the_desk(cast.luis).open(f"/reports/{found.id}").sees("CHEAP PILLS")


def test_whoever_reports_a_post_can_hide_its_author_at_once(cast: Cast, mailbox: Mailbox) -> None:
    post = cast.say(cast.karim, "You again")
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    assert sara.sees("You again")
    sent = sara.open(f"/report?post={post.id}").press("Send", text="He follows me.")
    assert CODE.search(sent.page)
    sara.press("Hide this person from me now")
    assert sara.sees("You no longer see what they write")
    assert not into(sara, cast.hall).sees("You again")
    sara.open("/hidden").press("Show again")
    assert into(sara, cast.hall).sees("You again")


def test_nobody_is_offered_it_who_is_not_signed_in_or_reports_no_post(
    cast: Cast, mailbox: Mailbox
) -> None:
    post = cast.say(cast.karim, "You again")
    stranger = Browser().open(f"/report?post={post.id}").press("Send", text="He follows me.")
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.open("/report").press("Send", text="He follows me.")
    for sent in (stranger, sara):
        assert CODE.search(sent.page)
        assert not sent.sees("Hide this person")
