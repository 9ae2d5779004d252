"""bar_for: what the bar on top of a page says to whoever sits there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from concord.site.demo import script
from concord.site.demo.seating import planted
from concord.site.demo.seats import KARIM, Browser, Seat
from concord.site.demo.story import hint_for, story
from concord.spaces.models import Post


def bar_for(request: HttpRequest, sitter: Seat | Browser, *, refused: bool) -> dict[str, Any]:
    """The context of `demo/_bar.html`. Karim's words stand ready until he has said them.

    On a page that refused something at the desk, the ledger and the proposal are one link away.
    """
    proposal = story().proposal if refused and isinstance(sitter, Seat) and sitter.desk else None
    return {
        "sitter": sitter,
        "address": sitter.address if isinstance(sitter, Browser) else "",
        "hint": hint_for(sitter, request.path_info, refused=refused),
        "refused": refused,
        "proposal": proposal,
        "unkind": script.UNKIND if sitter is KARIM and _is_in_hall(request) else "",
        "nonce": uuid4(),
        "hall": planted().hall,
        "table_address": settings.CONCORD_PUBLIC,
    }


def _is_in_hall(request: HttpRequest) -> bool:
    hall, karim = planted().hall, planted().people["Karim"]
    said = Post.objects.filter(room=hall, registration=karim).exists()
    return not said and request.path_info.startswith(f"/r/{hall.id}")
