"""look_at_later: apply a decision on an organisation to somebody who said later that they belong to it, or do not.

The decision was made for them too, by two people; that it is them is seen by one, who says why (A-UNIT-1). It is never
wider or longer than the decision, and dies with it; the database asks for the look as well.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from concord.access.models import Shut
from concord.access.shut import end_shut
from concord.actions.models import LaterMember
from concord.actions.review_reference import link_to
from concord.actions.tell_respondent import addresses_of
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.ledger.record import record
from concord.letters.registry import register_kind
from concord.letters.send import compose, send
from concord.outbox.leave import leave
from concord.people.models import Affiliation, Source, StaffMember
from concord.people.team_name import team_name
from concord.refusals import Refused
from concord.vault import files

register_kind("actions.later_member", template="actions/letters/organisation.txt", guarded=False)


class MayNotLook(Refused):
    """Designated receivers look, who may open the decision and are close to nobody it would touch."""

    words = _("This is not open to you.")


class SayWhy(Refused):
    """Whoever looks says why, whatever comes of it; it stays with the team."""

    words = _("Please say why, in a few words. It stays with the team.")
    status = 409


class LookedAlready(Refused):
    """A colleague decided the other way."""

    words = _("A colleague has looked at this already. Nothing was changed.")
    status = 409


class IsOver(Refused):
    """The decision is over, or they do not say any more that they belong to it."""

    words = _(
        "The decision is over, or they do not say any more that they belong to it. Nothing was changed."
    )
    status = 409


@transaction.atomic
def apply_to(card: LaterMember, *, reason: str, by: StaffMember, at: datetime) -> LaterMember:
    """The decision holds for them too. Access ends at once, and they are told neutrally. Twice is once.

    Raises `MayNotLook`, `SayWhy`, `IsOver`, `LookedAlready` when they were left alone.
    """
    card = _held(card, by=by, at=at)
    decision = card.barred.decision
    if card.state == LaterMember.State.APPLIED:
        return card
    _check_undecided(card, reason)
    said_so = Affiliation.objects.filter(
        person=card.person_id, organisation=card.barred.organisation_id, source=Source.SELF
    )
    if not Decision.objects.in_force(at).filter(id=decision.id).exists() or not said_so.exists():
        raise IsOver(subject=decision.id)
    _look(card, LaterMember.State.APPLIED, reason, by=by, at=at)
    execution = Execution.objects.create(
        prior_decision=decision, executed_by=by.person_id, executed_at=at
    )
    standing = card.barred.warrant
    ends = (standing.until_at, decision.ended_at)
    warrant = Warrant.objects.create(
        execution=execution,
        kind="member",
        target=card.person_id,
        scope_kind=standing.scope_kind,
        scope_id=standing.scope_id,
        until_at=min((end for end in ends if end), default=None),
        review_on=standing.review_on,
    )
    detail = {"how": [Source.SELF.value], "folded": card.barred.organisation.folded}
    kind_of("member").carry_out(warrant, decision=decision, detail=detail, at=at)
    Warrant.objects.filter(id=warrant.id).update(done_at=at)
    LaterMember.objects.filter(id=card.id).update(execution=execution)
    card.execution = execution
    leave("actions.verify", subject=execution.id, at=at)
    _tell(card, warrant, at=at)
    record("actions.apply_to_later", actor=by.person_id, subject=decision.id, at=at, card=card.id)
    return card


@transaction.atomic
def spare(card: LaterMember, *, reason: str, by: StaffMember, at: datetime) -> LaterMember:
    """Leave them alone, or give back what one person took: milder, so one is enough. They never come up again.

    Raises `MayNotLook`, `SayWhy`. Twice is once.
    """
    card = _held(card, by=by, at=at)
    if card.state == LaterMember.State.SPARED:
        return card
    if not reason.strip():
        raise SayWhy(subject=card.barred.decision_id)
    _look(card, LaterMember.State.SPARED, reason, by=by, at=at)
    if card.execution is not None:
        warrants = card.execution.warrants.values_list("id", flat=True)
        for shut in Shut.objects.filter(warrant__in=list(warrants), ended_at__isnull=True):
            end_shut(shut, by=by.person_id, at=at)
    record(
        "actions.spare", actor=by.person_id, subject=card.barred.decision_id, at=at, card=card.id
    )
    return card


def _held(card: LaterMember, *, by: StaffMember, at: datetime) -> LaterMember:
    """The decision first, as whoever lifts it takes it; then the card, for whoever may look."""
    Decision.objects.select_for_update().get(id=card.barred_id)
    card = (
        LaterMember.objects.select_for_update(of=("self",))
        .select_related("barred__decision", "barred__organisation", "barred__warrant", "execution")
        .get(id=card.id)
    )
    visible = LaterMember.objects.visible_to(by).filter(id=card.id)
    if not by.is_current(at) or not visible.exists():
        raise MayNotLook(subject=card.barred.decision_id)
    return card


def _check_undecided(card: LaterMember, reason: str) -> None:
    if card.state != LaterMember.State.WAITING:
        raise LookedAlready(subject=card.barred.decision_id)
    if not reason.strip():
        raise SayWhy(subject=card.barred.decision_id)


def _look(
    card: LaterMember, state: LaterMember.State, reason: str, *, by: StaffMember, at: datetime
) -> None:
    card.state, card.looked_by, card.looked_at = state, by.person_id, at
    card.reason_sealed = files.seal(
        card.barred.decision.file, reason.strip().encode(), about=f"later member:{card.id}:{state}"
    )
    card.save(update_fields=["state", "looked_by", "looked_at", "reason_sealed"])


def _tell(card: LaterMember, warrant: Warrant, *, at: datetime) -> None:
    """A neutral letter in their language, once every step was seen to hold."""
    target = Target(
        "member",
        warrant.target,
        "",
        warrant.scope_kind,
        warrant.scope_id,
        warrant.until_at,
        warrant.review_on,
    )
    for address, language in addresses_of(card.person_id):
        with override(language):
            said = words_of(target, card.barred.organisation.name)
        said["review_url"] = link_to(warrant.execution)
        subject, body = compose("actions.later_member", context=said, language=language)
        send(
            "actions.later_member",
            to=address,
            subject=subject,
            body=body,
            language=language,
            waits_for=warrant.execution_id,
            at=at,
        )


def words_of(target: Target, organisation: str) -> dict[str, str]:
    """What the letter to one of its people says, in the language that is active."""
    return {
        "organisation": organisation,
        "place": place_name(target.scope_kind, target.scope_id),
        "until": until_words(target),
        "host": settings.CONCORD_HOST_NAME,
        "team": team_name(),
    }
