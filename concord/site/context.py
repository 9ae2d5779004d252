"""What every template may know: whose house this is, and the way to its doors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from concord.people.team_name import team_name


def house(request: HttpRequest) -> dict[str, Any]:
    """The host's and the team's names, both doors, and the languages spoken; no query is made."""
    return {
        "house": {
            "host": settings.CONCORD_HOST_NAME,
            "team": team_name(),
            "public": settings.CONCORD_PUBLIC,
            "desk": settings.CONCORD_DESK,
            "policy_address": settings.CONCORD_POLICY_ADDRESS,
            "report_address": settings.CONCORD_REPORT_ADDRESS,
            "languages": [code for code, _ in settings.LANGUAGES],
            "demo": settings.CONCORD_DEMO,
        },
        "is_desk": getattr(request, "is_desk", False),
    }
