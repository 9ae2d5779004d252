"""Parties: who is in a case, by role, sealed. Lists show codes, never names (K-PRIV-1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case, Party
from concord.cases.recuse import take_out
from concord.cases.restricted import restrict_for_the_team
from concord.cases.signals import party_added
from concord.convenings.called_now import called_now
from concord.ledger.record import record
from concord.monitoring.readers import close_to
from concord.people.models import StaffMember, Tie
from concord.people.ties import persons_tied_to
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

ORGANISATION = "organisation"
"""No person: an organisation that was reported. Its name stands where a person's would, and nothing else is known."""
ROLES = ("respondent", "survivor", "reporter", "witness", "affected", ORGANISATION)
PROTECTED_ROLES = ("survivor", "reporter", "witness", "affected")
CONFLICTED_ROLES = ("respondent", "survivor", "affected")
"""Somebody on the team in one of these parts has no part in handling the case; a flagger or witness may."""


class UnknownRole(Refused):
    """A party has one of the roles of the procedure."""

    words = _("Choose what part this person has in the case.")
    status = 409


@dataclass(frozen=True)
class Known:
    """A party in the clear. `assisted`: reported for helping, or for cheering it on (V-ASSIST-1).

    `name` is what they go by now; empty where they gave up the one that was sealed and none stands any more. `also`:
    what else they are or were called. Texts are read for it; it is shown to nobody (V-MISGENDER-1).
    """

    id: UUID
    role: str
    name: str
    handles: tuple[str, ...]
    addresses: tuple[str, ...]
    person_id: UUID | None
    assisted: bool = False
    also: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """The name, or words in its place."""
        return self.name or gettext("Somebody who took part")

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything by which a text could tell who it is."""
        return (self.name, *self.also, *self.handles, *self.addresses)

    @property
    def is_protected(self) -> bool:
        return self.role in PROTECTED_ROLES


@transaction.atomic
def put_in(
    case: Case,
    *,
    role: str,
    name: str,
    by: UUID,
    at: datetime,
    handles: Iterable[str] = (),
    addresses: Iterable[str] = (),
    person_id: UUID | None = None,
    assisted: bool = False,
    also: Iterable[str] = (),
) -> Party:
    """Put somebody into the case under a role. Everything about them is sealed to the case. Who may is asked before:
    by the verb `add_party`, or where it is taken up or merged.

    A respondent either did what was reported or `assisted`; each has a decision of their own (V-ASSIST-1). `also`:
    names of theirs that are shown to nobody.

    Announces `party_added`. A member of the team who was harmed or reported is recused at once, and so is whoever
    is close to somebody who was. Raises `UnknownRole`.
    """
    if role not in ROLES:
        raise UnknownRole(subject=case.id)
    handles, addresses, also = list(handles), list(addresses), [one for one in also if one]
    party_id = uuid4()
    contents = {
        "role": role,
        "name": name,
        "handles": handles,
        "addresses": addresses,
        "person_id": str(person_id) if person_id else None,
        "assisted": assisted and role == "respondent",
        "also": also,
        "renames": _renames(person_id, name),
    }
    sealed = files.seal(case.file, json.dumps(contents).encode(), about=f"party:{party_id}")
    party = Party.objects.create(id=party_id, case=case, sealed=sealed, added_at=at)
    record("cases.add_party", actor=by, subject=case.id, at=at, party=party.id)
    known = Known(
        party_id, role, name, tuple(handles), tuple(addresses), person_id, assisted, tuple(also)
    )
    party_added.send(sender=Party, case=case, known=known, at=at)
    if person_id and role in CONFLICTED_ROLES:
        _take_out_the_close(case, person_id, at=at)
    return party


def _renames(person: UUID | None, name: str) -> int:
    """How many names they had given up when they went by this one; none, where it may be one of those."""
    theirs = called_now([person]).get(person) if person else None
    return theirs.renames if theirs and (name in theirs.names or not theirs.names) else 0


def _take_out_the_close(case: Case, person: UUID, *, at: datetime) -> None:
    """Whoever of the team it is, and whoever was given something of it and is close to them (K-CONF-1).

    Whoever was given nothing stays unnamed: that somebody stepped out would tell of a tie.
    """
    themselves = {person} | persons_tied_to([person], kinds=[Tie.Kind.OWN])
    own = [case.file, *(source.file for source in case.sources.select_related("flag", "report"))]
    given = {one for file in own for one in files.readers(file) | files.dormant_readers(file)}
    staff = StaffMember.objects.filter(person__in=close_to([person]) & (given | themselves))
    for one in sorted(staff.values_list("person_id", flat=True)):
        take_out(case, who=one, by=None, at=at)
    if StaffMember.objects.filter(person__in=themselves).exists():
        restrict_for_the_team(case, at=at)


def known_parties(case: Case, *, keyring: Keyring) -> list[Known]:
    """The parties in the clear. Raises NoGrant for whoever may not open the case."""
    parties = case.parties.select_related("case").order_by("added_at")
    return _known(case, [(party.id, _contents(party, keyring)) for party in parties])


def respondents(case: Case, *, keyring: Keyring) -> set[UUID]:
    """The person ids of those whose conduct was reported, where they have a login with us."""
    return {
        party.person_id
        for party in known_parties(case, keyring=keyring)
        if party.role == "respondent" and party.person_id
    }


def known_party(party: Party, *, keyring: Keyring) -> Known:
    """One of them. Raises NoGrant."""
    return _known(party.case, [(party.id, _contents(party, keyring))])[0]


def events_of(case: Case) -> set[UUID]:
    """The events from whose rooms it was flagged."""
    rooms = case.sources.filter(flag__isnull=False).values_list("flag__room__convening", flat=True)
    return set(rooms)


def _contents(party: Party, keyring: Keyring) -> dict[str, Any]:
    about = f"party:{party.id}"
    plain = files.unseal(party.case.file, bytes(party.sealed), about=about, keyring=keyring)
    contents: dict[str, Any] = json.loads(plain)
    return contents | {"person_id": UUID(contents["person_id"]) if contents["person_id"] else None}


def _known(case: Case, sealed: list[tuple[UUID, dict[str, Any]]]) -> list[Known]:
    """Each by the name they go by where the case comes from; what else they are or were called is kept from view."""
    called = called_now(each["person_id"] for _id, each in sealed if each["person_id"])
    near = events_of(case) if called else set()
    found = []
    for id, each in sealed:
        name, theirs = each["name"], called.get(each["person_id"])
        if theirs:
            name = theirs.anywhere(name, renames=each.get("renames", 0), near=near)
        others = {each["name"], *each.get("also", ()), *(theirs.names if theirs else ())}
        found.append(
            Known(
                id=id,
                role=each["role"],
                name=name,
                handles=tuple(each["handles"]),
                addresses=tuple(each["addresses"]),
                person_id=each["person_id"],
                assisted=each.get("assisted", False),
                also=tuple(sorted(others - {name, ""})),
            )
        )
    return found
