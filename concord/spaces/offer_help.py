"""offer_help: name help lines to somebody at whom a threat was aimed that is gone now, to them alone (V-THREAT-1).

Whoever was threatened is nobody that a table may name: the row is a keyed token of person and event, and the last
day on which it is shown. It leads back to nobody, and it is gone with one press.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.safestring import SafeString

from concord import names
from concord.convenings.models import Convening
from concord.spaces.models import HelpOffer
from concord.spaces.streams import look_again

SHOWN_FOR = timedelta(days=7)
_lent: list[Callable[[], SafeString]] = []


def lends_help_lines(block: Callable[[], SafeString]) -> None:
    """Register what is shown: the help lines, in the language of the page. The newest wins."""
    _lent.append(block)


def offer_help(person: UUID, *, convening: Convening, at: datetime) -> None:
    """From now on their page in this event names help lines, for a week. Offered twice it is offered once.

    Not for the ledger: who was threatened is nobody's to keep.
    """
    until_on = (at + SHOWN_FOR).date()
    HelpOffer.objects.update_or_create(
        token=_token(person, convening), defaults={"until_on": until_on}
    )
    look_again(person, convening=convening.id)


def help_for(person: UUID, *, convening: Convening, at: datetime) -> SafeString | None:
    """What is shown to this person beside the room; None for everybody else."""
    offered = HelpOffer.objects.filter(token=_token(person, convening), until_on__gte=at.date())
    return _lent[-1]() if _lent and offered.exists() else None


def put_help_away(person: UUID, *, convening: Convening) -> None:
    """They have seen it. Put away twice it is away."""
    HelpOffer.objects.filter(token=_token(person, convening)).delete()


def _token(person: UUID, convening: Convening) -> bytes:
    return names.token("help", f"{convening.id}:{person}")
