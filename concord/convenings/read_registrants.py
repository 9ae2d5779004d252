"""read_registrants: whom a file names as registered elsewhere, or everything that is wrong with it, line by line."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from concord import names
from concord.convenings.names_here import read_pronouns
from concord.convenings.read_table import Cells, UnreadableFile, decoded, in_table
from concord.people.addresses import mailbox_token, read_address

MOST = 2_000
"""People in one file."""
COLUMNS = {
    "name": ("name", "display name", "display_name", "nickname"),
    "email": ("email", "e-mail", "mail", "address", "email address"),
    "pronouns": ("pronouns",),
    "language": ("language", "lang"),
}
FORMULA = ("=", "+", "@", "-")
"""What a spreadsheet would run, were the name ever to stand in one again."""


class Registrant(NamedTuple):
    """Somebody as the file has them. `language` is empty where this house does not speak it, or none is said."""

    line: int
    name: str
    address: str
    pronouns: str
    language: str


class Registrants(NamedTuple):
    """Everybody once, in the order of the file, and the lines that name a mailbox again."""

    people: list[Registrant]
    again: list[int]


def read_registrants(file: bytes) -> Registrants:
    """Raises UnreadableFile, whose words quote no name and no address: they are as private as the file."""
    people: list[Registrant] = []
    problems: list[str] = []
    again: list[int] = []
    known: set[bytes] = set()
    for cells in in_table(decoded(file), COLUMNS, needs=("name", "email")):
        try:
            one = _registrant(cells)
        except ValueError as error:
            problems.append(_("Line %(n)s: %(why)s") % {"n": cells.line, "why": error})
            continue
        token = mailbox_token(one.address)
        if token in known:
            again.append(one.line)
            continue
        known.add(token)
        people.append(one)
        if len(people) > MOST:
            raise UnreadableFile(
                _("This file names more than %(n)s people. Bring it in parts.") % {"n": MOST}
            )
    if problems:
        raise UnreadableFile(*problems)
    if not people:
        raise UnreadableFile(_("There is nobody in this file."))
    return Registrants(people, again)


def _registrant(cells: Cells) -> Registrant:
    typed = cells.cells
    name = names.clean_display_name(typed["name"])
    if name.startswith(FORMULA):
        raise ValueError(_("the name begins like a formula of a spreadsheet."))
    try:
        address = read_address(typed["email"])
    except ValueError:
        raise ValueError(_("this is no mail address.")) from None
    spoken = typed["language"].casefold()[:2]
    language = spoken if spoken in dict(settings.LANGUAGES) else ""
    return Registrant(cells.line, name, address, read_pronouns(typed["pronouns"]), language)
