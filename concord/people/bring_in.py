"""bring_in: a new colleague, designated, with a way to sign in and keys of their own (I-STAFF-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from concord.people.designate import designate
from concord.people.enrol import enrol
from concord.people.models import Login, Person, StaffMember
from concord.vault import keys
from concord.vault.keys import Keyring, RecoverySecret


@dataclass(frozen=True)
class Newcomer:
    """Somebody who just joined. The passphrase is shown to whoever brings them in, once, and kept nowhere."""

    staff: StaffMember
    handle: str
    passphrase: str

    def __repr__(self) -> str:
        return f"<Newcomer {self.handle}>"


def others_know_passphrase(staff: StaffMember) -> None:
    """Whoever handed a passphrase over has seen it: at their next sign-in nothing opens before another one."""
    Login.objects.at_the_desk().filter(person=staff.person_id).update(others_know_passphrase=True)


@transaction.atomic
def bring_in(
    *,
    working_name: str,
    handle: str,
    role: str,
    languages: Iterable[str],
    is_lead: bool,
    countersigner: Keyring | RecoverySecret | None,
    by: StaffMember | None,
    at: datetime,
) -> Newcomer:
    """Designate a human who has no login here yet, and enrol them under a passphrase made by the machine.

    Without a countersigner their keys wait until a colleague vouches for them. Raises what `designate`
    and `enrol` raise; nothing of it stays when any of it is refused.
    """
    staff = designate(
        Person.objects.create(),
        working_name=working_name,
        role=role,
        languages=languages,
        is_lead=is_lead,
        by=by,
        at=at,
    )
    passphrase = keys.generate_passphrase()
    login = enrol(staff, handle=handle, passphrase=passphrase, countersigner=countersigner, at=at)
    others_know_passphrase(staff)
    return Newcomer(staff, login.handle, passphrase)
