"""Fixtures shared with the rooms above: import them into a conftest."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.core.cache import cache

from concord.letters import registry
from concord.people.tests.team import Mailbox, Team, gather


@pytest.fixture(scope="module")
def gathered(kept_for_the_module: None) -> Team:
    return gather()


@pytest.fixture
def team(gathered: Team, db: None) -> Team:
    """Everybody as they were when they came together; a secret is nobody's copy."""
    cache.clear()  # how often each tried to come in
    return deepcopy(gathered, {id(gathered.recovery): gathered.recovery})


@pytest.fixture
def mailbox(db: None) -> Iterator[Mailbox]:
    made = Mailbox()
    registry.register_transport(made)
    yield made
    registry._transports.remove(made)
