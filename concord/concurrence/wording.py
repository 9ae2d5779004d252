"""What a proposal asks and what it would change, in words that a person reads in one breath."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.concurrence.terms import Target
from concord.convenings.models import Convening, Session


@dataclass(frozen=True)
class Effect:
    """The numbers of a preview: what was counted before is what happens after."""

    people: int
    streams: int
    posts: int
    gone_already: int
    rooms: tuple[str, ...]
    back: int = 0
    restored: int = 0

    @property
    def others(self) -> int:
        """Other people whom it touches: none, or the proposal would have to name them."""
        return 0


def effect_of(preview: Iterable[dict[str, Any]]) -> Effect:
    """Add up the previews of the steps."""
    preview = list(preview)
    revoked = [step for step in preview if step["kind"] == "revoke"]
    deleted = [step for step in preview if step["kind"] == "delete"]
    return Effect(
        people=len({step["label"] for step in revoked}),
        streams=sum(step["streams"] for step in revoked),
        posts=sum(not step["already"] for step in deleted),
        gone_already=sum(step["already"] for step in deleted),
        rooms=tuple(sorted({room for step in revoked for room in step["rooms"]})),
        back=sum(step["people"] for step in preview if step["kind"] == "lift"),
        restored=sum(step["kind"] == "restore" and not step["already"] for step in preview),
    )


def asks(targets: Iterable[Target]) -> str:
    """The whole of it as one sentence: "Remove one person from Hall 1 until 3 March; delete 2 posts."."""
    targets = list(targets)
    parts = [*_removing(targets), *_deleting(targets), *_giving_back(targets)]
    return capfirst("; ".join(parts)) + "." if parts else ""


def _removing(targets: list[Target]) -> Iterable[str]:
    revoked = [target for target in targets if target.kind == "revoke"]
    if not revoked:
        return
    first = revoked[0]
    persons = len({target.id for target in revoked})
    people = ngettext("one person", "%(n)d people", persons) % {"n": persons}
    yield _("remove %(people)s from %(place)s %(until)s") % {
        "people": people,
        "place": place_name(first.scope_kind, first.scope_id),
        "until": until_words(first),
    }


def _deleting(targets: list[Target]) -> Iterable[str]:
    posts = sum(target.kind == "delete" for target in targets)
    if posts:
        yield ngettext("delete one post", "delete %(n)d posts", posts) % {"n": posts}


def _giving_back(targets: list[Target]) -> Iterable[str]:
    for target in targets:
        if target.kind == "lift":
            yield _("end decision %(code)s now and give access back") % {"code": target.label}
    posts = sum(target.kind == "restore" for target in targets)
    if posts:
        yield ngettext("put one post back", "put %(n)d posts back", posts) % {"n": posts}


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
