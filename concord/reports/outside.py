"""Whoever comes in by the outside contact's door: their standing code opens it, without account or staff session.

What was sealed to somebody who was the outside contact before stays theirs to read, and to answer; they let in nobody.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from concord.doors import Request
from concord.letterbox.read import keyring_of
from concord.letterbox.session import Held, current
from concord.monitoring.readers import outside_readers
from concord.people.models import OutsideContact
from concord.reports.models import Discretion, Report
from concord.reports.read_shared import SayFirstThatYouKeepIt
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class Outside(NamedTuple):
    """The outside contact, with their key open for this request."""

    contact: OutsideContact
    keyring: Keyring


def contact_of(held: Held | None) -> OutsideContact | None:
    """The outside contact whose standing box this is."""
    return OutsideContact.objects.filter(holder=held.box.id).first() if held else None


def come_in(held: Held | None, *, at: datetime) -> Outside | None:
    """Open their key, and make the grants that are owed in what they can open, as at a colleague's request."""
    contact = contact_of(held)
    if held is None or contact is None:
        return None
    keyring = keyring_of(held.box, held.code)
    files.settle(keyring, at=at)
    return Outside(contact, keyring)


def come_in_to_read(request: Request) -> Outside | None:
    """Whoever's box is open in this browser, once they promised. Raises SayFirstThatYouKeepIt."""
    inside = come_in(current(request, at=request.at), at=request.at)
    if inside is not None:
        check_may_read(inside)
    return inside


def promised(contact: OutsideContact) -> bool:
    """Whether they said that what they read stays with them."""
    return Discretion.objects.filter(holder=contact.holder).exists()


def check_may_read(by: Outside) -> None:
    """Raise SayFirstThatYouKeepIt before they did (K-WHO-1)."""
    if not promised(by.contact):
        raise SayFirstThatYouKeepIt(subject=by.contact.holder)


def is_contact_now(by: Outside, *, at: datetime) -> bool:
    """Whether they are the one of now, and not one who was replaced."""
    return by.contact.holder in outside_readers(at)


def check_hands_on(by: Outside, *, at: datetime) -> None:
    """Raise NoGrant for a former one: they may have been replaced because of whom they would let in."""
    if not is_contact_now(by, at=at):
        raise NoGrant(subject=by.contact.holder)


def check_opens(report: Report, *, by: Outside) -> None:
    """Raise SayFirstThatYouKeepIt, or NoGrant, unless they may act on this report."""
    check_may_read(by)
    if by.keyring.holder != by.contact.holder or not files.may_open(report.file, by.contact.holder):
        raise NoGrant(subject=report.id)
