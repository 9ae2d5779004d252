"""summary: what people thought, by quarters that are over, and only where enough of them said something.

A number of fewer than `ENOUGH` is not shown, nor one from which it could be reckoned: no totals, and of a question
with a small number none at all. A quarter is shown once it is over, so that nobody can watch the numbers grow.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from concord.improvement.give_feedback import ANSWERS, about
from concord.improvement.models import Book, Feedback, Lesson
from concord.ledger.record import record
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring

ENOUGH = 5
QUESTIONS = ("heard", "wishes", "safer")


class Quarter(NamedTuple):
    """One that is over. `counts` and `texts` are empty while too few people said something."""

    begins_on: date
    is_enough: bool
    counts: dict[str, dict[str, int]]
    texts: list[str]


class Learned(NamedTuple):
    """One line of the log, in the clear."""

    kind: str
    noted_on: date
    text: str


def quarters(*, keyring: Keyring, at: datetime) -> list[Quarter]:
    """The quarters that are over, newest first. Reading texts is an entry; texts need the book's key."""
    rows: dict[date, list[Feedback]] = {}
    for row in Feedback.objects.filter(month__lt=quarter_of(at.date())).order_by("id"):
        rows.setdefault(quarter_of(row.month), []).append(row)
    made = [_quarter(begins_on, rows[begins_on], keyring) for begins_on in sorted(rows)[::-1]]
    if any(one.texts for one in made):
        record("improvement.read_feedback", actor=keyring.holder, subject=None, at=at)
    return made


def lessons(*, keyring: Keyring) -> list[Learned]:
    """The log, newest first; empty for whoever does not hold the book's key yet."""
    book = Book.objects.first()
    if book is None:
        return []
    try:
        return [
            Learned(
                one.kind,
                one.noted_on,
                files.unseal(
                    book.file, bytes(one.sealed), about=f"lesson:{one.id}", keyring=keyring
                ).decode(),
            )
            for one in Lesson.objects.all()
        ]
    except NoGrant:
        return []


def quarter_of(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _quarter(begins_on: date, rows: list[Feedback], keyring: Keyring) -> Quarter:
    if len(rows) < ENOUGH:
        return Quarter(begins_on, False, {}, [])
    counts = {question: _counted(question, rows) for question in QUESTIONS}
    return Quarter(begins_on, True, counts, _texts(rows, keyring))


def _counted(question: str, rows: list[Feedback]) -> dict[str, int]:
    """How many gave each answer; nothing when any of them is a few."""
    found = Counter(getattr(row, question) for row in rows)
    small = any(0 < found[answer] < ENOUGH for answer in (*ANSWERS, ""))
    return {} if small else {answer: found[answer] for answer in ANSWERS}


def _texts(rows: list[Feedback], keyring: Keyring) -> list[str]:
    book = Book.objects.first()
    if book is None or not files.may_open(book.file, keyring.holder):
        return []
    opened = [
        files.unseal(book.file, bytes(row.sealed), about=about(row), keyring=keyring).decode()
        for row in rows
    ]
    return [text for text in opened if text]
