"""We learn from each case, without names: by feedback that leads back to nobody, and by a log of what we change."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from concord.improvement.ask_feedback import ask_feedback
from concord.improvement.give_feedback import NotAskedFor, Opinion, give_feedback
from concord.improvement.models import Feedback, Lesson
from concord.improvement.note_lesson import NothingLearned, OnlyDesignatedStaff, note_lesson
from concord.improvement.summary import quarter_of
from concord.ledger.models import Entry
from concord.letterbox.models import Answer, Box
from concord.letterbox.session import Held
from concord.outbox.models import Job
from concord.reports.models import Report, State
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


def over(cast: Cast, text: str, **told: object) -> Held:
    """Somebody's report, long answered and set aside; the box that their code opens."""
    nonce = text.encode().ljust(16, b".")
    receipt = receive_report(Told(text=text, **told), nonce=nonce, at=cast.at)  # type: ignore[arg-type]
    Report.objects.filter(id=receipt.report.id).update(state=State.SET_ASIDE)
    ask_feedback(at=cast.at)
    return Held(Box.objects.get(id=receipt.report.box), receipt.code)


def last_quarter() -> date:
    return quarter_of(quarter_of(timezone.now().date()) - timedelta(days=1))


@pytest.mark.clauses("I-IMPROVE-1")
def test_feedback_leads_back_to_nobody_and_is_shown_from_five_on(cast: Cast) -> None:
    sent = Browser().open("/report").press("Send", text="He wrote again.")
    found = CODE.search(sent.page)
    assert found
    assert not box(found[1]).sees("How was it for you?")
    Report.objects.update(state=State.SET_ASIDE)
    assert (ask_feedback(at=cast.at), ask_feedback(at=cast.at)) == (1, 0)
    Job.objects.all().delete()
    entries = Entry.objects.count()
    page = box(found[1]).follow("How was it for you?")
    assert page.press("Send it", heard="yes", words="Answer sooner.").sees("does not lead back")
    assert not box(found[1]).sees("How was it for you?")
    assert page.open("/report/box/afterwards").sees("nothing to fill in")

    (given,) = Feedback.objects.all()
    report = Report.objects.get()
    row = " ".join(str(value) for value in Feedback.objects.values().get().values())
    assert not any(str(id) in row for id in (report.id, report.file, report.box, cast.sara.id))
    assert given.month == timezone.now().date().replace(day=1)
    assert {one.name for one in Feedback._meta.fields} == {
        *("id", "month", "heard", "wishes", "safer", "sealed")
    }
    assert Answer.objects.get(kind="feedback").pushed_at == cast.at, "as when it was offered"
    assert not Entry.objects.filter(verb__startswith="improvement.give").exists()
    assert not Job.objects.exists()
    assert Entry.objects.count() - entries <= 1, "only that the book was begun"

    for number in range(3):
        give_feedback(Opinion(heard="yes"), held=over(cast, f"Another report {number}"), at=cast.at)
    luis = at_the_desk(cast.luis).open("/learned")
    assert not luis.sees("Answer sooner"), "the quarter is not over"
    Feedback.objects.update(month=last_quarter())
    assert luis.open("/learned").sees("Too few to show")
    assert not luis.sees("Answer sooner")
    give_feedback(Opinion(heard="yes"), held=over(cast, "The fifth"), at=cast.at)
    Feedback.objects.update(month=last_quarter())
    assert luis.open("/learned").sees("Yes: 5")
    assert luis.sees("Answer sooner")
    assert at_the_desk(cast.ines).open("/learned").status == 404


def test_a_question_with_a_small_number_shows_none(cast: Cast) -> None:
    for number in range(6):
        opinion = Opinion(heard="no" if number == 0 else "yes", safer="yes")
        give_feedback(opinion, held=over(cast, f"Report number {number}"), at=cast.at)
    Feedback.objects.update(month=last_quarter())
    page = at_the_desk(cast.luis).open("/learned")
    assert page.sees("too few to show")
    assert not page.sees("Yes: 5")
    assert page.sees("Yes: 6")


def test_nobody_gives_feedback_twice_or_unasked(cast: Cast) -> None:
    held = over(cast, "The very first")
    give_feedback(Opinion(heard="no"), held=held, at=cast.at)
    with pytest.raises(NotAskedFor):
        give_feedback(Opinion(heard="no"), held=held, at=cast.at)
    receipt = receive_report(Told(text="Not over"), nonce=b"n" * 16, at=cast.at)
    with pytest.raises(NotAskedFor):
        give_feedback(
            Opinion(),
            held=Held(Box.objects.get(id=receipt.report.box), receipt.code),
            at=cast.at,
        )
    assert Feedback.objects.count() == 1


@pytest.mark.clauses("I-NOENGAGE-1")
def test_whoever_wants_no_part_in_it_is_not_asked_how_it_was(cast: Cast) -> None:
    held = over(cast, "I want no part", involved=False)
    assert not box(held.code).sees("How was it for you?")


@pytest.mark.clauses("I-IMPROVE-1")
def test_the_team_keeps_a_log_that_only_designated_staff_open(cast: Cast) -> None:
    noor = at_the_desk(cast.noor).open("/learned")
    assert noor.press("Keep it", kind="change", text="Two people on call at night.").sees(
        "Two people on call at night."
    )
    lesson = Lesson.objects.get()
    assert b"night" not in bytes(lesson.sealed)
    assert isinstance(lesson.noted_by, UUID)
    for text, by, rule in (
        (" ", cast.noor, NothingLearned),
        ("Words", cast.ines, OnlyDesignatedStaff),
    ):
        with pytest.raises(rule):
            note_lesson(text, kind=Lesson.Kind.CHANGE, by=by.staff, at=cast.at)
