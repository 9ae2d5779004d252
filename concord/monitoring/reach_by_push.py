"""reach_by_push, stop_push: a browser in which somebody of the team wants to be told, until they do not."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.knock import is_safe
from concord.monitoring.models import PushSubscription
from concord.monitoring.push import about
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import environment

LONGEST = 1_000
MOST = 5


class NotAPushService(Refused):
    """We write to the browsers' own services and to no address that somebody makes up."""

    words = _("This browser uses a notice service that we do not know. Letters still reach you.")
    status = 409


@transaction.atomic
def reach_by_push(staff: StaffMember, *, endpoint: str, at: datetime) -> PushSubscription:
    """Remember a browser, sealed. The same browser twice is one; whoever asked last is told there.

    The oldest of more than five goes. Raises NotAPushService.
    """
    if not is_known_service(endpoint):
        raise NotAPushService(subject=staff.person_id)
    token = environment.mac("push", endpoint.encode())
    known = PushSubscription.objects.filter(token=token)
    kept = known.filter(person=staff.person_id).first()
    if kept is not None:
        return kept
    known.delete()
    id = uuid4()
    made = PushSubscription.objects.create(
        id=id,
        person=staff.person_id,
        token=token,
        sealed=environment.seal("push", endpoint.encode(), about=about(id)),
        made_at=at,
    )
    theirs = PushSubscription.objects.filter(person=staff.person_id).order_by("-made_at")
    PushSubscription.objects.filter(
        id__in=list(theirs.values_list("id", flat=True)[MOST:])
    ).delete()
    record("monitoring.reach_by_push", actor=staff.person_id, subject=id, at=at)
    return made


@transaction.atomic
def stop_push(subscription: PushSubscription, *, by: StaffMember, at: datetime) -> None:
    """Forget a browser of one's own. Forgotten twice is forgotten."""
    gone, _each = PushSubscription.objects.filter(id=subscription.id, person=by.person_id).delete()
    if gone:
        record("monitoring.stop_push", actor=by.person_id, subject=subscription.id, at=at)


def is_known_service(endpoint: str) -> bool:
    """Whether an address belongs to one of the services that browsers come with."""
    if len(endpoint) > LONGEST or not is_safe(endpoint):
        return False
    host = urlsplit(endpoint).hostname or ""
    return any(host == one or host.endswith(f".{one}") for one in settings.CONCORD_PUSH_HOSTS)
