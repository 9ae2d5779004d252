"""Whoever reported may leave it at that: what we ask is marked optional, and nothing waits for them."""

from __future__ import annotations

import re

import pytest

from concord.actions.verify_steps import verify_steps
from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.models import Execution
from concord.outbox.models import Job
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.models import Report, State
from tests.browsing import Browser
from tests.cast import Cast, closed, opened, proposed

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


@pytest.mark.clauses("I-NOENGAGE-1", "I-INFORM-1")
def test_a_question_is_marked_optional_and_a_silent_reporter_holds_nothing_up(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    sent = Browser().open("/report").press("Send", text="He wrote this.", post=str(post.id))
    code = CODE.search(sent.page)
    assert code
    by = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    report = acknowledge_report(Report.objects.get(), answer="Thank you. Was it today?", **by)
    page = Browser().open("/report/box").press("Open", code=code[1])
    assert page.sees(
        "Was it today? (optional) You need not answer any question. Nothing waits for it."
    )

    assert report.state == State.ACKNOWLEDGED
    case = take_up(report, **by)
    version = opened(proposed(cast, case).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    verify_steps(Job(subject=Execution.objects.get().id), at=cast.at)
    closed(cast, Case.objects.get())
    assert Case.objects.get().state == CaseState.CLOSED
    assert not report.words.filter(by_staff__isnull=True).exists(), "they never said a word more"
