"""News for the desks: who may see something hears, by its id alone, that it changed.

Only holders of a grant are told, each on a stream of their own, so that nobody else learns that anything is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.signals import handed_over, merged, recused
from concord.concurrence.models import Proposal, Version
from concord.concurrence.signals import answered, asked_wider, proposed, settled
from concord.ledger.models import Entry
from concord.monitoring.desk_stream import GONE, tell_desks
from concord.reports.models import Report
from concord.reports.signals import readers_changed
from concord.vault import files


@receiver(proposed)
def it_waits_on_the_desk(sender: Any, version: Version, **kwargs: Any) -> None:
    """On the open pages of everybody whom the text was sealed to; notices go out ring by ring (`ask_wider`)."""
    tell_desks(files.readers(version.briefing), "proposal", version.proposal_id)


@receiver(asked_wider)
def more_were_asked(sender: Any, version: Version, **kwargs: Any) -> None:
    tell_desks(files.readers(version.briefing), "proposal", version.proposal_id)


@receiver(settled)
def nobody_is_asked_any_more(sender: Any, proposal: Proposal, **kwargs: Any) -> None:
    tell_desks(files.readers(proposal.version.briefing), "proposal", proposal.id)


@receiver(answered)
def somebody_answered(sender: Any, version: Version, **kwargs: Any) -> None:
    tell_desks(files.readers(version.briefing), "proposal", version.proposal_id)


@receiver(merged)
@receiver(handed_over)
def somebody_else_coordinates(sender: Any, case: Case, **kwargs: Any) -> None:
    """Whoever passed it on is told too: their own page still shows it."""
    tell_desks(files.readers(case.file) | files.dormant_readers(case.file), "case", case.id)


@receiver(recused)
def the_seats_changed(sender: Any, case: Case, person: UUID, **kwargs: Any) -> None:
    tell_desks(files.readers(case.file), "case", case.id)
    for one in _opened(case, by=person):
        tell_desks([person], GONE, one)


@receiver(readers_changed)
def it_is_kept_from_them(
    sender: Any, report: Report, persons: Iterable[UUID], **kwargs: Any
) -> None:
    """Whoever reported keeps somebody out who reads it at this moment."""
    read = Entry.objects.filter(subject=report.id, actor__in=list(persons))
    for person in set(read.values_list("actor", flat=True)):
        if person:
            tell_desks([person], GONE, report.id)


def _opened(case: Case, *, by: UUID) -> list[UUID]:
    """Those pages of it that this person has opened: they look again, and find nothing (K-CONF-1).

    Of what they never opened they hear nothing: whoever is kept out of it must not learn that there is anything.
    """
    ids = [case.id, *case.proposals.values_list("id", flat=True)]
    ids += case.no_actions.values_list("id", flat=True)
    ids += [id for pair in case.sources.values_list("flag", "report") for id in pair if id]
    versions = Version.objects.filter(proposal__case=case, openings__person=by)
    mine = set(versions.values_list("proposal", flat=True))
    read = set(Entry.objects.filter(actor=by, subject__in=ids).values_list("subject", flat=True))
    return [id for id in ids if id in mine or id in read]
