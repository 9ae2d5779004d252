"""set_aside: leave out a step that two people agreed to, before or while it is carried out, and say why (R-PRACT-1).

It only ever narrows: no new agreement is needed. Whoever adds a step writes a new version.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.concurrence.contents import commitments, read_contents, targets_of
from concord.concurrence.guards import (
    check_coordinates,
    check_key,
    check_newest,
    check_open,
    check_staff,
)
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Proposal, SetAside, State, Version, Warrant
from concord.concurrence.signals import answered
from concord.concurrence.terms import ON_A_PERSON, Target
from concord.ledger.record import record
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class SayWhyNot(Refused):
    """A step that was agreed to is never left out without a reason."""

    words = _("Please say why it cannot be done. Nothing is left out without a reason.")
    status = 409


class NothingChosen(Refused):
    """Which step it is has to be said."""

    words = _("Please tick what is left out. Nothing you wrote is lost.")
    status = 409


class NothingIsLeft(Refused):
    """Whoever leaves everything out withdraws the proposal instead."""

    words = _("Then nothing would be left of it. Withdraw the proposal instead.")
    status = 409


class ItsLetterSpeaksOfBoth(Refused):
    """One letter tells a person all that holds for them: what is left out would still be said in it."""

    words = _(
        "The letter to this person speaks of more than one step. Leave all of them out, or change the proposal."
    )
    status = 409


class WasCarriedOut(Refused):
    """What was carried out already is ended, not left out."""

    words = _("This was carried out already. End the decision instead.")
    status = 409


@transaction.atomic
def set_aside(
    version: Version,
    *,
    steps: Collection[str],
    reason: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> list[SetAside]:
    """Leave out the steps with these commitments. Left out before, a step stays so under its first reason.

    Once an agreement is there, until it is carried out; and after that what still waits for a letter or a hand.
    Raises `SayWhyNot`, `NothingChosen`, `NothingIsLeft`, `ItsLetterSpeaksOfBoth`, `WasCarriedOut`, `NeedsCoordinator`,
    `StaleVersion`, `NoLongerOpen`, `Lapsed`, NoGrant.
    """
    proposal = Proposal.objects.held(version.proposal_id)
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    check_coordinates(version, by)
    check_newest(version, proposal.version)
    if not reason.strip():
        raise SayWhyNot(subject=proposal.id)
    contents = read_contents(version, keyring=keyring)
    known = dict(zip(commitments(contents), targets_of(contents), strict=True))
    out = {one for one in steps if one in known}
    if not out:
        raise NothingChosen(subject=proposal.id)
    before = set(version.set_aside.values_list("commitment", flat=True))
    if proposal.state == State.EXECUTED:
        _check_still_waits(version, out - before, known)
    else:
        check_open(version, at=at, states=(State.CONCURRED,))
        _check_narrows(known, out | before, subject=proposal.id)
    made = [
        SetAside.objects.create(
            version=version,
            commitment=one,
            sealed=files.seal(version.briefing, reason.strip().encode(), about=about(one)),
            by=by.person_id,
            set_aside_at=at,
        )
        for one in sorted(out - before)
    ]
    for one in made:
        record(
            "concurrence.set_aside",
            actor=by.person_id,
            subject=proposal.id,
            at=at,
            step=version.steps.get(commitment=one.commitment).position,
        )
    agreed = version.concurrences.filter(voided_at__isnull=True).first()
    execution = getattr(agreed, "execution", None)
    if execution is not None:
        leave("actions.verify", subject=execution.id, at=at)
    answered.send(sender=Version, version=version, at=at)
    return made


def about(commitment: str) -> str:
    """What the sealed reason is bound to."""
    return f"set aside:{commitment}"


def reasons(version: Version, *, keyring: Keyring) -> dict[str, str]:
    """Why each step was left out, by commitment. Raises NoGrant."""
    return {
        one.commitment: files.unseal(
            version.briefing, bytes(one.sealed), about=about(one.commitment), keyring=keyring
        ).decode()
        for one in version.set_aside.all()
        if one.sealed
    }


def _check_still_waits(version: Version, out: set[str], known: dict[str, Target]) -> None:
    """After it was carried out: only what a letter or a hand has not done yet."""
    undone = Warrant.objects.filter(commitment__in=out, verified_at__isnull=True)
    waiting = set(undone.values_list("commitment", flat=True))
    for one in out:
        kind = kind_of(known[one].kind)
        if one not in waiting or not (kind.by_letter or kind.by_hand):
            raise WasCarriedOut(subject=version.proposal_id)


def _check_narrows(known: dict[str, Target], out: set[str], *, subject: UUID) -> None:
    if out == set(known):
        raise NothingIsLeft(subject=subject)
    on_people = {one: target for one, target in known.items() if target.kind in ON_A_PERSON}
    left_out = {target.id for one, target in on_people.items() if one in out}
    if any(target.id in left_out for one, target in on_people.items() if one not in out):
        raise ItsLetterSpeaksOfBoth(subject=subject)
