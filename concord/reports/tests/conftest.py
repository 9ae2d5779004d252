"""The people of these tests: Amara and Luis receive reports, Kofi may agree; Ines is the outside contact."""

# ruff: noqa: F811 (fixtures are asked for by name)
from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from concord.letterbox.models import Box
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
    tomas,
)
from concord.people.models import Role, Shift


@pytest.fixture
def amara(make: Make, at: datetime) -> Member:
    """On call."""
    member = make("Amara Diallo", languages=("en", "fr"))
    hours = timedelta(hours=2)
    Shift.objects.create(staff=member.staff, starts_at=at - hours, ends_at=at + hours)
    return member


@pytest.fixture
def luis(make: Make) -> Member:
    return make("Luis", languages=("es",))


@pytest.fixture
def kofi(make: Make) -> Member:
    return make("Kofi", role=Role.STAFF)


def box_of(report) -> Box:
    return Box.objects.get(id=report.box)
