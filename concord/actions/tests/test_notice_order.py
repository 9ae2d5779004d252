"""The notice leaves after every step was seen to hold: revoke, delete, verify, then notice."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from concord.actions import verify_steps
from concord.concurrence.concur import concur
from concord.concurrence.models import Warrant
from concord.letters.models import Letter
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from tests.cast import Cast, opened, proposed, stage

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    cast = stage()
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return cast


def test_the_notice_waits_while_a_step_is_not_verified(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NeverThere:
        def verify(self, warrant: Warrant, *, at: object) -> bool:
            return False

    monkeypatch.setattr(verify_steps, "kind_of", lambda name: NeverThere())
    run_due(at=timezone.now())
    assert not mail.outbox
    assert Letter.objects.filter(kind="actions.notice", sent_at__isnull=True).count() == 1


def test_once_every_step_holds_it_leaves_once(cast: Cast) -> None:
    run_due(at=timezone.now())
    run_due(at=timezone.now())
    Job.objects.filter(kind="actions.verify").update(done_at=None)
    run_due(at=timezone.now())
    assert [one.to for one in mail.outbox] == [["karim.haddad@gmail.com"]]
