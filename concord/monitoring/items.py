"""What several people flagged is one thing to look at: their flags on one post, with a number (R-BOTH-1).

Each flag stays what it is, with the words of whoever raised it. Items stand in the order in which their first flag
came, and no number moves one forward: a crowd pushes nobody's flag down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from concord.monitoring.models import Flag, FlagQuerySet
from concord.people.models import StaffMember

AT_ONCE = 25
"""Flags that one answer answers at most; what is left stands there again, and one more answer does."""
COUNTED = 100
"""Items that are counted; beyond that they are many, and counting all of a flood would slow whoever answers it."""
SHOWN = 8
"""Items on a page; a thousand would be two megabytes, and nobody reads the second screen first."""


class Item(NamedTuple):
    """The first flag on a post, and those that others raised on it. A moment is always one of its own."""

    flag: Flag
    others: tuple[Flag, ...] = ()

    @property
    def how_many(self) -> int:
        return 1 + len(self.others)

    @property
    def is_folded(self) -> bool:
        """Whether nobody flagged it but people who raise very many just now."""
        return all(one.folded for one in (self.flag, *self.others))

    @property
    def is_late(self) -> bool:
        return any(one.alarmed_at for one in (self.flag, *self.others))


def items_of(flags: Iterable[Flag]) -> list[Item]:
    """Put flags that came in this order together."""
    together: dict[UUID, list[Flag]] = {}
    for one in flags:
        is_apart = one.by_machine or one.post_id is None
        together.setdefault(one.id if is_apart else one.post_id or one.id, []).append(one)
    return [Item(first, tuple(others)) for first, *others in together.values()]


def unfolded(items: Iterable[Item]) -> list[Item]:
    """The folded ones at the end, each of them still there: a flooder pushes nobody's flag down, and hides none."""
    return sorted(items, key=lambda item: item.is_folded)


class Oldest(NamedTuple):
    """The items that have waited longest, and how many there are in all, as far as they are counted."""

    items: list[Item]
    how_many: int

    @property
    def more(self) -> int:
        return self.how_many - len(self.items) if self.how_many < COUNTED else COUNTED


def oldest_items(flags: FlagQuerySet) -> Oldest:
    """Those that a page shows, in their order; however many wait, few rows are read."""
    chosen = list(_first_of_each(flags.filter(folded=False))[: SHOWN + 1])
    if len(chosen) <= SHOWN:
        others = flags.filter(folded=True).exclude(post__in=[post for _, post in chosen if post])
        chosen += _first_of_each(others)[: SHOWN + 1 - len(chosen)]
    ids, posts = zip(*chosen[:SHOWN], strict=True) if chosen else ((), ())
    rows = flags.filter(Q(id__in=ids) | Q(post__in=[post for post in posts if post]))
    items = unfolded(items_of(rows.select_related("room").defer("sealed")))
    return Oldest(items, how_many_items(flags) if len(chosen) > SHOWN else len(items))


def _first_of_each(flags: FlagQuerySet) -> QuerySet[Flag, tuple[UUID, UUID | None]]:
    """The id and the post of the first flag on each post, and of each moment."""
    sooner = Q(raised_at__lt=OuterRef("raised_at"))
    sooner |= Q(raised_at=OuterRef("raised_at"), id__lt=OuterRef("id"))
    earlier = flags.order_by().filter(sooner, post=OuterRef("post"))
    firsts = flags.filter(Q(post__isnull=True) | ~Exists(earlier))
    return firsts.order_by("raised_at", "id").values_list("id", "post")


def how_many_items(flags: FlagQuerySet) -> int:
    """How many items those are; at most `COUNTED`."""
    return _first_of_each(flags)[:COUNTED].count()


def beside(flag: Flag, *, seen_by: StaffMember) -> FlagQuerySet:
    """What others flagged on the same post, nobody has answered, and this person sees; the first first."""
    mine = Flag.objects.visible_to(seen_by).awaiting_judgement().by_people()
    if flag.by_machine or flag.post_id is None:
        return mine.none()
    return mine.filter(post=flag.post_id).exclude(id=flag.id).order_by("raised_at")
