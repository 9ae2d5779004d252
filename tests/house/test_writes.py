"""Views, forms and template tags show; they never write. Whatever changes something is a verb."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.house import CHECKOUT, sources

WRITES = {"save", "create", "acreate", "delete", "bulk_create", "bulk_update", "get_or_create",
          "update_or_create", "executemany"}  # fmt: skip
WRITES_OF_A_QUERY = {"update"}
"""A dict is updated too: these count only on something that was queried."""
QUERIED = (".objects", ".filter(", ".exclude(", ".all()", "visible_to(")


def shows(path: Path) -> bool:
    return path.stem.endswith(("views", "forms")) or "templatetags" in path.parts


def writes(path: Path) -> list[str]:
    return [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            node.func.attr in WRITES
            or (
                node.func.attr in WRITES_OF_A_QUERY
                and any(sign in ast.unparse(node.func.value) for sign in QUERIED)
            )
        )
    ]


def test_what_shows_does_not_write():
    assert [line for path in sources() if shows(path) for line in writes(path)] == []


@pytest.mark.parametrize(
    "line", ["form.save()", "Post.objects.filter(id=1).update(text='')", "Flag.objects.create()"]
)
def test_a_write_is_seen(line, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.house.test_writes.CHECKOUT", tmp_path)
    (tmp_path / "views.py").write_text(line)
    assert writes(tmp_path / "views.py") == ["views.py:1"]


def test_a_dictionary_may_be_updated(tmp_path):
    (tmp_path / "views.py").write_text("context.update(title='')")
    assert writes(tmp_path / "views.py") == []
