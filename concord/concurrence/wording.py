"""Places, moments and spans in the words that proposals, letters and pages share."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.concurrence.terms import Target
from concord.convenings.models import Convening, Session


def place_name(kind: str, id: UUID | None) -> str:
    """A session or an event by its name; everything, in a word."""
    found: Session | Convening | None = None
    if kind == "session" and id is not None:
        found = Session.objects.filter(id=id).first()
    elif kind == "convening" and id is not None:
        found = Convening.objects.filter(id=id).first()
    return found.name if found else _("every event")


def until_words(target: Target) -> str:
    """Until when, or when it is looked at again."""
    if target.until_at is not None:
        return _("until %(moment)s") % {"moment": moment_words(target.until_at)}
    if target.review_on is not None:
        day = date_format(target.review_on, _("j F Y"))
        return _("with no end, looked at again on %(day)s") % {"day": day}
    return ""


def moment_words(moment: datetime) -> str:
    """A moment with its zone, as letters and proposals write it."""
    local = timezone.localtime(moment)
    return f"{date_format(local, _('j F Y, H:i'))} {local.tzname()}"


def span_words(span: timedelta) -> str:
    """How long something took: tenths below ten seconds, for there they are felt; then seconds, minutes, hours."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 10:
        return _("%(n)s seconds") % {"n": number_format(seconds, 1)}
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", round(seconds)) % {"n": round(seconds)}
    minutes = round(seconds / 60)
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
