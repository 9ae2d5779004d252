"""held_words: how a step on somebody stands in the facts of a decision, before the place where it holds."""

from __future__ import annotations

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

NO_ACCESS = _("No access to")
HELD: dict[str, str | Words] = {
    "warn": _("Warned by letter about"),
    "ask": _("Asked to leave"),
    "limit": _("Writes less often in"),
    "mute": _("Reads and does not write in"),
    "other": _("Something done by hand about"),
}


def held_words(kind: str) -> str:
    """For a kind of step on a person; every kind that is not here keeps somebody out."""
    return str(HELD.get(kind, NO_ACCESS))
