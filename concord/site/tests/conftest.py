"""What the tests of set-up and of the command line share: an install, and what set-up printed when it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from concord.site.tests.install import Install, another_install


@pytest.fixture
def install(db: None, tmp_path: Path) -> Iterator[Install]:
    """An install that nobody has set up."""
    with another_install(tmp_path / "install") as made:
        yield made


@pytest.fixture
def with_tables(tables: Install, db: None, tmp_path: Path) -> Iterator[Install]:
    """An install that nobody has set up, as far as `concord migrate` brings it."""
    with another_install(tmp_path / "with-tables", like=tables) as made:
        yield made


@pytest.fixture(scope="session")
def _first_install(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker
) -> Iterator[tuple[Install, str]]:
    """Set up once in a run, and never used: only copied."""
    with (
        django_db_blocker.unblock(),
        another_install(tmp_path_factory.mktemp("first") / "install") as made,
    ):
        done = made.set_up()
        assert done.returncode == 0, done.stderr
        with django_db_blocker.block():
            yield made, done.stdout


@pytest.fixture
def ready(_first_install: tuple[Install, str], db: None, tmp_path: Path) -> Iterator[Install]:
    """An install that was set up, to do anything with."""
    with another_install(tmp_path / "ready", like=_first_install[0]) as made:
        yield made


@pytest.fixture
def told(_first_install: tuple[Install, str]) -> str:
    """What set-up printed when `ready` was made."""
    return _first_install[1]
