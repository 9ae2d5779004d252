"""A signed webhook, a channel: to whatever the host uses to wake people, such as a gateway for text messages.

It says `look at your desk`, or of a drill that it is one, and to whom, by a number that means nothing elsewhere; each
member of staff reads theirs on the page "How you are reached". The gateway has to reach that one person and nobody
else, for a room in which all of the team read along would tell somebody who is kept out that something happened.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from concord.monitoring.channels import channel, gives_up
from concord.monitoring.knock import StrangerFailed, is_safe, knock
from concord.outbox.leave import leave_at_once
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember
from concord.vault import environment

WEBHOOK = "monitoring.webhook"
DRILL = "monitoring.drill_webhook"
KIND = "look at your desk"
KIND_OF_A_DRILL = "this is a drill: look at your desk"
SHORTEST_SECRET = 32


class NoSecret(Exception):
    """The file with the secret is missing, or what it holds is too short."""


@channel("webhook")
def by_webhook(person: UUID, *, at: datetime, is_drill: bool = False) -> None:
    """One call for one person of the team; none where no webhook is set. One that waits for its next try goes now."""
    staff = StaffMember.objects.current(at).filter(person=person)
    if is_set() and staff.exists():
        kind = DRILL if is_drill else WEBHOOK
        leave_at_once(kind, subject=person, unique_key=f"{kind}:{person}", at=at)


@handles(DRILL, stranger=True)
@handles(WEBHOOK, stranger=True)
def send_webhook(job: Job, *, at: datetime) -> None:
    """Send it, signed. Whatever is not a yes is tried again for some minutes; a redirect is not followed."""
    if not is_set():
        return
    kind = KIND_OF_A_DRILL if job.kind == DRILL else KIND
    body = json.dumps({"kind": kind, "to": number_of(job.about)}).encode()
    moment = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Concord-Timestamp": moment,
        "X-Concord-Signature": f"sha256={sign(body, moment=moment)}",
    }
    try:
        status = knock(settings.CONCORD_WEBHOOK_URL, headers=headers, body=body)
        if not 200 <= status < 300:
            raise StrangerFailed(str(status))
    except StrangerFailed:
        if not gives_up(job):
            raise


def is_set() -> bool:
    """Whether there is an address that nobody on the way can read."""
    return bool(settings.CONCORD_WEBHOOK_URL) and is_safe(settings.CONCORD_WEBHOOK_URL)


def sign(body: bytes, *, moment: str) -> str:
    """HMAC-SHA-256 in hex over the timestamp, a full stop, and the body. Raises NoSecret."""
    return hmac.new(secret(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def secret() -> bytes:
    """What the host shares with the gateway. Raises NoSecret."""
    try:
        kept = Path(settings.CONCORD_WEBHOOK_SECRET_FILE).read_bytes().strip()
    except OSError as error:
        raise NoSecret from error
    if len(kept) < SHORTEST_SECRET:
        raise NoSecret
    return kept


def number_of(person: UUID) -> str:
    """By which the gateway knows whom to reach; it stands nowhere else and leads back to nobody."""
    return environment.mac("webhook", person.bytes, 8).hex()
