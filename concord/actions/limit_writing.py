"""limit_writing: let a person read and not write, or write only so often, in a place until a time (P-SANCTION-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.access.gate import limit_of
from concord.access.limit import limit
from concord.access.models import Limit, Place
from concord.actions.revoke_access import about, check_person_and_place, excerpt, hold, rooms_in
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.refusals import Refused

PACES = (5, 10, 30, 60)
"""Minutes from one post to the next that a proposal can ask for."""


class NoSuchPace(Refused):
    """A pace is one of a few, so that everybody knows what it means."""

    words = _("Choose how often they may write.")
    status = 409


def pace_of(detail: dict[str, Any]) -> int | None:
    """The minutes that a step asks for; None for whoever only reads."""
    pace = detail.get("pace")
    return pace if isinstance(pace, int) else None


def pace_words(minutes: int) -> str:
    """ "one message every 10 minutes" """
    return ngettext("one message a minute", "one message every %(n)d minutes", minutes) % {
        "n": minutes
    }


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The person and the place exist; a pace stands where one is asked for, and nowhere else."""
    check_person_and_place(target, case=case)
    pace = pace_of(target.detail)
    if (target.kind == "limit") != (pace in PACES) or set(target.detail) - {"pace"}:
        raise NoSuchPace(subject=case.id)


def preview(kind: str, target: Target, *, at: datetime) -> dict[str, Any]:
    """Whom it touches: one person, in the rooms of the scope."""
    place = Place(target.scope_kind, target.scope_id)
    held = limit_of(target.id, [place], at=at)
    pace = pace_of(target.detail)
    return {
        "kind": kind,
        "label": target.label,
        "id": str(target.id),
        "scope": target.scope_kind,
        "rooms": sorted(room.name for room in rooms_in(place)),
        "pace": pace,
        "until_at": target.until_at.isoformat() if target.until_at else None,
        "already": held is not None
        and (held.pace is None or (pace is not None and held.pace >= pace)),
    }


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Hold the person to it under the warrant. Done before, it does nothing."""
    if Limit.objects.filter(warrant=warrant.id).exists():
        return
    limit(
        warrant.target,
        place=Place(warrant.scope_kind, warrant.scope_id),
        warrant=warrant.id,
        pace=pace_of(detail),
        salt=detail.get("salt", ""),
        at=at,
        until_at=warrant.until_at,
        review_on=warrant.review_on,
    )


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """The gate holds the person to it, or to something stricter; or it is over already."""
    made = Limit.objects.filter(warrant=warrant.id).first()
    if made is None:
        return False
    if made.ended_at is not None or (made.until_at and made.until_at <= at):
        return True
    held = limit_of(warrant.target, [made.place], at=at)
    return held is not None and (
        held.pace is None or (made.pace is not None and held.pace >= made.pace)
    )


def asks_to_read(targets: list[Target]) -> Iterable[str]:
    """Who only reads, where, until when."""
    yield gettext("let %(people)s read and not write in %(place)s %(until)s") % _said(targets)


def asks_to_slow(targets: list[Target]) -> Iterable[str]:
    """Who writes how often, where, until when."""
    yield gettext("let %(people)s write %(pace)s in %(place)s %(until)s") % {
        **_said(targets),
        "pace": pace_words(pace_of(targets[0].detail) or 0),
    }


def _said(targets: list[Target]) -> dict[str, str]:
    persons = len({target.id for target in targets})
    return {
        "people": ngettext("one person", "%(n)d people", persons) % {"n": persons},
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def readers(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People who only read from then on."""
    people = len({step.get("id", step["label"]) for step in previews})
    yield people, ngettext("person may read, not write", "people may read, not write", people)


def slowed(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People who write at a pace."""
    people = len({step.get("id", step["label"]) for step in previews})
    yield (
        people,
        ngettext("person writes at a slower pace", "people write at a slower pace", people),
    )


for _name, _order, _asks, _counts in (
    ("mute", 1, asks_to_read, readers),
    ("limit", 1, asks_to_slow, slowed),
):
    register(
        Kind(
            _name,
            _order,
            validate,
            partial(preview, _name),
            carry_out,
            verify,
            excerpt,
            about,
            hold,
            _asks,
            _counts,
        )
    )
