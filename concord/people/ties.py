"""Who is close to whom, asked by keyed tokens alone: nobody can be told from the table (K-CONF-1)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from concord.names import token
from concord.people.addresses import canonical_token, mailbox_token, read_address
from concord.people.models import Login, StaffMember, Tie

CLOSE = (Tie.Kind.OWN, Tie.Kind.HARD)
"""Who says so is given nothing about that person."""
ACQUAINTED = (Tie.Kind.SOFT,)
"""Who says so may read and say what they know, and has no say about that person."""


def persons_tied_to(persons: Iterable[UUID], *, kinds: Iterable[Tie.Kind] = CLOSE) -> set[UUID]:
    """The staff (as person ids) who declared such a tie to any of these persons, or to a mailbox of theirs."""
    ties = Tie.objects.filter(_to(set(persons)), kind__in=list(kinds))
    return set(ties.values_list("staff__person_id", flat=True))


def tied_to_mailboxes(addresses: Iterable[str], *, kinds: Iterable[Tie.Kind] = CLOSE) -> set[UUID]:
    """The staff who declared such a tie to whoever has one of these mailboxes, known here or not."""
    ties = Tie.objects.filter(mailbox_token__in=tokens_of(None, addresses), kind__in=list(kinds))
    return set(ties.values_list("staff__person_id", flat=True))


def tied_to_tokens(canonical: Iterable[bytes], *, kinds: Iterable[Tie.Kind] = CLOSE) -> set[UUID]:
    """The same, where all that is kept of the mailboxes is their canonical tokens (`addresses.canonical_token`)."""
    wanted = [_again(one) for one in canonical]
    ties = Tie.objects.filter(mailbox_token__in=wanted, kind__in=list(kinds))
    return set(ties.values_list("staff__person_id", flat=True))


def those_close_to(staff: StaffMember, persons: Iterable[UUID]) -> set[UUID]:
    """To which of these persons this staff member declared that they are close."""
    if not staff.ties.filter(kind__in=CLOSE).exists():
        return set()
    theirs = Tie.objects.filter(staff=staff, kind__in=CLOSE)
    return {one for one in set(persons) if theirs.filter(_to({one})).exists()}


def declared(kinds: Iterable[Tie.Kind] = CLOSE) -> list[tuple[UUID, bytes]]:
    """Every tie of these kinds: which of the staff (as person ids) declared it, and each token of whom it is to."""
    ties = Tie.objects.filter(kind__in=list(kinds))
    rows = ties.values_list("staff__person_id", "person_token", "mailbox_token")
    return [(staff, bytes(one)) for staff, *tokens in rows for one in tokens if one]


def tokens_of(person: UUID | None, addresses: Iterable[str] = ()) -> set[bytes]:
    """Everything by which a tie to somebody is found: who they are, each mailbox of theirs, and these addresses."""
    found = {token_of_mailbox(one) for one in map(_as_address, addresses) if one}
    if person is not None:
        logins = Login.objects.filter(person_id=person, mailbox_token__isnull=False)
        known = logins.only("mailbox_token", "canonical_token")
        found |= {person_token(person), *(one for one in map(token_of_login, known) if one)}
    return found


def person_token(person: UUID) -> bytes:
    return token("tie", f"person:{person}")


def token_of_mailbox(address: str) -> bytes:
    """The mailbox behind its aliases; a box that several people share is found by its exact address."""
    return _again(canonical_token(address) or mailbox_token(address))


def token_of_login(login: Login) -> bytes | None:
    """The same for a login that is known; None for one at the desk."""
    known = login.canonical_token or login.mailbox_token
    return _again(bytes(known)) if known else None


def _to(persons: set[UUID]) -> Q:
    """Ties to any of them: by who they are, or by a mailbox with which they sign in."""
    boxes = Login.objects.filter(person_id__in=persons, mailbox_token__isnull=False)
    theirs = {token_of_login(login) for login in boxes.only("mailbox_token", "canonical_token")}
    return Q(person_token__in=[person_token(one) for one in persons]) | Q(
        mailbox_token__in=[one for one in theirs if one]
    )


def _as_address(typed: str) -> str:
    """As a mailbox is kept; empty for what is none."""
    try:
        return read_address(typed)
    except ValueError:
        return ""


def _again(known: bytes) -> bytes:
    """Another token than the one at the login, so that the two tables cannot be laid side by side."""
    return token("tie", f"mailbox:{known.hex()}")
