"""Parties: who is in a case, by role, sealed. Lists show codes, never names (K-PRIV-1)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.cases.ask_outside import ask_no_longer
from concord.cases.conflicts import may_leave_it
from concord.cases.models import Case, Party, Source
from concord.cases.recuse import take_out
from concord.cases.restricted import restrict_for_the_team
from concord.cases.signals import party_added
from concord.cases.tied import tokens_beside
from concord.convenings.called_now import Called, called_now
from concord.ledger.record import record
from concord.monitoring.readers import close_to
from concord.people.models import StaffMember, Tie
from concord.people.ties import persons_tied_to, tied_to_mailboxes
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
    ties = _ties(case.id, contents)
    party = Party.objects.create(id=party_id, case=case, sealed=sealed, ties=ties, added_at=at)
    record("cases.add_party", actor=by, subject=case.id, at=at, party=party.id)
    known = Known(
        party_id, role, name, tuple(handles), tuple(addresses), person_id, assisted, tuple(also)
    )
    party_added.send(sender=Party, case=case, known=known, at=at)
    if role in CONFLICTED_ROLES:
        take_out_the_close(case, person_id, addresses=addresses, at=at)
        _ask_none_who_knows_them(case, at=at)
    return party


def _renames(person: UUID | None, name: str) -> int:
    """How many names they had given up when they went by this one; none, where it may be one of those."""
    theirs = called_now([person]).get(person) if person else None
    return theirs.renames if theirs and (name in theirs.names or not theirs.names) else 0


def take_out_the_close(
    case: Case, person: UUID | None, *, addresses: Iterable[str] = (), at: datetime
) -> None:
    """Whoever of the team it is, and whoever was given something of it and is close to them (K-CONF-1).

    Somebody without a login here is known by their `addresses` alone. Whoever was given nothing stays unnamed: that
    somebody stepped out would tell of a tie.
    """
    known, own_ones = {person} if person else set(), [Tie.Kind.OWN]
    themselves = known | persons_tied_to(known, kinds=own_ones)
    themselves |= tied_to_mailboxes(addresses, kinds=own_ones)
    close = close_to(known) | tied_to_mailboxes(addresses)
    own = [case.file, *(source.file for source in case.sources.select_related("flag", "report"))]
    own += case.no_actions.values_list("briefing", flat=True)
    given = {one for file in own for one in files.readers(file) | files.dormant_readers(file)}
    staff = StaffMember.objects.filter(person__in=close & (given | themselves))
    for one in sorted(staff.values_list("person_id", flat=True)):
        take_out(case, who=one, by=None, at=at)
    if StaffMember.objects.filter(person__in=themselves).exists():
        restrict_for_the_team(case, at=at)


def _ask_none_who_knows_them(case: Case, *, at: datetime) -> None:
    """Where it was put before others already to leave it as it is, those who may not agree by now are asked no more."""
    decided = case.no_actions.asked().select_related("case").first()
    if decided is None:
        return
    asked = files.readers(decided.briefing) - {decided.decided_by}
    team = StaffMember.objects.filter(person__in=asked - may_leave_it(case, asked, at=at))
    for person in sorted(team.values_list("person_id", flat=True)):
        ask_no_longer(decided, person, keyring=None, at=at)


def known_parties(case: Case, *, keyring: Keyring) -> list[Known]:
    """The parties in the clear. Raises NoGrant for whoever may not open the case."""
    return known_in([case], keyring=keyring)[case.id]


def known_in(cases: Iterable[Case], *, keyring: Keyring) -> dict[UUID, list[Known]]:
    """The parties of each of these cases, by its id, in the clear; the more there are, the same few questions.

    Raises NoGrant where one of them may not be opened.
    """
    files_of = {case.id: case.file for case in cases}
    parties = list(Party.objects.filter(case__in=files_of).order_by("added_at"))
    sealed: dict[UUID, list[tuple[UUID, dict[str, Any]]]] = {case: [] for case in files_of}
    for case, theirs in sealed.items():
        own = [party for party in parties if party.case_id == case]
        opened = _open(files_of[case], own, keyring)
        theirs += [(party.id, contents) for party, contents in zip(own, opened, strict=True)]
    called = called_now(
        each["person_id"] for theirs in sealed.values() for _id, each in theirs if each["person_id"]
    )
    near = _events_of(sealed) if called else {}
    return {case: _known(near.get(case, set()), called, theirs) for case, theirs in sealed.items()}


def conflicted(case: Case, *, keyring: Keyring) -> set[UUID]:
    """The person ids of those who keep out whoever is close to them, where they have a login with us."""
    known = known_parties(case, keyring=keyring)
    return {each.person_id for each in known if each.role in CONFLICTED_ROLES and each.person_id}


def respondents(case: Case, *, keyring: Keyring) -> set[UUID]:
    """The person ids of those whose conduct was reported, where they have a login with us."""
    return {
        party.person_id
        for party in known_parties(case, keyring=keyring)
        if party.role == "respondent" and party.person_id
    }


def known_party(party: Party, *, keyring: Keyring) -> Known:
    """One of them. Raises NoGrant."""
    [contents] = _open(party.case.file, [party], keyring)
    called = called_now([contents["person_id"]]) if contents["person_id"] else {}
    near = events_of(party.case) if called else set()
    return _known(near, called, [(party.id, contents)])[0]


def events_of(case: Case) -> set[UUID]:
    """The events from whose rooms it was flagged."""
    return _events_of([case.id]).get(case.id, set())


def _events_of(cases: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    flagged = Source.objects.filter(case__in=list(cases), flag__isnull=False)
    found: dict[UUID, set[UUID]] = {}
    for case, event in flagged.values_list("case", "flag__room__convening"):
        found.setdefault(case, set()).add(event)
    return found


def _open(file: UUID, parties: list[Party], keyring: Keyring) -> list[dict[str, Any]]:
    """What is sealed of each of one case; what was sealed before there were tokens beside it gets them now."""
    items = {f"party:{party.id}": bytes(party.sealed) for party in parties}
    found = []
    for party, plain in zip(parties, files.unseal_all(file, items, keyring=keyring), strict=True):
        contents: dict[str, Any] = json.loads(plain)
        if party.ties is None:
            ties = _ties(party.case_id, contents)
            Party.objects.filter(id=party.id, ties__isnull=True).update(ties=ties)
        person = UUID(contents["person_id"]) if contents["person_id"] else None
        found.append(contents | {"person_id": person})
    return found


def _ties(case: UUID, contents: dict[str, Any]) -> bytes:
    """What lies beside it, by which a tie is found without a key; of whoever keeps nobody out it is noise alone."""
    if contents["role"] not in CONFLICTED_ROLES:
        return tokens_beside(case, person=None)
    person = UUID(contents["person_id"]) if contents["person_id"] else None
    return tokens_beside(case, person=person, addresses=contents["addresses"])


def _known(
    near: Collection[UUID], called: Mapping[UUID, Called], sealed: list[tuple[UUID, dict[str, Any]]]
) -> list[Known]:
    """Each by the name they go by where the case comes from; what else they are or were called is kept from view."""
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
