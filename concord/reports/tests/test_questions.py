"""The policy contact's verbs: what is kept, what is refused, and what twice does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.letterbox.models import Box
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.people.declare_tie import declare_tie
from concord.reports.acknowledge_report import AnswerIsEmpty, acknowledge_report
from concord.reports.answer_question import answer_question
from concord.reports.ask_more import ask_more
from concord.reports.asked import Asked, NothingAsked
from concord.reports.carry_out import carry_out
from concord.reports.check_answer import NotInTheseWords
from concord.reports.forget_questions import due, forget_questions
from concord.reports.forget_reports import forget_reports
from concord.reports.keep_out import keep_out
from concord.reports.keeps_out import keeps_out
from concord.reports.let_in import let_in
from concord.reports.models import Question, Report, State
from concord.reports.own_copy import read_copy
from concord.reports.read_question import box_of_question, read_question
from concord.reports.receive_question import Received, receive_question
from concord.reports.receive_report import receive_report
from concord.reports.redirect_report import redirect_report
from concord.reports.same_words import gist
from concord.reports.set_aside import (
    NeedsAnAnswerFirst,
    NeedsReason,
    NotToBeSetAside,
    set_aside,
)
from concord.reports.tests.conftest import box_of
from concord.reports.told import Source, Told
from concord.reports.turn_into_report import IsAReport, turn_into_report
from concord.reports.type_in_report import OnlyDesignatedStaff, type_in_report
from concord.vault import files
from concord.vault.errors import NoGrant

NONCE = b"a form's own one"
ASKED = Asked("May I use a pseudonym?")


@pytest.fixture
def received(amara, luis, kofi, at) -> Received:
    return receive_question(ASKED, nonce=NONCE, at=at)


def by(member, at) -> dict:
    return {"by": member.staff, "keyring": member.keyring, "at": at}


def test_a_question_is_read_by_designated_staff_and_sent_twice_is_one(received, amara, kofi, at):
    assert receive_question(ASKED, nonce=NONCE, at=at) == received
    assert received.question.box
    assert {amara.id, kofi.id} <= files.readers(received.question.file)
    assert read_question(received.question, **by(kofi, at)).asked == ASKED
    with pytest.raises(NothingAsked):
        receive_question(Asked(" \n"), nonce=NONCE, at=at)


def test_whoever_it_names_does_not_read_it(amara, luis, kofi, ines, at):
    question = receive_question(Asked("Is Luis paid?"), nonce=NONCE, at=at).question
    assert luis.id not in files.readers(question.file)
    with pytest.raises(NoGrant):
        read_question(question, **by(luis, at))


def test_one_that_names_everybody_who_answers_goes_to_where_somebody_can_answer(
    amara, luis, kofi, ines, at
):
    everyone = Asked("Are Luis, Amara and Kofi paid?")
    received = receive_question(everyone, nonce=NONCE, at=at)
    assert received.question is None
    assert receive_question(everyone, nonce=NONCE, at=at) == received
    report = Report.objects.get()
    assert report.outside
    assert files.readers(report.file) == {ines.holder}
    said = [each.plaintext.decode() for each in read(box_of(report), received.code)]
    assert any("It went to" in each for each in said)


def test_an_answer_lies_in_the_box_and_asking_further_opens_it_again(received, kofi, at):
    with pytest.raises(AnswerIsEmpty):
        answer_question(received.question, answer=" ", **by(kofi, at))
    with pytest.raises(NotInTheseWords):
        answer_question(received.question, answer="The accused may too.", **by(kofi, at))
    answered = answer_question(received.question, answer="Yes.", **by(kofi, at))
    assert answered.answered_at == at
    laid = [each.plaintext for each in read(box_of_question(answered), received.code)]
    assert laid == [b"Yes."]
    ask_more(answered, "And two of them?", at=at)
    assert Question.objects.get().answered_at is None
    said = read_question(answered, **by(kofi, at)).words
    assert {(one.by_staff, one.text) for one in said} == {
        (kofi.id, "Yes."),
        (None, "And two of them?"),
    }
    with pytest.raises(NothingAsked):
        ask_more(answered, "", at=at)


def test_made_a_report_it_keeps_its_box_and_is_gone_as_a_question(received, luis, kofi, at):
    answer_question(received.question, answer="Yes.", **by(kofi, at))
    report = turn_into_report(received.question, keep_out=[luis.staff], **by(kofi, at))
    assert (report.box, report.state) == (received.question.box, State.RECEIVED)
    assert files.readers(report.file).isdisjoint({luis.id, kofi.id})
    assert report.words.get().by_staff == kofi.id
    with pytest.raises(IsAReport):
        turn_into_report(received.question, **by(kofi, at))
    with pytest.raises(IsAReport):
        answer_question(received.question, answer="And no.", **by(kofi, at))
    again = receive_question(ASKED, nonce=NONCE, at=at)
    assert again == (received.code, None)
    assert Report.objects.get() == report


def test_whom_a_colleague_keeps_out_the_asker_neither_learns_nor_lets_in(
    received, amara, luis, kofi, at
):
    report = turn_into_report(received.question, keep_out=[luis.staff], **by(kofi, at))
    held = Held(box_of(report), received.code)
    copy = read_copy(held)
    assert copy.keep_out == ()
    assert any("Luis" in each.plaintext.decode() for each in read(*held) if each.kind == "receipt")
    keep_out(report, [luis.staff], held=held, at=at)
    let_in(report, [luis.staff], held=held, at=at)
    files.settle(amara.keyring, at=at)
    assert not files.may_open(report.file, luis.id)
    assert keeps_out(report, luis.id)


def test_whoever_keeps_all_others_out_of_it_neither_reads_it_nor_ends_it_alone(
    received, amara, luis, ines, at
):
    report = turn_into_report(received.question, keep_out=[luis.staff], **by(amara, at))
    assert files.readers(report.file) == {amara.id, ines.holder}
    acknowledge_report(report, answer=None, **by(amara, at))
    set_aside(report, reason="A joke.", alleges=False, **by(amara, at))
    report.refresh_from_db()
    assert report.state == State.ACKNOWLEDGED


def test_an_answered_question_goes_a_year_later_and_one_without_an_answer_stays(received, kofi, at):
    waits = receive_question(Asked("And a second name?"), nonce=NONCE, at=at).question
    answered = answer_question(received.question, answer="Yes.", **by(kofi, at))
    box = box_of_question(answered)
    assert forget_questions(at=at + timedelta(days=365)) == 0
    later = at + timedelta(days=367)
    assert len(list(due(later))) == 1
    assert forget_questions(at=later) == 1
    assert forget_questions(at=later) == 0
    assert list(Question.objects.all()) == [waits]
    assert not Box.objects.filter(id=box.id).exists()


def test_only_who_reads_a_question_can_make_a_report_of_it(received, make, at):
    with pytest.raises(NoGrant):
        turn_into_report(received.question, **by(make("Zoe"), at))


def test_a_report_is_passed_on_only_answered_with_a_reason_and_once(amara, luis, kofi, at):
    told = Told(text="May I bring a dog? Kofi knows.")
    report = receive_report(told, nonce=NONCE, at=at).report
    how = {"alleges": False, **by(amara, at)}
    with pytest.raises(NeedsAnAnswerFirst):
        redirect_report(report, reason="dogs", **how)
    acknowledge_report(report, answer="Thank you.", **by(amara, at))
    with pytest.raises(NeedsReason):
        redirect_report(report, reason=" ", **how)
    with pytest.raises(NoGrant):
        redirect_report(report, reason="dogs", alleges=False, **by(kofi, at))
    redirect_report(report, reason="dogs", **how)
    with pytest.raises(NotToBeSetAside):
        redirect_report(report, reason="dogs", **how)
    question = Question.objects.get()
    assert kofi.id not in files.readers(question.file)
    assert {amara.id, luis.id} <= files.readers(question.file)


def passed_on(told, amara, at, came=()):
    """A report that asks something, with its code. `came`: who is there only when it is passed on."""
    receipt = receive_report(told, nonce=NONCE, at=at)
    acknowledge_report(receipt.report, answer="Thank you.", **by(amara, at))
    for one in came:
        one()
    redirect_report(receipt.report, reason="dogs", alleges=False, **by(amara, at))
    return receipt, Held(box_of(receipt.report), receipt.code)


def test_whom_the_reporter_keeps_out_later_loses_the_question_made_of_it(amara, luis, kofi, at):
    receipt, held = passed_on(Told(text="May I bring a dog?"), amara, at)
    question = Question.objects.get()
    keep_out(receipt.report, [luis.staff, kofi.staff], held=held, at=at)
    assert files.readers(question.file) == {amara.id}
    assert not Question.objects.visible_to(luis.staff).exists()
    keep_out(receipt.report, [amara.staff], held=held, at=at)
    report = Report.objects.get()
    assert (report.state, Question.objects.count()) == (State.ACKNOWLEDGED, 0)
    assert report.outside


def test_who_came_or_declared_a_tie_meanwhile_gets_no_question_about_themself(
    amara, luis, kofi, make, post, at
):
    told = Told(text="May Zoe and he bring dogs?", source=Source.of(post))
    came = [
        lambda: make("Zoe"),
        lambda: declare_tie(kofi.staff, person=post.registration.person, at=at),
    ]
    passed_on(told, amara, at, came=came)
    assert files.readers(Question.objects.get().file) == {amara.id, luis.id}


def test_what_was_passed_on_and_never_answered_is_not_forgotten(amara, luis, kofi, at):
    passed_on(Told(text="May I bring a dog?"), amara, at)
    assert forget_reports(at=at + timedelta(days=800)) == 0
    late = at + timedelta(days=300)
    answer_question(Question.objects.get(), answer="Yes.", **by(kofi, late))
    assert forget_reports(at=at + timedelta(days=400)) == 0
    assert forget_reports(at=late + timedelta(days=367)) == 1


def test_only_designated_staff_take_down_a_report_and_sent_twice_is_one(amara, kofi, make, at):
    told = Told(text="He shouted.")
    first = type_in_report(told, nonce=NONCE, by=kofi.staff, at=at)
    assert type_in_report(told, nonce=NONCE, by=kofi.staff, at=at) == first
    assert files.readers(first.report.file) == {amara.id}
    assert first.report.new_codes.count() == 1
    with pytest.raises(OnlyDesignatedStaff):
        type_in_report(told, nonce=NONCE, by=make("Vera", role="volunteer").staff, at=at)


def test_whoever_typed_it_in_saw_its_code_and_lets_themself_in_neither_now_nor_later(
    amara, luis, make, at
):
    mina = make("Mina")
    told = {"nonce": NONCE, "keep_out": [mina.staff], "reads_on": False, "by": amara.staff}
    receipt = type_in_report(Told(text="He shouted."), at=at, **told)
    held, later = Held(box_of(receipt.report), receipt.code), at + timedelta(hours=49)
    let_in(receipt.report, [mina.staff, amara.staff], held=held, at=at)
    assert not files.owed_to(receipt.report.file)
    carry_out(receipt.report, at=later)
    let_in(receipt.report, [amara.staff], held=held, at=later)
    assert files.owed_to(receipt.report.file) == {mina.id}


@pytest.mark.parametrize("text", ["you  LIARS!", "You liars 7", "you, liars.\n", "yоu liars"])
def test_the_same_words_in_another_dress_are_the_same(text):
    assert gist(text) == gist("You liars")


@pytest.mark.parametrize("text", ["you are no liars", "12 34", "", "سلام"])
def test_other_words_are_not(text):
    assert gist(text) != gist("You liars")
    assert gist("12 34") != gist("12 35")
