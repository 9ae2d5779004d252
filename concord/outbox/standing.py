"""Periodic jobs of the rooms below the outbox, which cannot register by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from concord.ledger import prune as ledger_prune
from concord.ledger.chain import chain
from concord.outbox.clocks import erases
from concord.outbox.models import Job
from concord.outbox.registry import every


@every("ledger.chain", seconds=1)
def chain_entries(job: Job, *, at: datetime) -> None:
    """Chain what was committed since the last time."""
    chain()


@every("outbox.sweep", seconds=3600)
def sweep(job: Job, *, at: datetime) -> None:
    """Forget jobs that were done a week ago; dead ones stay until somebody looks."""
    Job.objects.filter(done_at__lt=at - timedelta(days=7)).delete()


erases("ledger.prune", _("entries of the ledger"), due=ledger_prune.due, seconds=24 * 3600)(
    ledger_prune.prune
)
