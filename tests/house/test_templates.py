"""Templates: no desk part on a public page, nothing from another host, nothing inline that CSP would stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.house import CHECKOUT, PACKAGE, sources, template_name, templates

REFERENCE = re.compile(r"""\{%\s*(?:include|extends|partial)\s+["']([^"']+)["']""")
LITERAL = re.compile(r"""["']([\w/.-]+\.(?:html|txt))["']""")
REQUEST = re.compile(
    r"""(?:\bsrc(?:set)?\s*=\s*["']?|\baction\s*=\s*["']?|<link\b[^>]*\bhref\s*=\s*["']?
        |url\(\s*["']?|@import\s+["']|fetch\(\s*["'`]|EventSource\(\s*["'`]|importScripts\(\s*["'])
        \s*(?:https?:)?//""",
    re.IGNORECASE | re.VERBOSE,
)
INLINE = {
    "a script": re.compile(r"<script(?![^>]*\bsrc\s*=)(?![^>]*application/json)[^>]*>", re.I),
    "a style sheet": re.compile(r"<style[^>]*>(?!\s*\{[%{])", re.I),
    "a style": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
    "a handler": re.compile(r"<[a-z][^>]*\son[a-z]+=", re.I),
    "a javascript link": re.compile(r"javascript:", re.I),
}


def named() -> dict[str, Path]:
    return {template_name(path): path for path in templates()}


def is_desk(name: str) -> bool:
    return any(part.lstrip("_").startswith("desk") for part in name.split("/"))


def public_pages() -> Iterator[str]:
    """Templates that a public view renders."""
    for path in sources("**/views.py"):
        if path.parent.name != "desk":
            yield from LITERAL.findall(path.read_text())


def test_no_public_page_reaches_a_template_of_the_desk():
    known, seen, waiting = named(), set(), list(public_pages())
    while waiting:
        name = waiting.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        waiting += REFERENCE.findall(known[name].read_text())
    assert [name for name in sorted(seen) if is_desk(name)] == []


def test_no_page_asks_another_host_for_anything():
    files = [*templates(), *PACKAGE.glob("*/static/**/*.css"), *PACKAGE.glob("*/static/**/*.js")]
    asking = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if REQUEST.search(line)
    ]
    assert asking == []


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what):
    holding = [
        template_name(path)
        for path in templates()
        if path.suffix == ".html" and INLINE[what].search(path.read_text())
    ]
    assert holding == []


def test_every_included_template_exists():
    known = named()
    missing = [
        f"{name} → {reference}"
        for name, path in known.items()
        for reference in REFERENCE.findall(path.read_text())
        if reference not in known and reference.split("/")[0] in {p.name for p in PACKAGE.iterdir()}
    ]
    assert missing == []


@pytest.mark.parametrize(
    "line",
    [
        '<img src="https://elsewhere.example/a.png">',
        "@import '//elsewhere.example/a.css'",
        '<link rel="stylesheet" href="https://elsewhere.example/a.css">',
        "background: url(//elsewhere.example/a.png)",
        'fetch("https://elsewhere.example")',
    ],
)
def test_a_request_to_another_host_is_seen(line):
    assert REQUEST.search(line)


def test_a_link_that_a_person_chooses_to_follow_is_no_request():
    assert not REQUEST.search('<a href="https://elsewhere.example">')
