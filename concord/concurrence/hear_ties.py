"""A tie that is declared late takes its staff member out of what was proposed or decided about that person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.dispatch import receiver

from concord.cases.hear_ties import lends_cases_about  # all cases are locked first
from concord.cases.models import Case
from concord.cases.recuse import take_out
from concord.concurrence.end_unasked import end_unasked
from concord.concurrence.hear_departures import lose_the_yes
from concord.concurrence.models import OPEN_STATES, Asked, Decision, Proposal, Step, Version
from concord.concurrence.owe_decisions import owe_decision
from concord.concurrence.rings import LAST
from concord.concurrence.terms import ON_A_PERSON
from concord.monitoring.desk_stream import GONE, tell_desks
from concord.monitoring.readers import acquainted_with
from concord.names import token
from concord.people.models import Person, StaffMember
from concord.people.signals import acquaintance_declared, tie_declared
from concord.spaces.models import Post
from concord.vault import files
from concord.vault.keyring import Keyring


@receiver(tie_declared, dispatch_uid="concurrence.hear_ties")
def step_out(
    staff: StaffMember, person: Person, at: datetime, keyring: Keyring | None = None, **kwargs: Any
) -> None:
    """Their cases are found by the keyed tokens of their steps; the files of decisions go back as well, once others
    have them.

    All of them are locked already, together with those in which somebody was named (`cases.hear_ties`).
    """
    about = Case.objects.filter(id__in=cases_about(person))
    leave_proposals(about, staff, keyring=keyring, at=at)
    decided = Q(execution__warrants__target=person.id) | Q(case__in=about)
    leave_decisions(Decision.objects.filter(decided), staff, keyring=keyring, at=at)


def leave_proposals(
    about: QuerySet[Case], staff: StaffMember, *, keyring: Keyring | None, at: datetime
) -> None:
    for case in about.order_by("opened_at"):
        take_out(case, who=staff.person_id, by=staff.person_id, keyring=keyring, at=at)


def leave_decisions(
    decided: QuerySet[Decision], staff: StaffMember, *, keyring: Keyring | None, at: datetime
) -> None:
    """Their files go to others first, where too few are left."""
    for decision in decided.distinct():
        owe_decision(decision, without=staff.person_id, keyring=keyring, at=at)
        files.withdraw(decision.file, staff.person_id, at=at)


@lends_cases_about
def cases_about(person: Person) -> set[UUID]:
    """The cases in which something is, or was, proposed about them."""
    about = Case.objects.filter(proposals__versions__steps__in=_steps_about(person))
    return set(about.values_list("id", flat=True))


@receiver(acquaintance_declared, dispatch_uid="concurrence.ask_them_no_longer")
def ask_them_no_longer(staff: StaffMember, person: Person, at: datetime, **kwargs: Any) -> None:
    """Whoever knows somebody a little gives no yes about them: theirs is void, and they are not asked any more.

    Whoever coordinates, or is the deputy, goes on reading what they answer for. Whoever had no part in it is told
    nothing: to say that one knows somebody must not tell whether anything is proposed about them.
    """
    about = Version.objects.filter(steps__in=_steps_about(person))
    theirs = Proposal.objects.open().filter(versions__in=about).distinct()
    for id in theirs.order_by("case", "id").values_list("id", flat=True):
        no_longer_asked(staff, id, about=about, without=acquainted_with([person.id]), at=at)


def no_longer_asked(
    staff: StaffMember, id: UUID, *, about: QuerySet[Version], without: set[UUID], at: datetime
) -> None:
    """One proposal, of which a text is `about` somebody whom all these `without` a yes know a little."""
    proposal = Proposal.objects.held(id)
    version, case = proposal.version, proposal.case
    if proposal.state not in OPEN_STATES or version.proposer == staff.person_id:
        return
    if not about.filter(id=version.id).exists():
        return  # an older text was about them, and this one is not
    held = files.may_open(version.briefing, staff.person_id)
    if staff not in (case.coordinator, case.deputy):
        files.withdraw(version.briefing, staff.person_id, at=at)
        if held:
            tell_desks([staff.person_id], GONE, proposal.id)
    elif held:
        _excuse(version, staff.person_id, at=at)
    if version.concurrences.filter(person=staff.person_id, voided_at__isnull=True).exists():
        lose_the_yes(version, at=at)
    if held:
        end_unasked(proposal.id, without=without, at=at)


def _excuse(version: Version, person: UUID, *, at: datetime) -> None:
    """They go on reading what they answer for, and no row of theirs or ring asks for a yes that they cannot give."""
    Asked.objects.update_or_create(
        version=version,
        person=person,
        defaults={"excused_at": at},
        create_defaults={"ring": LAST, "asked_at": at, "excused_at": at},
    )


def _steps_about(person: Person) -> QuerySet[Step]:
    posts = Post.objects.filter(registration__person=person).values_list("id", flat=True)
    wanted = [token("target", f"{kind}:{person.id}") for kind in sorted(ON_A_PERSON)]
    wanted += [token("target", f"delete:{post}") for post in posts]
    return Step.objects.filter(target_token__in=wanted)
