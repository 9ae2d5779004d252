"""undo: it was somebody else. Access and posts come back at once, and the pair is remembered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.access.models import Shut
from concord.access.shut import end_shut
from concord.concurrence.models import Execution, Warrant
from concord.evasion.models import Match
from concord.evasion.revoke_again import MayNotActOnAReturn
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.spaces.models import Post, Removal
from concord.spaces.restore_post import restore_post
from concord.vault import files
from concord.vault.keyring import Keyring


@transaction.atomic
def undo(match: Match, *, by: StaffMember, keyring: Keyring, at: datetime) -> Match:
    """Give access and posts back. Twice is once; a pair that was undone is never matched again.

    Where whoever undid it could not open the decision, their posts are put back by whoever asks next and can. Raises
    `MayNotActOnAReturn` for whoever may not see the decision.
    """
    match = Match.objects.select_for_update().select_related("decision").get(id=match.id)
    if not (
        by.receives_reports
        and by.is_current(at)
        and files.may_open(match.decision.file, by.person_id)
    ):
        raise MayNotActOnAReturn(subject=match.decision_id)
    return give_back(match, by=by.person_id, keyring=keyring, at=at)


@transaction.atomic
def give_back(match: Match, *, by: UUID, keyring: Keyring, at: datetime) -> Match:
    """The undo itself, for whoever was found to be allowed to. Posts come back where the key opens them; where it does
    not, they are still to be put back, and the page of the decision says so."""
    if match.state == "applied":
        _let_in(match, by=by, at=at)
    if match.state == "undone" and files.may_open(match.decision.file, keyring.holder):
        for removal in posts_away(match):
            restore_post(removal, keyring=keyring, by=by, at=at)
    return match


def _let_in(match: Match, *, by: UUID, at: datetime) -> None:
    warrants = Warrant.objects.filter(execution=match.execution).values_list("id", flat=True)
    for shut in Shut.objects.filter(warrant__in=list(warrants), ended_at__isnull=True):
        end_shut(shut, by=by, at=at)
    match.state, match.undone_at, match.undone_by = "undone", at, by
    match.save(update_fields=["state", "undone_at", "undone_by"])
    record("evasion.undo", actor=by, subject=match.decision_id, at=at, match=match.id)


def posts_away(match: Match) -> list[Removal]:
    """Standing removals of this person's posts that were made under the prior decision."""
    executions = Execution.objects.filter(prior_decision=match.decision)
    warrants = Warrant.objects.filter(execution__in=executions, kind="delete").values_list(
        "id", flat=True
    )
    posts = Post.objects.filter(registration__person=match.person)
    theirs = Removal.objects.filter(
        warrant__in=list(warrants), post__in=posts, undone_at__isnull=True
    )
    return list(theirs.order_by("post__room_id", "post_id"))
