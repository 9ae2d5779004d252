"""delete_posts: take posts or comments out of every view; sealed copies stay in the case (R-ACT-DELETE)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.cases.keep_evidence import keep_evidence
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.refusals import Refused
from concord.spaces.models import Post, Removal
from concord.spaces.remove_post import remove_post


class NoSuchPost(Refused):
    """The target of a deletion is a post in a room."""

    words = _("This post cannot be found any more.")
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The post exists; one that is gone already is fine."""
    if not Post.objects.filter(id=target.id).exists():
        raise NoSuchPost(subject=case.id)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Which post goes, from which room."""
    post = Post.objects.select_related("room").get(id=target.id)
    return {
        "kind": "delete",
        "label": target.label,
        "room": post.room.name,
        "number": post.number,
        "already": post.removed,
    }


def carry_out(warrant: Warrant, *, decision: Decision, at: datetime) -> None:
    """Seal the post into the case, then remove it under the warrant. Gone already: nothing more to do."""
    post = Post.objects.select_related("room", "registration").get(id=warrant.target)
    if post.removed:
        return
    keep_evidence(decision.case, post=post, at=at)
    remove_post(post, warrant=warrant.id, file=decision.file, at=at)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """The text stands in no table that a page reads, or the removal was undone since."""
    post = Post.objects.get(id=warrant.target)
    if Removal.objects.filter(warrant=warrant.id, undone_at__isnull=False).exists():
        return True
    return post.removed and not post.text


def excerpt(target: Target) -> str:
    post = Post.objects.filter(id=target.id).first()
    return post.text if post else ""


def about(target: Target) -> UUID | None:
    post = Post.objects.select_related("registration").filter(id=target.id).first()
    return post.registration.person_id if post else None


register(Kind("delete", 2, validate, preview, carry_out, verify, excerpt, about))
