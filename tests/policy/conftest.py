"""What the stories share: the stage, and a mailbox in which every letter arrives."""

from __future__ import annotations

import pytest

from concord.people.tests.fixtures import mailbox
from tests.cast import Cast, stage

__all__ = ["mailbox"]


@pytest.fixture
def cast(db: None) -> Cast:
    return stage()
