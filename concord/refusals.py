"""Refused: the policy said no, in words fit to show to the person who tried."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Recorder = Callable[["Refused", "UUID | None", datetime], None]

_recorders: list[Recorder] = []


class Refused(Exception):
    """A rule of the policy forbids this. Subclasses are named after the rule.

    `words` is what the person reads; `status` is the HTTP answer (403: never; 409: not now, or
    no longer; 429: in a moment); `subject` is the id of the thing that was refused, for the ledger; `page` is the
    template that tells it when the plain one would leave the person without a next step; `is_kept`
    is False for what anybody could be refused a thousand times a minute, which the ledger need not keep.
    """

    words: str | Promise = _("This is not possible.")
    status: int = 403
    page: str = "site/refused.html"
    is_kept: bool = True

    def __init__(self, words: str | Promise | None = None, *, subject: UUID | None = None) -> None:
        if words is not None:
            self.words = words
        self.subject = subject
        super().__init__(type(self).__name__)

    @property
    def rule(self) -> str:
        """The rule's name, as the ledger keeps it."""
        return type(self).__name__


class NoSpace(Refused):
    """No rule: the disk, or the database, has no space left. Nothing was kept, and nothing half."""

    words = _("The disk of this server is full, so nothing was saved and nothing was half-saved.")
    status = 507
    is_kept = False


def is_full(why: BaseException) -> bool:
    """Whether a disk or a database says that it has no space left."""
    if isinstance(why, OSError):
        return why.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(why, OperationalError) and (
        "disk is full" in str(why) or getattr(why.__cause__, "sqlstate", "") == "53100"
    )


def register_recorder(recorder: Recorder) -> None:
    """Let the ledger hear of refusals, once per process; the ledger sits above this file."""
    if recorder not in _recorders:
        _recorders.append(recorder)


def tell(refused: Refused, *, actor: UUID | None, at: datetime) -> None:
    """Pass a refusal on, to be recorded in a transaction of its own by the outermost caller."""
    for recorder in _recorders if refused.is_kept else []:
        recorder(refused, actor, at)
