"""step_out: out of a flag or a report, and of the case it is in, if any; at once, and without a reason (4.4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.cases.models import Source
from concord.cases.recuse import recuse
from concord.monitoring.models import Flag
from concord.monitoring.step_back import step_back, stepped_back
from concord.people.models import StaffMember
from concord.reports.models import Question, Report
from concord.reports.turn_into_report import take_back
from concord.vault import files
from concord.vault.keyring import Keyring


@transaction.atomic
def step_out(source: Flag | Report, *, by: StaffMember, keyring: Keyring, at: datetime) -> None:
    """From then on it does not exist for them, nor what is made of it, nor another flag on the same post.

    Raises what `step_back` raises. Twice is once.
    """
    type(source).objects.select_for_update().get(id=source.id)
    who = {"by": by, "keyring": keyring, "at": at}
    for one in _alike(source, by):
        held = Source.objects.filter(**{_field(one): one}).select_related("case").first()
        if held is not None:
            recuse(held.case, who=by.person_id, **who)  # type: ignore[arg-type]
        else:
            step_back(one.file, subjects=subjects_of(one), **who)  # type: ignore[arg-type]
    if isinstance(source, Report):
        for question in Question.objects.filter(report=source):
            files.withdraw(question.file, by.person_id, at=at)
            if not files.readers(question.file):
                take_back(question, at=at)


def out_of(sources: list[Flag | Report]) -> set[UUID]:
    """Who stepped back from any of these before it was a case."""
    return stepped_back(subject for one in sources for subject in subjects_of(one))


def subjects_of(source: Flag | Report) -> list[UUID]:
    post = source.post_id if isinstance(source, Flag) else None
    return [source.id, post] if post else [source.id]


def _alike(source: Flag | Report, by: StaffMember) -> list[Flag | Report]:
    """It, and the other flags on the post that this person was given."""
    if not isinstance(source, Flag) or source.post_id is None:
        return [source]
    others = Flag.objects.visible_to(by).filter(post=source.post_id).exclude(id=source.id)
    return [source, *others]


def _field(source: Flag | Report) -> str:
    return "flag" if isinstance(source, Flag) else "report"
