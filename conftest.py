"""What every test run shares: stories carry clauses, runs leave a record, sabotages are applied."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Generator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from concord.site.clauses import record
from concord.site.clauses.catalogue import MOST_CLAUSES_ON_ONE_STORY, ids

if TYPE_CHECKING:
    from concord.site.tests.install import Install
    from tests.cast import Cast

CHROMIUM = os.environ.get("CONCORD_TEST_CHROMIUM") or shutil.which("chromium")
ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
STARTS_PROCESSES = "concord/site/"
"""A room whose tests start processes, each of which takes seconds: on PostgreSQL they are asked at night alone."""
NIGHTLY = bool(os.environ.get("CONCORD_NIGHTLY"))
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}

hypothesis_settings.register_profile(
    "everyday", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "nightly", deadline=None, max_examples=2_000, suppress_health_check=list(HealthCheck)
)
hypothesis_settings.load_profile("nightly" if NIGHTLY else "everyday")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("concord")
    group.addoption(
        "--database-only", action="store_true", help="only the tests that touch the database"
    )
    group.addoption(
        "--sixth", action="store_true", help="of the rooms' own tests, those of this source's sixth"
    )
    group.addoption(
        "--no-browser", action="store_true", help="leave out the stories told in a browser"
    )
    group.addoption(
        "--browser-only", action="store_true", help="only the stories told in a browser"
    )


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(
        50_000, 20, 50
    )  # a run makes many small things, and ends: a twentieth of its time
    config.pluginmanager.register(Recorder(), "concord-record")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _check_clauses(items)
    _leave_out(config, items)
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="NO CHROMIUM: set CONCORD_TEST_CHROMIUM"))
        if item.get_closest_marker("postgresql") and not ON_POSTGRESQL:
            item.add_marker(pytest.mark.skip(reason="on PostgreSQL only: runs in its second round"))


def _check_clauses(items: list[pytest.Item]) -> None:
    for item in items:
        named = [id for mark in item.iter_markers("clauses") for id in mark.args]
        unknown = set(named) - ids()
        if unknown:
            raise pytest.UsageError(f"{item.nodeid}: no such clause: {', '.join(sorted(unknown))}")
        if len(named) > MOST_CLAUSES_ON_ONE_STORY:
            raise pytest.UsageError(
                f"{item.nodeid} names {len(named)} clauses; "
                f"a story truly exercises at most {MOST_CLAUSES_ON_ONE_STORY}"
            )


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_left = _other_sixths() if config.getoption("--sixth") else lambda item: False

    def wanted(item: pytest.Item) -> bool:
        marks = {mark.name for mark in item.iter_markers()}
        fixtures = set(getattr(item, "fixturenames", ()))
        return not (
            (config.getoption("--database-only") and not _touches_database(marks, fixtures))
            or (config.getoption("--no-browser") and "browser" in marks)
            or (config.getoption("--browser-only") and "browser" not in marks)
            or ("nightly" in marks and not NIGHTLY)
            or (is_left(item) and not marks & {"clauses", "postgresql"})
            or ("sqlite" in marks and ON_POSTGRESQL)
        )

    left_out = [item for item in items if not wanted(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if wanted(item)]


def _other_sixths() -> Callable[[pytest.Item], bool]:
    """Whether a test is a room's own, in a file that this source does not ask; by files, which share their stage."""
    turn = int(record.tree_hash(), 16) % 6

    def is_left(item: pytest.Item) -> bool:
        file = item.nodeid.split("::")[0]
        is_turn = zlib.crc32(file.encode()) % 6 == turn and not file.startswith(STARTS_PROCESSES)
        return file.startswith("concord/") and not is_turn

    return is_left


def _touches_database(marks: set[str], fixtures: set[str]) -> bool:
    return "django_db" in marks or bool(fixtures & DATABASE_FIXTURES)


class Recorder:
    """Keeps each story's outcome and, at the end, adds them to the record of this very source."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.tree = record.tree_hash() if os.environ.get("CONCORD_RECORD") else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        result = os.environ.get("CONCORD_SABOTAGE_RESULT")
        if result and not report.skipped and (report.when == "call" or report.failed):
            Path(result).write_text(_how_it_went(report, call))
        if item.get_closest_marker("clauses"):
            story = item.nodeid.split("[")[0]
            if report.failed:
                self.outcomes[story] = "failed"
            elif report.passed and report.when == "call":
                self.outcomes.setdefault(story, "passed")
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.tree is None or not self.outcomes:
            return
        if record.tree_hash() != self.tree:
            print("\nNOT RECORDED: THE SOURCE CHANGED DURING THE RUN")  # noqa: T201
            return
        where = "postgresql" if ON_POSTGRESQL else "sqlite"
        record.merge(
            self.tree, outcomes={story: {where: found} for story, found in self.outcomes.items()}
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[None]:
    """The test database. On SQLite, each transactional test leaves it byte for byte as it was at first.

    Emptying it row by row, as Django does, takes a second, and the rules about deleting refuse it.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    if connection.vendor != "sqlite":
        yield
        return

    with django_db_blocker.unblock(), sqlite3.connect(":memory:") as at_first:
        connection.ensure_connection()
        connection.connection.backup(at_first)

    def teardown(case: TransactionTestCase) -> None:
        connection.ensure_connection()
        at_first.backup(connection.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
    at_first.close()


@pytest.fixture(autouse=True, scope="session")
def _weighed_once() -> Generator[None]:
    """The cast's passphrases are the same in every test, and weighing one takes longer than all the rest of it."""
    from concord.vault import passphrases

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrases, "zxcvbn", cache(passphrases.zxcvbn))
        yield


_kept = ExitStack()
"""The transaction around the tests of a module, while there is one."""


@pytest.fixture(scope="module")
def kept_for_the_module(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Generator[None]:
    """A transaction around the tests of a module: what is made in it is there for each, and gone afterwards.

    Each test has a savepoint of its own inside, and leaves nothing to the next. It ends before the first test that
    commits (`pytest_runtest_setup`); those come last.
    """
    from django.db import connection, transaction

    _kept.enter_context(django_db_blocker.unblock())
    patch = _kept.enter_context(pytest.MonkeyPatch.context())
    _kept.enter_context(transaction.atomic())
    _kept.callback(transaction.set_rollback, True)
    patch.setattr(connection, "close", lambda: None)  # Django would, after each test
    yield
    _kept.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    if (mark and mark.kwargs.get("transaction")) or "transactional_db" in fixtures:
        _kept.close()


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    """The stage of the stories, set once for a module; one that plays at another time sets its own."""
    from tests.cast import stage

    return stage()


@pytest.fixture
def cast(staged: Cast, db: None) -> Cast:
    """Everybody, where they are as a story begins."""
    from tests.cast import as_it_was

    return as_it_was(staged)


@pytest.fixture(scope="session")
def tables(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Install]:
    """An install whose tables are there and nothing else: making them takes longer than most of what is tried."""
    from concord.site.tests.install import another_install

    home = tmp_path_factory.mktemp("tables") / "install"
    with django_db_blocker.unblock(), another_install(home) as made:
        made.run("migrate").check_returncode()
        with django_db_blocker.block():
            yield made


@pytest.fixture
def owner(db: None) -> Generator[None]:
    """Somebody who owns the database takes the rules away."""
    from django.db import connection

    from concord.actions.triggers import drop_statements, install

    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)
    yield
    install()


@pytest.fixture(autouse=True)
def _sabotaged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break one clause on purpose, when this run was started to see whether its story notices."""
    clause = os.environ.get("CONCORD_SABOTAGE")
    if clause:
        sabotage(clause).break_it(monkeypatch)


def sabotage(clause: str) -> Any:
    """The module tests/sabotage/<clause>.py, whose name no import statement can spell."""
    path = Path(__file__).parent / "tests" / "sabotage" / f"{clause}.py"
    spec = importlib.util.spec_from_file_location(f"sabotage_{clause.replace('-', '_')}", path)
    if spec is None or spec.loader is None:
        raise pytest.UsageError(f"there is no sabotage of {clause}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _how_it_went(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    """Whether a sabotaged story failed by an assertion of its own, or for another reason."""
    if report.passed:
        return "unnoticed"
    error = call.excinfo.value if call.excinfo else None
    if report.when == "call" and isinstance(error, AssertionError | pytest.fail.Exception):
        return record.NOTICED
    return f"broken in {report.when}: {type(error).__name__}"
