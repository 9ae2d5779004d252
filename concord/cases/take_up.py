"""take_up: a credible flag or a report becomes a case, or joins one by a person's choice (R-FLAG-1, R-COORD-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.common_readers import leave_only_common_readers
from concord.cases.conflicts import receivers_for
from concord.cases.models import OVER, Case, Source
from concord.cases.move import reopen, rests
from concord.cases.parties import known_parties, put_in, respondents, take_out_the_close
from concord.cases.recuse import take_out
from concord.cases.ring_the_seats import seats_changed
from concord.cases.seal_outside import seal_outside
from concord.cases.signals import taken_up
from concord.cases.step_out import out_of
from concord.convenings.models import Registration
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import read_flag
from concord.monitoring.readers import acquainted_with, close_to
from concord.monitoring.seen import Seen
from concord.people.models import StaffMember
from concord.policy.models import Version
from concord.refusals import Refused
from concord.reports.models import Report
from concord.reports.models import State as ReportState
from concord.reports.read_report import read_report
from concord.reports.told import Told
from concord.spaces.models import Post
from concord.vault import files
from concord.vault.keyring import Keyring


class NeedsJudgement(Refused):
    """A flag becomes a case only once somebody has recorded that it needs action, and why."""

    words = _("First say whether this flag needs action, and why.")
    status = 409


class AlreadyTakenUp(Refused):
    """The flag or report belongs to a case already."""

    words = _("This is part of a case already.")
    status = 409


class IsAQuestion(Refused):
    """It went on as a question about the policy, and questions never enter a case (P-CONTACT-1)."""

    words = _("This was passed on as a question. Make it a report again first, on its page.")
    status = 409


class NobodyUnconflicted(Refused):
    """Every designated receiver has a conflict; the outside contact takes it (`hand_outside`)."""

    words = _("Nobody on the team may take this. It goes to the outside contact.")
    status = 409


@transaction.atomic
def take_up(
    source: Flag | Report,
    *,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    into: Case | None = None,
    others: Iterable[Flag] = (),
) -> Case:
    """Open a case on a flag or report, or join it to `into`, which the person must be able to read.

    `others`: flags on the same post, which go with it as far as they need action and are in no case yet.

    The person becomes coordinator when they receive reports and have no conflict; else the first on call who
    does. Another becomes deputy; both are rung, unless they took it up. Everybody else keeps the row and loses the
    contents until assigned.
    What was left as it is, or rested otherwise, is taken up again with it; a yes to leaving it is asked for anew.
    Announces `taken_up`. Raises `NeedsJudgement`, `AlreadyTakenUp`, `IsAQuestion`, `NobodyUnconflicted`,
    `CaseIsClosed`, NoGrant.
    """
    source = type(source).objects.select_for_update().get(id=source.id)
    into = Case.objects.select_for_update().get(id=into.id) if into else None
    _check(source)
    if into is not None and into.state in OVER:
        raise CaseIsClosed(subject=into.id)
    sources = [source, *_free_beside(source, others)]
    contents = [_read(one, keyring=keyring, at=at) for one in sources]
    people = [
        who for one, held in zip(sources, contents, strict=True) for who in _people_in(one, held)
    ]
    about = {one.person for one in people if one.person and one.role == "respondent"}
    out = out_of(list(sources))
    under = _happened_under(source, contents[0])
    case = into or _open_case(source, about=about, out=out, under=under, by=by, at=at)
    for one in sources:
        Source.objects.create(
            case=case,
            flag=one if isinstance(one, Flag) else None,
            report=one if isinstance(one, Report) else None,
            joined_at=at,
        )
        files.attach(one.file, outer_file_id=case.file, by=keyring, at=at)
    if into is not None:
        Case.objects.filter(id=case.id).update(
            happened_under=version_for_both(case.happened_under, under)
        )
        _nothing_is_settled_for_it(case, by=by, at=at)
        about |= respondents(case, keyring=keyring)
        leave_only_common_readers(case, about=about, keyring=keyring, at=at)
        case.refresh_from_db()
    for one in sources:
        _let_the_others_rest(one.file, but={case.coordinator.person_id, _deputy_of(case)})
    if isinstance(source, Report):
        Report.objects.filter(id=source.id).update(state=ReportState.LINKED)
    for person in sorted(out):
        take_out(case, who=person, by=None, keyring=keyring, at=at)
    case.refresh_from_db()
    _add_people(case, people, by=by, keyring=keyring, at=at)
    _nothing_of_it_stays_with(close_to(about), case, sources, at=at)
    seal_outside(case, keyring=keyring, at=at)
    for one, held in zip(sources, contents, strict=True):
        record("cases.take_up", actor=by.person_id, subject=case.id, at=at, source=one.id)
        taken_up.send(sender=Case, case=case, source=one, contents=held, by=by, at=at)
    if into is None:
        seats_changed(case, at=at)
    return case


def _nothing_is_settled_for_it(case: Case, *, by: StaffMember, at: datetime) -> None:
    """What was decided about less does not cover it: no yes whose giver never read of it, no case that rests.

    Whoever sent it gets an assessment and an outcome of their own, as after a merge (P-ZERO-1). A proposal that is
    open stands: it says by itself what it rests on.
    """
    case.no_actions.standing().update(ended_at=at)
    if rests(case):
        reopen(case, by=by.person_id, at=at)


def _free_beside(source: Flag | Report, others: Iterable[Flag]) -> list[Flag]:
    """Those that may go with it: flags of people on the very post, answered alike, and in no case."""
    if not isinstance(source, Flag) or source.post_id is None:
        return []
    same = Flag.objects.select_for_update().by_people().filter(post=source.post_id, credible=True)
    same = same.filter(id__in=[one.id for one in others]).exclude(id=source.id)
    taken = Source.objects.filter(flag__isnull=False).values("flag")
    return list(same.exclude(id__in=taken).order_by("raised_at"))


def _check(source: Flag | Report) -> None:
    if isinstance(source, Flag):
        if not source.credible:
            raise NeedsJudgement(subject=source.id)
        taken = Source.objects.filter(flag=source).exists()
    else:
        if source.state == ReportState.REDIRECTED:
            raise IsAQuestion(subject=source.id)
        taken = Source.objects.filter(report=source).exists()
    if taken:
        raise AlreadyTakenUp(subject=source.id)


def _happened_under(source: Flag | Report, contents: Seen | Told) -> int | None:
    """The version of the moment at which it was written, said or shown; None where only a person can tell (P-EFFECT-1).

    A flag of today can point at a post of last week, and a report tell of last year.
    """
    if isinstance(source, Flag):
        happened_at = source.post.posted_at if source.post else source.raised_at
    elif isinstance(contents, Told) and contents.source and contents.source.kind == "post":
        happened_at = (
            Post.objects.filter(id=contents.source.id).values_list("posted_at", flat=True).first()
        )
    else:
        happened_at = None
    version = Version.objects.in_force(happened_at) if happened_at else None
    return version.number if version else None


def version_for_both(one: int | None, two: int | None) -> int | None:
    """Of what is put together: the one that is known; None where they differ, for then a person has to say."""
    return (one or two) if one == two or not (one and two) else None


def _open_case(
    source: Flag | Report,
    *,
    about: set[UUID],
    out: set[UUID],
    under: int | None,
    by: StaffMember,
    at: datetime,
) -> Case:
    reports = [source] if isinstance(source, Report) else []
    able = receivers_for(reports=reports, about=about, recused=out, at=at)
    if not able:
        raise NobodyUnconflicted(subject=source.id)
    acquainted = acquainted_with(about)
    coordinator = by if by in able and by.person_id not in acquainted else able[0]
    deputy = next((staff for staff in able if staff != coordinator), None)
    file = files.open_file(readers=[staff.person_id for staff in able], at=at)
    for staff in able:
        if staff not in (coordinator, deputy):
            files.make_dormant(file.id, staff.person_id)
    return Case.objects.create(
        code=random_code(),
        coordinator=coordinator,
        deputy=deputy,
        file=file.id,
        happened_under=under,
        opened_at=at,
        coordinated_since=at,
    )


def _let_the_others_rest(file: UUID, *, but: set[UUID | None]) -> None:
    for holder in files.readers(file) - but:
        files.make_dormant(file, holder)


def _nothing_of_it_stays_with(
    close: set[UUID], case: Case, sources: Iterable[Flag | Report], *, at: datetime
) -> None:
    """Neither with whoever is close to somebody it is about, nor with whoever is out of the case that it joins."""
    out = close | set(case.recusals.values_list("person", flat=True))
    for one in sources:
        for person in sorted(out & (files.readers(one.file) | files.dormant_readers(one.file))):
            files.withdraw(one.file, person, at=at)


def _deputy_of(case: Case) -> UUID | None:
    return case.deputy.person_id if case.deputy else None


class _Named(NamedTuple):
    role: str
    name: str
    person: UUID | None
    also: tuple[str, ...] = ()


def _read(source: Flag | Report, *, keyring: Keyring, at: datetime) -> Seen | Told:
    if isinstance(source, Report):
        return read_report(source, keyring=keyring, at=at)
    return read_flag(source, keyring=keyring, at=at)


def _people_in(source: Flag | Report, contents: Seen | Told) -> list[_Named]:
    """Whose conduct was reported, where a post says so, and whoever flagged it, who is protected from then on."""
    if isinstance(contents, Told):
        origin = contents.source
        return (
            [_Named("respondent", origin.author, origin.author_id, (origin.known_as,))]
            if origin and (origin.author or origin.author_id)
            else []
        )
    assert isinstance(source, Flag)  # noqa: S101 - Seen is what a flag holds
    seen = contents
    people = []
    if seen.author_id:
        people.append(_Named("respondent", seen.author, seen.author_id, (seen.known_as,)))
    flagger = Registration.objects.filter(
        person_id=seen.by, convening_id=source.room.convening_id
    ).first()
    if not source.by_staff and not source.by_machine:
        # Protected by who they are also when the name they took part under is no longer kept.
        name = flagger.display_name if flagger else ""
        people.append(_Named("reporter", name, seen.by, (seen.by_known_as,)))
    return people


def _add_people(
    case: Case, people: list[_Named], *, by: StaffMember, keyring: Keyring, at: datetime
) -> None:
    """Whoever is close to somebody in it keeps nothing of what joins, also where the case names that person already."""
    known = {(party.role, party.person_id) for party in known_parties(case, keyring=keyring)}
    for one in people:
        if (one.role, one.person) not in known:
            known.add((one.role, one.person))
            put_in(
                case,
                role=one.role,
                name=one.name,
                person_id=one.person,
                also=[each for each in one.also if each != one.name],
                by=by.person_id,
                at=at,
            )
        elif one.role == "respondent" and one.person:
            take_out_the_close(case, one.person, at=at)
