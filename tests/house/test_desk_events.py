"""Whatever is told to the desks is heard: by every page that listens, and by what on them shows it."""

from __future__ import annotations

import ast
import re

from concord.monitoring import desk_stream
from tests.house.house import PACKAGE, sources, templates

SCRIPT = PACKAGE / "site/static/concord/desk-stream.js"
OPEN_THINGS = {desk_stream.GONE}
"""Heard by the script itself, on pages that show what may be taken away."""
OF_THE_WATCH = {"claim", "shift"}
"""What changes nothing that waits for anybody."""


def told() -> set[str]:
    """The names of all events that any room tells to the desks."""
    names = set()
    for path in sources():
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "tell_desks":
                name = call.args[1]
                written = name.value if isinstance(name, ast.Constant) else ""
                names.add(str(written or getattr(desk_stream, getattr(name, "id", ""))))
    return names


def test_every_page_that_listens_hears_whatever_may_change_what_waits() -> None:
    found = re.search(r"const waits = \[([^\]]+)\]", SCRIPT.read_text())
    assert found
    heard = set(re.findall(r'"(\w+)"', found[1]))
    assert told() - OF_THE_WATCH - OPEN_THINGS == heard


def test_what_changes_nothing_that_waits_is_shown_on_the_watch() -> None:
    [watch] = [path for path in templates() if path.name == "watch.html"]
    listens = re.search(r'data-events="([^"]+)"', watch.read_text())
    assert listens
    assert set(listens[1].split()) >= OF_THE_WATCH
    assert told() >= OF_THE_WATCH
