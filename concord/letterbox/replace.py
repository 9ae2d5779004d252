"""replace: lay a sealed text in a box in the place of the one of its kind that lay there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.letterbox.models import Answer, Box
from concord.letterbox.push import push


@transaction.atomic
def replace(box: Box, plaintext: bytes, *, kind: str, at: datetime) -> Answer:
    """Seal a text to the box's holder; whatever had this kind before is gone for good."""
    box.answers.filter(kind=kind).delete()
    return push(box, plaintext, kind=kind, at=at)
