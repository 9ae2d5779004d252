"""A version of the policy as a file: the line of credit, and for each language a title and sections. TOML, to edit."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from concord.policy import first
from concord.policy.models import Version
from concord.policy.text import check, plain
from concord.site.toml_file import NotUnderstood, check_table, read_table

VERSION = {"credit": str, "text": list}
TEXT = {"language": str, "title": str, "section": list}
SECTION: dict[str, type] = {"heading": str, "paragraphs": list, "points": list}
KINDS: dict[type, str] = {str: "a text in quotes", list: "a list"}
HEAD = """\
# A version of the policy: change it, and publish it with `concord policy --publish FILE --from DATE`.
# One [[text]] for each language; the first is what people read whose language is missing.
"""


@dataclass(frozen=True)
class WrittenVersion:
    """What a file holds: `texts` maps a language to a title and sections, as `publish_version` takes them."""

    credit: str
    texts: Mapping[str, Mapping[str, Any]]


def the_first() -> WrittenVersion:
    """Our own text, built from the settings as they are now."""
    return WrittenVersion(first.CREDIT, {first.LANGUAGE: first.first_text()})


def newest() -> WrittenVersion | None:
    """What was published last, in force or to come; None before the first."""
    version = Version.objects.order_by("-number").first()
    if version is None:
        return None
    texts = version.texts.order_by("id")
    return WrittenVersion(
        version.credit,
        {one.language: {"title": one.title, "sections": one.sections} for one in texts},
    )


def written(version: WrittenVersion) -> str:
    """The file for it; read again it is the same version, letter for letter."""
    return "\n".join([HEAD, f"credit = {_quoted(version.credit)}", *_lines(version)]) + "\n"


def read_version(file: Path) -> WrittenVersion:
    """The version in a TOML file. Raises NotUnderstood, OSError."""
    told = read_table(file)
    _check(told, VERSION, where="the file")
    texts: dict[str, Mapping[str, Any]] = {}
    for number, each in enumerate(told["text"], start=1):
        language, text = _text(each, where=f"text {number}")
        if language in texts:
            raise NotUnderstood(f"the file has two texts in {language}")
        texts[language] = text
    return WrittenVersion(told["credit"], texts)


def compared(before: WrittenVersion | None, after: WrittenVersion) -> str:
    """What changes, language by language, in the words that can be downloaded; empty when nothing does (P-UPDATE-1)."""
    old, new = (_plain(one) if one else {} for one in (before, after))
    languages = [*new, *(language for language in old if language not in new)]
    return "\n".join(line for one in languages for line in _changes(one, old, new))


def _changes(language: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    was, now = (one.get(language, "").splitlines() for one in (old, new))
    yield from difflib.unified_diff(
        was, now, f"{language}, before", f"{language}, now", lineterm=""
    )


def _plain(version: WrittenVersion) -> dict[str, str]:
    return {
        language: plain(text["title"], list(text["sections"]), credit=version.credit)
        for language, text in version.texts.items()
    }


def _text(told: Any, *, where: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(told, dict):
        raise NotUnderstood(f"{where} should be a table, [[text]]")
    _check(told, TEXT, where=where)
    sections = []
    for number, section in enumerate(told["section"], start=1):
        if not isinstance(section, dict):
            raise NotUnderstood(f"section {number} of {where} should be a table, [[text.section]]")
        whole = {"paragraphs": [], "points": [], **section}
        _check(whole, SECTION, where=f"section {number} of {where}")
        sections.append(whole)
    text = {"title": told["title"], "sections": sections}
    try:
        check(text)
    except ValueError as error:
        raise NotUnderstood(f"{where}: {error}") from error
    return told["language"], text


def _check(told: Mapping[str, Any], known: Mapping[str, type], *, where: str) -> None:
    check_table(told, known, where=where, whose="a policy", kinds=KINDS)


def _lines(version: WrittenVersion) -> Iterator[str]:
    for language, text in version.texts.items():
        yield from ("", "[[text]]", f"language = {_quoted(language)}")
        yield f"title = {_quoted(text['title'])}"
        for section in text["sections"]:
            yield from ("", "[[text.section]]", f"heading = {_quoted(section['heading'])}")
            for name in ("paragraphs", "points"):
                if section[name]:
                    yield from (
                        f"{name} = [",
                        *(f"    {_quoted(one)}," for one in section[name]),
                        "]",
                    )


def _quoted(words: str) -> str:
    """A basic string of TOML: JSON's, but for one sign that JSON lets stand."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
