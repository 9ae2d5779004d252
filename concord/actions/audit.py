"""audit: check, without reading a word, that every effect had two people or a prior decision in force.

It trusts no trigger and no state column. From each shut and each removal it walks back: warrant, execution,
agreement, both signatures, the signed manifest and its commitment to this very effect.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from concord.access.models import Limit, Shut
from concord.actions.confirm_decision import confirmation_of
from concord.actions.end_earlier import LEAST
from concord.actions.give_back import statement_of
from concord.actions.models import Confirmation, Ending
from concord.actions.triggers import missing
from concord.concurrence.contents import commitment_of
from concord.concurrence.execute import check_signatures
from concord.concurrence.models import Concurrence, Decision, Execution, Warrant
from concord.concurrence.terms import digest_of_detail
from concord.people.models import OutsideContact, StaffMember
from concord.spaces.models import Post, Removal
from concord.vault.signatures import enrolled_keys, enrolment_holds, verify


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: what, on which row."""

    what: str
    row: str


def audit(*, since: datetime | None = None) -> list[Finding]:
    """Everything that does not hold; an empty list is a clean audit (R-CONCUR-1, R-EVADE-2).

    With `since`, only what says that it is newer: cheap enough for every minute, and whoever writes an older
    time beside a forged row is found by the next whole audit.
    """
    return [
        *_triggers(),
        *_keys(since),
        *_shuts(since),
        *_limits(since),
        *_removals(since),
        *_endings(since),
        *_given_back(since),
        *_confirmations(since),
        *_agreements(since),
        *_executions(since),
    ]


def _triggers() -> Iterator[Finding]:
    for name in missing():
        yield Finding("a rule of the database is missing", name)


def _keys(since: datetime | None) -> Iterator[Finding]:
    """A key that counts is the work of two: who brought its holder in, and somebody else who vouched."""
    brought_in_by = dict(StaffMember.objects.values_list("person_id", "designated_by"))
    for key in enrolled_keys():
        if since is not None and key.enrolled_at is not None and key.enrolled_at < since:
            continue
        if not enrolment_holds(key):
            yield Finding("a key whose countersignature does not hold", str(key.id))
        if key.countersigner is not None and key.countersigner == brought_in_by.get(key.holder):
            yield Finding("a key confirmed by whoever brought its holder in", str(key.id))


def _shuts(since: datetime | None) -> Iterator[Finding]:
    for shut in Shut.objects.filter(**_newer("since_at", since)):
        warrant = Warrant.objects.filter(id=shut.warrant, kind="revoke").first()
        row = f"shut {shut.id}"
        if warrant is None:
            yield Finding("a person shut out without a warrant", row)
        elif (warrant.target, warrant.scope_kind, warrant.scope_id, warrant.until_at) != (
            shut.person_id,
            shut.scope_kind,
            shut.scope_id,
            shut.until_at,
        ):
            yield Finding("a shut that is not what its warrant says", row)


def _limits(since: datetime | None) -> Iterator[Finding]:
    """Whoever writes less than others does so by a warrant, in its place, until its end, at its pace."""
    for limit in Limit.objects.filter(**_newer("since_at", since)):
        kind = "mute" if limit.pace is None else "limit"
        warrant = Warrant.objects.filter(id=limit.warrant, kind=kind).first()
        row = f"limit {limit.id}"
        agreed = {"pace": limit.pace, "salt": limit.salt}
        if warrant is None:
            yield Finding("a person limited without a warrant", row)
        elif (warrant.target, warrant.scope_kind, warrant.scope_id, warrant.until_at) != (
            limit.person_id,
            limit.scope_kind,
            limit.scope_id,
            limit.until_at,
        ) or (limit.pace is not None and warrant.detail_digest != digest_of_detail(agreed)):
            yield Finding("a limit that is not what its warrant says", row)


def _newer(field: str, since: datetime | None) -> dict[str, datetime]:
    return {} if since is None else {f"{field}__gte": since}


def _removals(since: datetime | None) -> Iterator[Finding]:
    for removal in Removal.objects.filter(**_newer("removed_at", since)):
        warrant = Warrant.objects.filter(id=removal.warrant, kind="delete").first()
        if warrant is None or warrant.target != removal.post_id:
            yield Finding("a post removed without a warrant", f"removal {removal.id}")
    if since is not None:
        return
    standing = Removal.objects.filter(undone_at__isnull=True)
    for post in Post.objects.filter(removed=True).exclude(id__in=standing.values("post")):
        yield Finding("a post removed without a warrant", f"post {post.id}")


def _endings(since: datetime | None) -> Iterator[Finding]:
    """A decision that ended before its date did so by two people, by somebody without a part, or a day ahead."""
    for decision in Decision.objects.filter(ended_at__isnull=False).prefetch_related("endings"):
        if decision.ended_at not in {each.ends_at for each in decision.endings.all()}:
            yield Finding("a decision that ended without authority", f"decision {decision.id}")
    known = Ending.objects.select_related(
        "warrant__execution__concurrence", "decision__execution__concurrence"
    )
    for ending in known.filter(**_newer("made_at", since)):
        if not _ending_holds(ending):
            yield Finding("an end of a decision that does not hold", f"ending {ending.id}")


def _ending_holds(ending: Ending) -> bool:
    """A lift is an effect in a text that two signed, which `_executions` checks; the others are signed by one."""
    if ending.warrant is not None:
        lift = ending.warrant
        return (
            (lift.kind, lift.target) == ("lift", ending.decision_id)
            and lift.execution.concurrence is not None
            and lift.execution.executed_at <= ending.made_at
        )
    made = ending.decision.execution.concurrence
    if ending.by is None or made is None:
        return False
    if ending.review is not None and ending.by in (made.person, made.proposer):
        return False
    if ending.review is not None and OutsideContact.objects.filter(holder=ending.by).exists():
        return True  # they read and do not sign
    signature = bytes(ending.signature or b"")
    signed = verify(ending.by, statement_of(ending), signature, at=ending.made_at)
    ahead = ending.review is not None or ending.ends_at >= ending.made_at + LEAST
    return signed and ahead


def _given_back(since: datetime | None) -> Iterator[Finding]:
    """Nobody is let in, and no post is put back, while the decision itself goes on; returns are undone by one."""
    shuts = Shut.objects.filter(ended_at__isnull=False)
    for shut in shuts.filter(**_newer("ended_at", since)):
        decision = Decision.objects.filter(execution__warrants=shut.warrant).first()
        if decision is not None and not _over_by(decision, shut.ended_at):
            yield Finding("access given back under a decision that goes on", f"shut {shut.id}")
    limits = Limit.objects.filter(ended_at__isnull=False)
    for limit in limits.filter(**_newer("ended_at", since)):
        decision = Decision.objects.filter(execution__warrants=limit.warrant).first()
        if decision is not None and not _over_by(decision, limit.ended_at):
            yield Finding("a limit ended under a decision that goes on", f"limit {limit.id}")
    removals = Removal.objects.filter(undone_at__isnull=False)
    for removal in removals.filter(**_newer("undone_at", since)):
        decision = Decision.objects.filter(execution__warrants=removal.warrant).first()
        if decision is None or _over_by(decision, removal.undone_at):
            continue
        if not Warrant.objects.filter(kind="restore", target=removal.post_id).exists():
            yield Finding("a post put back under a decision that goes on", f"removal {removal.id}")


def _over_by(decision: Decision, moment: datetime | None) -> bool:
    return decision.ended_at is not None and moment is not None and decision.ended_at <= moment


def _confirmations(since: datetime | None) -> Iterator[Finding]:
    """Whoever confirmed a decision after somebody stepped out signed that, and had not stepped out themself."""
    known = Confirmation.objects.select_related("late__decision__execution__concurrence__version")
    for one in known.filter(**_newer("confirmed_at", since)):
        statement = confirmation_of(one.late)
        if one.person == one.late.person or not verify(
            one.person, statement, bytes(one.signature), at=one.confirmed_at
        ):
            yield Finding("a confirmation that does not hold", f"confirmation {one.id}")


def _agreements(since: datetime | None) -> Iterator[Finding]:
    """Those that nothing was done under yet: a forged one is named before it is used."""
    waiting = Concurrence.objects.filter(execution__isnull=True, voided_at__isnull=True)
    for agreed in waiting.filter(**_newer("concurred_at", since)).select_related("version"):
        if agreed.person == agreed.version.proposer or not check_signatures(agreed, agreed.version):
            yield Finding("an agreement whose signature does not hold", f"agreement {agreed.id}")


def _executions(since: datetime | None) -> Iterator[Finding]:
    known = Execution.objects.select_related("concurrence__version", "prior_decision")
    for execution in known.filter(**_newer("executed_at", since)):
        row = f"execution {execution.id}"
        if execution.concurrence is not None and execution.prior_decision is None:
            yield from _by_two_people(execution, execution.concurrence, row)
        elif execution.prior_decision is not None and execution.concurrence is None:
            yield from _by_prior_decision(execution, execution.prior_decision, row)
        else:
            yield Finding("an execution without exactly one authority", row)


def _by_two_people(execution: Execution, agreed: Concurrence, row: str) -> Iterator[Finding]:
    version = agreed.version
    if agreed.person == version.proposer:
        yield Finding("one person proposed and agreed", row)
    if not check_signatures(agreed, version):
        yield Finding("a signature that does not hold", row)
        return
    if not version.submitted_at <= agreed.concurred_at <= execution.executed_at:
        yield Finding("an agreement that is not earlier than its execution", row)
    if agreed.voided_at is not None and agreed.voided_at <= execution.executed_at:
        yield Finding("an agreement that was void", row)
    signed = set(json.loads(version.manifest)["steps"])
    for warrant in execution.warrants.all():
        if warrant.commitment not in signed or warrant.commitment != _commitment(warrant):
            yield Finding("an effect that was not in the signed text", f"warrant {warrant.id}")


def _by_prior_decision(execution: Execution, prior: Decision, row: str) -> Iterator[Finding]:
    ended = min((end for end in (prior.until_at, prior.ended_at) if end), default=None)
    if prior.made_at > execution.executed_at or (ended and ended <= execution.executed_at):
        yield Finding("a prior decision that was not in force", row)
    if prior.execution.concurrence_id is None:
        yield Finding("a decision that no two people made", row)
    before = list(prior.execution.warrants.filter(kind="revoke"))
    returned = Warrant.objects.filter(execution__prior_decision=prior, kind="revoke")
    returned_people = set(returned.values_list("target", flat=True))
    for warrant in execution.warrants.filter(kind="delete"):
        author = (
            Post.objects.kept()
            .filter(id=warrant.target)
            .values_list("registration__person", flat=True)
        )
        if not returned_people.issuperset(author):
            yield Finding(
                "a post of somebody who did not return was deleted under a prior decision",
                f"warrant {warrant.id}",
            )
    for warrant in execution.warrants.filter(kind="revoke"):
        if not any(_within(warrant, wider) for wider in before):
            yield Finding(
                "a return acted on more widely than the decision", f"warrant {warrant.id}"
            )


def _within(warrant: Warrant, wider: Warrant) -> bool:
    same_place = (warrant.scope_kind, warrant.scope_id) == (wider.scope_kind, wider.scope_id)
    no_longer = wider.until_at is None or (
        warrant.until_at is not None and warrant.until_at <= wider.until_at
    )
    return same_place and no_longer


def _commitment(warrant: Warrant) -> str:
    return commitment_of(
        {
            "kind": warrant.kind,
            "target": str(warrant.target),
            "scope_kind": warrant.scope_kind,
            "scope_id": str(warrant.scope_id) if warrant.scope_id else None,
            "until_at": warrant.until_at.isoformat() if warrant.until_at else None,
            "review_on": warrant.review_on.isoformat() if warrant.review_on else None,
            **({"detail_digest": warrant.detail_digest} if warrant.detail_digest else {}),
        },
        warrant.salt,
    )
