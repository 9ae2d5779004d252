"""warn_person: a letter about behaviour, its effect, and what has to change; nothing at the gate (P-SANCTION-1).

It is done when the letter was handed to whatever carries letters. Whom no letter reaches reads it on a page of
their own in the room, and it is done when they were shown it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from concord.access.models import Notice, Place
from concord.access.tell import tell
from concord.actions.models import Told
from concord.actions.revoke_access import about, check_person_and_place, excerpt, hold
from concord.actions.tell_respondent import addresses_of
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.letters.models import Letter


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The person and the place exist."""
    check_person_and_place(target, case=case)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Who gets the letter."""
    return {
        "kind": "warn",
        "label": target.label,
        "id": str(target.id),
        "until_at": target.until_at.isoformat() if target.until_at else None,
        "already": False,
    }


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Nothing but the letter, which `tell_respondent` leaves; a place in the room for whom none reaches."""
    if addresses_of(warrant.target) or Notice.objects.filter(warrant=warrant.id).exists():
        return
    tell(
        warrant.target,
        place=Place(warrant.scope_kind, warrant.scope_id),
        warrant=warrant.id,
        asked_to_leave=False,
        at=at,
        until_at=warrant.until_at,
        review_on=warrant.review_on,
    )


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """A letter to them was handed over, or they were shown the text."""
    if Notice.objects.filter(warrant=warrant.id, is_shown=True).exists():
        return True
    letters = Told.objects.filter(execution=warrant.execution_id, person=warrant.target)
    return Letter.objects.filter(id__in=letters.values("letter"), sent_at__isnull=False).exists()


def asks(targets: list[Target]) -> Iterable[str]:
    """Who is warned, about which place, until when it counts."""
    persons = len({target.id for target in targets})
    yield gettext("warn %(people)s by a letter about %(place)s, looked at %(until)s") % {
        "people": ngettext("one person", "%(n)d people", persons) % {"n": persons},
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People who get a letter and lose nothing."""
    people = len({step.get("id", step["label"]) for step in previews})
    yield people, ngettext("person gets a letter", "people get a letter", people)


register(
    Kind(
        "warn",
        1,
        validate,
        preview,
        carry_out,
        verify,
        excerpt,
        about,
        hold,
        asks,
        counts,
        by_letter=True,
    )
)
