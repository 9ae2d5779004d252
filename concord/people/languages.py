"""In which language somebody is written to: the one in which they last asked for a way in."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from concord.people.models import Login


def known_language(code: str) -> str:
    """The language if this house speaks it, else the house's own."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def language_of(login: Login) -> str:
    """The language for a letter to this login."""
    return known_language(login.language)


def languages_of(persons: Iterable[UUID]) -> list[str]:
    """The languages for one text that all of these persons get, each once, in the order of the house's list."""
    logins = Login.objects.by_mailbox().filter(person_id__in=list(persons))
    spoken = {language_of(login) for login in logins}
    return [code for code, _name in settings.LANGUAGES if code in spoken]
