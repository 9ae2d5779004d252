"""gather: read from the tables what the audit judges. Everything, or what is newer and all that it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from concord.access import models as access
from concord.actions import models as actions
from concord.actions.evidence import (
    KINDS,
    TELLING,
    Agreement,
    Anchor,
    ByHand,
    Confirmation,
    Decision,
    Ending,
    Entry,
    Evidence,
    Execution,
    Gone,
    Key,
    Limit,
    Notice,
    Outside,
    Recovery,
    Removal,
    SetAside,
    Shut,
    Version,
    Warrant,
)
from concord.actions.state_done import digest_of_statement
from concord.concurrence import models as concurrence
from concord.ledger import models as ledger
from concord.people.models import OutsideContact, StaffMember
from concord.spaces import models as spaces
from concord.vault.signatures import key_rows, recovery_rows

SLACK = timedelta(hours=1)
"""How far entries stand out of the order of their times, at most, where an old ledger was cut."""
BATCH = 500


def gather(*, since: datetime | None = None) -> Evidence:
    """The evidence of the live audit."""
    evidence = Evidence()
    for kind, row in rows() if since is None else _newer_rows(since):
        evidence.add(kind, row)
    for entry in _telling(evidence, since):
        evidence.enter(entry)
    evidence.ledger_from = ledger_from()
    return evidence


def rows() -> Iterator[tuple[str, Any]]:
    """Every row of every kind but the ledger's, effects before their authority (`KINDS`)."""
    for kind in KINDS:
        for row in _READERS[kind](Q()):
            yield kind, row


def anchor() -> Anchor | None:
    """Where the chain that is kept begins, if not at the beginning."""
    found = ledger.Anchor.objects.first()
    return Anchor(found.id, found.position, bytes(found.digest)) if found else None


def ledger_from() -> datetime | None:
    """From when on rows are held against the ledger: None while it is whole."""
    first = ledger.Link.objects.select_related("entry").order_by("position").first()
    if first is None or not ledger.Anchor.objects.exists():
        return None
    return first.entry.at + SLACK


def entries(wanted: Q | None = None) -> Iterator[Entry]:
    """Entries of the ledger: the chained ones in their order, then those that wait for the chain.

    Those that wait are looked up first: one that is chained meanwhile stands in its place, and is not lost.
    """
    known = ledger.Entry.objects.filter(wanted or Q())
    waiting = {entry.id: entry for entry in known.filter(link__isnull=True).order_by("id")}
    links = ledger.Link.objects.select_related("entry").order_by("position")
    if wanted is not None:
        links = links.filter(entry__in=known.values("id"))
    for link in links.iterator(BATCH):
        waiting.pop(link.entry_id, None)
        yield _entry(link.entry, link.position, bytes(link.digest))
    for entry in waiting.values():
        yield _entry(entry, None, None)


def _entry(entry: ledger.Entry, position: int | None, digest: bytes | None) -> Entry:
    return Entry(
        entry.id, entry.verb, entry.actor, entry.subject, entry.at, entry.facts, position, digest
    )


def _telling(evidence: Evidence, since: datetime | None) -> Iterator[Entry]:
    telling = Q(verb__in=TELLING)
    if since is None:
        yield from entries(telling)
        return
    about: set[UUID] = set()
    for kind in ("shut", "limit", "notice", "removal", "decision", "recovery"):
        about |= {row.id for row in evidence.of(kind)}
    about |= {key.holder for key in evidence.of("key")}
    versions = [version.id for version in evidence.of("version")]
    proposals = concurrence.Version.objects.filter(id__in=versions).values_list(
        "proposal", flat=True
    )
    about |= set(proposals)
    seen: set[int] = set()
    ids = list(about)
    for start in range(0, len(ids), BATCH):
        for entry in entries(telling & Q(subject__in=ids[start : start + BATCH])):
            seen.add(entry.id)
            yield entry
    for entry in entries(telling & Q(at__gte=since)):
        if entry.id not in seen:
            yield entry


def _newer_rows(since: datetime) -> Iterator[tuple[str, Any]]:
    """What says that it is newer, and everything that it stands on."""
    newer = {
        "shut": Q(since_at__gte=since) | Q(ended_at__gte=since),
        "limit": Q(since_at__gte=since) | Q(ended_at__gte=since),
        "notice": Q(since_at__gte=since) | Q(ended_at__gte=since),
        "by_hand": Q(stated_at__gte=since),
        "removal": Q(removed_at__gte=since) | Q(undone_at__gte=since),
        "decision": Q(made_at__gte=since) | Q(ended_at__gte=since),
        "ending": Q(made_at__gte=since),
        "confirmation": Q(confirmed_at__gte=since),
        "execution": Q(executed_at__gte=since),
        "agreement": Q(concurred_at__gte=since),
    }
    found: dict[str, dict[Any, Any]] = {kind: {} for kind in KINDS}
    for kind in KINDS:
        if kind in newer:
            found[kind] = {row.id: row for row in _READERS[kind](newer[kind])}
        elif kind in ("recovery", "key", "outside"):
            found[kind] = {row.id: row for row in _READERS[kind](Q())}
    entered = ledger.Entry.objects.filter(verb__in=TELLING, at__gte=since)
    _add(found, "warrant", _facts(entered, "warrant"))
    _add(found, "execution", _facts(entered, "execution"))
    while _reach_further(found):
        pass
    for kind, known in found.items():
        for row in known.values():
            yield kind, row


def _facts(entered: Iterable[ledger.Entry], name: str) -> list[Any]:
    said = [entry.facts.get(name) for entry in entered]
    return [UUID(one) for one in said if isinstance(one, str)]


def _reach_further(found: dict[str, dict[Any, Any]]) -> bool:
    """One step along what rows stand on. False when there was nothing more to fetch."""
    before = sum(len(known) for known in found.values())
    shuts, removals = found["shut"].values(), found["removal"].values()
    limits, notices = found["limit"].values(), found["notice"].values()
    by_hand = found["by_hand"].values()
    lifts = [each.warrant for each in found["ending"].values() if each.warrant]
    effects = [*shuts, *limits, *notices, *by_hand, *removals]
    _add(found, "warrant", [each.warrant for each in effects] + lifts)
    _add(found, "decision", [each.decision for each in found["ending"].values()])
    _add(found, "decision", [each.decision for each in found["confirmation"].values()])
    _add(found, "execution", [each.execution for each in found["warrant"].values()])
    _add(found, "execution", [each.execution for each in found["decision"].values()])
    executions = list(found["execution"].values())
    _add(found, "agreement", [each.agreement for each in executions if each.agreement])
    priors = [each.prior_decision for each in executions if each.prior_decision]
    _add(found, "decision", priors)
    _add(found, "version", [each.version for each in found["agreement"].values()])
    for ids in _batches(found["execution"]):
        _take(found, "warrant", Q(execution__in=ids))
        _take(found, "decision", Q(execution__in=ids))
    for ids in _batches([each.id for each in found["warrant"].values() if each.kind == "other"]):
        _take(found, "by_hand", Q(warrant__in=ids))
    for ids in _batches(found["version"]):
        _take(found, "set_aside", Q(version__in=ids))
    for ids in _batches(found["agreement"]):
        _take(found, "execution", Q(concurrence__in=ids))
    for ids in _batches(found["decision"]):
        _take(found, "ending", Q(decision__in=ids))
    for ids in _batches(priors):
        _take(found, "execution", Q(prior_decision__in=ids))
    for ids in _batches([each.post for each in removals if each.undone_at]):
        _take(found, "warrant", Q(kind="restore", target__in=ids))
    for ids in _batches([each.warrant for each in shuts if each.ended_at]):
        _take(found, "warrant", Q(kind="release", target__in=ids))
    return sum(len(known) for known in found.values()) > before


def _add(found: dict[str, dict[Any, Any]], kind: str, ids: Iterable[Any]) -> None:
    for some in _batches([id for id in ids if id not in found[kind]]):
        _take(found, kind, Q(id__in=some))


def _take(found: dict[str, dict[Any, Any]], kind: str, wanted: Q) -> None:
    for row in _READERS[kind](wanted):
        found[kind][row.id] = row


def _batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    known = list(dict.fromkeys(ids))
    for start in range(0, len(known), BATCH):
        yield known[start : start + BATCH]


def _recoveries(wanted: Q) -> Iterator[Recovery]:
    for row in recovery_rows():
        yield Recovery(*astuple(row))


def _keys(wanted: Q) -> Iterator[Key]:
    brought_in = dict(StaffMember.objects.values_list("person_id", "designated_by"))
    for row in key_rows():
        yield Key(*(*astuple(row), brought_in.get(row.holder)))


def _outside(wanted: Q) -> Iterator[Outside]:
    for holder, since in OutsideContact.objects.values_list("holder", "since"):
        yield Outside(holder, since)


def _shuts(wanted: Q) -> Iterator[Shut]:
    for row in access.Shut.objects.filter(wanted).iterator(BATCH):
        yield Shut(
            row.id,
            row.person_id,
            row.scope_kind,
            row.scope_id,
            row.warrant,
            row.since_at,
            row.until_at,
            row.ended_at,
        )


def _limits(wanted: Q) -> Iterator[Limit]:
    for row in access.Limit.objects.filter(wanted).iterator(BATCH):
        yield Limit(
            row.id,
            row.person_id,
            row.scope_kind,
            row.scope_id,
            row.pace,
            row.salt,
            row.warrant,
            row.since_at,
            row.until_at,
            row.ended_at,
        )


def _notices(wanted: Q) -> Iterator[Notice]:
    for row in access.Notice.objects.filter(wanted).defer("sealed").iterator(BATCH):
        yield Notice(
            row.id,
            row.person_id,
            row.asked_to_leave,
            row.scope_kind,
            row.scope_id,
            row.warrant,
            row.since_at,
            row.until_at,
            row.ended_at,
        )


def _by_hand(wanted: Q) -> Iterator[ByHand]:
    for row in actions.ByHand.objects.filter(wanted).iterator(BATCH):
        yield ByHand(
            row.id,
            row.warrant_id,
            row.stated_by,
            row.stated_at,
            digest_of_statement(row) if row.stated_at else "",
            bytes(row.signature or b""),
        )


def _set_aside(wanted: Q) -> Iterator[SetAside]:
    for row in concurrence.SetAside.objects.filter(wanted).defer("sealed").iterator(BATCH):
        yield SetAside(row.id, row.version_id, row.commitment, row.by, row.set_aside_at)


def _removals(wanted: Q) -> Iterator[Removal]:
    for row in spaces.Removal.objects.filter(wanted).iterator(BATCH):
        yield Removal(row.id, row.post_id, row.warrant, row.removed_at, row.undone_at)


def _gone(wanted: Q) -> Iterator[Gone]:
    for post in spaces.Post.objects.filter(wanted, removed=True).values_list("id", flat=True):
        yield Gone(post)


def _decisions(wanted: Q) -> Iterator[Decision]:
    for row in concurrence.Decision.objects.filter(wanted).iterator(BATCH):
        yield Decision(row.id, row.execution_id, row.made_at, row.until_at, row.ended_at)


def _endings(wanted: Q) -> Iterator[Ending]:
    for row in actions.Ending.objects.filter(wanted).iterator(BATCH):
        yield Ending(
            row.id,
            row.decision_id,
            row.how,
            row.warrant_id,
            row.review,
            row.by,
            bytes(row.signature or b""),
            row.ends_at,
            row.made_at,
            row.only,
        )


def _confirmations(wanted: Q) -> Iterator[Confirmation]:
    known = actions.Confirmation.objects.filter(wanted).select_related("late")
    for row in known.iterator(BATCH):
        yield Confirmation(
            row.id,
            row.late_id,
            row.late.decision_id,
            row.late.person,
            row.person,
            bytes(row.signature),
            row.confirmed_at,
        )


def _executions(wanted: Q) -> Iterator[Execution]:
    for row in concurrence.Execution.objects.filter(wanted).iterator(BATCH):
        yield Execution(row.id, row.concurrence_id, row.prior_decision_id, row.executed_at)


def _warrants(wanted: Q) -> Iterator[Warrant]:
    known = concurrence.Warrant.objects.filter(wanted)
    again = known.filter(kind="delete", execution__prior_decision__isnull=False)
    posts = spaces.Post.objects.kept().filter(id__in=again.values("target"))
    authors = dict(posts.values_list("id", "registration__person"))
    for row in known.iterator(BATCH):
        yield Warrant(
            row.id,
            row.execution_id,
            row.kind,
            row.target,
            row.scope_kind,
            row.scope_id,
            row.until_at,
            row.review_on,
            row.detail_digest,
            row.commitment,
            row.salt,
            authors.get(row.target),
        )


def _agreements(wanted: Q) -> Iterator[Agreement]:
    for row in concurrence.Concurrence.objects.filter(wanted).iterator(BATCH):
        yield Agreement(
            row.id,
            row.version_id,
            row.version_digest,
            row.proposer,
            row.person,
            bytes(row.signature),
            row.concurred_at,
            row.voided_at,
        )


def _versions(wanted: Q) -> Iterator[Version]:
    for row in concurrence.Version.objects.filter(wanted).defer("sealed").iterator(BATCH):
        yield Version(
            row.id, row.proposer, row.manifest, row.digest, bytes(row.signature), row.submitted_at
        )


_READERS: dict[str, Any] = {
    "recovery": _recoveries,
    "key": _keys,
    "outside": _outside,
    "shut": _shuts,
    "limit": _limits,
    "notice": _notices,
    "by_hand": _by_hand,
    "removal": _removals,
    "gone": _gone,
    "decision": _decisions,
    "ending": _endings,
    "confirmation": _confirmations,
    "execution": _executions,
    "warrant": _warrants,
    "agreement": _agreements,
    "version": _versions,
    "set_aside": _set_aside,
}
