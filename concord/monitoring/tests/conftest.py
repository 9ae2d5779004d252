"""The people of these tests: Amara and Kofi may judge, Vera watches, Tomas wrote the post, Ana saw it."""

# ruff: noqa: F811 (fixtures are asked for by name)
from __future__ import annotations

import pytest

from concord.monitoring.tests.fixtures import (  # noqa: F401  (fixtures)
    Make,
    Member,
    ana,
    at,
    ines,
    make,
    post,
    recovery_secret,
    room,
    shut_out,
    take_away,
    tomas,
)
from concord.people.models import Role


@pytest.fixture
def amara(make: Make) -> Member:
    return make("Amara", Role.RECEIVER)


@pytest.fixture
def kofi(make: Make) -> Member:
    return make("Kofi", Role.STAFF)


@pytest.fixture
def vera(make: Make) -> Member:
    return make("Vera", Role.VOLUNTEER)
