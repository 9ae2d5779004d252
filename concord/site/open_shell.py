"""open_shell: whoever opens a prompt inside the product leaves an entry that says so, before they can type (PUB-06).

Inside, verbs ask what they ask anywhere and the database keeps its rules; yet nobody is signed in there, so who it was
is said by the machine alone: the number of the system's user, and of whoever became that user.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any

from django.db import transaction
from django.utils import timezone

from concord import refusals
from concord.actions.judge_file import OPENED
from concord.ledger.record import record
from concord.refusals import Refused


@transaction.atomic
def open_shell(*, kind: str, at: datetime) -> None:
    """Leave the entry. What cannot be kept is not opened: an error of the database goes up."""
    became = os.environ.get("SUDO_UID", "")
    facts: dict[str, Any] = {"kind": kind, "system_user": os.getuid()}
    if became.isascii() and became.isdigit() and len(became) < 12:
        facts["from_user"] = int(became)
    record(OPENED, actor=None, subject=None, at=at, **facts)


@contextmanager
def keeping_refusals() -> Iterator[None]:
    """What is refused to whoever types, or to their script, is kept as at any door."""
    before = sys.excepthook

    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Refused):
            refusals.tell(error, actor=None, at=timezone.now())
        before(kind, error, traceback)

    sys.excepthook = hook
    try:
        yield
    except Refused as refused:
        refusals.tell(refused, actor=None, at=timezone.now())
        raise
    finally:
        sys.excepthook = before
