"""A letter lies sealed until it is carried out, and is forgotten then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from concord.letters.deliver import KEPT, forget
from concord.letters.models import Letter
from concord.letters.registry import register_kind
from concord.letters.send import send
from concord.outbox.models import Job
from concord.outbox.worker import run_due

pytestmark = pytest.mark.django_db
AT = timezone.now()


@pytest.fixture(autouse=True)
def _kinds() -> None:
    register_kind("tests.plain", template="", guarded=False)


def leave_one() -> Letter:
    return send(
        "tests.plain",
        to="ana@example.org",
        subject="Canary subject",
        body="Canary body",
        language="en",
        at=AT,
    )


def test_a_letter_is_carried_out_once_and_erased() -> None:
    letter = leave_one()
    run_due(at=timezone.now())
    Job.objects.filter(kind="letters.deliver").update(done_at=None)
    run_due(at=timezone.now())
    assert [one.to for one in mail.outbox] == [["ana@example.org"]]
    letter.refresh_from_db()
    assert letter.sealed is None
    assert letter.sent_at is not None


def test_at_rest_neither_the_address_nor_the_words_can_be_read() -> None:
    letter = leave_one()
    assert letter.sealed is not None
    assert b"ana@" not in bytes(letter.sealed)
    assert b"Canary" not in bytes(letter.sealed)


def test_what_nothing_could_carry_out_is_erased_after_three_days() -> None:
    letter = leave_one()
    forget(Job(), at=AT + KEPT + timedelta(minutes=1))
    letter.refresh_from_db()
    assert letter.sealed is None
    assert letter.sent_at is None


def test_the_queue_carries_an_id_and_nothing_else() -> None:
    letter = leave_one()
    job = Job.objects.get(kind="letters.deliver")
    assert job.subject == letter.id


def test_the_database_refuses_a_guarded_letter_without_a_verdict() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.create(kind="tests.guarded", guarded=True, left_at=AT)
