"""The worker: claims what is due, runs its verb, backs off when that fails, and shows what it gave up."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta
from threading import Event, Thread

from django.db import close_old_connections, connection, transaction
from django.db.models import Q

from concord import refusals
from concord.outbox import registry, wake
from concord.outbox.clock import clock
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.refusals import Refused

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 20
log = logging.getLogger("concord.outbox")


class Worker:
    """Runs jobs until `stop` is set. Several may run beside each other on PostgreSQL."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop

    def run(self) -> None:
        """Plant the periodic jobs, then run what is due until `stop`; what waits for strangers runs beside it.

        While the database is away it waits, also when it was away from the beginning.
        """
        beside = Thread(target=self._loop, args=(True,), daemon=True, name="concord-strangers")
        beside.start()
        self._loop(False)
        beside.join(2)

    def _loop(self, strangers: bool) -> None:
        """Run what is due; sleep until the bell or half a second."""
        planted = strangers
        while not self.stop.is_set():
            try:
                close_old_connections()
                clock.keep()
                if not planted:
                    plant_periodic(at=clock.now())
                    planted = True
                busy = run_due(at=clock.now(), strangers=strangers)
            except Exception:  # a database that is away for a moment must not end the worker
                log.exception("worker stumbled")
                busy = 0
            if not busy:
                wake.wait(0.5)
        connection.close()


def plant_periodic(*, at: datetime) -> None:
    """Make sure that each periodic kind has exactly one waiting row, also when two workers begin at once."""
    jobs = [
        Job(kind=kind, due_at=at, every_seconds=seconds, unique_key=f"every:{kind}")
        for kind, seconds in sorted(periods().items())
    ]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)


def run_due(*, at: datetime, at_most: int = 50, strangers: bool | None = None) -> int:
    """Claim and run up to `at_most` due jobs, of all kinds unless told; return how many were run."""
    done = 0
    while done < at_most:
        job = claim(at=at, strangers=strangers)
        if job is None:
            break
        run(job)
        done += 1
    return done


def claim(*, at: datetime, strangers: bool | None = None) -> Job | None:
    """Take the lease of one due job: by SKIP LOCKED where the database has it, by one UPDATE elsewhere.

    With `strangers`, only of the kinds that wait for a server of others; with False, only of the rest.
    """
    with transaction.atomic():
        due = (
            Job.objects.waiting()
            .filter(due_at__lte=at)
            .exclude(leased_until__gt=at)
            .order_by("due_at")
        )
        if strangers is not None:
            waits = Q(kind__in=registry.strangers())
            due = due.filter(waits if strangers else ~waits)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        job.leased_until = at + LEASE
        job.attempts += 1
        job.save(update_fields=["leased_until", "attempts"])
        return job


def run(job: Job) -> None:
    """Run one claimed job through its handler, and put down how it went."""
    handler = handler_of(job.kind)
    at = clock.now()
    try:
        if handler is None:
            raise LookupError(job.kind)
        handler(job, at=at)
    except Refused as refused:
        refusals.tell(refused, actor=None, at=at)
        settle(job, at=clock.now())
    except Exception:
        log.exception(
            "job failed", extra={"kind": job.kind, "job": str(job.id), "attempts": job.attempts}
        )
        postpone(job, at=clock.now())
    else:
        settle(job, at=clock.now())


def settle(job: Job, *, at: datetime) -> None:
    """Done: or, for a periodic job, due again."""
    if job.every_seconds:
        Job.objects.filter(id=job.id).update(
            due_at=at + timedelta(seconds=job.every_seconds), leased_until=None, attempts=0
        )
    else:
        Job.objects.filter(id=job.id).update(done_at=at, leased_until=None)


def postpone(job: Job, *, at: datetime) -> None:
    """Failed: try again from 1 s up to 1 h later, jittered; after the last attempt, dead and shown to staff."""
    if job.attempts >= MOST_ATTEMPTS and not job.every_seconds:
        Job.objects.filter(id=job.id).update(dead_at=at, leased_until=None)
        return
    delay = min(2 ** (job.attempts - 1), 3600) * random.uniform(0.75, 1.25)
    Job.objects.filter(id=job.id).update(due_at=at + timedelta(seconds=delay), leased_until=None)
