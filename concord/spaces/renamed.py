"""Somebody changed their name: every room in which they have written shows the new one, and only that.

A page that is open hears of it; whoever comes back later gets it from the database, for the streams' logs are not
read back beyond it; what is rendered anew reads the registration, which knows no other name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.dispatch import receiver

from concord.convenings.models import Convening, Registration
from concord.convenings.rename import lends_known
from concord.convenings.signals import participant_renamed
from concord.spaces import news
from concord.spaces.models import Post, Renaming, Room


@lends_known
def known_in_rooms(convening: Convening) -> QuerySet[Registration]:
    """Whoever has written something that stands: others know them by their name."""
    theirs = Post.objects.filter(registration=OuterRef("pk"), removed=False)
    return Registration.objects.filter(Exists(theirs), convening=convening)


@receiver(participant_renamed)
def tell_rooms(registration: Registration, at: datetime, **more: Any) -> None:
    """Each room in which they wrote gets a number for it, in one order, while it is held.

    The person's gate is held alone, so nothing of theirs is on its way into a room that is not among these.
    """
    wrote = Room.objects.filter(posts__registration=registration).values("id")
    for room in Room.objects.held().filter(id__in=wrote).order_by("id"):
        number = room.allot()
        Renaming.objects.update_or_create(
            room=room, registration=registration, defaults={"number": number}
        )
        news.tell(room, number)
