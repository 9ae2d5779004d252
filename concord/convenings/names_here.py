"""Names that people may go by: anything, but what would have others take them for the team."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.people.models import Person, StaffMember
from concord.people.team_name import team_names
from concord.refusals import Refused

LONGEST_PRONOUNS = 30


class NameOfTheTeam(Refused):
    """Nobody takes part under a name by which others know the team, or whoever receives reports."""

    words = _(
        "People here know somebody on the team by this name, or by one that looks the same. "
        "Please add a word to it, so that nobody takes you for them."
    )
    status = 409


def check_name(name: str, *, person: Person | None, at: datetime) -> None:
    """Raise NameOfTheTeam for a name that looks like one of those which participants are told.

    Only the names that stand on the report form are compared, and the host's own: a refusal of any other
    working name would tell who works here.
    """
    if is_of_the_team(name, names_of_the_team(person=person, at=at)):
        raise NameOfTheTeam


def names_of_the_team(*, person: Person | None, at: datetime) -> list[set[str]]:
    """How those names look, less those of this person."""
    told = StaffMember.objects.receivers(at).exclude(person=person)
    known = [*team_names(), settings.CONCORD_HOST_NAME]
    known += told.values_list("working_name", flat=True)
    return [looks(one) for one in known]


def is_of_the_team(name: str, known: list[set[str]]) -> bool:
    """Whether a name looks like one of them."""
    own = looks(name)
    return any(own & one for one in known)


def looks(name: str) -> set[str]:
    """The name in plain letters: its words in any order, and run together. What shares one looks the same."""
    words = names.sorted_name(name).split()
    run_together = "".join(sign for sign in names.transliterate(name) if sign.isalnum())
    return {" ".join(words), run_together} - {""}


def read_pronouns(typed: str) -> str:
    """Pronouns as shown beside a name; empty when none were typed. Raises ValueError when too long."""
    if not typed.strip():
        return ""
    pronouns = names.clean_display_name(typed)
    if len(pronouns) > LONGEST_PRONOUNS:
        raise ValueError(_("Please keep this within 30 characters."))
    return pronouns
