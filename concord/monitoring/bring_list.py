"""bring_list: a file of terms becomes a list of an event, as a draft. It asks nobody yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening
from concord.ledger.record import record
from concord.monitoring.models import TermList
from concord.monitoring.screening.read_list import read_list
from concord.people.models import StaffMember
from concord.refusals import Refused

MOST_LISTS = 40


class OnlyTheTeamKeepsLists(Refused):
    """Whoever reads flags says what is flagged; nobody else does."""

    words = _("Only staff who read flags keep lists.")


class TooManyLists(Refused):
    words = _(
        "An event has at most 40 lists. Open one that is not needed any more, and take it away first."
    )
    status = 409


@transaction.atomic
def bring_list(
    convening: Convening, *, name: str, language: str, blob: bytes, by: StaffMember, at: datetime
) -> TermList:
    """Keep a list as a draft. Raises OnlyTheTeamKeepsLists, TooManyLists, read_list.BadList."""
    check_keeps_lists(by, at=at)
    if TermList.objects.filter(convening=convening).count() >= MOST_LISTS:
        raise TooManyLists(subject=convening.id)
    terms = [entry.term for entry in read_list(blob).entries]
    kept = TermList.objects.create(
        convening=convening,
        name=name.strip()[:60],
        language=language,
        terms=terms,
        made_by=by.person_id,
        made_at=at,
    )
    record("monitoring.bring_list", actor=by.person_id, subject=kept.id, at=at)
    return kept


def check_keeps_lists(by: StaffMember, *, at: datetime) -> None:
    """Raises OnlyTheTeamKeepsLists."""
    if not (by.is_current(at) and (by.receives_reports or by.may_concur)):
        raise OnlyTheTeamKeepsLists
