"""Web Push, a channel: an empty message by which a staff member's own browser says "please look at your desk"."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.monitoring.channels import channel, gives_up
from concord.monitoring.knock import StrangerFailed, knock
from concord.monitoring.models import PushSubscription
from concord.monitoring.vapid import authorization
from concord.outbox.leave import leave_at_once
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember
from concord.vault import environment

PUSH = "monitoring.push"
GONE = (404, 410)
WORTH_SECONDS = 600
"""How long the service keeps it for a device that is off: an older ask would only confuse."""


@channel("push")
def by_push(person: UUID, *, at: datetime, is_drill: bool = False) -> None:
    """One message for each browser of this person. It is empty, of a drill as well: it has no words to say it in.

    One that a service did not take, and that waits for its next try, goes with this call.
    """
    for id in PushSubscription.objects.filter(person=person).values_list("id", flat=True):
        leave_at_once(PUSH, subject=id, unique_key=f"{PUSH}:{id}", at=at)


@handles(PUSH, stranger=True)
def send_push(job: Job, *, at: datetime) -> None:
    """Send it. A browser that is gone, or whose owner left the team, is forgotten; what fails is tried again."""
    found = PushSubscription.objects.filter(id=job.about).first()
    if found is None:
        return
    if not StaffMember.objects.current(at).filter(person=found.person).exists():
        found.delete()
        return
    endpoint = environment.unseal("push", bytes(found.sealed), about=about(found.id)).decode()
    headers = {
        "Authorization": authorization(endpoint, at=at),
        "TTL": str(WORTH_SECONDS),
        "Urgency": "high",
        "Content-Length": "0",
    }
    try:
        status = knock(endpoint, headers=headers)
        if status in GONE:
            found.delete()
        elif not 200 <= status < 300:
            raise StrangerFailed(str(status))
    except StrangerFailed:
        if not gives_up(job):
            raise


def about(id: UUID) -> str:
    return f"monitoring.push:{id}"
