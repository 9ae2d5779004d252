"""Where whoever reported wants to be told that something new lies in their box, and in which language.

The running server writes there, so it can read it; the database or a backup alone cannot. It is sealed to nobody on
the team, and no page of theirs shows it.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from concord.people.addresses import seal_address, unseal_address
from concord.reports.models import HeldBack, Report


class NoticeWanted(NamedTuple):
    """An address as `people.addresses` reads it, and the language of the page on which it was left."""

    address: str
    language: str


def seal_wanted(report: Report, wanted: NoticeWanted) -> bytes:
    return seal_address(json.dumps(wanted), about=_about(report))


def notice_wanted(report: Report) -> NoticeWanted | None:
    """None when nobody asked, when it was erased, or is to be: to that one nothing is sent any more."""
    waits = HeldBack.objects.filter(report=report).first()
    if waits and (waits.hears_nothing or waits.notice_changes):
        return None
    return _opened(report, report.notice_sealed)


def notice_kept(report: Report) -> NoticeWanted | None:
    """The one that stands, whatever is to come of it."""
    return _opened(report, report.notice_sealed)


def notice_to_come(report: Report) -> NoticeWanted | None:
    """As it will stand once the code has settled; as it stands where nothing is held back."""
    waits = HeldBack.objects.filter(report=report).first()
    if waits and waits.hears_nothing:
        return None
    sealed = waits.notice_sealed if waits and waits.notice_changes else report.notice_sealed
    return _opened(report, sealed)


def _opened(report: Report, sealed: bytes | memoryview[int] | None) -> NoticeWanted | None:
    if sealed is None:
        return None
    return NoticeWanted(*json.loads(unseal_address(bytes(sealed), about=_about(report))))


def _about(report: Report) -> str:
    return f"report:{report.id}:notice"
