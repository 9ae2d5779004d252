"""What must happen later happens once, is tried again when it fails, and is shown when it is given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import every, handles
from concord.outbox.worker import LEASE, MOST_ATTEMPTS, claim, plant_periodic, run, run_due
from concord.refusals import Refused

pytestmark = pytest.mark.django_db
AT = timezone.now()
ran: list[str] = []


@handles("tests.works")
def works(job: Job, *, at) -> None:
    ran.append("works")


@handles("tests.stranger", stranger=True)
def waits_for_a_stranger(job: Job, *, at) -> None:
    ran.append("stranger")


@handles("tests.fails")
def fails(job: Job, *, at) -> None:
    ran.append("fails")
    raise OSError


@handles("tests.refuses")
def refuses(job: Job, *, at) -> None:
    raise Refused


@every("tests.again", seconds=60)
def again(job: Job, *, at) -> None:
    ran.append("again")


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()
    Job.objects.all().delete()


def test_a_due_job_runs_once() -> None:
    job = leave("tests.works", at=AT)
    run_due(at=timezone.now())
    run_due(at=timezone.now())
    assert ran == ["works"]
    assert Job.objects.get(id=job.id).done_at is not None


def test_a_job_that_is_not_due_waits() -> None:
    leave("tests.works", at=AT, due_at=AT + timedelta(hours=1))
    assert run_due(at=timezone.now()) == 0


def test_a_second_job_with_the_same_key_leaves_nothing() -> None:
    assert leave("tests.works", at=AT, unique_key="one") is not None
    assert leave("tests.works", at=AT, unique_key="one") is None


def test_a_claimed_job_is_claimed_by_nobody_else_until_its_lease_ends() -> None:
    leave("tests.works", at=AT)
    assert claim(at=AT) is not None
    assert claim(at=AT) is None
    assert claim(at=AT + LEASE + timedelta(seconds=1)) is not None


def test_a_failure_is_tried_again_later() -> None:
    job = leave("tests.fails", at=AT)
    run_due(at=timezone.now())
    job.refresh_from_db()
    assert (job.attempts, job.done_at, job.dead_at) == (1, None, None)
    assert job.due_at > AT
    assert job.leased_until is None


def test_after_the_last_attempt_it_is_dead_and_stays_to_be_seen() -> None:
    job = leave("tests.fails", at=AT)
    Job.objects.filter(id=job.id).update(attempts=MOST_ATTEMPTS - 1)
    run(claim(at=timezone.now()))
    assert Job.objects.dead().get() == job


def test_a_refusal_is_an_answer_and_not_a_failure() -> None:
    job = leave("tests.refuses", at=AT)
    run_due(at=timezone.now())
    job.refresh_from_db()
    assert job.done_at is not None


def test_a_kind_that_nobody_handles_is_tried_again_and_never_lost() -> None:
    job = leave("tests.unknown", at=AT)
    run_due(at=timezone.now())
    job.refresh_from_db()
    assert job.done_at is None


def test_a_periodic_job_has_one_row_and_is_due_again() -> None:
    plant_periodic(at=AT)
    plant_periodic(at=AT)
    waiting = Job.objects.filter(kind="tests.again")
    assert waiting.count() == 1
    run(waiting.get())
    assert waiting.get().due_at > AT + timedelta(seconds=30)


def test_what_waits_for_a_stranger_holds_up_nothing_else():
    leave("tests.stranger", at=AT)
    leave("tests.works", at=AT + timedelta(seconds=1))
    later = AT + timedelta(seconds=2)
    ours = claim(at=later, strangers=False)
    theirs = claim(at=later, strangers=True)
    assert ours is not None
    assert theirs is not None
    assert (ours.kind, theirs.kind) == ("tests.works", "tests.stranger")
    assert claim(at=later) is None
