"""turn_into_report: what was asked of the policy contact is really a report, and is treated as one (P-CONTACT-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_contact
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.add_words import say
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Question, Report, SettingAside, State
from concord.reports.read_question import OpenedQuestion, read_question
from concord.reports.receive_report import file_report
from concord.reports.told import Told
from concord.reports.who_read import names_told
from concord.vault import files
from concord.vault.keyring import Keyring

RECEIPT = "receipt"
CHANNEL = "question"


class IsAReport(Refused):
    """A colleague was faster."""

    words = _("A colleague has already made a report of it.")
    status = 409


@transaction.atomic
def turn_into_report(
    question: Question,
    *,
    about_team: bool = False,
    keep_out: Iterable[StaffMember] = (),
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> Report:
    """File what was asked as a report with the same code, and close the question to everybody at once.

    Routing is a report's own: designated receivers, less whom the text names, `keep_out` and those the checks keep
    out; `about_team` sends it outside. Whoever read the question and is none of these has lost it with this, the
    one who presses included. The asker finds in their box that it is a report now, and who reads it, but nothing of
    `keep_out`: it would tell who is close to whom (K-CONF-1). Raises IsAReport, OnlyCurrentStaff, NoGrant.
    """
    found = Question.objects.select_for_update().filter(id=question.id).first()
    if found is None:
        raise IsAReport(subject=question.id)
    opened = read_question(found, by=by, keyring=keyring, at=at)
    former = files.readers(found.file)
    if found.report is not None:
        report = _take_back(found.report, language=opened.asked.language, at=at)
    else:
        report = _file(found, opened, about_team=about_team, keep_out=list(keep_out), at=at)
    files.destroy(found.file, by=by.person_id, at=at)
    found.delete()
    record("reports.turn_into_report", actor=by.person_id, subject=report.id, at=at)
    tell_desks(former, "inbox", question.id)
    tell_desks(files.readers(report.file), "report", report.id)
    return report


def _file(
    question: Question,
    opened: OpenedQuestion,
    *,
    about_team: bool,
    keep_out: list[StaffMember],
    at: datetime,
) -> Report:
    """The asker's words are the report; our answers to them stand beneath it."""
    asked = opened.asked
    theirs = [asked.words, *(word.text for word in opened.words if word.by_staff is None)]
    told = Told(
        text="\n\n".join(theirs),
        contact=asked.contact,
        language=asked.language,
        about_team=about_team,
        channel=CHANNEL,
    )
    box = Box.objects.get(id__in=[question.box])
    report = file_report(
        told, box=box, we_keep_out=keep_out, received_at=question.received_at, at=at
    )
    for word in opened.words:
        if word.by_staff is not None:
            say(report, word.text, by_staff=word.by_staff, at=word.said_at)
    push(box, receipt_of(told, at=at).encode(), kind=RECEIPT, at=at)
    return report


def take_back(question: Question, *, at: datetime) -> Report:
    """What came as a report and was redirected is no question any more, though nobody opened it to say so."""
    report: Report = question.report  # type: ignore[assignment]  # asked of none that came as a question
    SettingAside.objects.filter(report=report).delete()
    report.state = State.ACKNOWLEDGED
    report.save(update_fields=["state"])
    files.destroy(question.file, by=None, at=at)
    question.delete()
    return report


def _take_back(report: Report, *, language: str, at: datetime) -> Report:
    """It came as a report and was redirected: it waits with its receivers again, as before."""
    SettingAside.objects.filter(report=report).delete()
    report.state = State.ACKNOWLEDGED
    report.save(update_fields=["state"])
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is not None:
        with override(language):
            said = gettext("What you wrote is a report again, read by those who receive reports.")
        push(box, said.encode(), kind=RECEIPT, at=at)
        leave_notice(report, at=at)
    return report


def receipt_of(told: Told, *, was_read: bool = True, at: datetime) -> str:
    """What the asker finds in their box, in the language they wrote in. Whom we keep out is not missing from it."""
    names = names_told(told, keep_out=(), at=at)
    contact = outside_contact(at)
    with override(told.language):
        said = [
            gettext(
                "We treat what you wrote as a report from now on, so that fewer people read it."
            ),
        ]
        if names:
            said.append(
                gettext("It goes to the people who receive reports:") + f" {', '.join(names)}."
            )
            if contact:
                said.append(
                    gettext("%(name)s, who is not on the team, may read it too.")
                    % {"name": contact.name}
                )
        elif contact:
            said.append(
                gettext("It went to %(name)s, who is not on the team.") % {"name": contact.name}
            )
        if was_read:
            said.append(
                gettext("Those who answer questions about the policy can no longer read it.")
            )
        said.append(gettext("Your code stays the same, and you need do nothing."))
    return " ".join(said)
