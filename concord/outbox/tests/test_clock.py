"""One clock for all processes: the database's, where a machine's own differs from it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from concord.outbox.clock import TOLERATED, Clock

AT = timezone.now()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize("minutes", [2, -2, 600])
def test_a_machine_that_is_off_goes_by_the_database(minutes: int) -> None:
    clock, off = Clock(), minutes * MINUTE
    clock.hear(AT, before=AT + off, after=AT + off)
    assert clock._behind == -off
    clock.hear(AT, before=AT, after=AT)
    assert clock._behind == timedelta(0), "it was set right"


def test_what_the_way_to_the_database_takes_is_no_difference() -> None:
    clock = Clock()
    clock.hear(AT, before=AT - SECOND, after=AT + SECOND)
    clock.hear(AT + SECOND, before=AT, after=AT)
    assert clock._behind == timedelta(0)


def test_an_answer_that_took_long_or_came_before_the_question_says_nothing() -> None:
    clock = Clock()
    clock.hear(AT, before=AT + MINUTE, after=AT + MINUTE)
    clock.hear(AT, before=AT, after=AT + 2 * TOLERATED)
    clock.hear(AT, before=AT, after=AT - MINUTE)
    assert clock._behind == -MINUTE


@pytest.mark.django_db
def test_it_asks_the_database_where_there_may_be_several_processes(monkeypatch) -> None:
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + 2 * MINUTE)
    clock = Clock()
    clock.keep()
    alone = connection.vendor == "sqlite"
    assert clock._behind == timedelta(0) if alone else abs(clock.now() - real()) < MINUTE
