"""The words people read: none that blames, belittles or belongs to a court. docs/words.md is the list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import polib
import pytest

from tests.house.house import CHECKOUT, sources, templates

TRANSLATED = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
              "pgettext", "pgettext_lazy", "npgettext"}  # fmt: skip
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)
QUOTED = re.compile(r"""\{%\s*translate\s+(["'])(.*?)\1""", re.DOTALL)
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)
SHOWN_ATTRIBUTE = re.compile(r"""(?:aria-label|alt|title|placeholder)\s*=\s*["']([^"']*)["']""")


def avoided() -> list[str]:
    """The last column of the tables in docs/words.md."""
    lines = (CHECKOUT / "docs" / "words.md").read_text().splitlines()
    rows = [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("|") and not line.startswith("|---") and not below.startswith("|---")
    ]
    cells = [row.strip().strip("|").split("|")[-1] for row in rows]
    return [word.strip() for cell in cells for word in cell.split(",") if word.strip()]


AVOIDED = re.compile(rf"\b(?:{'|'.join(map(re.escape, avoided()))})(?:s|es|d|ed)?\b", re.IGNORECASE)


def shown_in_templates() -> Iterator[tuple[str, str]]:
    for path in templates():
        source = COMMENT.sub(" ", path.read_text())
        translated = " ".join(text for _, text in QUOTED.findall(source))
        attributes = " ".join(SHOWN_ATTRIBUTE.findall(source))
        yield (
            str(path.relative_to(CHECKOUT)),
            f"{MARKUP.sub(' ', source)} {translated} {attributes}",
        )


def shown_from_python() -> Iterator[tuple[str, str]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in TRANSLATED:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield f"{path.relative_to(CHECKOUT)}:{node.lineno}", argument.value


def shown_from_catalogues() -> Iterator[tuple[str, str]]:
    for path in sorted((CHECKOUT / "locale").glob("**/*.po")):
        for entry in polib.pofile(str(path)):
            yield (
                f"{path.relative_to(CHECKOUT)}: {entry.msgid[:40]}",
                f"{entry.msgid} {entry.msgstr}",
            )


@pytest.mark.parametrize("shown", [shown_in_templates, shown_from_python, shown_from_catalogues])
def test_no_text_uses_a_word_that_the_glossary_avoids(shown):
    found = [f"{where}: {match[0]}" for where, text in shown() for match in AVOIDED.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "text", ["The victim said", "two perpetrators", "an ADMIN", "approved", "la victime", "الضحية"]
)
def test_an_avoided_word_is_seen(text):
    assert AVOIDED.search(text)


@pytest.mark.parametrize("text", ["reported", "the person reported", "administration"])
def test_another_word_is_not(text):
    assert not AVOIDED.search(text)
