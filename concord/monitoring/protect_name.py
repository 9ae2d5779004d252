"""protect_name: somebody asks that a name of theirs not appear in an event's rooms (V-OUTING-1, V-MISGENDER-1).

A former name, a handle, a private detail of a few words. Only a keyed token of it is kept, for this event; nobody can
list what anybody protects, not even whoever did. Where it appears, a person is asked to look; nothing is hidden.
A word that everybody uses would have the team look at everything: it is not taken, and one that turns out to be such
is let pass (`let_name_pass`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Registration
from concord.monitoring.models import PassingName, ProtectedName
from concord.monitoring.screening.folding import fold_with_places
from concord.monitoring.screening.found import Signal
from concord.monitoring.screening.read_list import are_common
from concord.monitoring.screening.spelling import WORD
from concord.names import token
from concord.refusals import Refused
from concord.spaces.models import Post

MOST = 20
MOST_WORDS = 4
FEWEST_SIGNS = 3
WORDS_READ = 150
RANK = 80
NAME = "protected name"


class NothingToProtect(Refused):
    words = _("Please enter a name of one to four words, with at least three letters.")
    status = 409


class TooCommonToProtect(Refused):
    """It would ask the team to look at almost every message, and hide among them what matters."""

    words = _(
        "This is an everyday word: it stands in so many messages that nobody could look at each. Please enter "
        "the name together with another word, as in a first and a last name."
    )
    status = 409


class ProtectsAsManyAsFit(Refused):
    words = _("That is as many names as we can keep out for one person. Erase them to begin anew.")
    status = 409


@transaction.atomic
def protect_name(registration: Registration, *, name: str, at: datetime) -> ProtectedName:
    """Keep the token of a name. The same again is one.

    Raises NothingToProtect, TooCommonToProtect, ProtectsAsManyAsFit.

    It stands in no ledger: that somebody has a name to hide is theirs alone.
    """
    words = WORD.findall(fold_with_places(name[:200])[0])
    if not 1 <= len(words) <= MOST_WORDS or len("".join(words)) < FEWEST_SIGNS:
        raise NothingToProtect
    if are_common(words):
        raise TooCommonToProtect
    kept = ProtectedName.objects.filter(registration=registration)
    said = token_of(registration.convening_id, words)
    known = kept.filter(token=said).first()
    if known is not None:
        return known
    if kept.count() >= MOST:
        raise ProtectsAsManyAsFit
    return ProtectedName.objects.create(
        convening_id=registration.convening_id,
        registration=registration,
        token=said,
    )


@transaction.atomic
def protect_no_names(registration: Registration, *, at: datetime) -> int:
    """Forget all that this person asked to have kept out of this event. Returns how many there were."""
    return ProtectedName.objects.filter(registration=registration).delete()[0]


def protected_signals(post: Post, tokens: frozenset[bytes]) -> list[Signal]:
    """Where a protected name stands in a post, unless whoever asked wrote it."""
    for said, start, end in names_in(post.text, post.room.convening_id):
        if said in tokens and not _is_own(post, said):
            return [Signal(NAME, start, end, RANK, NAME)]
    return []


def is_protected_from(post: Post, name: str, tokens: frozenset[bytes]) -> bool:
    """Whether somebody else than the author of this post asked that this name not appear."""
    names = {said for said, _start, _end in names_in(name, post.room.convening_id)}
    return any(not _is_own(post, said) for said in names & tokens)


def names_in(text: str, convening: UUID) -> Iterator[tuple[bytes, int, int]]:
    """The token of each word and of each few words together that could be a name, with its place in the text."""
    folded, places = fold_with_places(text)
    found = list(islice(WORD.finditer(folded), WORDS_READ))
    for first in range(len(found)):
        for last in range(first, min(first + MOST_WORDS, len(found))):
            words = [one[0] for one in found[first : last + 1]]
            if len("".join(words)) < FEWEST_SIGNS:
                continue
            start, end = found[first].start(), found[last].end()
            yield token_of(convening, words), places[start], places[end - 1] + 1


def names_passing(registration: Registration) -> int:
    """How many of the names that this person protects nobody is asked about, for they are everyday words."""
    passing = PassingName.objects.now(registration.convening_id)
    kept = ProtectedName.objects.filter(registration=registration)
    return kept.filter(token__in=list(passing.values_list("token", flat=True))).count()


def _is_own(post: Post, said: bytes) -> bool:
    others = ProtectedName.objects.filter(convening=post.room.convening_id, token=said)
    return not others.exclude(registration=post.registration_id).exists()


def token_of(convening: UUID, words: list[str]) -> bytes:
    return token(f"protected name:{convening}", " ".join(words))
