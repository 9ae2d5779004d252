"""declare_tie: say beforehand to whom one is close, and get nothing about them (K-CONF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.addresses import canonical_token, mailbox_token
from concord.people.models import Login, Person, StaffMember, Tie
from concord.people.signals import acquaintance_declared, mailbox_tie_declared, tie_declared
from concord.people.ties import CLOSE, person_token, token_of_login, token_of_mailbox
from concord.refusals import Refused
from concord.vault import keys
from concord.vault.errors import NoKey
from concord.vault.keyring import Keyring
from concord.vault.padding import pad


class NotOnTheTeamAnyMore(Refused):
    """Whoever left has no desk, and is given nothing anyway."""

    words = _("Only somebody who works here can say this.")


class OneIsOneself(Refused):
    """What is about oneself never reaches one, tie or not."""

    words = _("This is you. What is about you never reaches you.")
    status = 409


@transaction.atomic
def declare_tie(
    staff: StaffMember,
    *,
    at: datetime,
    person: Person | None = None,
    mailbox: str = "",
    kind: Tie.Kind = Tie.Kind.HARD,
    called: str = "",
    keyring: Keyring | None = None,
) -> Tie:
    """Keep that this staff member stands close to a person, or to whoever comes with a mailbox, known here or not.

    `called` is sealed to them alone. When it is close, what they were given about that person before is taken back
    by those who gave it; when it is not, what asks for their yes alone. An open `keyring` of theirs finds it also
    where who is in a case lies sealed. Declared twice it is kept once, and the closer of the two holds. The ledger
    keeps that a tie was declared, not to whom nor of which kind. Raises `NotOnTheTeamAnyMore`, `OneIsOneself`.
    """
    if (person is None) == (not mailbox):
        raise ValueError("a tie is to a person or to a mailbox")
    staff = StaffMember.objects.select_for_update().get(id=staff.id)
    if not staff.is_current(at):
        raise NotOnTheTeamAnyMore(subject=staff.person_id)
    known = [person] if person else _behind(mailbox)
    if any(one.id == staff.person_id for one in known):
        raise OneIsOneself(subject=staff.person_id)
    tie, closer = _keep(staff, known, mailbox, kind)
    if called:
        tie.sealed = _sealed(tie, called)
    tie.save()
    if closer:
        record("people.declare_tie", actor=staff.person_id, subject=staff.person_id, at=at)
        is_close, said = tie.kind in CLOSE, {"staff": staff, "keyring": keyring, "at": at}
        announced = tie_declared if is_close else acquaintance_declared
        for one in known:
            announced.send(sender=Tie, person=one, **said)
        if not known:
            mailbox_tie_declared.send(sender=Tie, mailbox=mailbox, is_close=is_close, **said)
    return tie


def seal_names_again(staff: StaffMember, *, by: Keyring) -> None:
    """Their keys are other ones now: what they called somebody, which the former ones open, is sealed to these."""
    for tie in Tie.objects.select_for_update().filter(staff=staff, sealed__isnull=False):
        called = by.open_sealed(bytes(tie.sealed or b""), about=about(tie))
        tie.sealed = keys.seal_for_self(staff.person_id, called, about=about(tie))
        tie.save(update_fields=["sealed"])


def about(tie: Tie) -> str:
    return f"people.tie.sealed:{tie.id}:{tie.staff_id}"


def _behind(mailbox: str) -> list[Person]:
    """Those who sign in with this mailbox, however they write it."""
    same = Q(mailbox_token=mailbox_token(mailbox))
    canonical = canonical_token(mailbox)
    if canonical:
        same |= Q(canonical_token=canonical)
    return list(Person.objects.filter(id__in=Login.objects.filter(same).values("person")))


def _keep(
    staff: StaffMember, known: list[Person], mailbox: str, kind: Tie.Kind
) -> tuple[Tie, bool]:
    """The row, new or the one that is there, and whether it says more than before."""
    of_person = person_token(known[0].id) if known else None
    of_mailbox = token_of_mailbox(mailbox) if mailbox else _mailbox_of(known[0])
    same = Q(person_token=of_person) if of_person else Q()
    if of_mailbox:
        same |= Q(mailbox_token=of_mailbox)
    before = list(Tie.objects.filter(same, staff=staff))
    if not before:
        tie = Tie(staff=staff, kind=kind, person_token=of_person, mailbox_token=of_mailbox)
        return tie, True
    tie = min(before, key=_distance)
    is_closer = _distance(Tie(kind=kind)) < _distance(tie)
    if is_closer:
        tie.kind = kind
    for other in before:  # one was by name, one by mailbox, and it turns out to be one person
        if other.id != tie.id:
            other.delete()
    tie.person_token, tie.mailbox_token = of_person or tie.person_token, of_mailbox
    return tie, is_closer


def _distance(tie: Tie) -> int:
    return [*CLOSE, Tie.Kind.SOFT].index(Tie.Kind(tie.kind))


def _mailbox_of(person: Person) -> bytes | None:
    """Kept beside who they are: they may be forgotten after one event, and come to the next as somebody new."""
    login = person.logins.filter(mailbox_token__isnull=False).first()
    return token_of_login(login) if login else None


def _sealed(tie: Tie, called: str) -> bytes | None:
    try:
        return keys.seal_for_self(tie.staff.person_id, pad(called.encode()), about=about(tie))
    except NoKey:
        return None
