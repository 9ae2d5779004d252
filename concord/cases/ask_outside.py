"""ask_outside: whether to leave a case as it is goes outside, once nobody on the team may agree (workflow.md 4.4).

And `ask_no_longer`: somebody who was asked turns out to know somebody in it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.cases.conflicts import may_leave_it
from concord.cases.models import NoAction
from concord.monitoring.desk_stream import GONE, tell_desks
from concord.monitoring.readers import outside_contact
from concord.monitoring.ring import ring
from concord.vault import files
from concord.vault.keyring import Keyring


def ask_outside(decided: NoAction, *, without: UUID, keyring: Keyring | None, at: datetime) -> None:
    """Give it to the outside contact to read, where `without`, who is about to lose it, was the last who could agree.

    With no key at hand it stays owed; whoever decided it is rung, and makes the grant at their next request.
    """
    others = files.readers(decided.briefing) - {decided.decided_by, without}
    if may_leave_it(decided.case, others, at=at):
        return
    contact = outside_contact(at)
    if contact is not None and not files.may_open(decided.briefing, contact.holder):
        files.owe(decided.briefing, to=contact.holder, at=at)
        if keyring is not None:
            files.settle(keyring, at=at)
    asked = [contact.holder] if contact is not None else []
    tell_desks([decided.decided_by], "case", decided.case_id)
    ring([decided.decided_by, *asked], at=at)


def ask_no_longer(
    decided: NoAction, person: UUID, *, keyring: Keyring | None, at: datetime
) -> None:
    """Take back what asks this person whether they agree. Whoever was not asked is told nothing."""
    held = files.may_open(decided.briefing, person)
    if held:
        ask_outside(decided, without=person, keyring=keyring, at=at)
    files.withdraw(decided.briefing, person, at=at)
    if held:
        tell_desks([person], GONE, decided.id)
