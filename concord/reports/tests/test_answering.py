"""A person answers; a report is set aside with a reason, by two if it alleges anything; nothing fades away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from concord.letterbox.read import read
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.reports.acknowledge_report import AlreadyAnswered, AnswerIsEmpty, acknowledge_report
from concord.reports.add_words import NothingWritten, add_words
from concord.reports.alarm_unanswered import alarm_unanswered
from concord.reports.confirm_set_aside import NeedsAnotherPerson, confirm_set_aside
from concord.reports.models import Report, SettingAside, State
from concord.reports.read_report import OnlyCurrentStaff, read_words
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.set_aside import (
    NeedsAnAnswerFirst,
    NeedsReason,
    NotToBeSetAside,
    read_reason,
    set_aside,
)
from concord.reports.tests.conftest import Member, box_of
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant

NONCE = b"a form's own one"


@pytest.fixture
def receipt(amara, luis, at) -> Receipt:
    return receive_report(Told(text="He wrote again."), nonce=NONCE, at=at)


def by(member: Member, at) -> dict:
    return {"by": member.staff, "keyring": member.keyring, "at": at}


def answers_in(report: Report, code: str) -> list:
    return [one for one in read(box_of(report), code) if one.kind == "answer"]


@pytest.fixture
def answered(receipt, amara, at) -> Report:
    return acknowledge_report(receipt.report, answer="Thank you.", **by(amara, at))


def test_an_answer_is_found_with_the_code_and_by_those_who_read_the_report(
    receipt, amara, luis, at
):
    report = acknowledge_report(receipt.report, answer=" Thank you. ", **by(amara, at))
    assert (report.state, report.acknowledged_at) == (State.ACKNOWLEDGED, at)
    (in_box,) = answers_in(report, receipt.code)
    assert in_box.plaintext == b"Thank you."
    (said,) = read_words(report, keyring=luis.keyring)
    assert (said.by_staff, said.text) == (amara.id, "Thank you.")


def test_a_second_answer_follows_the_first_and_changes_no_state(answered, receipt, luis, at):
    later = at + timedelta(hours=1)
    report = acknowledge_report(answered, answer="One thing more.", **by(luis, later))
    assert report.acknowledged_at == at
    assert len(answers_in(report, receipt.code)) == 2


def test_that_no_contact_is_wanted_can_be_noted_once(receipt, amara, at):
    report = acknowledge_report(receipt.report, answer=None, **by(amara, at))
    assert report.state == State.ACKNOWLEDGED
    assert answers_in(report, receipt.code) == []
    with pytest.raises(AlreadyAnswered):
        acknowledge_report(report, answer=None, **by(amara, at))


def test_an_empty_answer_is_none(receipt, amara, at):
    with pytest.raises(AnswerIsEmpty):
        acknowledge_report(receipt.report, answer="  ", **by(amara, at))
    receipt.report.refresh_from_db()
    assert receipt.report.state == State.RECEIVED


def test_whoever_holds_no_active_grant_neither_answers_nor_sets_aside(answered, kofi, luis, at):
    files.make_dormant(answered.file, luis.id)
    for member in (kofi, luis):
        with pytest.raises(NoGrant):
            acknowledge_report(answered, answer="Hello", **by(member, at))
        with pytest.raises(NoGrant):
            set_aside(answered, reason="junk", alleges=False, **by(member, at))


def test_nobody_answers_with_a_colleagues_keys(receipt, amara, luis, at):
    with pytest.raises(NoGrant):
        acknowledge_report(
            receipt.report, answer="Hello", by=amara.staff, keyring=luis.keyring, at=at
        )


def test_former_staff_answer_nothing(receipt, amara, at):
    amara.staff.ended_at = at
    with pytest.raises(OnlyCurrentStaff):
        acknowledge_report(receipt.report, answer="Hello", **by(amara, at))


def test_junk_is_set_aside_by_one_person_with_a_reason(answered, amara, luis, at):
    aside = set_aside(answered, reason="advertising", alleges=False, **by(amara, at))
    answered.refresh_from_db()
    assert answered.state == State.SET_ASIDE
    assert read_reason(aside, keyring=luis.keyring) == "advertising"
    assert b"advertising" not in bytes(aside.reason_sealed)


def test_what_alleges_anything_stays_until_another_person_confirms(answered, amara, luis, at):
    aside = set_aside(answered, reason="told twice", alleges=True, **by(amara, at))
    answered.refresh_from_db()
    assert answered.state == State.ACKNOWLEDGED
    with pytest.raises(NeedsAnotherPerson):
        confirm_set_aside(aside, **by(amara, at))
    confirm_set_aside(aside, **by(luis, at))
    answered.refresh_from_db()
    assert answered.state == State.SET_ASIDE
    with pytest.raises(NotToBeSetAside):
        confirm_set_aside(aside, **by(luis, at))


def test_the_database_refuses_the_same_person_twice(answered, amara, luis, at):
    aside = set_aside(answered, reason="told twice", alleges=True, **by(amara, at))
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingAside.objects.filter(id=aside.id).update(confirmed_by=amara.id)


def test_nothing_is_set_aside_unanswered_without_reason_or_twice(receipt, amara, luis, at):
    with pytest.raises(NeedsAnAnswerFirst):
        set_aside(receipt.report, reason="junk", alleges=False, **by(amara, at))
    report = acknowledge_report(receipt.report, answer="Thank you.", **by(amara, at))
    with pytest.raises(NeedsReason):
        set_aside(report, reason=" ", alleges=False, **by(amara, at))
    set_aside(report, reason="junk", alleges=True, **by(amara, at))
    with pytest.raises(NotToBeSetAside):
        set_aside(report, reason="junk", alleges=False, **by(luis, at))


def test_a_report_that_went_into_a_case_is_not_set_aside(answered, amara, at):
    Report.objects.filter(id=answered.id).update(state=State.LINKED)
    with pytest.raises(NotToBeSetAside):
        set_aside(answered, reason="junk", alleges=False, **by(amara, at))


def test_more_words_reach_those_who_read_the_report(receipt, luis, at):
    add_words(receipt.report, "One more thing", at=at)
    (said,) = read_words(receipt.report, keyring=luis.keyring)
    assert (said.by_staff, said.text) == (None, "One more thing")
    with pytest.raises(NothingWritten):
        add_words(receipt.report, " \n", at=at)


@pytest.mark.clauses("P-ZERO-1", "I-REVIEW-1")
def test_an_unanswered_report_rings_wider_once_and_stays_open(receipt, amara, luis, at):
    Job.objects.all().delete()
    due = receipt.report.answer_by
    assert alarm_unanswered(None, at=due - timedelta(seconds=1)) == 0
    assert alarm_unanswered(None, at=due) == 1
    assert alarm_unanswered(None, at=due + timedelta(days=400)) == 0
    report = Report.objects.get(id=receipt.report.id)
    assert (report.state, report.alarmed_at) == (State.RECEIVED, due)
    rung = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert set(rung) == {amara.id, luis.id}


def test_an_answered_report_alarms_nobody(answered):
    assert alarm_unanswered(None, at=answered.answer_by) == 0


def test_the_alarm_runs_by_itself():
    assert handler_of("reports.alarm") is alarm_unanswered
    assert periods()["reports.alarm"] <= 60
