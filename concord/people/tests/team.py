"""A small team for the tests of this room and of the rooms above: each with a part, keys and a way in."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.test import Client
from django.utils import timezone
from nacl.public import PrivateKey

from concord.outbox.worker import run_due
from concord.people.designate import designate
from concord.people.enrol import enrol
from concord.people.models import Login, Person, Role, StaffMember
from concord.people.pledge import pledge
from concord.vault import keys, recovery
from concord.vault.keys import Keyring, RecoverySecret

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSPHRASE = "walnut lantern gravel ostrich meadow"
PUBLIC, DESK = "localhost", "desk.localhost"


@dataclass
class Team:
    """Amara leads, Luis receives reports too, Noor is on the roster, Olu plans, Vera watches, Ivo keeps machines."""

    recovery: RecoverySecret
    shares: list[str]
    amara: StaffMember
    luis: StaffMember
    noor: StaffMember
    olu: StaffMember
    vera: StaffMember
    ivo: StaffMember


def gather() -> Team:
    """Set the house up, as its own verbs do."""
    shares = recovery.make(at=AT)
    secret = recovery.combine(shares[:2])
    amara = member("Amara", Role.RECEIVER, lead=True, vouched=secret)
    luis = member("Luis", Role.RECEIVER, vouched=secret)
    voucher = keys.unlock(luis.person_id, PASSPHRASE)
    return Team(
        recovery=secret,
        shares=shares,
        amara=amara,
        luis=luis,
        noor=member("Noor", Role.STAFF, by=amara, vouched=voucher),
        olu=member("Olu", Role.ORGANISER, by=amara, vouched=voucher),
        vera=member("Vera", Role.VOLUNTEER, by=amara, vouched=voucher),
        ivo=member("Ivo", Role.IT, by=amara, vouched=voucher),
    )


def member(
    name: str,
    role: str,
    *,
    lead: bool = False,
    by: StaffMember | None = None,
    vouched: RecoverySecret | Keyring | None = None,
) -> StaffMember:
    """Designate somebody and enrol their keys, vouched for by recovery or by somebody else than who designated them."""
    staff = designate(
        Person.objects.create(),
        working_name=name,
        role=role,
        languages=["en"],
        is_lead=lead,
        by=by,
        at=AT,
    )
    enrol(staff, handle=name, passphrase=PASSPHRASE, countersigner=vouched, at=AT)
    return pledge(staff, at=AT)


def standing_key() -> UUID:
    """A reader outside the team: a holder whose public key the vault knows."""
    holder = uuid4()
    public = bytes(PrivateKey.generate().public_key)
    keys.enrol_reader(holder, public, at=AT, countersigner=None)
    return holder


def desk_client() -> Client:
    return Client(HTTP_HOST=DESK)


def give_second_factor(staff: StaffMember) -> str:
    """Connect an app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(desk_login(staff), secret)
    return secret


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time() // 30)))


def sign_in_at_the_desk(staff: StaffMember) -> Client:
    """A browser of this staff member, through both steps of the real sign-in."""
    secret, client = give_second_factor(staff), desk_client()
    client.post("/in", {"login": staff.working_name, "password": PASSPHRASE})
    client.post("/in/second", {"code": code_now(secret)})
    return client


def desk_login(staff: StaffMember) -> Login:
    return Login.objects.at_the_desk().get(person=staff.person_id)


class Mailbox(list[dict[str, str]]):
    """What the transport carried out."""

    def __call__(self, **letter: str) -> None:
        self.append(letter)

    def arrive(self) -> dict[str, str]:
        """Let the worker run, and return the newest letter."""
        while run_due(at=timezone.now()):  # one job may leave another
            pass
        return self[-1]

    def link(self) -> str:
        """The newest way in by link."""
        return self._newest(r"https?://[^/]+(/in/\S+)")

    def code(self) -> str:
        """The newest way in by code."""
        return self._newest(r"^(\d{3} \d{3})$")

    def _newest(self, pattern: str) -> str:
        self.arrive()
        bodies = [letter["body"] for letter in reversed(self)]
        with_one = (body for body in bodies if re.search(pattern, body, re.MULTILINE))
        return found(pattern, next(with_one, bodies[0]))


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    assert match is not None, text
    return match[1]


def sign_in_by_mail(address: str, mailbox: Mailbox) -> Client:
    """A participant's browser, through the real sign-in."""
    client = Client(HTTP_HOST=PUBLIC)
    client.post("/in", {"address": address})
    client.post("/in/code", {"code": mailbox.code()})
    return client
