"""What several people flagged is one thing to look at: their flags on one post, with a number (R-BOTH-1).

Each flag stays what it is, with the words of whoever raised it. Items stand in the order in which their first flag
came, and no number moves one forward: a crowd pushes nobody's flag down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from concord.monitoring.models import Flag, FlagQuerySet
from concord.people.models import StaffMember

AT_ONCE = 25
"""Flags that one answer answers at most; what is left stands there again, and one more answer does."""


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


def how_many_items(flags: FlagQuerySet) -> int:
    """How many items those are."""
    on_posts = flags.by_people().filter(post__isnull=False).order_by()
    apart = flags.exclude(id__in=on_posts.values("id"))
    return apart.count() + on_posts.values("post").distinct().count()


def beside(flag: Flag, *, seen_by: StaffMember) -> FlagQuerySet:
    """What others flagged on the same post, nobody has answered, and this person sees; the first first."""
    mine = Flag.objects.visible_to(seen_by).awaiting_judgement().by_people()
    if flag.by_machine or flag.post_id is None:
        return mine.none()
    return mine.filter(post=flag.post_id).exclude(id=flag.id).order_by("raised_at")
