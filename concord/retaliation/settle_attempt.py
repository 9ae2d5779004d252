"""settle_attempt: somebody who reads both says that one follows from the other, or that it does not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.retaliation.models import Attempt
from concord.retaliation.offer import case_of, tie
from concord.retaliation.touching import of_person
from concord.vault.errors import NoGrant


class ItIsAimedAtYou(Refused):
    """Whoever it is aimed at does not handle what comes of it, and does not say that it is nothing (V-RETAL-3)."""

    words = _("This is aimed at you. A colleague says whether it is something else.")


@transaction.atomic
def link_attempt(attempt: Attempt, *, by: StaffMember, at: datetime) -> Attempt:
    """It is, or may be, retaliation: the new case is linked to the older, at once or when there is one.

    Whom on the team it is aimed at is out of the new case. Twice is once. Raises vault.NoGrant.
    """
    attempt = _held(attempt, by=by, at=at)
    if attempt.state == Attempt.State.OFFERED:
        _settle(attempt, Attempt.State.LINKED, by=by, at=at)
        case = case_of(attempt.source)
        if case is not None:
            tie(attempt, case, by=by.person_id, at=at)
    return attempt


@transaction.atomic
def dismiss_attempt(attempt: Attempt, *, by: StaffMember, at: datetime) -> Attempt:
    """It is something else. This pair is remembered, and never offered again. Raises ItIsAimedAtYou, vault.NoGrant."""
    attempt = _held(attempt, by=by, at=at)
    if attempt.aimed.filter(token=of_person(by.person_id)[1]).exists():
        raise ItIsAimedAtYou(subject=attempt.id)
    if attempt.state == Attempt.State.OFFERED:
        _settle(attempt, Attempt.State.DISMISSED, by=by, at=at)
    return attempt


def _held(attempt: Attempt, *, by: StaffMember, at: datetime) -> Attempt:
    visible = Attempt.objects.visible_to(by).filter(id=attempt.id)
    if not by.is_current(at) or not visible.exists():
        raise NoGrant(subject=attempt.id)
    Attempt.objects.select_for_update().get(id=attempt.id)
    return Attempt.objects.select_related("case", "flag", "report").get(id=attempt.id)


def _settle(attempt: Attempt, state: Attempt.State, *, by: StaffMember, at: datetime) -> None:
    attempt.state, attempt.settled_by, attempt.settled_at = state, by.person_id, at
    attempt.save(update_fields=["state", "settled_by", "settled_at"])
    record(f"retaliation.{state.value}", actor=by.person_id, subject=attempt.id, at=at)
