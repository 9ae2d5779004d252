"""The team's name as people read it: the host's own words, or ours in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext, override

OURS = "The care team"
"""What a host that names no team gets; set-up writes it down as well, so it is known by its words."""


def team_name() -> str:
    """The name as a sentence begins with it."""
    return (
        gettext("The care team")
        if settings.CONCORD_TEAM_NAME == OURS
        else settings.CONCORD_TEAM_NAME
    )


def team_name_within() -> str:
    """The name inside a sentence: ours has a small article there, a host's own stays as it was written."""
    return (
        gettext("the care team")
        if settings.CONCORD_TEAM_NAME == OURS
        else settings.CONCORD_TEAM_NAME
    )


def team_names() -> set[str]:
    """The name in each language in which somebody may read it."""
    names = set()
    for code, _language in settings.LANGUAGES:
        with override(code):
            names.add(team_name())
    return names
