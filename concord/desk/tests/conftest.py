"""The people of these tests, each at their own browser, signed in through both steps; no script runs in it."""

from __future__ import annotations

import pytest

from concord.people.tests.fixtures import mailbox  # noqa: F401  (fixture)
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast


@pytest.fixture
def amara(cast: Cast) -> Browser:
    """Coordinates."""
    return at_the_desk(cast.amara)


@pytest.fixture
def luis(cast: Cast) -> Browser:
    """Receives reports too; is asked to agree."""
    return at_the_desk(cast.luis)


@pytest.fixture
def noor(cast: Cast) -> Browser:
    """On the roster; may agree, receives nothing."""
    return at_the_desk(cast.noor)


@pytest.fixture
def ravi(cast: Cast) -> Browser:
    """Close to the person reported."""
    return at_the_desk(cast.ravi)


@pytest.fixture
def ines(cast: Cast) -> Browser:
    """Keeps the machines."""
    return at_the_desk(cast.ines)
