"""The disk is full: whoever writes is told so and keeps their words; what was decided is whole, or not yet there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from concord.concurrence.concur import concur
from concord.concurrence.models import Warrant
from concord.monitoring.models import Flag, Presence
from concord.people.tests.team import Mailbox
from concord.refusals import is_full
from concord.spaces.models import Post, Removal
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, opened, proposed, stage

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Nothing of this may be lost. " * 60
MOST = 400
Full = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def staged() -> Cast:
    """Staged anew: what a full disk breaks off may take the whole transaction of a test with it."""
    return stage()


@pytest.fixture
def full() -> Full:
    """A database that cannot grow: SQLite says so itself, PostgreSQL is made to say it for four tables."""
    return _full_postgresql if connection.vendor == "postgresql" else _full_sqlite


@contextmanager
def _full_sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute("PRAGMA max_page_count = 1")  # which is taken for: as large as it is now
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")


@contextmanager
def _full_postgresql() -> Iterator[None]:
    tables = [one._meta.db_table for one in (Post, Presence, Removal, Flag)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        for table in tables:
            cursor.execute(
                f"CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_space()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_space CASCADE")


def write_until_full(browser: Browser, text: str) -> int:
    """How many messages were taken before one was refused."""
    for taken in range(MOST):
        browser.press("Send", text=text, nonce=str(uuid4()))
        if browser.status != 200:
            return taken
    raise AssertionError("it never was full")


@pytest.mark.clauses("P-OPEN-1", "R-FLAG-1")
def test_what_has_no_room_comes_back_and_is_sent_when_there_is_some(
    staged: Cast, full: Full, mailbox: Mailbox
) -> None:
    staged.say(staged.karim, "Nobody wants you here")
    sara = into(by_mail("sara@example.org", mailbox), staged.hall)
    tomas = into(by_mail("tomas@example.org", mailbox), staged.hall)
    luis = at_the_desk(staged.luis)
    tomas.client.raise_request_exception = luis.client.raise_request_exception = False
    tomas.follow("Flag")
    before, flags, told = (
        Post.objects.count(),
        Flag.objects.count(),
        "He says this each day. " * 160,
    )
    with full():
        taken = write_until_full(sara, LONG)
        assert sara.status == 507
        assert sara.sees("The disk of this server is full")
        assert LONG.strip() in sara.page, "what she wrote stands in its box"
        assert Post.objects.count() == before + taken
        fill(staged)
        tomas.press("Flag it", words=told)
        assert tomas.status == 507
        assert told.strip() in tomas.page
        assert Flag.objects.count() == flags
        assert sara.open(f"/r/{staged.hall.id}").status == 200, "whoever reads goes on reading"
        assert luis.open("/watch").status == 200, "and whoever watches goes on watching"
        assert connection.vendor == "sqlite" or luis.sees("You can watch on")
    sara.press("Send", text="There is room again", nonce=str(uuid4()))
    assert sara.status == 200
    posts = Post.objects.filter(room=staged.hall)
    numbers = list(posts.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.clauses("R-ACT-DELETE", "R-CONCUR-1")
def test_a_deletion_that_cannot_seal_its_copy_deletes_nothing_and_is_carried_out_later(
    staged: Cast, full: Full
) -> None:
    cast = staged
    case = case_about_karim(cast)
    post = Post.objects.filter(registration=cast.karim).latest("number")
    before = post.text
    version = opened(proposed(cast, case).version, cast.luis, cast.at)
    with full():
        fill(cast)
        with pytest.raises(OperationalError) as refused:
            concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
        assert is_full(refused.value)
    post.refresh_from_db()
    assert (post.text, post.removed) == (before, False)
    assert not Removal.objects.exists()
    assert not Warrant.objects.exists(), "half a decision is none"
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    post.refresh_from_db()
    assert (post.text, post.removed) == ("", True)
    assert Removal.objects.filter(post=post).count() == 1
    assert agreed.execution


def fill(cast: Cast) -> None:
    """Write until not even the shortest word has room."""
    for text in (LONG, LONG[:200], "x"):
        with pytest.raises(OperationalError):
            write_without_end(cast, text)


def write_without_end(cast: Cast, text: str) -> None:
    for _ in range(MOST):
        cast.say(cast.tomas, text)
