"""own_mailbox: somebody of the team shows which mailbox they take part with, so that they count as one person.

Their login at the desk and the one they take part with begin as two persons, and nothing tells that they are one. From
then on what is about the participant never reaches the colleague (K-CONF-1, I-STAFF-1).
"""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from concord.people.addresses import PURPOSE, unseal_address
from concord.people.ask_sign_in import about, ask_sign_in
from concord.people.declare_tie import declare_tie
from concord.people.models import SignInAsk, StaffMember, Tie
from concord.people.sign_in import WayInHasEnded, ask_of_code
from concord.vault import environment
from concord.vault.keyring import Keyring

OWN = " own mailbox of"
"""What the ask carries of its own, under a name that no field of a form has."""


def ask_own_mailbox(
    address: str, *, by: StaffMember, browser: bytes, language: str, at: datetime
) -> SignInAsk:
    """Mail six digits to it. It lets nobody in anywhere. Raises ValueError when `address` is not one."""
    return ask_sign_in(
        address,
        browser=browser,
        carries={OWN: str(by.id)},
        language=language,
        at=at,
        letter="people.own_mailbox",
    )


def show_own_mailbox(
    code: str, *, by: StaffMember, keyring: Keyring, browser: bytes, at: datetime
) -> Tie:
    """Whoever types the digits reads that mailbox: keep, as a keyed token, that it is theirs.

    Not in one transaction: a wrong code costs a try. Raises `WayInHasEnded`, `WrongCode` and what `declare_tie` raises.
    """
    ask = ask_of_code(code, browser=browser, at=at)
    sealed = bytes(ask.carries_sealed or b"")
    carried = json.loads(environment.unseal(PURPOSE, sealed, about=about(ask.id, "carries")))
    if carried.get(OWN) != str(by.id):
        raise WayInHasEnded(subject=ask.id)
    return _keep(ask, by, keyring=keyring, at=at)


@transaction.atomic
def _keep(ask: SignInAsk, by: StaffMember, *, keyring: Keyring, at: datetime) -> Tie:
    if not SignInAsk.objects.alive(at).filter(id=ask.id).update(used_at=at):
        raise WayInHasEnded(subject=ask.id)
    address = unseal_address(bytes(ask.address_sealed), about=about(ask.id, "address"))
    return declare_tie(
        by, mailbox=address, kind=Tie.Kind.OWN, called=address, keyring=keyring, at=at
    )
