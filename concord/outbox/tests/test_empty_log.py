"""What is erased is gone from the disk, too: from the file at once, from SQLite's log within minutes."""

from __future__ import annotations

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


def written() -> list[str]:
    """The database's files in which the words stand."""
    main = Path(connection.settings_dict["NAME"])
    files = main.parent.glob(f"{main.name}*")
    return [file.name for file in files if WORDS.encode() in file.read_bytes()]
