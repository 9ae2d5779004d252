"""No notice is sent unless whoever reported asked for it; then it says that there is something new, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from concord.ledger.models import Entry
from concord.letterbox.models import Box
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from concord.reports.answer_report import answer_report
from concord.reports.erase_report import erase_report
from concord.reports.forget_notices import forget_notices
from concord.reports.lay_outcome import NOTHING_DONE, lay_outcome
from concord.reports.leave_notice import NOTICE
from concord.reports.models import Report
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, answers_arrive, held_back
from tests.policy.test_reports_box import box, change, report

ADDRESS = "kim@example.net"


def answered(cast: Cast, *, times: int = 1) -> None:
    for _ in range(times):
        answer_report(
            Report.objects.get(),
            answer="Thank you for telling us.",
            by=cast.amara.staff,
            keyring=cast.amara.keyring,
            at=timezone.now(),
        )
        answers_arrive()


def told_of_news() -> list[EmailMessage]:
    """The letters that have come, once the time has passed for which one waits."""
    later = timezone.now() + timedelta(minutes=16)
    while run_due(at=later):  # one job may leave another
        pass
    return [one for one in mail.outbox if one.to == [ADDRESS]]


@pytest.mark.clauses("I-CONTACT-1", "I-INFORM-1")
def test_whoever_asks_is_told_once_that_there_is_something_new_and_nothing_else(cast: Cast) -> None:
    code = report(text="He wrote again.", hear="done")
    page = box(code).follow("Change what you decided")
    assert page.sees("our server can read it")
    assert page.sees("may see the mail")
    assert change(code, notice=" Kim@Example.net ", hear="done").sees("It counts from now on")
    found = Report.objects.get()
    assert b"example.net" not in bytes(found.notice_sealed)
    desk = at_the_desk(cast.amara).open(f"/reports/{found.id}")
    assert "example.net" not in desk.page
    answered(cast, times=2)
    assert lay_outcome(found, [NOTHING_DONE], on=cast.at.date(), at=timezone.now())
    (job,) = Job.objects.waiting().filter(kind=NOTICE)
    assert job.due_at > timezone.now() + timedelta(minutes=10)
    (letter,) = told_of_news()
    said = letter.message().as_string() + letter.body
    assert letter.subject == "A note for you"
    assert "Nobody reads answers to it." in letter.body
    assert letter.reply_to == []
    assert "Reply-To" not in said
    for word in (
        "report",
        "code",
        "answer you",
        found.code,
        str(found.id),
        code,
        "He wrote",
        "http",
    ):
        assert word not in letter.subject + letter.body
    answered(cast)
    assert len(told_of_news()) == 2
    assert Entry.objects.filter(verb="reports.ask_for_notice").count() == 1


def test_the_letter_comes_in_the_language_of_the_page_on_which_it_was_asked_for(cast: Cast) -> None:
    code = report(text="He wrote again.")
    page = Browser().open("/fr/report/box")
    page.client.post("/fr/report/box", {"code": code, "csrfmiddlewaretoken": token_of(page)})
    page.open("/fr/report/box/choices").post("/fr/report/box/choices", notice=ADDRESS)
    answered(cast)
    (letter,) = told_of_news()
    assert letter.subject == "Un mot pour vous"


def token_of(browser: Browser) -> str:
    return browser.client.cookies["__Host-csrf"].value


@pytest.mark.clauses("I-CONTACT-1")
def test_nobody_who_did_not_ask_or_no_longer_asks_is_written_to(cast: Cast) -> None:
    code = report(text="He wrote again.", contact=ADDRESS)
    answered(cast)
    assert not Job.objects.filter(kind=NOTICE).exists()
    change(code, notice=ADDRESS)
    answered(cast)
    page = box(code).follow("Change what you decided")
    assert f'value="{ADDRESS}"' in page.page
    page.press("Change it", notice="")  # while one is waiting
    assert Report.objects.get().notice_sealed is None
    change(code, notice=ADDRESS)
    change(code, hear="nothing")
    assert Report.objects.get().notice_sealed is None
    change(code, notice=ADDRESS, hear="nothing")
    assert Report.objects.get().notice_sealed is None
    answered(cast)
    assert told_of_news() == []


def test_what_is_no_address_comes_back_with_all_that_was_typed(cast: Cast) -> None:
    code = report(text="He wrote again.", wishes="no letters")
    page = change(code, notice="kim at home", wishes="call me Kim")
    assert page.sees("This does not look like an e-mail address")
    assert 'value="kim at home"' in page.page
    assert "call me Kim" in page.page
    assert Report.objects.get().notice_sealed is None
    changed = page.press("Change it", notice=f"{ADDRESS}\nBcc: all@example.net")
    assert changed.sees("This does not look like an e-mail address")
    stranger = Browser().open("/report/box")
    assert stranger.post("/report/box/choices", notice=ADDRESS).sees("Your code")
    assert Report.objects.get().notice_sealed is None


def test_it_goes_with_the_box_and_with_the_report(cast: Cast) -> None:
    code = report(text="He wrote again.")
    change(code, notice=ADDRESS)
    answered(cast)
    assert forget_notices(at=timezone.now()) == 0
    Box.objects.filter(id=Report.objects.get().box).delete()  # nobody used the code for months
    assert told_of_news() == []
    Report.objects.update(notice_sealed=b"sealed")
    assert forget_notices(at=timezone.now()) == 1
    assert Report.objects.get().notice_sealed is None
    waits = held_back(Report.objects.get(), at=cast.at, notice_sealed=b"sealed")
    assert forget_notices(at=timezone.now()) == 1
    waits.refresh_from_db()
    assert waits.notice_sealed is None
    second = report(text="And again.")
    change(second, notice=ADDRESS)
    other = Report.objects.get(notice_sealed__isnull=False)
    lay_outcome(other, [NOTHING_DONE], on=cast.at.date(), at=timezone.now())
    erase_report(other, at=timezone.now())
    assert told_of_news() == []
