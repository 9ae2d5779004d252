"""News for the desks: who may see something hears, by its id alone, that it changed.

Only holders of a grant are told, each on a stream of their own, so that nobody else learns that anything is.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.signals import handed_over, merged, recused
from concord.concurrence.models import Proposal, Version
from concord.concurrence.signals import answered, asked_wider, proposed, settled
from concord.monitoring.desk_stream import tell_desks
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
