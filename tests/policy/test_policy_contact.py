"""Whoever asks about the policy is answered by people, learns of no case, and is heard if it is really a report."""

from __future__ import annotations

import re

import pytest

from concord.cases.add_party import add_party
from concord.cases.models import Case, Source
from concord.cases.take_up import IsAQuestion, take_up
from concord.ledger.models import Entry
from concord.people.tests.team import Mailbox
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.models import Question, QuestionWord, Report, State
from concord.reports.read_report import read_report
from concord.vault import files
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, case_about_karim

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')
REPORT = "A man of your staff keeps writing to me at night. Is that allowed?"


def ask(**typed: object) -> tuple[Browser, str]:
    """Somebody without an account asks from the policy's page."""
    asked = Browser().open("/policy").follow("Ask us here").press("Send it", **typed)
    found = CODE.search(asked.page)
    assert found, asked.words
    return asked, found[1]


def box(code: str, path: str = "/ask/box") -> Browser:
    return Browser().open(path).press("Open", code=code)


@pytest.mark.clauses("P-CONTACT-1", "I-STAFF-1")
def test_a_question_is_answered_and_never_enters_a_case(cast: Cast, mailbox: Mailbox) -> None:
    case = case_about_karim(cast)
    add_party(case, role="survivor", name="Sara Lindqvist", by=cast.amara.staff, at=cast.at)
    sent, code = ask(words="May I use a pseudonym?", contact="asks@example.net")
    assert sent.sees("A person answers at the latest")
    question = Question.objects.get()
    assert at_the_desk(cast.ines).open(f"/questions/{question.id}").status == 404
    noor = at_the_desk(cast.noor).open("/").follow(f"Question {question.code}")
    assert noor.sees("May I use a pseudonym?")
    amara = at_the_desk(cast.amara).open(f"/questions/{question.id}")
    amara.press("Send the answer", answer="Yes. So does Sara, who wrote to us about Karim.")
    assert amara.status == 409
    assert "So does Sara" in amara.page
    assert not box(code).sees("So does")
    noor.press("Send the answer", answer="Yes; choose any name.")
    assert box(code).sees("Yes; choose any name.")
    assert box(code, "/report/box").sees("Yes; choose any name.")
    mailbox.arrive()
    (letter,) = [each for each in mailbox if each["to"] == "asks@example.net"]
    assert "Yes; choose any name." in letter["body"]
    assert Case.objects.get() == case
    assert Source.objects.filter(report__isnull=False).count() == 0
    assert Report.objects.count() == 0


@pytest.mark.clauses("P-CONTACT-1", "I-WHO-1")
def test_what_is_really_a_report_becomes_one_and_fewer_people_read_it(cast: Cast) -> None:
    _, code = ask(words=REPORT)
    left_open = box(code).press("Send it", words="He is Ravi.")
    question = Question.objects.get()
    assert files.readers(question.file) == {cast.amara.id, cast.luis.id, cast.noor.id, cast.ravi.id}
    former = {desk.id: at_the_desk(desk) for desk in (cast.noor, cast.ravi)}
    for browser in former.values():
        assert browser.open(f"/questions/{question.id}").sees(REPORT)
    former[cast.noor.id].press("Make it a report")
    report = Report.objects.get()
    assert files.readers(report.file) == {cast.amara.id, cast.luis.id}
    assert not Question.objects.exists()
    assert not QuestionWord.objects.exists()
    for browser in former.values():
        assert browser.open(f"/questions/{question.id}").status == 404
        assert browser.open(f"/reports/{report.id}").status == 404
        assert report.code not in browser.open("/").page
        assert question.code not in browser.page
    told = read_report(report, keyring=cast.luis.keyring, at=cast.at)
    assert (told.text, told.channel) == (f"{REPORT}\n\nHe is Ravi.", "question")
    mine = box(code)
    assert mine.path == "/report/box"
    assert mine.sees("We treat what you wrote as a report from now on")
    assert mine.sees("Amara, Luis")
    assert not mine.sees("Ravi")
    left_open.press("Send it", words="Written before it became one.")
    assert left_open.path == "/report/box?added"
    assert Report.objects.get().words.count() == 1


@pytest.mark.clauses("P-CONTACT-1", "I-WHO-1")
def test_about_the_team_it_goes_outside_with_the_same_press(cast: Cast) -> None:
    _, code = ask(words=REPORT)
    question = Question.objects.get()
    luis = at_the_desk(cast.luis).open(f"/questions/{question.id}")
    luis.press("Make it a report", about_team="on")
    report = Report.objects.get()
    assert luis.path == "/"
    assert report.outside
    assert files.readers(report.file) == {cast.outside.holder}
    assert box(code).sees("It went to Elena Ruiz, who is not on the team")


@pytest.mark.clauses("P-CONTACT-1", "I-PROC-1")
def test_what_came_as_a_report_and_is_a_question_goes_on_with_its_code(cast: Cast) -> None:
    sent = Browser().open("/report").press("Send", text="May I bring my dog? Luis may know.")
    code = CODE.search(sent.page)[1]  # type: ignore[index]
    report = Report.objects.get()
    answer(cast, report)
    at_the_desk(cast.amara).open(f"/reports/{report.id}").press(
        "Pass it on", reason="It asks about dogs.", alleges="no"
    )
    report.refresh_from_db()
    assert report.state == State.REDIRECTED
    question = Question.objects.get()
    assert cast.noor.id in files.readers(question.file)
    assert cast.luis.id not in files.readers(question.file)
    with pytest.raises(IsAQuestion):
        take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    noor = at_the_desk(cast.noor).open(f"/questions/{question.id}")
    noor.press("Send the answer", answer="Dogs are welcome.")
    mine = box(code, "/report/box")
    assert mine.sees("We understand this as a question about our policy")
    assert mine.sees("Dogs are welcome.")
    mine.press("Add it", words="And a cat?")
    assert noor.open(f"/questions/{question.id}").sees("And a cat?")
    noor.press("Make it a report")
    report.refresh_from_db()
    assert report.state == State.ACKNOWLEDGED
    assert not Question.objects.exists()


@pytest.mark.clauses("I-PROC-1")
def test_what_alleges_anything_is_passed_on_by_two(cast: Cast) -> None:
    Browser().open("/report").press("Send", text="Is it in order that he shouts at me?")
    report = Report.objects.get()
    answer(cast, report)
    amara = at_the_desk(cast.amara).open(f"/reports/{report.id}")
    amara.press("Pass it on", reason="It asks what is allowed.")
    assert not Question.objects.exists()
    assert amara.post(f"/reports/{report.id}/aside/second").status == 403
    at_the_desk(cast.luis).open(f"/reports/{report.id}").press("I agree")
    report.refresh_from_db()
    assert report.state == State.REDIRECTED
    assert Question.objects.get().report == report
    assert Entry.objects.filter(verb="reports.redirect").count() == 1


def answer(cast: Cast, report: Report) -> None:
    acknowledge_report(
        report,
        answer="Thank you for writing.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
