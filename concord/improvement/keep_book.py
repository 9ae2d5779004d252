"""keep_book: the book of feedback and lessons is open to the designated staff of today, and to nobody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.improvement.models import Book
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyholders import keyholders


@transaction.atomic
def keep_book(*, at: datetime) -> Book:
    """Begin the book when there is none; owe its key to who came, take it from who left. Twice is once."""
    wanted = keyholders(StaffMember.objects.who_may_concur(at).values_list("person_id", flat=True))
    book = Book.objects.first()
    if book is None:
        return Book.objects.create(file=files.open_file(readers=wanted, at=at).id)
    there = files.readers(book.file)
    for person in wanted - there:
        files.owe(book.file, to=person, at=at)
    for person in there - wanted:
        files.withdraw(book.file, person, at=at)
    return book


@every("improvement.keep_book", seconds=3_600)
def keep_it_every_hour(job: Job, *, at: datetime) -> None:
    """The clock of it."""
    keep_book(at=at)
