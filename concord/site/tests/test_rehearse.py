"""The rehearsal: the whole job on a server of its own, and what it says when a promise breaks."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from concord.site.commands import rehearse
from concord.site.rehearse import play as playing
from concord.site.rehearse.page import Page
from concord.site.rehearse.timeline import Broken, Timeline, promise

FORM = """
<form method="post" action="/r/1/posts"><input type="hidden" name="csrf" value="x&amp;y">
<input type="checkbox" name="sure"><input type="checkbox" name="kept" checked>
<input type="radio" name="scope" value="all"><input type="radio" name="scope" value="session" checked>
<textarea name="text">
so far &lt;3</textarea><select name="why"><option value="">No</option><option value="law" selected>Law</option></select>
<button name="step" value="see">See</button></form><input name="outside">
"""


def test_a_form_is_read_as_a_browser_reads_it():
    form = Page(200, "/r/1", FORM).form("text", to="/posts")
    assert dict(form.fields) == {
        "csrf": "x&y",
        "kept": "on",
        "scope": "session",
        "text": "so far <3",
        "why": "law",
    }
    assert {"sure", "step"} <= form.names
    assert "outside" not in form.names


def test_what_is_typed_replaces_what_stood_there():
    form = Page(200, "/r/1", FORM).form("text")
    sent = form.filled({"text": "hello", "kept": None, "violations": ["a", "b"]})
    assert ("text", "hello") in sent
    assert not [value for name, value in sent if name == "kept"]
    assert [value for name, value in sent if name == "violations"] == ["a", "b"]


def test_a_page_without_the_form_breaks_the_promise():
    with pytest.raises(Broken, match="has no form for nonce"):
        Page(404, "/r/1", FORM).form("nonce")


def test_a_timeline_keeps_what_broke():
    timeline = Timeline(lambda stage: None)
    with timeline.stage("first"):
        timeline.note("12 ms")
    with pytest.raises(Broken), timeline.stage("second"):
        promise(False, "it did not hold")
    assert [(each.name, each.ok, each.words) for each in timeline.stages] == [
        ("first", True, "12 ms"),
        ("second", False, "it did not hold"),
    ]
    assert timeline.to_json()["ok"] is False


def test_a_timeline_without_stages_is_not_well():
    assert Timeline(lambda stage: None).ok is False


@pytest.mark.parametrize("as_json", [True, False])
def test_a_broken_promise_is_told_and_gives_exit_status_1(monkeypatch, capsys, as_json):
    def play(timeline: Timeline) -> Timeline:
        try:
            with timeline.stage("a stage"):
                promise(False, "somebody could")
        except Broken:
            pass
        return timeline

    monkeypatch.setattr(playing, "play", play)
    assert rehearse.run(argparse.Namespace(json=as_json)) == 1
    told = capsys.readouterr()
    assert "somebody could" in told.out + told.err
    if as_json:
        assert json.loads(told.out)["ok"] is False


@pytest.mark.sqlite
def test_the_whole_job_keeps_every_promise():
    told = rehearsed()
    assert all(set(stage) == {"name", "at_ms", "ok"} for stage in told["stages"])
    times = [stage["at_ms"] for stage in told["stages"]]
    assert times == sorted(times)
    assert len(times) >= 20


@pytest.mark.sqlite
def test_the_drill_keeps_every_promise_and_tells_people_and_machine_apart():
    told = rehearsed("--drill")
    assert len(told["stages"]) >= 13
    assert told["people_until_agreed_s"] == sum(one["seconds"] for one in told["people"])
    assert {one["in"] for one in told["people"]} == {"Nairobi", "Jakarta", "Lima"}
    limits = {one["limit"] for one in told["machine"]}
    assert limits == {2.0, 1.0, None}
    assert all(set(one) == {"what", "seconds", "limit", "met"} for one in told["machine"])


def rehearsed(*more):
    """What the command itself says, in a process of its own."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "concord.site.cli", "rehearse", "--json", *more],
        env=environment | {"PYTHONPATH": str(settings.CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"] is True
    return told
