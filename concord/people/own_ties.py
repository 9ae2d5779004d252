"""own_ties: to whom somebody said that they are close, for themselves to read."""

from __future__ import annotations

from dataclasses import dataclass

from concord.people.declare_tie import about
from concord.people.models import StaffMember, Tie
from concord.vault.errors import Tampered
from concord.vault.keyring import Keyring
from concord.vault.padding import unpad


@dataclass(frozen=True)
class OwnTie:
    """One of them; `called` is empty where it was declared without a name, or under keys that are gone."""

    tie: Tie
    called: str


def own_ties(staff: StaffMember, *, keyring: Keyring) -> list[OwnTie]:
    """The closest first, then by what they are called."""
    order = [Tie.Kind.OWN, Tie.Kind.HARD, Tie.Kind.SOFT]
    found = [OwnTie(tie, _called(tie, keyring)) for tie in Tie.objects.visible_to(staff)]
    return sorted(found, key=lambda one: (order.index(Tie.Kind(one.tie.kind)), one.called))


def _called(tie: Tie, keyring: Keyring) -> str:
    if tie.sealed is None:
        return ""
    try:
        return unpad(keyring.open_sealed(bytes(tie.sealed), about=about(tie))).decode()
    except Tampered:
        return ""
