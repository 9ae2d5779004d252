"""Fixtures shared with the rooms above: import them into a conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from concord.letters import registry
from concord.people.tests.team import Mailbox, Team, gather


@pytest.fixture
def team(db: None) -> Team:
    return gather()


@pytest.fixture
def mailbox(db: None) -> Iterator[Mailbox]:
    made = Mailbox()
    registry.register_transport(made)
    yield made
    registry._transports.remove(made)
