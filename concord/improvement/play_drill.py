"""play_drill: the clock of a drill. It does in the drill's database what the worker does in earnest, and nothing else.

Only the kinds named here run there. Whatever else is left in that outbox, a letter to somebody outside above all, is
carried by nobody and goes with it; the one thing that leaves is the notice that asks a colleague to come to a drill.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.concurrence.ask_wider import ask_wider_in_all
from concord.concurrence.models import Version, Warrant
from concord.concurrence.signals import asked_wider
from concord.improvement import apart
from concord.improvement.end_drill import END, end_drill
from concord.improvement.models import Drill
from concord.improvement.start_drill import asked_in_earnest
from concord.monitoring.alarm_unreviewed import alarm_unreviewed
from concord.monitoring.ring import NOTICE, ring_for_a_drill
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.outbox.worker import run

PLAYED = ("actions.verify", "spaces.brake_lapses")
CLOCK = Job(kind="improvement.play_drill")
"""In whose name clocks are looked at that ask for no job of their own."""
STAYS = timedelta(minutes=2)
"""How long its pages stay after the last step was verified, so that nobody's page goes while they read it."""


def play_drill(drill: Drill, *, at: datetime) -> None:
    """Do what is due in it; end it when its time is up, or everything has been done for a while."""
    if drill.is_over(at) or not apart.is_there(drill.id):
        end_drill(drill, by=None, at=at)
        return
    with apart.inside(drill.id):
        to_ask = _do_what_is_due(at)
        is_done = _was_done_by(at - STAYS)
    busy = asked_in_earnest() if to_ask else set()
    ring_for_a_drill([person for person in to_ask if person not in busy], at=at)
    if is_done:
        end_drill(drill, by=None, at=at)


@every("improvement.play_drill", seconds=3)
def play_what_is_on(job: Job, *, at: datetime) -> None:
    """The clock of it."""
    drill = Drill.objects.first()
    if drill is not None:
        play_drill(drill, at=at)


@every("improvement.forget_drills", seconds=3_600)
def forget_drills(job: Job | None, *, at: datetime) -> None:
    """Remove what was left by one that a crash or a restore cut off."""
    drill = Drill.objects.first()
    apart.remove_all_but(drill.id if drill else None)


@receiver(asked_wider, dispatch_uid="improvement.what_is_real_comes_first")
def what_is_real_comes_first(sender: Any, version: Version, at: datetime, **kwargs: Any) -> None:
    """A drill gives way as soon as somebody is asked in earnest: none may be read as the other."""
    if apart.where() is None:
        drill = Drill.objects.first()
        if drill is not None:
            leave(END, subject=drill.id, unique_key=f"{END}:{drill.id}", at=at)


def _do_what_is_due(at: datetime) -> list[UUID]:
    """Whom it asks to look is returned, and told in earnest, for here nobody has an address."""
    for job in Job.objects.waiting().filter(kind__in=PLAYED, due_at__lte=at):
        run(job)
    ask_wider_in_all(CLOCK, at=at)
    alarm_unreviewed(CLOCK, at=at)
    notices = Job.objects.waiting().filter(kind=NOTICE, due_at__lte=at)
    to_ask = [person for person in notices.values_list("subject", flat=True) if person]
    notices.update(done_at=at)
    return to_ask


def _was_done_by(moment: datetime) -> bool:
    steps = Warrant.objects.all()
    return steps.exists() and not steps.exclude(verified_at__lte=moment).exists()
