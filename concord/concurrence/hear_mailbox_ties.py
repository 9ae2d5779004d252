"""A tie declared by a mailbox alone takes its staff member out of what keeps its owner out, or is to (K-CONF-1).

Nobody signs in with it, so no person is named: whoever was never seen here is denied entry by their addresses, and
somebody who was shut out may be forgotten since. Where a text names one address, it is found by the keyed token of its
step; where several, by the declarer's own open keys, among the texts they were given; what was decided, by the keyed
tokens that lie with the shut. Whoever was given nothing of a case sees nothing change: else they could try addresses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.dispatch import receiver

from concord import names
from concord.access.models import ShutToken
from concord.cases.hear_ties import given_to, lends_cases_naming  # all cases are locked first
from concord.cases.models import Case
from concord.concurrence.contents import read_contents, targets_of
from concord.concurrence.hear_ties import leave_decisions, leave_proposals, no_longer_asked
from concord.concurrence.models import Decision, Proposal, Version
from concord.concurrence.propose import target_token
from concord.concurrence.terms import Target
from concord.people.addresses import canonical_token, read_address
from concord.people.models import StaffMember
from concord.people.signals import mailbox_tie_declared
from concord.people.ties import ACQUAINTED, tied_to_mailboxes
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant, Tampered
from concord.vault.keyring import Keyring


@receiver(mailbox_tie_declared, dispatch_uid="concurrence.hear_mailbox_ties")
def hear_of_a_mailbox(
    staff: StaffMember,
    mailbox: str,
    is_close: bool,
    at: datetime,
    keyring: Keyring | None = None,
    **kwargs: Any,
) -> None:
    """What follows is the same as for a person; all cases are locked already."""
    if not is_close:
        _ask_them_no_longer(staff, mailbox, keyring, at=at)
        return
    theirs = files.held_by(staff.person_id)
    decided = Q(id__in=_decided(mailbox).values("id"))
    cases = cases_naming(mailbox, staff, keyring)
    leave_proposals(Case.objects.filter(id__in=cases), staff, keyring=keyring, at=at)
    found = Decision.objects.filter(decided | Q(case__in=cases), file__in=theirs)
    leave_decisions(found, staff, keyring=keyring, at=at)


@lends_cases_naming
def cases_naming(mailbox: str, staff: StaffMember, keyring: Keyring | None) -> set[UUID]:
    """The cases in which its owner is kept out, or is or was to be, of which this staff member was given something."""
    held = files.held_by(staff.person_id)
    texts = _texts(mailbox, staff, keyring)
    decided = _decided(mailbox)
    about = {
        *texts.values_list("proposal__case", flat=True),
        *decided.values_list("case", flat=True),
    }
    given = given_to(staff.person_id)
    given |= set(texts.filter(briefing__in=held).values_list("proposal__case", flat=True))
    given |= set(decided.filter(file__in=held).values_list("case", flat=True))
    return about & given


def _ask_them_no_longer(
    staff: StaffMember, mailbox: str, keyring: Keyring | None, *, at: datetime
) -> None:
    texts = _texts(mailbox, staff, keyring)
    others = tied_to_mailboxes([mailbox], kinds=ACQUAINTED)
    theirs = Proposal.objects.open().filter(versions__in=texts).distinct()
    for id in theirs.order_by("case", "id").values_list("id", flat=True):
        no_longer_asked(staff, id, about=texts, without=others, at=at)


def _texts(mailbox: str, staff: StaffMember, keyring: Keyring | None) -> QuerySet[Version]:
    """What was proposed by this address alone, and what these keys open that names it among others."""
    wanted = Q(id__in=_opened(mailbox, staff, keyring))
    try:
        alone = target_token(Target("deny", uuid4(), "", detail={"addresses": [mailbox]}))
    except Refused:  # a box that several people read keeps nobody out
        pass
    else:
        wanted |= Q(id__in=Version.objects.filter(steps__target_token=alone).values("id"))
    return Version.objects.filter(wanted)


def _opened(mailbox: str, staff: StaffMember, keyring: Keyring | None) -> set[UUID]:
    if keyring is None or keyring.holder != staff.person_id:
        return set()
    given = Version.objects.filter(briefing__in=files.held_by(staff.person_id))
    return {one.id for one in given if _names(one, mailbox, keyring)}


def _names(version: Version, mailbox: str, keyring: Keyring) -> bool:
    try:
        targets = targets_of(read_contents(version, keyring=keyring))
    except (NoGrant, Tampered, ValueError):
        return False
    box = names.canonical_mailbox(read_address(mailbox))
    known = [one for each in targets for one in each.detail.get("addresses", [])]
    return any(names.canonical_mailbox(one) == box for one in known)


def _decided(mailbox: str) -> QuerySet[Decision]:
    """Whatever keeps its owner out, ended or not, also as a repetition of what was decided before."""
    tokens = ShutToken.objects.filter(kind="mailbox", token=canonical_token(mailbox) or b"")
    shuts = tokens.values("shut__warrant")
    first = Q(execution__warrants__id__in=shuts)
    again = Q(repetitions__warrants__id__in=shuts)
    return Decision.objects.filter(first | again).distinct()
