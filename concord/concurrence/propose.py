"""propose: put an exact text before the colleagues who may agree to it (A-THOUGHT-1, R-COORD-1, S-REPORTED-1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.conflicts import may_agree
from concord.cases.models import OVER, Case, LinkedCase
from concord.cases.models import State as CaseState
from concord.cases.move import move, rests
from concord.cases.parties import Known
from concord.cases.read_case import Opened, read_case
from concord.cases.read_elsewhere import read_elsewhere
from concord.cases.reopen_case import reopen_case
from concord.concurrence.contents import commitments, write_contents, write_manifest
from concord.concurrence.evidence import pieces_of, shown_in
from concord.concurrence.guards import NeedsCoordinator, check_key, check_newest, check_staff
from concord.concurrence.happening import as_row, is_happening, places_of
from concord.concurrence.kinds import kind_of
from concord.concurrence.manifest import PROPOSED, digest_of
from concord.concurrence.models import Proposal, State, Step, Version
from concord.concurrence.noes import about_of_noes, as_json, earlier_noes
from concord.concurrence.signals import proposed
from concord.concurrence.terms import (
    DEPARTURES,
    ON_A_PERSON,
    Incomplete,
    Target,
    Terms,
    check_complete,
    told_alike,
)
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.monitoring.readers import close_to
from concord.names import token
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.tell_departure import tell_departure
from concord.survivors.read_quotes import read_quotes
from concord.survivors.read_text import mask, read_text
from concord.vault import files
from concord.vault.keyring import Keyring

LIVE = timedelta(minutes=60)
OTHERWISE = timedelta(hours=48)


class NothingReported(Refused):
    """A decision rests on reported behaviour: no case without a flag or a report (S-REPORTED-1)."""

    words = _("There is no report or flag in this case to decide on.")
    status = 409


class TargetHasAnOpenProposal(Refused):
    """One open proposal per target within linked cases: the second waits, or takes the place of the first."""

    words = _(
        "There is an open proposal about this already. Change that one, or wait until it is closed."
    )
    status = 409


class CloseToSomebodyInIt(Refused):
    """Whoever said that they are close to somebody proposes nothing about them, in a list of many neither (K-CONF-1).

    Who it is they know, or find on their own page; here it is not named.
    """

    words = _(
        "You said that you are close to somebody this is about, so it cannot be proposed by you. Leave them out if you "
        "can, or ask the deputy to propose it, or pass the case on. Nothing was asked of anybody yet."
    )


@transaction.atomic
def propose(
    case: Case, *, terms: Terms, by: StaffMember, keyring: Keyring, at: datetime
) -> Proposal:
    """Open a proposal with its first version, sealed to everybody who may agree to it now, and signed.

    Raises `Incomplete` (with the names of what is missing), `NeedsCoordinator`, `NothingReported`,
    `TargetHasAnOpenProposal`, `CloseToSomebodyInIt`, `NamesSomebodyProtected` and `QuotesWhatWasTold` for the notice,
    and what the kinds of action refuse.
    """
    among = held_with_linked(case, by=by)
    case = Case.objects.select_for_update().get(id=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    case = _assess_anew(case, by=by, keyring=keyring, at=at)
    proposal = Proposal(case=case, code=random_code(), opened_at=at)
    _check_may_propose(case, by=by, keyring=keyring, at=at)
    _check_targets_free(case, terms.targets, but=None, among=among)
    if case.state == CaseState.ASSESSED:
        move(case, CaseState.ACTION_PENDING, at=at)
    proposal.save()
    version = submit_version(proposal, terms=terms, by=by, keyring=keyring, at=at)
    record(
        "concurrence.propose", actor=by.person_id, subject=proposal.id, at=at, version=version.id
    )
    return proposal


def _assess_anew(case: Case, *, by: StaffMember, keyring: Keyring, at: datetime) -> Case:
    """A proposal says all that an assessment asks; where a case rested, something new is not over with it."""
    if rests(case):
        case = reopen_case(case, by=by, keyring=keyring, at=at)
    if case.state in (CaseState.OPEN, CaseState.REOPENED):
        move(case, CaseState.ASSESSED, at=at)
    return case


@transaction.atomic
def revise(
    proposal: Proposal,
    *,
    terms: Terms,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    changing: Version | None = None,
) -> Version:
    """Edit: a new version in the place of the old, whose agreement, if any, is void.

    `changing`: the text that was on the page. Raises `StaleVersion` where another stands in its place by now.
    """
    from concord.concurrence.void import check_unexecuted, void_version

    among = held_with_linked(proposal.case, by=by)
    proposal = Proposal.objects.held(proposal.id)
    check_unexecuted(proposal)
    if changing is not None:
        check_newest(changing, proposal.version)
    _check_may_propose(proposal.case, by=by, keyring=keyring, at=at)
    _check_targets_free(proposal.case, terms.targets, but=proposal, among=among)
    void_version(proposal.version, at=at)
    version = submit_version(proposal, terms=terms, by=by, keyring=keyring, at=at)
    record("concurrence.revise", actor=by.person_id, subject=proposal.id, at=at, version=version.id)
    return version


def submit_version(
    proposal: Proposal, *, terms: Terms, by: StaffMember, keyring: Keyring, at: datetime
) -> Version:
    """Seal, commit, sign and store one version; ask the others."""
    case = proposal.case
    opened = read_case(case, by=by, keyring=keyring, at=at)
    check_complete(terms, wishes=opened.wishes, at=at, subject=case.id)
    for target in terms.targets:
        kind_of(target.kind).validate(target, case=case, at=at)
    _check_letters(terms, subject=case.id)
    about = about_of(terms.targets)
    if by.person_id in close_to(about):
        raise CloseToSomebodyInIt(subject=case.id)
    noes = earlier_noes(
        case,
        proposal=proposal.id,
        targets=terms.targets,
        tokens=_tokens_of(terms.targets),
        parties=opened.parties,
        keyring=keyring,
    )
    letters: dict[str, Any] = {
        "case": case,
        "told": opened.told,
        "by": by,
        "keyring": keyring,
        "at": at,
    }
    verdict = _read(terms.notice_subject, terms.notice_body, **letters)
    own_verdicts = {
        key: str(_read(own["subject"], own["body"], **letters))
        for key, own in terms.own_notices.items()
    }
    contents = write_contents(
        terms,
        case=case.code,
        wishes=opened.wishes,
        excerpts=excerpts_of(terms.targets, opened.parties),
        evidence=shown_in(terms, pieces_of(opened), parties=opened.parties),
        preview=preview(terms.targets, at=at),
        verdict=verdict,
        own_verdicts=own_verdicts,
        named_by_hand=named_by_hand(terms.targets, opened),
        noes=as_json(noes),
    )
    readers = {one.person_id for one in may_agree(case, about=about, at=at)}
    readers -= close_to(about_of_noes(noes)) | known_to(terms.targets)
    readers |= {by.person_id}
    version = _store(proposal, terms, contents, by=by, keyring=keyring, readers=readers, at=at)
    Proposal.objects.filter(id=proposal.id).update(state=State.PROPOSED)
    proposal.state = State.PROPOSED
    _tell_departure(opened, terms, by=by, at=at)
    proposed.send(sender=Version, version=version, about=about, at=at)
    return version


def _read(
    subject: str,
    body: str,
    *,
    case: Case,
    told: list[str],
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> UUID:
    """The guards' verdict on one notice: nobody protected, nothing of another case, no words of a report."""
    read_elsewhere(subject, body, about=case.id, by=by.person_id, keyring=keyring, at=at)
    read_quotes(subject, body, told=told, subject=case.id)
    return read_text(subject, body, case=case, by=by, keyring=keyring, at=at).id


def _check_letters(terms: Terms, *, subject: UUID) -> None:
    """A step that is a letter has one."""
    for key, steps in told_alike(terms.targets).items():
        body = terms.own_notices.get(key, {}).get("body", terms.notice_body)
        if not body.strip() and any(kind_of(step.kind).by_letter for step in steps):
            raise Incomplete(["notice_body"], subject=subject)


def _tell_departure(opened: Opened, terms: Terms, *, by: StaffMember, at: datetime) -> None:
    """Whoever wished otherwise hears of it before anything happens, unless that is not safe (K-LIMIT-1)."""
    if not terms.departs or terms.untold:
        return
    for each in opened.reports:
        if each.told.wishes.strip():
            tell_departure(
                each.report,
                told=each.told,
                words=each.words,
                why=DEPARTURES[terms.departure],
                by=by.person_id,
                at=at,
            )


def preview(targets: tuple[Target, ...] | list[Target], *, at: datetime) -> list[dict[str, Any]]:
    """What each step would change, as it stands now."""
    return [kind_of(target.kind).preview(target, at=at) for target in targets]


def named_by_hand(targets: tuple[Target, ...] | list[Target], opened: Opened) -> set[UUID]:
    """Those who would lose access although nothing that was flagged or reported was written by them.

    A name that somebody remembers may have been borrowed; whoever agrees has to know that it rests on one.
    """
    named = {one.id for one in targets if one.kind in ON_A_PERSON and one.kind != "member"}
    return named - opened.writers


def about_of(targets: tuple[Target, ...] | list[Target]) -> set[UUID]:
    """The persons a proposal is about, whose friends and selves are not asked."""
    ordered = groupby(sorted(targets, key=attrgetter("kind")), key=attrgetter("kind"))
    return set[UUID]().union(*(kind_of(name).touched(list(those)) for name, those in ordered))


def known_to(targets: Iterable[Target]) -> set[UUID]:
    """Those who are not asked for their yes either: they know somebody a little who is known by a mailbox alone."""
    return set[UUID]().union(*(kind_of(target.kind).known_to(target) for target in targets))


def _check_may_propose(case: Case, *, by: StaffMember, keyring: Keyring, at: datetime) -> None:
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    if by not in (case.coordinator, case.deputy):
        raise NeedsCoordinator(subject=case.id)
    if not case.sources.exists():
        raise NothingReported(subject=case.id)


def _check_targets_free(
    case: Case, targets: tuple[Target, ...], *, but: Proposal | None, among: set[UUID]
) -> None:
    """No other open proposal is about the same thing, or takes something else from the same person."""
    open_steps = Step.objects.filter(
        target_token__in=_tokens_of(targets),
        version__proposal__in=Proposal.objects.open().filter(case__in=among),
        version__voided_at__isnull=True,
    )
    if but is not None:
        open_steps = open_steps.exclude(version__proposal=but)
    if open_steps.exists():
        raise TargetHasAnOpenProposal(subject=case.id)


def _tokens_of(targets: tuple[Target, ...]) -> list[bytes]:
    return [target_token(each) for target in targets for each in _alike(target)]


def _alike(target: Target) -> list[Target]:
    kinds = sorted(ON_A_PERSON) if target.kind in ON_A_PERSON else [target.kind]
    return [replace(target, kind=kind) for kind in kinds]


def held_with_linked(case: Case, *, by: StaffMember) -> set[UUID]:
    """The case and those linked to it, near or far, locked in one order: of two who propose at once, one is first.

    Only those whose row this person sees: that there is another is not told to anybody who stepped out of it. Where
    two do not see each other's case both may propose, and the stricter of what is carried out stands.
    """
    held: set[UUID] = set()
    while (found := _linked(case.id, by=by)) != held:
        list(Case.objects.select_for_update().filter(id__in=found).order_by("id").values_list("id"))
        held = found
    return held


def _linked(case: UUID, *, by: StaffMember) -> set[UUID]:
    found, seen = {case}, Case.objects.visible_to(by)
    while True:
        ends = LinkedCase.objects.filter(Q(case__in=found) | Q(older__in=found))
        near = {id for pair in ends.values_list("case", "older") for id in pair} - found
        further = set(seen.filter(id__in=near).values_list("id", flat=True)) if near else set()
        if not further:
            return found
        found |= further


def target_token(target: Target) -> bytes:
    """A keyed token of kind and target, by which a second proposal on it is found without naming it."""
    return token("target", f"{target.kind}:{kind_of(target.kind).same_as(target)}")


def excerpts_of(targets: Iterable[Target], parties: list[Known]) -> dict[str, str]:
    """What was written and would go, by the id of its target; protected people are masked."""
    return {
        str(target.id): mask(text, parties)
        for target in targets
        if (text := kind_of(target.kind).excerpt(target))
    }


def _store(
    proposal: Proposal,
    terms: Terms,
    contents: dict[str, Any],
    *,
    by: StaffMember,
    keyring: Keyring,
    readers: set[UUID],
    at: datetime,
) -> Version:
    version_id = uuid4()
    case = proposal.case
    number = proposal.versions.count() + 1
    briefing = files.open_file(readers=sorted(readers), at=at)
    happens = is_happening(case, targets=terms.targets)
    lapses_at = at + (LIVE if happens else OTHERWISE)
    manifest = write_manifest(
        version=version_id,
        proposal=proposal.id,
        number=number,
        proposer=by.person_id,
        contents=contents,
        act_at_once=terms.act_at_once,
        submitted_at=at,
        lapses_at=lapses_at,
    )
    digest = digest_of(manifest)
    version = Version.objects.create(
        id=version_id,
        proposal=proposal,
        number=number,
        proposer=by.person_id,
        manifest=manifest,
        digest=digest,
        signature=keyring.sign(PROPOSED + digest.encode()),
        briefing=briefing.id,
        sealed=files.seal(
            briefing.id, json.dumps(contents).encode(), about=f"version:{version_id}"
        ),
        act_at_once=terms.act_at_once,
        places=as_row(places_of(targets=terms.targets)),
        submitted_at=at,
        lapses_at=lapses_at,
        live_at=at if happens else None,
    )
    Step.objects.bulk_create(
        Step(
            version=version,
            position=position,
            commitment=commitment,
            target_token=target_token(target),
        )
        for position, (commitment, target) in enumerate(
            zip(commitments(contents), terms.targets, strict=True)
        )
    )
    return version
