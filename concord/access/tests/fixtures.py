"""Fixtures shared with the rooms above: import them into a conftest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection

from concord.access.models import EVERYWHERE, Place, Shut
from concord.access.shut import shut

ShutOut = Callable[..., Shut]


@pytest.fixture
def shut_out(db: None) -> ShutOut:
    """Warrants are made above the wall, and triggers ask for them there; here the triggers are away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE access_shut DISABLE TRIGGER USER")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'access_shut'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')

    def do(person: UUID, *, at: datetime, place: Place = EVERYWHERE, **more: object) -> Shut:
        return shut(person, place=place, warrant=uuid4(), at=at, **more)  # type: ignore[arg-type]

    return do
