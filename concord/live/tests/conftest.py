"""What the tests of streams share."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from concord.live import subscriptions
from concord.live.tests import listening


@pytest.fixture
def port() -> Iterator[int]:
    with listening.serving() as port:
        yield port


@pytest.fixture
def person() -> Iterator[UUID]:
    """Somebody who may listen to every room."""
    kept = dict(subscriptions._authorisers)
    someone = uuid4()
    listening.let_in(someone)
    yield someone
    subscriptions._authorisers.clear()
    subscriptions._authorisers.update(kept)
