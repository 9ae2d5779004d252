"""apply_return: one member of staff states why, and a return's access and posts go under the prior decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from concord.access.models import EVERYWHERE, Place
from concord.actions.offer_help import HELP, aimed_at
from concord.cases.parties import known_parties
from concord.concurrence.adopt_proposal import terms_of
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.terms import SHUTS
from concord.evasion.models import Match
from concord.evasion.revoke_again import (
    NotTheSameMailbox,
    check_may_act,
    has_the_mailbox_of,
    open_execution,
    revoke_again,
)
from concord.ledger.record import record
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces.models import Post, Room
from concord.vault import files
from concord.vault.keyring import Keyring

LONGEST = 2_000


class NeedsReasonToBelieve(Refused):
    """A person who acts on a return states the reason to believe that it is one (R-EVADE-1)."""

    words = _("Please say why you believe that this is the same person.")
    status = 409


class NotOfAReturn(Refused):
    """Nobody else's posts go under a decision about somebody, and none where it does not hold (R-EVADE-2)."""

    words = _(
        "This post is not by somebody who came back under that decision. A new proposal can be made."
    )


@transaction.atomic
def apply_return(
    decision: Decision,
    *,
    person: UUID,
    posts: Iterable[Post],
    reason: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> Match:
    """A staff member states the reason to believe; access and posts go in one step (R-EVADE-1).

    Of the posts those go that are theirs, stand, and lie where the decision holds. What was undone stays as it is.
    Raises `NeedsReasonToBelieve`, `NotTheSameMailbox`, `DecisionNotInForce`, `MayNotActOnAReturn`.
    """
    check_may_act(decision, by=by, at=at)
    if not reason.strip():
        raise NeedsReasonToBelieve(subject=decision.id)
    if not has_the_mailbox_of(decision, person):
        raise NotTheSameMailbox(subject=decision.id)
    match = revoke_again(decision, person=person, evidence="mailbox", at=at, by=by.person_id)
    if match.state != "applied":
        return match
    _keep_reason(match, reason.strip(), keyring=keyring)
    standing = set(posts_of(match).values_list("id", flat=True))
    theirs = [post for post in posts if post.id in standing]
    if theirs:
        delete_again(decision, posts=theirs, by=by, keyring=keyring, at=at)
    return match


@transaction.atomic
def delete_again(
    decision: Decision, *, posts: list[Post], by: StaffMember, keyring: Keyring, at: datetime
) -> Execution:
    """Delete posts of somebody who returned, where the prior decision holds; sealed copies are kept (R-EVADE-2).

    Whoever a threat among them was aimed at is shown help lines, as when it is deleted by two (V-THREAT-1).
    Raises `MayNotActOnAReturn`, `DecisionNotInForce`, `NotOfAReturn` for a post of anybody else, or elsewhere.
    """
    check_may_act(decision, by=by, at=at)
    for post in posts:
        if not _is_of_a_return(post, decision):
            raise NotOfAReturn(subject=decision.id)
    execution = open_execution(decision, by=by.person_id, at=at)
    aimed = _aimed_at(decision, posts, keyring=keyring)
    for post in sorted(posts, key=lambda post: post.room_id):  # as `delete_posts.hold` takes rooms
        warrant = Warrant.objects.create(execution=execution, kind="delete", target=post.id)
        detail = {HELP: aimed.get(post.id, [])}
        kind_of("delete").carry_out(warrant, decision=decision, detail=detail, at=at)
        Warrant.objects.filter(id=warrant.id).update(done_at=at)
    leave("actions.verify", subject=execution.id, at=at)
    record("evasion.delete_again", actor=by.person_id, subject=decision.id, at=at)
    return execution


def posts_of(match: Match) -> QuerySet[Post]:
    """What this person wrote that still stands where the decision holds, newest first."""
    theirs = Post.objects.kept().filter(registration__person=match.person_id, removed=False)
    rooms = Room.objects.filter(id__in=theirs.values("room"))
    there = [room.id for room in rooms if _holds_in(room, match.decision)]
    return theirs.filter(room__in=there).select_related("room").order_by("-posted_at", "-number")


def reason_of(match: Match, *, keyring: Keyring) -> str:
    """Why they were taken for the same person; empty where nobody had to say. Raises NoGrant."""
    if match.reason_sealed is None:
        return ""
    sealed = bytes(match.reason_sealed)
    return files.unseal(match.decision.file, sealed, about=_about(match), keyring=keyring).decode()


def _keep_reason(match: Match, reason: str, *, keyring: Keyring) -> None:
    """What was said before stays; the same again is said once."""
    said = reason_of(match, keyring=keyring)
    if reason in said.split("\n\n"):
        return
    both = "\n\n".join(filter(None, (said, reason)))
    match.reason_sealed = files.seal(match.decision.file, both.encode(), about=_about(match))
    match.save(update_fields=["reason_sealed"])


def _about(match: Match) -> str:
    return f"return:{match.decision_id}:{match.person_id}"


def _holds_in(room: Room, decision: Decision) -> bool:
    steps = decision.execution.warrants.filter(kind__in=SHUTS)
    held = {Place(*scope) for scope in steps.values_list("scope_kind", "scope_id")}
    return not held.isdisjoint({EVERYWHERE, *room.places})


def _is_of_a_return(post: Post, decision: Decision) -> bool:
    """Whether somebody who was recognised under this decision wrote it, in a place where it holds."""
    return (
        _holds_in(post.room, decision)
        and Match.objects.filter(decision=decision, person=post.author_id, state="applied").exists()
    )


def _aimed_at(decision: Decision, posts: list[Post], *, keyring: Keyring) -> dict[UUID, list[str]]:
    agreed = decision.execution.concurrence
    of_a_threat = (
        agreed is not None and "threat" in terms_of(agreed.version, keyring=keyring).violations
    )
    parties = known_parties(decision.case, keyring=keyring)
    return aimed_at((post.id for post in posts), parties=parties, are_threats=of_a_threat)
