"""restore_posts: two people agree that a post which was deleted comes back where it was (4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.actions.delete_posts import about, excerpt, hold
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.terms import Target
from concord.refusals import Refused
from concord.spaces.models import Removal
from concord.spaces.restore_post import restore_post
from concord.vault.keyring import Keyring


class NotGone(Refused):
    """What comes back was deleted under a decision of this very case, and is gone still."""

    words = _("This post is there already, or went under another case. Nothing was changed.")
    status = 409


class OpensNothing(Refused):
    """The text lies sealed; only a key that the decision was granted to can put it back."""

    words = _("This is put back with a key that opens it, and this one does not.")


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The post is gone, under a decision of this case."""
    gone = _removal(target.id)
    warrant = Warrant.objects.filter(id=gone.warrant).first() if gone else None
    made: Execution | None = warrant.execution if warrant else None
    of_this_case = Decision.objects.filter(
        Q(execution=made) | Q(repetitions=made), case=case
    ).exists()
    if made is None or not of_this_case:
        raise NotGone(subject=case.id)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Which post comes back."""
    return {"kind": "restore", "label": target.label, "already": _removal(target.id) is None}


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Without a key there is nothing that can be put back."""
    raise OpensNothing(subject=decision.id)


def opening(warrant: Warrant, *, decision: Decision, keyring: Keyring, at: datetime) -> None:
    """Open the sealed text and put it back; there already, it does nothing. Raises NoGrant."""
    gone = _removal(warrant.target)
    if gone is not None:
        restore_post(gone, keyring=keyring, by=keyring.holder, at=at)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """No removal of it stands, or a later decision took it away again."""
    gone = _removal(warrant.target)
    return gone is None or gone.removed_at > warrant.execution.executed_at


def _removal(post: UUID) -> Removal | None:
    return Removal.objects.filter(post=post, undone_at__isnull=True).first()


def asks(targets: list[Target]) -> Iterable[str]:
    """How many posts come back."""
    posts = len(targets)
    yield ngettext("put one post back", "put %(n)d posts back", posts) % {"n": posts}


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """Those that are still gone."""
    posts = sum(not step["already"] for step in previews)
    yield posts, ngettext("post comes back", "posts come back", posts)


register(
    Kind(
        "restore",
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
        opening=opening,
    )
)
