"""What the form promises before anything is sent: who reads, in which languages now, and by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import get_language_info

from concord.convenings.models import Convening, State
from concord.people.models import StaffMember
from concord.vault.keyholders import holding

LIVE = timedelta(minutes=5)
OTHERWISE = timedelta(hours=24)
OUTCOME = timedelta(days=90)
"""From when a report arrives until whoever wants to hear what was done has heard it, at the latest."""


def receivers(at: datetime) -> list[StaffMember]:
    """The designated receivers who can read now, by working name."""
    staff = StaffMember.objects.receivers(at).filter(person_id__in=holding())
    return list(staff.order_by("working_name"))


def languages_read_now(at: datetime) -> list[str]:
    """The languages that receivers on call read."""
    on_call = StaffMember.objects.on_call(at).receivers(at)
    spoken = on_call.values_list("languages", flat=True)
    return sorted({language for languages in spoken for language in languages})


def answer_by(language: str, *, read_now: Iterable[str] | None = None, at: datetime) -> datetime:
    """When a person has answered at the latest: minutes while an event runs and somebody on call reads it."""
    running = Convening.objects.filter(state__in=[State.OPEN, State.PAUSED]).exists()
    prompt = running and language in (languages_read_now(at) if read_now is None else read_now)
    return at + (LIVE if prompt else OTHERWISE)


def minutes(language: str, *, read_now: Iterable[str], at: datetime) -> int:
    """The same as whole minutes from now, for the page, which knows already which languages are read."""
    by = answer_by(language, read_now=read_now, at=at)
    return int((by - at).total_seconds() // 60)


def own_name(language: str) -> str:
    """A language's name in that language; its code when nobody has told us more."""
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language
