"""PUB-20. Whoever wants to hear what is done hears it, is asked for nothing, and holds nothing up, to the very end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from concord.actions.end_earlier import end_earlier
from concord.actions.verify_steps import verify_steps
from concord.cases.check_in import check_in
from concord.cases.close_case import close_case
from concord.cases.follow_up import follow_up
from concord.cases.hold_case import hold_case
from concord.cases.keep_clocks import purge_cases, warn_of_purge
from concord.cases.models import Case, Closing, State
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Execution
from concord.concurrence.terms import KEEPS
from concord.improvement.ask_feedback import ask_feedback
from concord.letterbox.models import Answer
from concord.outbox.models import Job
from concord.people.tests.team import Mailbox
from concord.reports.models import Report
from concord.reports.models import State as ReportState
from concord.reports.read_report import read_report
from concord.reports.tell_status import tell_status
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, answers_arrive, opened, proposed, terms_for

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


@pytest.mark.clauses("I-INFORM-1", "I-NOENGAGE-1", "I-NOCONFRONT-1", "I-IMPROVE-1")
def test_from_the_receipt_to_the_closing_note_they_hear_and_are_left_alone(
    cast: Cast, mailbox: Mailbox
) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    sent = Browser().open("/report").press(
        "Send", text="He wrote this.", post=str(post.id), hear="done",
        wishes="Do not ask me anything.",
    )  # fmt: skip
    found = CODE.search(sent.page)
    assert found, "a receipt, at once"
    code = found[1]
    amara = at_the_desk(cast.amara)
    amara.open(f"/reports/{Report.objects.get().id}").press(
        "Answer", answer="Thank you for telling us."
    )
    answers_arrive()
    assert box(code).sees("Thank you for telling us.")
    assert tell_status(None, at=cast.later(days=6)) == 0
    assert tell_status(None, at=cast.later(days=8)) == 1
    page = box(code)
    assert page.sees(
        "we have not come further this week, and have called the people who look after it"
    )
    assert not page.sees("we are still looking after it")
    rung = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert {cast.amara.id, cast.luis.id} <= set(rung), "and it is true"
    assert tell_status(None, at=cast.later(days=9)) == 0
    read_report(Report.objects.get(), keyring=cast.luis.keyring, at=cast.later(days=10))
    assert tell_status(None, at=cast.later(days=15)) == 1, "every seven days"
    assert Answer.objects.filter(kind="status").count() == 1, (
        "the newest stands, not a list of days"
    )
    assert box(code).sees("we are still looking after it. You need do nothing.")
    amara.open(f"/reports/{Report.objects.get().id}").press("Take it into a case")
    case = Case.objects.get()
    soon = cast.later(minutes=5)  # after it was taken up
    three_days = (replace(terms_for(cast).targets[0], until_at=cast.later(days=3)),)
    waiting = proposed(cast, case, departure=KEEPS, targets=three_days)
    version = opened(waiting.version, cast.luis, soon)
    given = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=soon)
    verify_steps(Job(subject=Execution.objects.get(concurrence=given).id), at=soon)
    page = box(code)
    assert page.sees("Somebody's access was taken away or limited.")
    assert not page.sees("we are still looking after it")
    assert tell_status(None, at=cast.later(days=30)) == 0, "what was done is the news"
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": soon}
    end_earlier(Decision.objects.get(), ends_at=cast.later(days=2), reason="Enough.", **who)
    assert box(code).sees("What was decided ends earlier than was first decided.")
    begun = follow_up(case, by=cast.amara.staff, at=cast.later(days=1))
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(days=31)}
    for asked in begun.check_ins.all():
        check_in(asked, found="unasked", **who)
    close_case(case, lessons="A shorter way.", **who)
    assert box(code).sees("We have closed our file on it.")
    assert ask_feedback(at=cast.later(days=32)) == 1
    assert "/report/box/afterwards" in box(code).page
    words = box(code).words
    assert not any(ask in words for ask in ("meet", "mediat", "Karim", "talk to him"))
    assert not Report.objects.get().words.filter(by_staff__isnull=True).exists()
    assert Report.objects.get().state == ReportState.LINKED
    hold_case(case, reason="A court asked.", by=cast.amara.staff, at=cast.later(days=40))
    due = Closing.objects.get().expunge_on
    assert due is not None
    late = cast.later(days=900)
    warn_of_purge(None, at=late - timedelta(days=8))
    assert purge_cases(at=late) == 0, "a hold that was set in time keeps it"
    assert Case.objects.get().state == State.CLOSED


def test_who_does_not_want_to_hear_gets_no_weekly_line(cast: Cast) -> None:
    Browser().open("/report").press("Send", text="He wrote this.", hear="nothing")
    assert tell_status(None, at=cast.later(days=30)) == 0
    assert not Answer.objects.filter(kind="status").exists()
