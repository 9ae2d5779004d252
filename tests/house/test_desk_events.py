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


OF_ONE_THING = {
    *("case.html", "desk_report.html", "desk_file.html", "desk_flag.html", "desk_no_action.html"),
    *("propose.html", "propose_see.html", "desk_proposal.html", "desk_full.html"),
    *("decision.html", "lift.html"),
}
"""Pages on which words lie open that somebody may lose the right to."""
LISTS = {"inbox.html", "watch.html", "on_shift.html"}
"""Pages of many things, each of which may go by itself."""


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


def waits() -> set[str]:
    found = re.search(r"const waits = \[([^\]]+)\]", SCRIPT.read_text())
    assert found
    return set(re.findall(r'"(\w+)"', found[1]))


def test_every_page_that_listens_hears_whatever_may_change_what_waits() -> None:
    assert told() - OF_THE_WATCH - OPEN_THINGS == waits()


def test_where_a_word_was_lost_every_page_looks_by_itself() -> None:
    """A desk that may have missed something is told `inbox`, and no more: whatever waits on a page hears that too."""
    deaf = []
    for path in templates():
        page = path.read_text()
        for trigger in re.findall(r'hx-trigger="([^"]+)"', page):
            asks = set(re.findall(r"live:(\w+)", trigger)) & (waits() - {"inbox"})
            if asks and "every " not in trigger and not re.search("live:(inbox|news)", page):
                deaf.append((path.name, trigger))
    assert deaf == []
    for path in PACKAGE.glob("*/static/**/*.js"):
        heard = set(re.findall(r'\bon\("(\w+)"', path.read_text()))
        assert not heard & waits() or "inbox" in heard, path


def test_every_page_about_one_thing_goes_when_its_reader_loses_it() -> None:
    pages = [one for one in templates() if 'data-stream="' in one.read_text()]
    listen = {one.name for one in pages if "desk-stream.js" in one.read_text()}
    assert listen == OF_ONE_THING | LISTS
    for path in pages:
        page = path.read_text()
        if path.name in OF_ONE_THING:
            assert "data-about=" in page, path
            assert "data-still=" in page, path
    [watch] = PACKAGE.glob("desk/static/**/watch.js")
    assert 'on("gone"' in watch.read_text()


def test_what_changes_nothing_that_waits_is_shown_on_the_watch() -> None:
    [watch] = [path for path in templates() if path.name == "watch.html"]
    listens = re.search(r'data-events="([^"]+)"', watch.read_text())
    assert listens
    assert set(listens[1].split()) >= OF_THE_WATCH
    assert told() >= OF_THE_WATCH
