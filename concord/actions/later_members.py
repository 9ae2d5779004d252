"""later_members: who says later that they belong to an organisation under a decision is put before a person first.

Nobody is shut out by what they typed into a form, and nothing is different for them until somebody looked: one of the
designated staff who may open the decision, and who is not close to them (`look_at_later`). The card goes with the
decision (A-UNIT-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from concord.actions.ask_review import is_running
from concord.actions.models import BarredOrganisation, LaterMember
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import SHUTS
from concord.convenings.known_members import names_in_rooms
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import close_to
from concord.monitoring.ring import ring
from concord.outbox.clocks import erases
from concord.people.models import Affiliation, Source, StaffMember
from concord.people.signals import affiliation_named
from concord.vault import files
from concord.vault.keyring import Keyring

LOOK_LIVE = timedelta(minutes=2)
LOOK_OTHERWISE = timedelta(hours=1)


@dataclass(frozen=True)
class Seen:
    """What somebody who looks is shown: their name in a room, the organisation as they wrote it, what was said."""

    name: str
    wrote: str
    reason: str

    @property
    def still_says_so(self) -> bool:
        return bool(self.wrote)


@receiver(affiliation_named, dispatch_uid="actions.later_members")
def hear(sender: Any, affiliation: Affiliation, at: datetime, **kwargs: Any) -> None:
    """Somebody named it of themself. They are told nothing, and nothing is different for them."""
    barred = BarredOrganisation.objects.filter(
        organisation=affiliation.organisation_id, decision__in=Decision.objects.not_over(at)
    )
    for each in barred.select_related("decision"):
        meet(each, affiliation.person_id, at=max(at, each.decision.made_at))


def meet(barred: BarredOrganisation, person: UUID, *, at: datetime) -> LaterMember | None:
    """Put them before somebody, once under each decision; None for whoever it keeps out, or kept out, already."""
    decision = barred.decision
    if Warrant.objects.filter(_under(decision), kind__in=SHUTS, target=person).exists():
        return None
    card, is_new = LaterMember.objects.get_or_create(
        barred=barred,
        person_id=person,
        defaults={
            "noticed_at": at,
            "due_at": at + (LOOK_LIVE if is_running([decision]) else LOOK_OTHERWISE),
        },
    )
    if is_new:
        record("actions.later_member", actor=None, subject=decision.id, at=at, card=card.id)
        told = files.readers(decision.file) - close_to({person})
        tell_desks(told, "decision", decision.id)
        ring(told, at=at)
    return card


@transaction.atomic
def read_later(card: LaterMember, *, by: StaffMember, keyring: Keyring, at: datetime) -> Seen:
    """See who it is; that one looked is an entry. Raises NoGrant for a key that does not open the decision."""
    own = Affiliation.objects.filter(
        person=card.person_id, organisation=card.barred.organisation_id, source=Source.SELF
    ).first()
    reason = ""
    if card.reason_sealed is not None:
        about = f"later member:{card.id}:{card.state}"
        reason = files.unseal(
            card.barred.decision.file, bytes(card.reason_sealed), about=about, keyring=keyring
        ).decode()
    record("actions.read_later", actor=by.person_id, subject=card.barred_id, at=at, card=card.id)
    name = names_in_rooms([card.person_id]).get(card.person_id, "")
    return Seen(name, own.name if own else "", reason)


def _under(decision: Decision) -> Q:
    return Q(execution=decision.execution_id) | Q(execution__prior_decision=decision)


def due(at: datetime) -> Iterator[date]:
    for barred in _over(at).select_related("decision"):
        ends = (barred.decision.until_at, barred.decision.ended_at)
        yield min(end for end in ends if end).date()


@erases("actions.forget_organisations", _("organisations under a decision that is over"), due=due)
def forget_organisations(*, at: datetime) -> int:
    """Erase which organisation a decision was about, and who said later that they belong to it, once it is over."""
    over = list(_over(at).values_list("decision", flat=True))
    LaterMember.objects.filter(barred__in=over).delete()
    return BarredOrganisation.objects.filter(decision__in=over).delete()[0]


def _over(at: datetime) -> QuerySet[BarredOrganisation]:
    in_force = Decision.objects.in_force(at).values("id")
    return BarredOrganisation.objects.exclude(decision__in=in_force)
