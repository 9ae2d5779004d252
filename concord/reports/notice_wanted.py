"""Where whoever reported wants to be told that something new lies in their box, and in which language.

The running server writes there, so it can read it; the database or a backup alone cannot. It is sealed to nobody on
the team, and no page of theirs shows it.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from concord.people.addresses import seal_address, unseal_address
from concord.reports.models import Report


class NoticeWanted(NamedTuple):
    """An address as `people.addresses` reads it, and the language of the page on which it was left."""

    address: str
    language: str


def seal_wanted(report: Report, wanted: NoticeWanted) -> bytes:
    return seal_address(json.dumps(wanted), about=_about(report))


def notice_wanted(report: Report) -> NoticeWanted | None:
    """None when nobody asked, or when it was erased."""
    if report.notice_sealed is None:
        return None
    return NoticeWanted(
        *json.loads(unseal_address(bytes(report.notice_sealed), about=_about(report)))
    )


def _about(report: Report) -> str:
    return f"report:{report.id}:notice"
