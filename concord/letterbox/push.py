"""push: lay a sealed answer in a box, without knowing its code."""

from __future__ import annotations

from datetime import datetime

from concord.letterbox.models import Answer, Box
from concord.letterbox.opening import about
from concord.vault import sealing
from concord.vault.padding import pad


def push(box: Box, plaintext: bytes, *, kind: str, at: datetime, is_held: bool = False) -> Answer:
    """Seal an answer to the box's holder. From here on only the code opens it.

    One that `is_held` lies there sealed like the rest and is not found until `lay`.
    """
    answer = Answer(box=box, kind=kind, pushed_at=at, is_held=is_held)
    answer.sealed = sealing.seal_to(bytes(box.reading_public), pad(plaintext), about=about(answer))
    answer.save(force_insert=True)
    used(box, at=at)
    return answer


def used(box: Box, *, at: datetime) -> None:
    """Its time begins again (`lapse`). Only the day is kept."""
    if box.used_on < at.date():
        Box.objects.filter(id=box.id, used_on__lt=at.date()).update(used_on=at.date())
