"""The plain text of a policy: what its digest is taken over, and what stays the same byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

TITLE_LENGTH, CREDIT_LENGTH, LANGUAGE_LENGTH = 200, 300, 10


def plain(title: str, sections: list[dict[str, Any]], *, credit: str) -> str:
    """The whole text as a person could copy it out; only what was published goes in."""
    return "\n".join([title, "=" * len(title), "", *_lines(sections), credit, ""])


def digest(text: str) -> str:
    """SHA-256 in hex, which anybody can take over the downloaded text."""
    return hashlib.sha256(text.encode()).hexdigest()


def check(text: Mapping[str, Any]) -> None:
    """Raise ValueError unless this is a title and sections, each a heading, paragraphs and points."""
    title, sections = text.get("title"), text.get("sections")
    if (
        not isinstance(title, str)
        or not title.strip()
        or not isinstance(sections, list)
        or not sections
    ):
        raise ValueError("a policy has a title and sections")
    if len(title) > TITLE_LENGTH or "\0" in title:
        raise ValueError(f"a title has at most {TITLE_LENGTH} letters")
    for section in sections:
        if not isinstance(section, dict) or set(section) != {"heading", "paragraphs", "points"}:
            raise ValueError("a section has a heading, paragraphs and points")
        if (
            not all(isinstance(one, str) and "\0" not in one for one in _strings(section))
            or not section["heading"].strip()
        ):
            raise ValueError("a section is made of words")


def _strings(section: dict[str, Any]) -> list[Any]:
    return [section["heading"], *section["paragraphs"], *section["points"]]


def _lines(sections: list[dict[str, Any]]) -> Iterator[str]:
    for section in sections:
        yield from (section["heading"], "-" * len(section["heading"]), "")
        for paragraph in section["paragraphs"]:
            yield from (paragraph, "")
        if section["points"]:
            yield from (*(f"* {point}" for point in section["points"]), "")
