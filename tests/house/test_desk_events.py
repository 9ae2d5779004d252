"""Whatever is told to the desks is heard: by the pages that listen, and by what on them shows it."""

from __future__ import annotations

import ast
import re

from tests.house.house import sources, templates

LISTENS = re.compile(r'data-stream="[^"]*"[^>]*? data-events="([^"]+)"')


def told() -> set[str]:
    """The names of all events that any room tells to the desks."""
    names = set()
    for path in sources():
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "tell_desks":
                name = call.args[1]
                assert isinstance(name, ast.Constant), (
                    f"{path}: the name of an event is written out"
                )
                names.add(str(name.value))
    return names


def test_every_page_of_the_desk_with_a_stream_hears_whatever_may_change_what_waits() -> None:
    listening = {
        path.name: names.split()
        for path in templates()
        for names in LISTENS.findall(path.read_text())
    }
    assert {"inbox.html", "watch.html", "on_shift.html", "desk_proposal.html"} <= set(listening)
    counted = told() - {"claim", "shift"}
    assert len(counted) > 5
    for page, names in listening.items():
        assert counted <= set(names), f"{page} does not hear {counted - set(names)}"


def test_what_changes_nothing_that_waits_is_shown_on_the_watch() -> None:
    [watch] = [path for path in templates() if path.name == "watch.html"]
    names = set(LISTENS.findall(watch.read_text())[0].split())
    assert {"claim", "shift"} <= told() <= names
