"""help_lines: help lines by country, read from a file beside the code or from the host's own (V-THREAT-1).

Nothing is fetched from anywhere: to look at them must tell nobody.
"""

from __future__ import annotations

import logging
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise as Words
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SHIPPED = Path(__file__).with_name("help_lines.toml")
FOR: dict[str, str | Words] = {
    "crisis": _("when somebody thinks of ending their life"),
    "violence": _("violence at home or by somebody close"),
    "sexual": _("sexual violence"),
    "listening": _("somebody who listens"),
}
log = logging.getLogger("concord.reports")


class Line(NamedTuple):
    """One help line."""

    name: str
    number: str
    what: str | Words


class HelpLines(tuple["Country", ...]):
    """The countries in order. `edition` tells one list from another: what was drawn from it may be kept."""

    edition: str


class Country(NamedTuple):
    """A country's emergency numbers, and its lines."""

    name: str
    emergency: list[str]
    lines: list[Line]


def help_lines() -> HelpLines:
    """Every country of the list, by its name in the language of the page.

    A host's own list that cannot be read is logged, and the shipped one is shown.
    """
    own = settings.CONCORD_DATA / SHIPPED.name
    try:
        at = (own, own.stat().st_mtime) if own.exists() else (SHIPPED, 0)
        return _in(get_language() or "en", *at)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("help lines cannot be read", extra={"kind": type(error).__name__})
        return _in(get_language() or "en", SHIPPED, 0)


def help_block() -> SafeString:
    """All of them in the language of the page, for one that has no other use for them."""
    context = {"help_lines": help_lines(), "LANGUAGE_CODE": get_language()}
    return render_to_string("reports/_help_lines.html", context)


@cache
def _listed(path: Path, _changed: float) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = tomllib.loads(path.read_text())["country"]
    return listed


@lru_cache(maxsize=20)
def _in(language: str, path: Path, changed: float) -> HelpLines:
    countries = [
        Country(
            str(each["names"].get(language) or each["names"]["en"]),
            [str(number) for number in each["emergency"]],
            [
                Line(line["name"], line["number"], FOR.get(line["what"], ""))
                for line in each.get("lines", [])
            ],
        )
        for each in _listed(path, changed)
    ]
    found = HelpLines(sorted(countries, key=lambda country: country.name))
    found.edition = f"{path} {changed}"
    return found
