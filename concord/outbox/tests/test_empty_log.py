"""What is erased is gone from the disk, too: from the file at once, from SQLite's log within minutes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from concord.outbox.empty_log import empty_log
from concord.outbox.models import Job

WORDS = "what nobody may find any more"


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_what_was_erased_stands_in_no_file_of_the_database() -> None:
    job = Job.objects.create(kind=WORDS, due_at=timezone.now())
    assert written()
    job.delete()
    empty_log(None, at=timezone.now())
    assert not written()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_whoever_reads_for_long_keeps_nobody_from_writing() -> None:
    Job.objects.create(kind=WORDS, due_at=timezone.now())
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM outbox_job").fetchone()
        Job.objects.all().delete()
        with connection.cursor() as cursor:
            before = cursor.execute("PRAGMA busy_timeout").fetchone()
            empty_log(None, at=timezone.now())
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == before
        assert written(), "it waits for the next time, and waited for nobody now"
        Job.objects.create(kind="tests.goes on", due_at=timezone.now())
    empty_log(None, at=timezone.now())
    assert not written()


def written() -> list[str]:
    """The database's files in which the words stand."""
    main = Path(connection.settings_dict["NAME"])
    files = main.parent.glob(f"{main.name}*")
    return [file.name for file in files if WORDS.encode() in file.read_bytes()]
