"""What the stories share: the stage, and a mailbox in which every letter arrives."""

from __future__ import annotations

from concord.people.tests.fixtures import mailbox

__all__ = ["mailbox"]
