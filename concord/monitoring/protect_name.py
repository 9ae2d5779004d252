"""protect_name: somebody asks that a name of theirs not appear in an event's rooms (V-OUTING-1, V-MISGENDER-1).

A former name, a handle, a private detail of a few words. Only a keyed token of it is kept, for this event; nobody can
list what anybody protects, not even whoever did. Where it appears, a person is asked to look; nothing is hidden.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Registration
from concord.monitoring.models import ProtectedName
from concord.monitoring.screening.folding import fold_with_places
from concord.monitoring.screening.found import Signal
from concord.monitoring.screening.spelling import WORD
from concord.names import token
from concord.refusals import Refused
from concord.spaces.models import Post

MOST = 20
MOST_WORDS = 4
FEWEST_SIGNS = 3
WORDS_READ = 150
RANK = 80


class NothingToProtect(Refused):
    words = _("Please enter a name of one to four words, with at least three letters.")
    status = 409


class ProtectsAsManyAsFit(Refused):
    words = _("That is as many names as we can keep out for one person. Erase them to begin anew.")
    status = 409


@transaction.atomic
def protect_name(registration: Registration, *, name: str, at: datetime) -> ProtectedName:
    """Keep the token of a name. The same again is one. Raises NothingToProtect, ProtectsAsManyAsFit.

    It stands in no ledger: that somebody has a name to hide is theirs alone.
    """
    words = WORD.findall(fold_with_places(name[:200])[0])
    if not 1 <= len(words) <= MOST_WORDS or len("".join(words)) < FEWEST_SIGNS:
        raise NothingToProtect
    kept = ProtectedName.objects.filter(registration=registration)
    known = kept.filter(token=_token(registration.convening_id, words)).first()
    if known is not None:
        return known
    if kept.count() >= MOST:
        raise ProtectsAsManyAsFit
    return ProtectedName.objects.create(
        convening_id=registration.convening_id,
        registration=registration,
        token=_token(registration.convening_id, words),
    )


@transaction.atomic
def protect_no_names(registration: Registration, *, at: datetime) -> int:
    """Forget all that this person asked to have kept out of this event. Returns how many there were."""
    return ProtectedName.objects.filter(registration=registration).delete()[0]


def protected_signals(post: Post, tokens: frozenset[bytes]) -> list[Signal]:
    """Where a protected name stands in a post, unless whoever asked wrote it."""
    folded, places = fold_with_places(post.text)
    found = list(islice(WORD.finditer(folded), WORDS_READ))
    for first in range(len(found)):
        for last in range(first, min(first + MOST_WORDS, len(found))):
            words = [one[0] for one in found[first : last + 1]]
            if len("".join(words)) < FEWEST_SIGNS:
                continue
            said = _token(post.room.convening_id, words)
            if said in tokens and not _is_own(post, said):
                start, end = found[first].start(), found[last].end()
                return [
                    Signal(
                        "protected name", places[start], places[end - 1] + 1, RANK, "protected name"
                    )
                ]
    return []


def _is_own(post: Post, said: bytes) -> bool:
    others = ProtectedName.objects.filter(convening=post.room.convening_id, token=said)
    return not others.exclude(registration=post.registration_id).exists()


def _token(convening: UUID, words: list[str]) -> bytes:
    return token(f"protected name:{convening}", " ".join(words))
