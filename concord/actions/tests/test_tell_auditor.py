"""The ledger's head goes out once a day, so that a rewritten past shows to whoever kept one (I-PROC-1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from concord.actions.export_evidence import export_evidence
from concord.actions.judge_file import head_of, judge_file
from concord.actions.tell_auditor import tell_auditor
from concord.actions.watch_audit import alarm_for, watch_audit
from concord.ledger.chain import chain
from concord.ledger.models import Entry, Head, Link
from concord.ledger.record import record
from concord.letters.models import Letter
from concord.outbox.worker import run_due
from tests.cast import Cast

pytestmark = pytest.mark.django_db
AUDITOR = "grace@outside.internal"


@pytest.fixture(autouse=True)
def auditor(settings) -> None:
    settings.CONCORD_AUDITOR_ADDRESS = AUDITOR


def after_midnight(cast: Cast, days: int = 1) -> datetime:
    day = cast.at.astimezone(UTC).date() + timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(minutes=3)


def day_of(cast: Cast, days: int = 0) -> str:
    return str(cast.at.astimezone(UTC).date() + timedelta(days=days))


def mails(at: datetime) -> list[tuple[str, str]]:
    """The letters to the auditor, carried out."""
    while run_due(at=at + timedelta(days=1)):
        pass
    return [(one.subject, one.body) for one in mail.outbox if one.to == [AUDITOR]]


def test_a_day_that_is_over_is_noted_once_and_mailed_once(cast: Cast) -> None:
    assert tell_auditor(None, at=cast.at) is None
    noted = tell_auditor(None, at=after_midnight(cast))
    assert noted is not None
    assert tell_auditor(None, at=after_midnight(cast) + timedelta(hours=1)) is None
    assert Head.objects.count() == 1
    assert Letter.objects.filter(kind="actions.head").count() == 1


def test_the_mail_says_day_number_and_digest_and_nothing_else(cast: Cast) -> None:
    noted = tell_auditor(None, at=after_midnight(cast))
    assert noted is not None
    line = f"{day_of(cast)} {noted.position} {bytes(noted.digest).hex()}"
    assert mails(after_midnight(cast)) == [(day_of(cast), line + "\n")]
    assert "Reply-To" not in mail.outbox[0].message()


def test_what_came_by_mail_is_what_the_offline_audit_takes(cast: Cast, tmp_path) -> None:
    noted = tell_auditor(None, at=after_midnight(cast))
    record("tests.later", actor=None, subject=None, at=after_midnight(cast, 2))
    export_evidence(tmp_path / "evidence", at=after_midnight(cast, 2))
    assert judge_file(tmp_path / "evidence", heads=[head_of(str(noted))]).findings == []


def test_without_an_auditor_the_day_is_noted_and_nothing_is_sent(cast: Cast, settings) -> None:
    settings.CONCORD_AUDITOR_ADDRESS = ""
    assert tell_auditor(None, at=after_midnight(cast)) is not None
    assert not Letter.objects.filter(kind="actions.head").exists()


def test_the_digest_moves_on_a_day_on_which_nothing_happened(cast: Cast) -> None:
    first = tell_auditor(None, at=after_midnight(cast))
    second = tell_auditor(None, at=after_midnight(cast, 2))
    assert first is not None
    assert second is not None
    assert bytes(first.digest) != bytes(second.digest)


def test_a_broken_chain_is_an_alarm_that_stays_and_has_no_head(
    cast: Cast, owner: None, monkeypatch
) -> None:
    monkeypatch.setattr("concord.actions.audit.missing", list)
    assert watch_audit(None, at=cast.at)
    chain()
    Link.objects.filter(position=5).update(digest=bytes(32))
    assert tell_auditor(None, at=after_midnight(cast)) is None
    assert not Head.objects.exists()
    assert alarm_for(cast.luis.staff) == after_midnight(cast)
    assert not watch_audit(None, at=after_midnight(cast) + timedelta(minutes=1))
    assert alarm_for(cast.luis.staff) == after_midnight(cast)


def test_the_page_shows_the_days_and_the_missing_ones_and_no_numbers(cast: Cast) -> None:
    now = datetime.now(UTC)
    if cast.at.date() != now.date():
        pytest.skip("midnight came in between")
    Head.objects.create(
        day=now.date() - timedelta(days=3), position=987_654, digest=b"\xab" * 32, noted_at=now
    )
    Head.objects.create(
        day=now.date() - timedelta(days=1), position=987_655, digest=b"\xcd" * 32, noted_at=now
    )
    page = Client().get("/ledger", HTTP_HOST="localhost").content.decode()
    assert page.index("cd" * 32) < page.index("ab" * 32)
    assert page.count("None was kept for this day") == 1
    assert "98765" not in page
    policy = Client().get("/policy", HTTP_HOST="localhost").content.decode()
    assert 'href="/ledger' in policy


def test_before_a_day_is_over_the_page_says_so(cast: Cast) -> None:
    assert "No day is over yet" in Client().get("/ledger", HTTP_HOST="localhost").content.decode()


def test_a_day_is_noted_by_one_only(cast: Cast) -> None:
    noted = tell_auditor(None, at=after_midnight(cast))
    assert noted is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Head(day=noted.day, position=1, digest=b"", noted_at=cast.at).save(force_insert=True)
    assert Entry.objects.filter(verb="ledger.note_head").count() == 1
