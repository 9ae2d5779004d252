"""What the worker gave up is shown by kind and count to those who can do something about it, and tried again."""

from __future__ import annotations

from uuid import uuid4

from concord.desk.given_up import given_up
from concord.outbox.models import Job
from concord.reports.answer_report import answer_report
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from tests.browsing import Browser
from tests.cast import Cast


def dead(kind: str, cast: Cast) -> Job:
    return Job.objects.create(
        kind=kind, subject=uuid4(), due_at=cast.at, attempts=20, dead_at=cast.at
    )


def test_receivers_and_the_keeper_of_the_machines_see_kinds_and_counts_and_no_more(
    cast: Cast, amara: Browser, ines: Browser, noor: Browser
) -> None:
    job, other = dead("letters.deliver", cast), dead("strange.kind", cast)
    for browser in (amara, ines):
        page = browser.open("/")
        assert page.sees("1 × letters that could not be delivered")
        assert page.sees("1 × strange.kind")
        assert str(job.subject) not in page.page
        assert str(other.subject) not in page.page
    assert not noor.open("/").sees("however often it was tried")
    assert noor.post("/again", kind="letters.deliver").status == 404


def test_it_is_tried_again_by_kind(cast: Cast, ines: Browser) -> None:
    job, other = dead("letters.deliver", cast), dead("reports.lay_answer", cast)
    page = ines.open("/").press("Try it again", kind="letters.deliver")
    assert page.sees("It is being tried again")
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.dead_at, job.attempts) == (None, 0)
    assert other.dead_at is not None
    assert ines.post("/again", kind="letters.deliver").status == 404


def test_nobody_is_told_of_an_answer_to_a_report_that_is_kept_from_them(cast: Cast) -> None:
    receipt = receive_report(
        Told(text="He wrote again."),
        nonce=b"a form's own one",
        keep_out=[cast.ravi.staff],
        at=cast.at,
    )
    underway = answer_report(
        receipt.report,
        answer="Thank you.",
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    Job.objects.filter(subject=underway.id).update(dead_at=cast.at)
    assert [one.kind for one in given_up(cast.amara.staff)] == ["reports.lay_answer"]
    assert given_up(cast.ravi.staff) == []
    assert [one.jobs for one in given_up(cast.ines.staff)] == [1]
    dead("actions.verify", cast)
    dead("retaliation.offer", cast)
    assert given_up(cast.ravi.staff) == []
