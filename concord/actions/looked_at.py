"""What is looked at again: a decision; or, where nothing was decided, what came of a report. Who may look at either.

Nothing came of a report where its case was left as it is, or is open and undecided, or where it was set aside or
answered alone. Whoever reported asks then, and nobody else can (workflow.md 4.8).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.actions.models import ReviewRequest
from concord.actions.uninvolved import involved_in as involved_in_decision
from concord.actions.uninvolved import is_uninvolved, uninvolved
from concord.cases.models import Agreement, Case, Source
from concord.cases.parties import respondents
from concord.cases.tied import close_in
from concord.concurrence.models import Decision
from concord.monitoring.readers import close_to
from concord.people.models import StaffMember
from concord.reports.keeps_out import kept_out_of
from concord.reports.models import Report, SettingAside
from concord.vault import files
from concord.vault.keyholders import keyholders
from concord.vault.keyring import Keyring


def case_of(request: ReviewRequest) -> Case | None:
    """The case that it is about, if there is one."""
    if request.decision is not None:
        return request.decision.case
    return case_of_report(request.report) if request.report is not None else None


def case_of_report(report: Report) -> Case | None:
    source = Source.objects.filter(report=report).select_related("case__coordinator").first()
    return source.case if source else None


def without_a_part(
    report: Report, *, at: datetime, keyring: Keyring | None = None
) -> list[StaffMember]:
    """Receivers with keys who had no part in what came of a report, those on call first. May be empty.

    Where there is a case, only who was found to have no conflict when it was opened, and holds a grant at rest since;
    and nobody who is close to somebody in it, as it stands now: by its tokens, and by its words with a key to it.
    """
    case = case_of_report(report)
    file = case.file if case else report.file
    holders = files.readers(file) | files.dormant_readers(file)
    out = involved_in(report)
    if case is not None and keyring is not None:
        out |= close_to(respondents(case, keyring=keyring))
    receivers = StaffMember.objects.receivers(at)
    able = (keyholders(receivers.values_list("person_id", flat=True)) & holders) - out
    reports = [report]
    if case is not None:
        sources = case.sources.filter(report__isnull=False).select_related("report")
        reports = [each.report for each in sources if each.report]
    able -= kept_out_of(reports, among=able)
    if case is not None:
        able -= close_in(case, among=able)
    on_call = set(StaffMember.objects.on_call(at).values_list("id", flat=True))
    left = receivers.filter(person_id__in=able).order_by("working_name")
    return sorted(left, key=lambda staff: staff.id not in on_call)


def involved_in(report: Report) -> set[UUID]:
    """Who answered it, set it aside or agreed to that; who coordinates its case, is deputy there or stepped out of it,
    left it as it is, agreed to that or did not."""
    words = report.words.filter(by_staff__isnull=False)
    part = {person for person in words.values_list("by_staff", flat=True) if person}
    for aside in SettingAside.objects.filter(report=report):
        part |= {aside.wished_by} | ({aside.confirmed_by} if aside.confirmed_by else set())
    case = case_of_report(report)
    if case is None:
        return part
    part |= {seat.person_id for seat in (case.coordinator, case.deputy) if seat is not None}
    part |= set(case.recusals.values_list("person", flat=True))
    for left in case.no_actions.all():
        part |= {left.decided_by} | ({left.declined_by} if left.declined_by else set())
    agreed = Agreement.objects.filter(no_action__case=case)
    return part | set(agreed.values_list("person", flat=True))


def who_may_look(request: ReviewRequest, *, at: datetime) -> list[StaffMember]:
    """Those who may look at it, whatever it is about; nobody, as long as that is not known."""
    if request.decision is not None:
        able = uninvolved([request.decision], at=at)
        return [staff for staff in able if staff.person_id != request.said_by]
    return without_a_part(request.report, at=at) if request.report is not None else []


def may_look(person: UUID, request: ReviewRequest, *, keyring: Keyring, at: datetime) -> bool:
    """Whether this very member of staff may; asked with their key, which may open the case by now."""
    if request.decision is not None:
        return person != request.said_by and is_uninvolved(person, request.decision, at=at)
    if request.report is None:
        return False
    case = case_of_report(request.report)
    opens = case is not None and files.may_open(case.file, keyring.holder)
    able = without_a_part(request.report, at=at, keyring=keyring if opens else None)
    return any(staff.person_id == person for staff in able)


def had_a_part(request: ReviewRequest) -> set[UUID]:
    if request.decision is not None:
        return involved_in_decision(request.decision)
    return involved_in(request.report) if request.report is not None else set()


def files_of(request: ReviewRequest) -> list[UUID]:
    """What is read while somebody looks: the case, and the text that was agreed to; or the report alone."""
    decision, case = request.decision, case_of(request)
    if decision is not None:
        agreed = decision.execution.concurrence
        briefing = [agreed.version.briefing] if agreed else []
        return [decision.case.file, decision.file, *briefing]
    if case is not None:
        return [case.file, *case.no_actions.values_list("briefing", flat=True)]
    return [request.report.file] if request.report is not None else []


def made_at(decisions: list[Decision], report: Report | None) -> datetime | None:
    """When what it is about was settled: from then on there are so many days to ask."""
    if decisions:
        return decisions[0].made_at
    if report is None:
        return None
    case = case_of_report(report)
    if case is not None:
        agreed = Agreement.objects.filter(no_action__case=case).order_by("-agreed_at").first()
        return agreed.agreed_at if agreed else None
    aside = SettingAside.objects.filter(report=report).first()
    return (aside.confirmed_at or aside.wished_at) if aside else None
