"""acknowledge: somebody has read the version in force and will keep to it (P-ABIDE-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

from django.db import transaction
from django.db.models import DateTimeField
from django.utils.translation import gettext_lazy as _

from concord.policy.models import Version
from concord.prepared import Prepared, Slot
from concord.refusals import Refused


class NotInForce(Refused):
    """What was read is not what holds now."""

    words = _(
        "The policy has changed since you opened this page. Please read the version in force."
    )
    status = 409


class NeedsAcknowledgement(Refused):
    """Nobody enters, by any door, without having acknowledged the version in force."""

    words = _("Before you go in, please read the policy in force and confirm it.")


class Reader(Protocol):
    """A registration or a staff member: the version they acknowledged is kept on them, and no time."""

    acknowledged_version: int | None

    def save(self, *, update_fields: list[str]) -> None: ...


R = TypeVar("R", bound=Reader)


_in_force = Prepared(
    lambda: Version.objects.by_time(Slot("at", DateTimeField())).only("number")[:1]
)


@transaction.atomic
def acknowledge(reader: R, *, version: int, at: datetime) -> R:
    """Keep the number of the version in force on whoever read it. Twice changes nothing.

    No time is kept and the ledger gets no entry: a timed receipt would tell who came, and when.
    Raises NotInForce for any other version, also when none is in force.
    """
    if version != number_in_force(at):
        raise NotInForce()
    if reader.acknowledged_version != version:
        reader.acknowledged_version = version
        reader.save(update_fields=["acknowledged_version"])
    return reader


def number_in_force(at: datetime) -> int | None:
    """The number of the version in force, or None before the first."""
    version = _in_force.first(at=at)
    return version.number if version else None


def has_acknowledged(reader: Reader, *, at: datetime) -> bool:
    """Whether they acknowledged the version in force at this moment."""
    number = number_in_force(at)
    return number is not None and reader.acknowledged_version == number


def must_have_acknowledged(reader: Reader, *, at: datetime) -> None:
    """Raise NeedsAcknowledgement unless they acknowledged the version in force."""
    if not has_acknowledged(reader, at=at):
        raise NeedsAcknowledgement()
