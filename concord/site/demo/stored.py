"""What somebody who broke into this server could read: rows as they lie in the database, past every door of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

NEWEST = 3
SHOWN = 64
"""Bytes of a sealed field that are shown, of however many."""


@dataclass(frozen=True)
class Kept:
    """A table of interest: its name, what it is for, and the columns worth looking at."""

    table: str
    words: str
    columns: tuple[str, ...]
    order: str


@dataclass(frozen=True)
class Cell:
    """One value of a row: readable, or sealed bytes."""

    name: str
    value: str
    sealed: bool
    size: int = 0


TABLES = (
    Kept(
        "reports_report",
        "Reports",
        ("code", "urgent", "state", "received_at", "sealed"),
        "received_at",
    ),
    Kept("monitoring_flag", "Flags", ("code", "raised_at", "credible", "sealed"), "raised_at"),
    Kept("cases_note", "Notes in a case", ("sealed",), "rowid"),
    Kept(
        "concurrence_version",
        "Proposals",
        ("submitted_at", "digest", "sealed"),
        "submitted_at",
    ),
    Kept("spaces_removal", "Messages that were removed", ("removed_at", "sealed"), "removed_at"),
    Kept("people_login", "Mail addresses of participants", ("verified", "address_sealed"), "rowid"),
    Kept(
        "spaces_post",
        "Messages in the rooms, while the rooms live",
        ("number", "posted_at", "text"),
        "posted_at",
    ),
    Kept(
        "convenings_registration",
        "Names of choice, until 30 days after the event",
        ("display_name",),
        "rowid",
    ),
)


def stored() -> list[tuple[Kept, int, list[list[Cell]]]]:
    """Each table with how many rows it has and its newest rows, read by SQL as any intruder would."""
    return [(kept, *_read(kept)) for kept in TABLES if kept.table in _tables()]


def _tables() -> set[str]:
    return set(connection.introspection.table_names())


def _read(kept: Kept) -> tuple[int, list[list[Cell]]]:
    columns = [name for name in kept.columns if name in _columns(kept.table)]
    order = kept.order if kept.order == "rowid" or kept.order in _columns(kept.table) else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {kept.table}")  # noqa: S608 (names of ours)
        count = int(cursor.fetchone()[0])
        listed = ", ".join(columns)
        cursor.execute(
            f"SELECT {listed} FROM {kept.table} ORDER BY {order} DESC LIMIT {NEWEST}"  # noqa: S608
        )
        rows = cursor.fetchall()
    return count, [[_cell(*pair) for pair in zip(columns, row, strict=True)] for row in rows]


def _columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {
            column.name for column in connection.introspection.get_table_description(cursor, table)
        }


def _cell(name: str, value: Any) -> Cell:
    if isinstance(value, bytes | memoryview):
        plain = bytes(value)
        return Cell(name, plain[:SHOWN].hex(" ", 2), sealed=True, size=len(plain))
    return Cell(name, str(value) or "-" if value is not None else "-", sealed=False)
