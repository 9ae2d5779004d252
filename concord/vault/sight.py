"""sight: whether a holder sees a row that names a file. No grant, no row; asked of each row, in the query itself.

Each page of the desk asks it some thirty times. Django composes the words of a nested question anew each time, which
took longer than all that the database did to answer it: so they stand here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, UUIDField
from django.db.models.sql.compiler import SQLCompiler


def is_seen_by(holder: UUID, *, file: str = "file") -> Q:
    """For a row that names its file in the field `file`: whether this holder sees it.

    A grant to a case shows the reports attached to it; a dormant grant shows rows too.
    """
    return Q(Seen(file, holder))


def is_open_to(holder: UUID, *, file: str = "file") -> Q:
    """For a row that names its file: whether this holder has an active grant of their own, not a dormant one."""
    return Q(Open(file, holder))


def is_read_by(holder: UUID, *, file: str = "file") -> Q:
    """For a row that names its file: whether this holder may open it, by an active grant here or to what it is part of.

    As `files.may_open`, but in the query itself.
    """
    return Q(Read(file, holder))


class OfFile(Func):
    """A question about the file that a row names, and about one holder, whom it names `asks` times."""

    output_field = BooleanField()
    asks = 1

    def __init__(self, file: str, holder: UUID) -> None:
        super().__init__(F(file))
        self.holder = holder

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        words, params = super().as_sql(
            compiler, connection, function, template, arg_joiner, **extra_context
        )
        holder = UUIDField().get_db_prep_value(self.holder, connection)
        return words, (*params, *[holder] * self.asks)


class Open(OfFile):
    """There is a grant of theirs to an epoch of it, and it is not dormant."""

    template = (
        "EXISTS (SELECT 1 FROM vault_epoch e INNER JOIN vault_grant g ON g.epoch_id = e.id"
        " WHERE e.file_id = %(expressions)s"
        " AND g.kind = 'person' AND g.holder = %%s AND NOT g.dormant)"
    )


class Seen(OfFile):
    """There is a grant of theirs to an epoch of it, or one of another file that they have a grant to."""

    asks = 2
    template = (
        "EXISTS (SELECT 1 FROM vault_epoch e INNER JOIN vault_grant g ON g.epoch_id = e.id"
        " WHERE e.file_id = %(expressions)s AND ("
        "(g.kind = 'person' AND g.holder = %%s) OR (g.kind = 'file' AND EXISTS ("
        "SELECT 1 FROM vault_epoch f INNER JOIN vault_grant h ON h.epoch_id = f.id"
        " WHERE f.file_id = g.holder AND h.kind = 'person' AND h.holder = %%s))))"
    )


class Read(OfFile):
    """There is a grant of theirs to an epoch of it that is not dormant, or such a one of another file that opens it."""

    asks = 2
    template = (
        "EXISTS (SELECT 1 FROM vault_epoch e INNER JOIN vault_grant g ON g.epoch_id = e.id"
        " WHERE e.file_id = %(expressions)s AND ("
        "(g.kind = 'person' AND g.holder = %%s AND NOT g.dormant)"
        " OR (g.kind = 'file' AND EXISTS ("
        "SELECT 1 FROM vault_epoch f INNER JOIN vault_grant h ON h.epoch_id = f.id"
        " WHERE f.file_id = g.holder AND h.kind = 'person' AND h.holder = %%s AND NOT h.dormant))))"
    )
