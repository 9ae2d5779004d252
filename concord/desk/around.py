"""What a proposal in a case can be about: the people reported who take part, their posts, and the places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import models as db
from django.utils.translation import gettext as _

from concord.cases.conflicts import eligible
from concord.cases.models import Case
from concord.cases.parties import ORGANISATION, Known
from concord.cases.read_case import Opened
from concord.convenings.models import Convening, State
from concord.spaces.models import Post, Room

MOST_POSTS = 200
"""As many as one proposal offers; what is flagged first, then what they wrote in the rooms that the case comes from."""
BY_PEOPLE = 101
"""Above the highest rank of screening."""


@dataclass(frozen=True)
class Scope:
    """A place somebody can lose access to, the narrowest first."""

    kind: str
    id: UUID | None
    name: str

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.id or ''}"


@dataclass(frozen=True)
class Around:
    """Everything there is to choose from."""

    people: list[Known]
    posts: list[Post]
    flagged: set[UUID]
    scopes: list[Scope]
    unseen: list[Known] = field(default_factory=list)
    """Those reported of whom no login with us is known."""
    organisations: list[str] = field(default_factory=list)
    """Organisations that were reported."""
    hands: list[tuple[UUID, str]] = field(default_factory=list)
    """Colleagues who could do something by hand."""
    here: list[Post] = field(default_factory=list)
    """Those of the posts that stand in a room from which the case comes."""


def around(opened: Opened, *, case: Case, at: datetime) -> Around:
    """Read off a case that is open: flagged posts first, then the newest. `hands`: who could do something by hand."""
    reported = [each for each in opened.parties if each.role == "respondent" and each.person_id]
    people = list({each.person_id: each for each in reversed(reported)}.values())[::-1]
    ranks = _flagged_posts(opened)
    rooms = _rooms(opened)
    near = {room.id for room in rooms}
    posts = _posts_of(people, flagged=set(ranks), near=near)
    posts.sort(key=lambda post: -ranks.get(post.id, -1))
    rooms = rooms or [post.room for post in posts[:1]]
    unseen = [each for each in opened.parties if each.role == "respondent" and not each.person_id]
    about = {each.person_id for each in people if each.person_id}
    return Around(
        people,
        posts,
        set(ranks),
        list(_scopes(rooms)),
        unseen,
        [each.name for each in opened.parties if each.role == ORGANISATION],
        [(one.person_id, one.working_name) for one in eligible(case, about=about, at=at)],
        [post for post in posts if post.room_id in near],
    )


def beyond(opened: Opened, *, case: Case, at: datetime) -> Around:
    """For whoever is not in a room, or not only there: events that are not over, and all of them; no session."""
    known = around(opened, case=case, at=at)
    near = [scope for scope in known.scopes if scope.kind == "convening"]
    ids = {scope.id for scope in near if scope.id}
    ahead = Convening.objects.exclude(state=State.ENDED).exclude(id__in=ids).order_by("starts_at")
    others = [Scope("convening", each.id, each.name) for each in ahead]
    return replace(known, scopes=[*near, *others, Scope("all", None, _("every event"))])


def _flagged_posts(opened: Opened) -> dict[UUID, int]:
    """Which were reported or flagged, and how pressing each is: people's before all that screening saw."""
    sources = (each.told.source for each in opened.reports)
    ranks = {one.id: BY_PEOPLE for one in sources if one and one.kind == "post"}
    for each in opened.flags:
        if each.flag.post_id and not each.flag.by_machine:
            ranks[each.flag.post_id] = BY_PEOPLE
        for one in each.written:
            ranks.setdefault(one.post, one.rank)
    return ranks


def _posts_of(people: list[Known], *, flagged: set[UUID], near: set[UUID]) -> list[Post]:
    """What they wrote, flagged or near first and then the newest, as far as one proposal offers it."""
    persons = [each.person_id for each in people if each.person_id]
    posts = Post.objects.filter(registration__person__in=persons, removed=False)
    posts = posts.select_related("registration", "room__session", "room__convening")
    first = db.Case(
        db.When(id__in=flagged, then=db.Value(0)),
        db.When(room__in=near, then=db.Value(1)),
        default=db.Value(2),
    )
    return list(posts.order_by(first, "-posted_at", "-number")[:MOST_POSTS])


def _rooms(opened: Opened) -> list[Room]:
    """The rooms that flags and reports were raised from."""
    sources = [each.told.source for each in opened.reports if each.told.source]
    ids = {each.flag.room_id for each in opened.flags}
    ids |= {source.id for source in sources if source.kind == "room"}
    posts = {source.id for source in sources if source.kind == "post"}
    ids |= set(Post.objects.filter(id__in=posts).values_list("room", flat=True))
    return list(Room.objects.filter(id__in=ids).select_related("session", "convening"))


def _scopes(rooms: Iterable[Room]) -> Iterable[Scope]:
    """Sessions, then their events, then everything; each once."""
    rooms = list(rooms)
    sessions = {room.session.id: room.session for room in rooms if room.session}
    convenings = {room.convening_id: room.convening for room in rooms}
    for session in sessions.values():
        yield Scope("session", session.id, session.name)
    for convening in convenings.values():
        yield Scope("convening", convening.id, convening.name)
    yield Scope("all", None, _("every event"))
