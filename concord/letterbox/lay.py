"""lay: what was held back in a box is found from now on; or it is taken away unread."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.letterbox.models import Answer


def lay(answer: UUID, *, at: datetime) -> bool:
    """Let the box's holder find it, as of now. Twice is once; returns whether it was still held."""
    held = Answer.objects.filter(id=answer, is_held=True)
    return held.update(is_held=False, pushed_at=at) == 1


def take_away(answer: UUID) -> bool:
    """Delete it, while nobody could find it; what was found stays. Returns whether it was still held."""
    return Answer.objects.filter(id=answer, is_held=True).delete()[0] == 1
