"""delete_posts: take posts or comments out of every view; sealed copies stay in the case (R-ACT-DELETE)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.actions.offer_help import HELP
from concord.cases.keep_evidence import keep_evidence
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, Many, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.convenings.models import Convening
from concord.refusals import Refused
from concord.spaces.models import Post, Removal, Room
from concord.spaces.offer_help import offer_help
from concord.spaces.remove_post import remove_posts


class NoSuchPost(Refused):
    """The target of a deletion is a post in a room."""

    words = _("This post cannot be found any more.")
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The post exists; one that is gone already is fine, one that was forgotten is not there."""
    if not Post.objects.kept().filter(id=target.id).exists():
        raise NoSuchPost(subject=case.id)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Which post goes, from which room."""
    post = Post.objects.kept().select_related("room").filter(id=target.id).first()
    return {
        "kind": "delete",
        "label": target.label,
        "room": post.room.name if post else "",
        "number": post.number if post else 0,
        "already": post is None or post.removed,
    }


def hold(targets: list[Target]) -> None:
    """Every room that a post goes from."""
    rooms = Post.objects.filter(id__in=[target.id for target in targets]).values("room")
    list(Room.objects.held().filter(id__in=rooms).order_by("id").values_list("id"))


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """One of them, by the same rules."""
    carry_out_all([(warrant, detail)], decision=decision, at=at)


def carry_out_all(
    steps: list[tuple[Warrant, dict[str, Any]]], *, decision: Decision, at: datetime
) -> None:
    """Seal the posts into the case, then remove each under its warrant. Gone or forgotten: nothing more to do.

    Nor when it was removed under this warrant and put back since: a late retry undoes no undo.
    """
    done = Removal.objects.filter(warrant__in=[warrant.id for warrant, _detail in steps])
    before = set(done.values_list("warrant", flat=True))
    wanted = {
        one.target: (one.id, detail.get(HELP, ())) for one, detail in steps if one.id not in before
    }
    there = Post.objects.kept().filter(id__in=wanted, removed=False)
    going = dict(there.values_list("id", "room__convening"))
    remove_posts(
        {post: wanted[post][0] for post in going},
        file=decision.file,
        at=at,
        before=lambda posts: keep_evidence(decision.case, posts=posts, at=at),
    )
    aimed_at = {(person, event) for post, event in going.items() for person in wanted[post][1]}
    for person, event in aimed_at:
        offer_help(UUID(person), convening=Convening.objects.get(id=event), at=at)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """Whether it holds for one of them."""
    return warrant.id in verify_all([warrant], at=at)


def verify_all(warrants: list[Warrant], *, at: datetime) -> set[UUID]:
    """Where the text stands in no table that a page reads, or the removal was undone since."""
    posts = Post.objects.kept().in_bulk([warrant.target for warrant in warrants])
    standing = {id for id, post in posts.items() if post.text or not post.removed}
    undone = Removal.objects.filter(
        warrant__in=[warrant.id for warrant in warrants], undone_at__isnull=False
    )
    back = set(undone.values_list("warrant", flat=True))
    return {one.id for one in warrants if one.target not in standing or one.id in back}


def excerpt(target: Target) -> str:
    post = Post.objects.filter(id=target.id).first()
    return post.text if post else ""


def about(target: Target) -> UUID | None:
    post = Post.objects.select_related("registration").filter(id=target.id).first()
    return post.author_id if post else None


def about_all(targets: list[Target]) -> set[UUID]:
    """Whoever wrote any of them."""
    posts = Post.objects.kept().filter(id__in=[target.id for target in targets])
    return set(posts.values_list("registration__person", flat=True).distinct().order_by())


def asks(targets: list[Target]) -> Iterable[str]:
    """How many posts go."""
    posts = len(targets)
    yield ngettext("delete one post", "delete %(n)d posts", posts) % {"n": posts}


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """Those that are still there."""
    posts = sum(not step["already"] for step in previews)
    yield posts, ngettext("post deleted", "posts deleted", posts)


def says(target: Target) -> str:
    """That somebody is shown help lines; not who."""
    return gettext("whoever it was aimed at is shown help lines") if target.detail.get(HELP) else ""


register(
    Kind(
        "delete",
        5,
        validate,
        preview,
        carry_out,
        verify,
        excerpt,
        about,
        hold,
        asks,
        counts,
        says=says,
        many=Many(carry_out_all, verify_all, about_all),
    )
)
