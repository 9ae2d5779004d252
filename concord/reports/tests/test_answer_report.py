"""An answer waits ten seconds, can be taken back until then, and is laid after a crash; what it must not say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.letterbox.models import Answer
from concord.letterbox.read import read
from concord.outbox import worker
from concord.outbox.models import Job
from concord.reports.acknowledge_report import AnswerIsEmpty
from concord.reports.alarm_unanswered import alarm_unanswered
from concord.reports.answer_report import OneIsUnderway, answer_report
from concord.reports.answer_templates import TEMPLATES, begin
from concord.reports.check_answer import GAP, NotInTheseWords, check_answer
from concord.reports.lay_answer import lay_answer
from concord.reports.models import Report, State, Underway, Word
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.take_back_answer import ItHasGone, take_back_answer
from concord.reports.tests.conftest import Member, box_of
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.house.test_words import avoided

SECOND = timedelta(seconds=1)


@pytest.fixture
def receipt(amara, luis, at) -> Receipt:
    return receive_report(Told(text="He wrote again."), nonce=b"a form's own one", at=at)


def by(member: Member, at) -> dict:
    return {"by": member.staff, "keyring": member.keyring, "at": at}


def in_the_box(receipt: Receipt) -> list[bytes]:
    found = read(box_of(receipt.report), receipt.code)
    return [one.plaintext for one in found if one.kind == "answer"]


def test_until_ten_seconds_are_over_nobody_finds_it_and_then_the_outbox_lays_it(receipt, amara, at):
    underway = answer_report(receipt.report, answer=" Thank you. ", **by(amara, at))
    assert underway.due_at == at + 10 * SECOND
    lay_answer(underway, at=at + 9 * SECOND)
    assert in_the_box(receipt) == []
    assert not Word.objects.exists()
    receipt.report.refresh_from_db()
    assert receipt.report.state == State.RECEIVED
    worker.run_due(at=at + 10 * SECOND)
    assert in_the_box(receipt) == [b"Thank you."]
    receipt.report.refresh_from_db()
    assert receipt.report.state == State.ACKNOWLEDGED
    assert not Underway.objects.exists()


def test_nothing_of_it_lies_plain_meanwhile(receipt, amara, at):
    underway = answer_report(receipt.report, answer="Planted words.", **by(amara, at))
    rows = [bytes(underway.sealed), bytes(Answer.objects.get(is_held=True).sealed)]
    assert all(b"Planted" not in row for row in rows)
    (job,) = Job.objects.filter(kind="reports.lay_answer")
    assert job.subject == underway.id


def test_taken_back_it_is_gone_and_its_words_are_returned(receipt, amara, luis, at):
    answer_report(receipt.report, answer="To the wrong one.", **by(amara, at))
    words = take_back_answer(receipt.report, **by(luis, at + 9 * SECOND))
    assert words == "To the wrong one."
    assert not Answer.objects.filter(kind="answer").exists()
    worker.run_due(at=at + 20 * SECOND)
    assert in_the_box(receipt) == []
    with pytest.raises(ItHasGone):
        take_back_answer(receipt.report, **by(amara, at + 9 * SECOND))


def test_one_that_nobody_laid_holds_up_neither_the_next_one_nor_the_alarm(receipt, amara, at):
    answer_report(receipt.report, answer="Thank you.", **by(amara, at))
    Report.objects.update(answer_by=at)
    late = at + timedelta(minutes=2)
    assert alarm_unanswered(None, at=at + 20 * SECOND) == 0
    assert alarm_unanswered(None, at=late) == 1
    answer_report(receipt.report, answer="Are you safe?", **by(amara, late))
    assert in_the_box(receipt) == [b"Thank you."]
    worker.run_due(at=late + 20 * SECOND)
    assert in_the_box(receipt) == [b"Thank you.", b"Are you safe?"]


def test_what_has_gone_is_not_taken_back(receipt, amara, at):
    underway = answer_report(receipt.report, answer="Thank you.", **by(amara, at))
    with pytest.raises(ItHasGone):
        take_back_answer(receipt.report, **by(amara, underway.due_at))
    lay_answer(underway, at=underway.due_at)
    lay_answer(underway, at=underway.due_at)
    assert in_the_box(receipt) == [b"Thank you."]


def test_pressed_twice_sends_one(receipt, amara, luis, at):
    answer_report(receipt.report, answer="Thank you.", **by(amara, at))
    with pytest.raises(OneIsUnderway):
        answer_report(receipt.report, answer="Thank you.", **by(luis, at))


def test_an_empty_one_is_none_and_only_readers_answer_or_take_back(receipt, amara, kofi, at):
    with pytest.raises(AnswerIsEmpty):
        answer_report(receipt.report, answer=" ", **by(amara, at))
    with pytest.raises(NoGrant):
        answer_report(receipt.report, answer="Hello", **by(kofi, at))
    answer_report(receipt.report, answer="Thank you.", **by(amara, at))
    with pytest.raises(NoGrant):
        take_back_answer(receipt.report, **by(kofi, at))


def test_whoever_lost_the_report_meanwhile_answers_nobody(receipt, amara, at):
    underway = answer_report(receipt.report, answer="Thank you.", **by(amara, at))
    files.withdraw(receipt.report.file, amara.id, at=at)
    lay_answer(underway, at=underway.due_at)
    assert in_the_box(receipt) == []
    assert not Underway.objects.exists()
    assert not Answer.objects.filter(kind="answer").exists()


def test_no_question_goes_to_somebody_who_wants_no_further_part():
    check_answer("Would you tell us where?")
    with pytest.raises(NotInTheseWords) as refused:
        check_answer("Thank you. Would you tell us where?", may_ask=False)
    assert refused.value.findings[0].phrase == "Would you tell us where?"


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize("code", [one.code for one in TEMPLATES])
def test_a_template_says_nothing_wrong_and_leaves_room_for_own_words(code, language):
    text = begin(code, language=language, after="Dear you,")
    assert text.startswith("Dear you,\n\n")
    assert GAP in text
    check_answer(text.replace(GAP, "We met your words with care."))
    with pytest.raises(NotInTheseWords):
        check_answer(text)


EVENTS = {"vote", "تصويت"}
"""An event may be about it, and an answer may name the event."""


@pytest.mark.parametrize("word", [word for word in avoided() if word not in EVENTS])
def test_every_word_that_the_glossary_avoids_is_refused(word):
    with pytest.raises(NotInTheseWords):
        check_answer(f"We read about the {word} today.")


@pytest.mark.parametrize(
    "text",
    [
        "Would you sit down with Karim?",
        "Could you meet him and talk things over?",
        "He would like to apologise to you in person.",
        "A médiation would help.",
        "We can bring you together in a call.",
        "Karim voudrait vous parler.",
        "Acceptez-vous de le rencontrer ?",
        "Nous pouvons organiser une rencontre entre vous.",
        "Ella quiere pedirle perdón.",
        "¿Podría hablar con él cara a cara?",
        "Te pedimos que te reúnas con la persona de la que nos hablaste.",
        "Karim quiere hablarte.",
        "Podemos organizar una mediación.",
        "هل تقبل أن تجلس معه؟",
        "نقترح الوساطة بينكما.",
        "يريد أن يعتذر لك.",
        "هل تودّون أن تلتقوا بالشخص الذي أخبرتمونا عنه؟",
        "يودّ أن يعتذر لكم.",
    ],
)
def test_an_invitation_is_refused_in_four_languages(text):
    with pytest.raises(NotInTheseWords) as refused:
        check_answer(f"Thank you. {text}", names=["Karim"])
    assert all(each.phrase in f"Thank you. {text}" for each in refused.value.findings)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you. Luis and Amara read it today and decide together.",
        "You will never be asked to meet the person you told us about, or to talk with them.",
        "You can call a help line at any hour; they speak Arabic.",
        "Merci. Nous avons lu ce que vous avez écrit, et Luis s'en occupe. Elle répond demain.",
        "Personne ne vous demandera jamais de rencontrer la personne dont vous nous avez parlé, ni de lui parler.",
        "Gracias. El equipo habla con el proveedor de la sala.",
        "Nunca se le pedirá que se reúna con la persona de la que nos habló, ni que hable con ella.",
        "شكرا لك. قرأنا ما كتبته ونعمل عليه الآن.",
        "لن يُطلب منك أبدًا أن تلتقي بالشخص الذي أخبرتنا عنه أو أن تتحدث معه.",
        "Votes and Voices goes on until Friday.",
    ],
)
def test_what_a_kind_answer_says_is_left_alone(text):
    check_answer(text, names=["Karim Haddad"])
