"""let_name_pass: what somebody asked to have kept out is an everyday word; from now on it asks nobody at this event.

Otherwise one participant could bury the team's queue by "protecting" a word that everybody uses. Whoever switches it
off sees the word where it stood, and not who protects it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening
from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import Flag, PassingName, ProtectedName, Sighting
from concord.monitoring.pause_list import NEWEST
from concord.monitoring.protect_name import NAME, names_in, token_of
from concord.monitoring.put_live import FLOOD, TOO_FEW
from concord.monitoring.read_flag import read_messages
from concord.monitoring.screening.folding import fold_with_places
from concord.monitoring.screening.spelling import WORD
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces.models import Post
from concord.vault.keyring import Keyring

MANY_PEOPLE = 5
"""Writers, below which what floods is no everyday word but a few people calling somebody by a name."""

Hits = dict[bytes, set[tuple[UUID, UUID | None]]]


class NoNameInIt(Refused):
    words = _("No message in this flag is there because of this word. Nothing has changed yet.")
    status = 409


@transaction.atomic
def let_name_pass(
    flag: Flag, *, said: str, by: StaffMember, keyring: Keyring, at: datetime
) -> PassingName:
    """Let these words pass, because of which the flag asks; no other name. Twice is once.

    Raises OnlyTheTeamKeepsLists, NoNameInIt, vault.NoGrant.
    """
    check_keeps_lists(by, at=at)
    convening = flag.room.convening
    words = _folded(said)
    if words not in map(_folded, names_asked_about(flag, keyring=keyring)):
        raise NoNameInIt(subject=flag.id)
    return _let_pass(convening, token_of(convening.id, words), by=by, at=at)


def names_asked_about(flag: Flag, *, keyring: Keyring) -> list[str]:
    """The words of its messages that somebody asked to have kept out, each once, as they stand there."""
    found: dict[str, str] = {}
    for message in read_messages(flag, keyring=keyring).read:
        for one in message.seen.signals:
            if one["name"] != NAME:
                continue
            said = [message.seen.excerpt[one["start"] : one["end"]]]
            if one["start"] == one["end"]:
                said = _protected_in(message.seen.author, flag.room.convening_id)
            for words in said:
                found.setdefault(" ".join(_folded(words)), words)
    return list(found.values())


def _protected_in(name: str, convening: UUID) -> list[str]:
    """Which words of the name that somebody writes under are why they are asked about."""
    places = {said: (start, end) for said, start, end in names_in(name, convening)}
    kept = ProtectedName.objects.filter(convening=convening, token__in=list(places))
    return [name[slice(*places[bytes(said)])] for said in kept.values_list("token", flat=True)]


@transaction.atomic
def ask_about_it_again(passing: PassingName, *, by: StaffMember, at: datetime) -> PassingName:
    """It asks again, and stays so until somebody lets it pass. Twice is once. Raises OnlyTheTeamKeepsLists."""
    check_keeps_lists(by, at=at)
    passing = PassingName.objects.select_for_update().get(id=passing.id)
    if passing.ended_at is None:
        passing.ended_at = at
        passing.save()
        record(
            "monitoring.ask_about_it_again",
            actor=by.person_id,
            subject=passing.convening_id,
            at=at,
        )
    return passing


@every("monitoring.brake_names", seconds=30)
def brake_names(job: Job | None, *, at: datetime) -> int:
    """Let pass what asks about more than one in twenty of the newest messages. Returns how many there were.

    All the names of one person count together, and only what many people write counts at all. What somebody put
    back, or found to need action, is left to people: a crowd that calls somebody by a name switches nothing off.
    """
    events = Convening.objects.filter(id__in=ProtectedName.objects.values("convening"))
    return sum(_brake(convening, at=at) for convening in events)


def _brake(convening: Convening, *, at: datetime) -> int:
    posts = Post.objects.kept().filter(room__convening=convening)
    newest = list(posts.order_by("-posted_at").values_list("id", flat=True)[:NEWEST])
    most = FLOOD * len(newest)
    seen = Sighting.objects.filter(post__in=newest).values_list("post", "rules", "flag__credible")
    asking = {post: needs_action for post, rules, needs_action in seen if NAME in rules}
    if len(newest) < TOO_FEW or len(asking) <= most:
        return 0
    known = set(PassingName.objects.filter(convening=convening).values_list("token", flat=True))
    left = {bytes(token) for token in known}
    hits: Hits = defaultdict(set)
    for post in Post.objects.filter(id__in=asking).select_related("registration"):
        for said, _start, _end in names_in(post.text, convening.id):
            hits[said].add((post.id, post.author_id))
            if asking[post.id]:
                left.add(said)
    flooding: set[bytes] = set()
    for theirs in _by_person(convening):
        mine = {one: hits[one] for one in theirs - left if one in hits}
        flooding |= _too_many(mine, most=most)
    for one in sorted(flooding):
        _let_pass(convening, one, by=None, at=at)
    return len(flooding)


def _by_person(convening: Convening) -> list[set[bytes]]:
    found: dict[object, set[bytes]] = defaultdict(set)
    names = ProtectedName.objects.filter(convening=convening)
    for registration, kept in names.values_list("registration", "token"):
        found[registration].add(bytes(kept))
    return list(found.values())


def _too_many(hits: Hits, *, most: float) -> set[bytes]:
    """The commonest of one person's names, until the others together ask about few enough."""
    out: set[bytes] = set()
    for one in sorted(hits, key=lambda said: -len(hits[said])):
        left = set[tuple[UUID, UUID | None]]().union(
            *(posts for said, posts in hits.items() if said not in out)
        )
        if len(left) <= most or len({author for _post, author in left}) < MANY_PEOPLE:
            break
        out.add(one)
    return out


def _let_pass(
    convening: Convening, said: bytes, *, by: StaffMember | None, at: datetime
) -> PassingName:
    passing, new = PassingName.objects.get_or_create(
        convening=convening,
        token=said,
        ended_at=None,
        defaults={"since": at, "flooded": by is None},
    )
    if new:  # of the event: that somebody has a name to hide is theirs alone
        record(
            "monitoring.let_name_pass",
            actor=by.person_id if by else None,
            subject=convening.id,
            at=at,
        )
    return passing


def _folded(said: str) -> list[str]:
    return WORD.findall(fold_with_places(said)[0])
