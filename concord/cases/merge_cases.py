"""merge_cases: two cases turn out to be one. Everything goes into the older; both codes lead there, for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.cases.agree_to_no_action import about_declined
from concord.cases.assess_case import about as about_assessment
from concord.cases.classify_case import classify_case, read_classification
from concord.cases.close_case import CaseIsClosed
from concord.cases.close_case import about as about_closing
from concord.cases.common_readers import leave_only_common_readers
from concord.cases.hold_case import about as about_hold
from concord.cases.keep_evidence import about_evidence
from concord.cases.link_cases import ItselfOnly
from concord.cases.models import OVER, Case, LinkedCase, Restriction, State
from concord.cases.move import reopen, rests
from concord.cases.parties import Known, known_parties, put_in, respondents
from concord.cases.recuse import take_out, take_what_was_left
from concord.cases.restrict_case import about as about_restriction
from concord.cases.seal_outside import seal_outside
from concord.cases.signals import merged
from concord.cases.take_up import version_for_both
from concord.ledger.record import record
from concord.people.models import OutsideContact, StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class OnlyWhoWorksOnBoth(Refused):
    """Two cases are put together by somebody who coordinates or is deputy in each, and can open each."""

    words = _("Only somebody who works on both cases can put them together.")


class NobodyReadsBoth(Refused):
    """Every receiver is kept out of one of the two: they stay apart, and can be linked."""

    words = _("Nobody would be left who may read both. Leave them apart.")
    status = 409


@transaction.atomic
def merge_cases(
    case: Case, *, other: Case, by: StaffMember, keyring: Keyring, at: datetime
) -> Case:
    """Put two cases into the older one and return it. It cannot be undone.

    Flags, reports, people, notes, copies of posts, assessments, decisions and a hold go with it, sealed anew under
    its key; those who are kept out of either are out of both. Proposals that are open in either are void.
    Announces `merged`. Raises `ItselfOnly`, `CaseIsClosed`, `OnlyWhoWorksOnBoth`, `NobodyReadsBoth`.
    """
    if case.id == other.id:
        raise ItselfOnly(subject=case.id)
    pair = Case.objects.select_for_update().filter(id__in=[case.id, other.id])
    older, younger = sorted(pair.order_by("id"), key=lambda one: (one.opened_at, one.code))
    for one in (older, younger):
        _check(one, by=by, at=at)
    about = respondents(older, keyring=keyring) | respondents(younger, keyring=keyring)
    outs, out_before = _out_of(younger), _out_of(older)
    _carry(younger, older, by=by, keyring=keyring, at=at)
    _move_both(younger, older, by=by, at=at)
    merged.send(sender=Case, case=older, gone=younger, at=at)
    for person in out_before:
        take_what_was_left(older, person, at=at)
    for person in outs:
        take_out(older, who=person, by=None, at=at, keyring=keyring)
    leave_only_common_readers(older, about=about, keyring=keyring, at=at)
    older.refresh_from_db()
    if not files.may_open(older.file, older.coordinator.person_id):
        raise NobodyReadsBoth(subject=older.id)
    seal_outside(older, keyring=keyring, at=at)
    files.destroy(younger.file, by=by.person_id, at=at)
    record("cases.merge", actor=by.person_id, subject=older.id, at=at, gone=younger.id)
    return older


def _check(case: Case, *, by: StaffMember, at: datetime) -> None:
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    works = by in (case.coordinator, case.deputy) and files.may_open(case.file, by.person_id)
    if not (by.is_current(at) and works):
        raise OnlyWhoWorksOnBoth(subject=case.id)


def _out_of(younger: Case) -> list[UUID]:
    return sorted(younger.recusals.values_list("person", flat=True))


def _carry(younger: Case, older: Case, *, by: StaffMember, keyring: Keyring, at: datetime) -> None:
    people = known_parties(younger, keyring=keyring)
    for source in younger.sources.select_related("flag", "report"):
        files.attach(source.file, outer_file_id=older.file, by=keyring, at=at)
    younger.sources.update(case=older)
    for contact in OutsideContact.objects.current(at):
        if files.may_open(younger.file, contact.holder):
            files.grant(older.file, to=contact.holder, by=keyring, at=at)
    _carry_people(people, older, by=by, keyring=keyring, at=at)
    younger.parties.all().delete()
    _carry_words(younger, older, keyring=keyring)
    _carry_kind(younger, older, by=by, keyring=keyring, at=at)
    _carry_hold(younger, older, keyring=keyring, at=at)
    _carry_restriction(younger, older, keyring=keyring, at=at)
    younger.handovers.open().update(ended_at=at)
    younger.merged.update(merged_into=older)
    younger.exports.update(case=older)
    _carry_links(younger, older)


def _carry_people(
    people: list[Known], older: Case, *, by: StaffMember, keyring: Keyring, at: datetime
) -> None:
    """Whoever is in both, under the same names, is there once."""
    there = {replace(known, id=older.id) for known in known_parties(older, keyring=keyring)}
    for known in people:
        if replace(known, id=older.id) not in there:
            put_in(
                older,
                role=known.role,
                name=known.name,
                handles=known.handles,
                addresses=known.addresses,
                person_id=known.person_id,
                assisted=known.assisted,
                also=known.also,
                by=by.person_id,
                at=at,
            )


def _carry_words(younger: Case, older: Case, *, keyring: Keyring) -> None:
    """What people wrote, and the copies of posts; a copy that is in both is kept once."""

    def anew(blob: bytes | memoryview, was: str, now: str) -> bytes:
        plain = files.unseal(younger.file, bytes(blob), about=was, keyring=keyring)
        return files.seal(older.file, plain, about=now)

    for note in younger.notes.all():
        about = f"note:{note.id}"
        younger.notes.filter(id=note.id).update(case=older, sealed=anew(note.sealed, about, about))
    for said in younger.assessments.all():
        about = about_assessment(said.id)
        sealed = anew(said.sealed, about, about)
        younger.assessments.filter(id=said.id).update(case=older, sealed=sealed)
    younger.evidence.filter(post__in=older.evidence.values("post")).delete()
    for copy in younger.evidence.all():
        was, now = about_evidence(younger, copy.post), about_evidence(older, copy.post)
        sealed = anew(copy.sealed, was, now)
        younger.evidence.filter(id=copy.id).update(case=older, sealed=sealed)
    for decided in younger.no_actions.filter(declined_sealed__isnull=False):
        about = about_declined(decided.id)
        sealed = anew(decided.declined_sealed or b"", about, about)
        younger.no_actions.filter(id=decided.id).update(declined_sealed=sealed)
    for closing in younger.closings.all():
        about = about_closing(closing.id)
        sealed = anew(closing.lessons_sealed, about, about)
        younger.closings.filter(id=closing.id).update(case=older, lessons_sealed=sealed)


def _carry_kind(
    younger: Case, older: Case, *, by: StaffMember, keyring: Keyring, at: datetime
) -> None:
    """Every kind and every ground that was said of either."""
    one = read_classification(older, keyring=keyring)
    two = read_classification(younger, keyring=keyring)
    if any(two):
        classify_case(
            older,
            kinds=[*one.kinds, *two.kinds],
            grounds=[*one.grounds, *two.grounds],
            by=by,
            at=at,
        )


def _carry_hold(younger: Case, older: Case, *, keyring: Keyring, at: datetime) -> None:
    """Where both are held, the older one's hold stands for both."""
    if older.holds.standing().exists():
        younger.holds.standing().update(lifted_at=at)
    for hold in younger.holds.all():
        about = about_hold(hold.id)
        plain = files.unseal(younger.file, bytes(hold.reason_sealed), about=about, keyring=keyring)
        sealed = files.seal(older.file, plain, about=about)
        younger.holds.filter(id=hold.id).update(case=older, reason_sealed=sealed)


def _carry_restriction(younger: Case, older: Case, *, keyring: Keyring, at: datetime) -> None:
    """What was asked for in either holds for both; that of the team comes with its people."""
    if older.restrictions.standing().filter(because=Restriction.Because.ASKED).exists():
        return
    for made in younger.restrictions.standing().filter(because=Restriction.Because.ASKED):
        about = about_restriction(made.id)
        plain = files.unseal(
            younger.file, bytes(made.reason_sealed or b""), about=about, keyring=keyring
        )
        sealed = files.seal(older.file, plain, about=about)
        younger.restrictions.filter(id=made.id).update(case=older, reason_sealed=sealed)


def _move_both(younger: Case, older: Case, *, by: StaffMember, at: datetime) -> None:
    """The younger is an empty shell; the older, where it rested, is looked at anew with what came to it."""
    for one in (younger, older):
        one.no_actions.standing().update(ended_at=at)
    younger.no_actions.update(case=older)
    younger.follow_ups.filter(ended_at__isnull=True).update(ended_at=at)
    younger.follow_ups.update(case=older)
    Case.objects.filter(id=younger.id).update(
        merged_into=older, state=State.MERGED, classified=None
    )
    under = version_for_both(older.happened_under, younger.happened_under)
    Case.objects.filter(id=older.id).update(happened_under=under)
    if rests(older):
        reopen(older, by=by.person_id, at=at)


def _carry_links(younger: Case, older: Case) -> None:
    LinkedCase.objects.filter(case__in=[younger, older], older__in=[younger, older]).delete()
    for link in LinkedCase.objects.filter(Q(case=younger) | Q(older=younger)):
        ends = {"case": link.case, "older": link.older}
        ends = {name: older if end == younger else end for name, end in ends.items()}
        said = {"linked_by": link.linked_by, "linked_at": link.linked_at}
        LinkedCase.objects.get_or_create(**ends, defaults=said)
        link.delete()
