"""read_text: the guard. It reads every text that would leave, in its author's session (K-NAME-1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count, product
from string import ascii_uppercase
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case
from concord.cases.parties import Known, known_parties
from concord.ledger.record import record
from concord.names import fold, skeleton, transliterate
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.survivors.models import Verdict
from concord.vault.keyring import Keyring

SHORTEST_PART = 3


class NamesSomebodyProtected(Refused):
    """The text names somebody who is protected. There is no way to send it with their consent yet."""

    words = _(
        "This text could tell who somebody is who must not be named. Nothing was sent and nothing is lost; "
        "take the name, handle or address out and try again."
    )
    status = 409


def read_text(*texts: str, case: Case, by: StaffMember, keyring: Keyring, at: datetime) -> Verdict:
    """Read the texts for names, handles and addresses of the case's protected parties.

    Returns a verdict that holds for these texts to the letter. Raises `NamesSomebodyProtected`; NoGrant for an
    author who cannot open the case.
    """
    return read_as(*texts, case=case, by=by.person_id, keyring=keyring, at=at)


@transaction.atomic
def read_as(*texts: str, case: Case, by: UUID, keyring: Keyring, at: datetime) -> Verdict:
    """The same for whoever holds a key, on the team or outside it."""
    parties = known_parties(case, keyring=keyring)
    whole = join(texts)
    if any(names_one_of(whole, party) for party in parties if party.is_protected):
        raise NamesSomebodyProtected(subject=case.id)
    verdict = Verdict.objects.create(
        text_digest=digest_of(whole), case=case.id, read_by=by, read_at=at
    )
    record("survivors.read_text", actor=by, subject=case.id, at=at, verdict=verdict.id)
    return verdict


def names_one_of(text: str, party: Known) -> bool:
    """Whether a text contains any name, handle or address of a party, in whatever spelling folds alike.

    Names they took on since they were named in the case, or have given up, count as well.
    """
    spellings = {fold(text), fold(transliterate(text))}
    tight = " ".join(re.sub(r"\W", "", each) for each in spellings)
    whole_words = {word for each in spellings for word in re.findall(r"\w+", each)}
    whole_words |= {bones for word in whole_words if len(bones := _bones(word)) >= SHORTEST_PART}
    return any(
        _stands_in(spelling, whole_words, tight)
        for name in party.spellings
        for spelling in {fold(name), fold(transliterate(name))}
    )


def _stands_in(name: str, whole_words: set[str], tight: str) -> bool:
    words = re.findall(r"\w+", name)
    parts = {part for word in words for part in (word, _bones(word)) if len(part) >= SHORTEST_PART}
    joined = re.sub(r"\W", "", name)
    return bool(parts & whole_words) or (len(joined) > SHORTEST_PART and joined in tight)


def _bones(word: str) -> str:
    """The consonants of a word; w and v go as well, for Arabic writes long vowels with them."""
    return skeleton(word).replace("v", "")


def mask(text: str, parties: list[Known]) -> str:
    """The text with protected people shown as "person A", "person B" …, for somebody who is asked to agree.

    When a name hides in a spelling that cannot be cut out, the whole text is withheld.
    """
    return mask_everybody(text, _protected(parties))


def mask_everybody(text: str, parties: list[Known]) -> str:
    """The same for everybody in the case, for a copy of it: identities stay in the case (K-PRIV-1)."""
    for letter, party in zip(_letters(), parties, strict=False):
        for name in sorted(party.spellings, key=len, reverse=True):
            for part in (name, *re.findall(r"\w+", name)):
                if len(part) >= SHORTEST_PART:
                    text = re.sub(rf"@?\b{re.escape(part)}\b", f"person {letter}", text, flags=re.I)
        if names_one_of(text, party):
            return "…"
    return text


def _letters() -> Iterator[str]:
    """A to Z, then AA, AB …: however many are in a case, nobody stands there by name."""
    for many in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=many))


def join(texts: tuple[str, ...]) -> str:
    return "\n\n".join(texts)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _protected(parties: list[Known]) -> list[Known]:
    return [party for party in parties if party.is_protected]
