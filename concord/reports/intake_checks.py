"""Checks that upper rooms lend to intake: they see the plain text in memory, before anybody is notified."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.reports.told import Told

IntakeCheck = Callable[..., Iterable[UUID]]
"""`check(told, *, report, at)`: persons who must not read it. It keeps tokens, if anything, never text."""

_checks: list[IntakeCheck] = []
log = logging.getLogger("concord.reports")


def register(check: IntakeCheck) -> IntakeCheck:
    """Lend a check, once per process."""
    if check not in _checks:
        _checks.append(check)
    return check


def kept_out_by_checks(told: Told, *, report: UUID, at: datetime) -> set[UUID]:
    """Whom the checks keep out. A check that fails is logged without the text, and never stops a report."""
    found: set[UUID] = set()
    for check in _checks:
        try:
            with transaction.atomic():
                found |= set(check(told, report=report, at=at))
        except Exception as error:  # noqa: BLE001 - any failure of a lent part
            log.error("intake check failed", extra={"kind": type(error).__name__})
    return found
