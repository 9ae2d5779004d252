"""What the worker gave up is shown by kind and count to those who can do something about it, and tried again."""

from __future__ import annotations

from uuid import uuid4

from concord.outbox.models import Job
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
