"""At the desk a report is read, answered and set aside by those who may, and is not there for anyone else."""

from __future__ import annotations

from uuid import uuid4

import pytest

from concord.people.tests.team import sign_in_at_the_desk
from concord.reports.lay_answer import lay_answer
from concord.reports.models import Report, State, Underway
from concord.reports.receive_report import receive_report
from concord.reports.told import Source, Told
from concord.vault import files

NONCE = b"a form's own one"


@pytest.fixture
def report(amara, luis, kofi, post, at) -> Report:
    told = Told(
        text="He wrote <b>again</b>.",
        wishes="no letters",
        contact="me@example.org",
        kinds=("stalk",),
        danger=True,
        hear="nothing",
        source=Source.of(post),
    )
    return receive_report(told, nonce=NONCE, at=at).report


def test_a_receiver_reads_what_was_told_and_what_to_do_next(report, amara):
    page = sign_in_at_the_desk(amara.staff).get(f"/reports/{report.id}").content.decode()
    for shown in ("He wrote &lt;b&gt;again", "no letters", "me@example.org", "Stalking", "Tomas"):
        assert shown in page
    assert "Answer the person who wrote" in page


def test_a_receiver_answers_and_sets_aside_with_a_colleague(report, amara, luis):
    address = f"/reports/{report.id}"
    browser = sign_in_at_the_desk(amara.staff)
    assert browser.post(f"{address}/aside", {"reason": "twice"}).status_code == 409
    answered = browser.post(f"{address}/answer", {"answer": "Thank you."}, follow=True)
    assert "Thank you." in answered.content.decode()
    underway = Underway.objects.get()
    lay_answer(underway, at=underway.due_at)
    browser.post(f"{address}/aside", {"reason": "told twice"})
    assert browser.post(f"{address}/aside/second").status_code == 403
    colleague = sign_in_at_the_desk(luis.staff)
    assert "told twice" in colleague.get(address).content.decode()
    assert colleague.post(f"{address}/aside/second").status_code == 302
    report.refresh_from_db()
    assert report.state == State.SET_ASIDE


def test_no_contact_is_noted_by_its_own_button(report, amara):
    browser = sign_in_at_the_desk(amara.staff)
    browser.post(f"/reports/{report.id}/answer", {"answer": "", "no_contact": "yes"})
    report.refresh_from_db()
    assert report.state == State.ACKNOWLEDGED


@pytest.mark.clauses("I-STAFF-1", "K-CONF-1")
def test_for_colleagues_without_a_grant_it_is_not_there(report, kofi):
    browser = sign_in_at_the_desk(kofi.staff)
    assert browser.get(f"/reports/{report.id}").status_code == 404
    for verb in ("answer", "aside", "aside/second"):
        assert browser.post(f"/reports/{report.id}/{verb}").status_code == 404
    assert browser.get(f"/reports/{uuid4()}").status_code == 404


def test_at_rest_it_shows_its_row_and_nothing_else(report, luis):
    files.make_dormant(report.file, luis.id)
    page = sign_in_at_the_desk(luis.staff).get(f"/reports/{report.id}").content.decode()
    assert report.code in page
    assert "again" not in page
    assert "no letters" not in page
