"""prepared: a query that is built once, and each time only filled in.

To build a query costs Django several times what the database takes to answer it. That is well spent where somebody
looks at a page; what every post in every room asks is asked this way instead, word for word the same.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Field, Model, QuerySet, Value
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)


class Slot(Value):
    """Stands in a prepared query where a value will: `Slot("person", UUIDField())`."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(name, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def filled(self, values: dict[str, Any]) -> Any:
        """The value in the form in which this kind of database takes it."""
        return self.output_field.get_db_prep_value(values[self.value], connection)


class Prepared(Generic[M]):
    """The rows of the queryset that `build` returns, which is called once for each kind of database.

    `build` puts a `Slot` wherever something differs from one time to the next; nothing else in it may. Raises
    KeyError where a slot is left empty, TransactionManagementError where rows are held outside a transaction.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._ready: dict[str, _Ready] = {}

    def all(self, **values: Any) -> list[M]:
        """The rows, with these values in the slots."""
        ready = self._ready.get(connection.vendor) or self._prepare()
        if ready.compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are held for update inside a transaction only.")
        return list(ModelIterable(_Asked(ready, values)))  # type: ignore[arg-type]

    def first(self, **values: Any) -> M | None:
        """The first of them, or None. How many are read, `build` says."""
        return next(iter(self.all(**values)), None)

    def _prepare(self) -> _Ready:
        compiler = self._build().query.get_compiler(connection=connection)
        sql, wanted = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        ready = _Ready(compiler, sql, wanted, compiler.get_converters(columns))
        self._ready[connection.vendor] = ready
        return ready


class _Ready(NamedTuple):
    compiler: Any
    sql: str
    wanted: tuple[Any, ...]
    converters: dict[int, Any]

    def filled(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        wanted = self.wanted
        return self.sql, [one.filled(values) if isinstance(one, Slot) else one for one in wanted]


class _Asked:
    """As much of a queryset as Django takes to read rows: it asks for a compiler, and that for its statement
    and for what turns a column's value into Python's.
    """

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, ready: _Ready, values: dict[str, Any]) -> None:
        self.query, self.db = self, connection.alias
        self._compiler, statement = copy(ready.compiler), ready.filled(values)
        self._compiler.connection = connection
        self._compiler.as_sql = lambda *args, **more: statement
        self._compiler.get_converters = lambda columns: ready.converters

    def get_compiler(self, using: str) -> Any:
        return self._compiler
