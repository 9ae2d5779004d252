"""ask_to_leave: a person is asked, alone and calmly, to leave a place; they may stay (P-SANCTION-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from concord.access.models import Notice, Place
from concord.access.tell import tell
from concord.actions.revoke_access import about, check_person_and_place, excerpt, hold, rooms_in
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.live.hub import hub


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The person and the place exist."""
    check_person_and_place(target, case=case)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Who is asked, in which rooms they see it."""
    place = Place(target.scope_kind, target.scope_id)
    asked = Notice.objects.not_over(at).at_places([place])
    return {
        "kind": "ask",
        "label": target.label,
        "id": str(target.id),
        "scope": target.scope_kind,
        "rooms": sorted(room.name for room in rooms_in(place)),
        "until_at": target.until_at.isoformat() if target.until_at else None,
        "already": asked.filter(person_id=target.id, asked_to_leave=True).exists(),
    }


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Say it on their own pages in the rooms of the place. Done before, it does nothing."""
    if Notice.objects.filter(warrant=warrant.id).exists():
        return
    tell(
        warrant.target,
        place=Place(warrant.scope_kind, warrant.scope_id),
        warrant=warrant.id,
        asked_to_leave=True,
        at=at,
        until_at=warrant.until_at,
        review_on=warrant.review_on,
    )


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """It stands in the room for them. Whether they leave is theirs, and no part of it."""
    return Notice.objects.filter(warrant=warrant.id).exists()


def is_followed(warrant: Warrant) -> bool:
    """Whether they said that they leave, and listen to no room of the place at this moment. Kept nowhere."""
    notice = Notice.objects.filter(warrant=warrant.id, is_heeded=True).first()
    if notice is None:
        return False
    return not hub.listening(warrant.target, [room.stream for room in rooms_in(notice.place)])


def asks(targets: list[Target]) -> Iterable[str]:
    """Who is asked to leave where, until when it is said."""
    persons = len({target.id for target in targets})
    yield gettext("ask %(people)s to leave %(place)s, %(until)s; they may stay") % {
        "people": ngettext("one person", "%(n)d people", persons) % {"n": persons},
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People who are asked, and lose nothing."""
    people = len({step.get("id", step["label"]) for step in previews})
    yield people, ngettext("person is asked to leave", "people are asked to leave", people)


register(Kind("ask", 1, validate, preview, carry_out, verify, excerpt, about, hold, asks, counts))
