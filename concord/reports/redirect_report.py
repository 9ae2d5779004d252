"""redirect_report: what came as a report is a question about the policy, and goes to those who answer these (4.2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, override

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import close_to
from concord.people.models import StaffMember
from concord.reports.asked import Asked, who_answer
from concord.reports.intake_checks import kept_out_by_checks
from concord.reports.keeps_out import kept_out_of
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Report, SettingAside, State
from concord.reports.read_report import read_report, read_words
from concord.reports.receive_question import keep_question
from concord.reports.set_aside import was_narrowed, wish
from concord.reports.told import Told
from concord.reports.turn_into_report import RECEIPT
from concord.reports.who_read import kept_out_by_reporter
from concord.vault import files
from concord.vault.keyring import Keyring


@transaction.atomic
def redirect_report(
    report: Report, *, reason: str, alleges: bool, by: StaffMember, keyring: Keyring, at: datetime
) -> SettingAside:
    """Let those who answer questions about the policy answer it. One that alleges anything waits for a second person,
    and so does one of which a colleague kept others out.

    The person keeps their code and is told in their box. Whoever is kept out of the report is kept out of the
    question. Raises NeedsAnAnswerFirst, NotToBeSetAside, NeedsReason, OnlyCurrentStaff, NoGrant.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    alleges = alleges or was_narrowed(report)
    aside = wish(
        report,
        reason=reason,
        alleges=alleges,
        redirects=True,
        by=by,
        keyring=keyring,
        at=at,
    )
    if not alleges:
        make_question(report, keyring=keyring, at=at)
    record("reports.redirect", actor=by.person_id, subject=report.id, at=at, alleges=alleges)
    tell_desks(files.readers(report.file), "report", report.id)
    return aside


def make_question(report: Report, *, keyring: Keyring, at: datetime) -> None:
    """The transition itself: only their own words go on, without address, names or files."""
    told = read_report(report, keyring=keyring, at=at)
    said = read_words(report, keyring=keyring)
    theirs = [word.text for word in said if word.by_staff is None and word.text]
    report.state = State.REDIRECTED
    report.save(update_fields=["state"])
    keep_question(
        Asked("\n\n".join([told.text, *theirs]), language=told.language),
        readers=_who_may_answer(report, told, at=at) or files.readers(report.file),
        box=None,
        report=report,
        at=at,
    )
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is not None:
        push(box, _told(told.language).encode(), kind=RECEIPT, at=at)
        leave_notice(report, at=at)


def _who_may_answer(report: Report, told: Told, *, at: datetime) -> set[UUID]:
    """Asked anew: people have come and ties were declared since it was received. Else those who read it already."""
    out = kept_out_by_reporter(told, [], at=at) | kept_out_by_checks(told, report=report.id, at=at)
    if told.source and told.source.author_id:
        out |= close_to([told.source.author_id])
    able = who_answer(at) - out
    return able - kept_out_of([report], among=able)


def _told(language: str) -> str:
    with override(language):
        return " ".join(
            [
                gettext("We understand this as a question about our policy."),
                gettext("The people on the team who answer such questions read it now."),
                gettext("Whoever you kept out still cannot."),
                gettext("If you meant it as a report, say so here, and it is one again."),
            ]
        )
