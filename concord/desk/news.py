"""News for the desks: who may see something hears, by its id alone, that it changed; and is asked by letter.

Only holders of a grant are told, each on a stream of their own, so that nobody else learns that anything is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.signals import recused
from concord.concurrence.models import Proposal, Version
from concord.concurrence.signals import answered, proposed, settled
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.vault import files


@receiver(proposed)
def ask_for_a_second_yes(sender: Any, version: Version, at: datetime, **kwargs: Any) -> None:
    """Everybody whom the text was sealed to is asked, on the desk and by a letter that says nothing of it."""
    readers = files.readers(version.briefing)
    tell_desks(readers, "proposal", version.proposal_id)
    ring(readers - {version.proposer}, at=at)


@receiver(settled)
def nobody_is_asked_any_more(sender: Any, proposal: Proposal, **kwargs: Any) -> None:
    tell_desks(files.readers(proposal.version.briefing), "proposal", proposal.id)


@receiver(answered)
def somebody_answered(sender: Any, version: Version, **kwargs: Any) -> None:
    tell_desks(files.readers(version.briefing), "proposal", version.proposal_id)


@receiver(recused)
def the_seats_changed(sender: Any, case: Case, person: UUID, **kwargs: Any) -> None:
    tell_desks(files.readers(case.file), "case", case.id)
