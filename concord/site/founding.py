"""founding: from an empty install to one in which a host can work: policy, outside contact, the first two."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from concord.letterbox.issue import NONCE_BYTES, issue
from concord.people.bring_in import Newcomer, bring_in
from concord.people.models import OutsideContact as NamedContact
from concord.people.models import Role, StaffMember
from concord.people.name_outside_contact import name_outside_contact
from concord.policy import first
from concord.policy.models import Version
from concord.policy.publish_version import publish_version
from concord.site.answers import Answers, Colleague, OutsideContact
from concord.vault import keys, recovery
from concord.vault.keyholders import keyholders
from concord.vault.keys import RecoverySecret

__all__ = ["Founded", "Missing", "found", "missing", "name_contact"]


@dataclass(frozen=True)
class Missing:
    """What a house still lacks before a host can work in it."""

    recovery_key: bool
    policy: bool
    outside_contact: bool
    staff: int
    lead: bool

    def __bool__(self) -> bool:
        return bool(self.recovery_key or self.policy or self.outside_contact or self.staff)

    @property
    def needs_recovery(self) -> bool:
        """Whether the recovery key has to vouch for somebody."""
        return self.outside_contact or bool(self.staff)


@dataclass(frozen=True)
class Founded:
    """What is to be printed once and kept nowhere: shares, the outside contact's code, passphrases."""

    shares: list[str]
    contact_code: str
    newcomers: list[Newcomer]

    def __repr__(self) -> str:
        return f"<Founded with {len(self.newcomers)} newcomers>"


def missing(at: datetime) -> Missing:
    """What is not there yet. The tables must be."""
    receivers = StaffMember.objects.receivers(at)
    holding = keyholders(receivers.values_list("person_id", flat=True))
    contacts = NamedContact.objects.current(at).values_list("holder", flat=True)
    return Missing(
        recovery_key=not recovery.is_made(),
        policy=not Version.objects.exists(),
        outside_contact=not keyholders(contacts),
        staff=max(0, keys.FIRST_TWO - len(holding)),
        lead=not receivers.filter(is_lead=True, person_id__in=holding).exists(),
    )


@transaction.atomic
def found(
    answers: Answers,
    *,
    shares: int,
    threshold: int,
    secret: RecoverySecret | None,
    at: datetime,
) -> Founded:
    """Bring in whatever is missing, all of it or nothing.

    `secret` is the recovery key put together from its shares; None when it is still to be made. A recovery
    key that was put together is remade afterwards. Raises what the verbs of the rooms raise, and ValueError
    when the answers do not hold what is missing.
    """
    lacking = missing(at)
    made = recovery.make(shares=shares, threshold=threshold, at=at) if lacking.recovery_key else []
    voucher = recovery.combine(made[:threshold]) if made else secret
    if lacking.policy:
        _publish_first(at)
    code = ""
    if lacking.outside_contact:
        code = name_contact(_told(answers.outside_contact), voucher=_given(voucher), at=at)
    newcomers = []
    if lacking.staff:
        people = answers.staff[: lacking.staff]
        if len(people) < lacking.staff:
            raise ValueError(f"{lacking.staff} people of the team are to be named")
        newcomers = _bring_in(people, lead=lacking.lead, voucher=_given(voucher), at=at)
    if secret is not None and lacking.needs_recovery and not made:
        made = recovery.remake(secret=secret, at=at)
    return Founded(made, code, newcomers)


def name_contact(contact: OutsideContact, *, voucher: RecoverySecret, at: datetime) -> str:
    """Name the outside contact and make their standing letterbox; return its code, shown to nobody else."""
    code, box = issue(secrets.token_bytes(NONCE_BYTES), purpose="outside contact", at=at)
    keys.enrol_reader(box.id, bytes(box.reading_public), at=at, countersigner=voucher)
    name_outside_contact(contact.name, address=contact.address, holder=box.id, by=None, at=at)
    return code


def _publish_first(at: datetime) -> None:
    publish_version(
        texts={first.LANGUAGE: first.first_text()},
        effective_from=at,
        credit=first.CREDIT,
        by=None,
        at=at,
    )


def _bring_in(
    people: Iterable[Colleague], *, lead: bool, voucher: RecoverySecret, at: datetime
) -> list[Newcomer]:
    spoken = {code for code, _ in settings.LANGUAGES}
    newcomers = []
    for number, each in enumerate(people):
        unknown = set(each.languages) - spoken
        if unknown:
            raise ValueError(f"no such language here: {', '.join(sorted(unknown))}")
        newcomers.append(
            bring_in(
                working_name=each.working_name,
                handle=each.sign_in,
                role=Role.RECEIVER,
                languages=each.languages,
                is_lead=lead and number == 0,
                countersigner=voucher,
                by=None,
                at=at,
            )
        )
    return newcomers


def _told(contact: OutsideContact | None) -> OutsideContact:
    if contact is None:
        raise ValueError("the outside contact is to be named")
    return contact


def _given(voucher: RecoverySecret | None) -> RecoverySecret:
    if voucher is None:
        raise ValueError("shares of the recovery key are needed")
    return voucher
