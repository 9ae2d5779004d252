"""A clause counts as kept only by a story that passes and notices its sabotage, over this very source."""

from __future__ import annotations

import json

import pytest

from concord.site.clauses import catalogue, record
from concord.site.clauses.record import NOTICED, NoRecord, Record, merge, read, tree_hash
from concord.site.cli import main

STORY = "tests/policy/test_entry.py::test_nobody_enters_unasked"


@pytest.fixture
def told(monkeypatch):
    """One story in the whole of the policy, about two clauses."""
    monkeypatch.setattr(record, "stories", lambda: {STORY: ("P-OPEN-1", "P-ABIDE-1")})


@pytest.fixture
def source(tmp_path):
    (tmp_path / "concord" / "cases").mkdir(parents=True)
    (tmp_path / "concord" / "cases" / "assign.py").write_text("def assign(): ...\n")
    return tmp_path


def test_a_passing_story_whose_sabotage_is_noticed_keeps_its_clause(told):
    assert Record({STORY: {"sqlite": "passed"}}, {"P-OPEN-1": NOTICED}).kept() == ["P-OPEN-1"]


@pytest.mark.parametrize(
    "outcomes, sabotage",
    [
        ({}, {"P-OPEN-1": NOTICED}),
        ({STORY: {"sqlite": "passed"}}, {}),
        ({STORY: {"sqlite": "passed"}}, {"P-OPEN-1": "unnoticed"}),
        ({STORY: {"sqlite": "passed", "postgresql": "failed"}}, {"P-OPEN-1": NOTICED}),
        ({"tests/policy/test_entry.py::other": {"sqlite": "passed"}}, {"P-OPEN-1": NOTICED}),
    ],
)
def test_anything_less_does_not(told, outcomes, sabotage):
    assert Record(outcomes, sabotage).kept() == []


def test_records_of_the_same_source_are_merged(tmp_path):
    merge("abc", outcomes={STORY: {"sqlite": "failed"}}, folder=tmp_path)
    merge("abc", outcomes={STORY: {"postgresql": "passed"}}, folder=tmp_path)
    merge("abc", outcomes={STORY: {"sqlite": "passed"}}, folder=tmp_path)
    merge("abc", sabotage={"P-OPEN-1": NOTICED}, folder=tmp_path)
    assert read("abc", tmp_path) == Record(
        {STORY: {"sqlite": "passed", "postgresql": "passed"}}, {"P-OPEN-1": NOTICED}
    )


def test_the_record_of_another_source_is_refused(tmp_path):
    merge("abc", sabotage={"P-OPEN-1": NOTICED}, folder=tmp_path)
    with pytest.raises(NoRecord, match="changed since"):
        read("def", tmp_path)


def test_without_a_run_there_is_no_record(tmp_path):
    with pytest.raises(NoRecord, match="no test run"):
        read("abc", tmp_path)


def test_any_change_of_the_source_changes_its_hash(source):
    seen = [tree_hash(source)]
    (source / "concord" / "cases" / "assign.py").write_text("def assign(): pass\n")
    seen.append(tree_hash(source))
    (source / "concord" / "cases" / "new.py").touch()  # not yet known to git
    seen.append(tree_hash(source))
    (source / "concord" / "cases" / "new.py").rename(source / "concord" / "cases" / "recuse.py")
    seen.append(tree_hash(source))
    assert len(set(seen)) == len(seen)


def test_what_python_leaves_behind_is_no_source(source):
    before = tree_hash(source)
    (source / "concord" / "__pycache__").mkdir()
    (source / "concord" / "__pycache__" / "cases.pyc").touch()
    (source / "README.md").touch()
    assert tree_hash(source) == before


def test_a_story_is_found_by_its_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "CHECKOUT", tmp_path)
    (tmp_path / "test_entry.py").write_text(
        'import pytest\n@pytest.mark.clauses("P-OPEN-1", "P-ABIDE-1")\ndef test_one(): ...\n'
        "def test_unmarked(): ...\n"
        'class TestDoors:\n    @pytest.mark.clauses("A-DENY-1")\n    def test_two(self): ...\n'
    )
    assert catalogue.stories(tmp_path) == {
        "test_entry.py::test_one": ("P-OPEN-1", "P-ABIDE-1"),
        "test_entry.py::TestDoors::test_two": ("A-DENY-1",),
    }


def test_without_a_run_the_command_says_so_and_what_is_ready(monkeypatch, capsys):
    def none() -> Record:
        raise NoRecord("no test run is recorded for this source: run bin/test")

    monkeypatch.setattr("concord.site.commands.clauses.read", none)
    assert main(["clauses"]) == 1
    told = capsys.readouterr()
    assert "of 77 clauses have a story and a sabotage ready" in told.out
    assert "open " not in told.out
    assert "\n0 of 77" not in f"\n{told.out}"
    assert "run bin/test" in told.err

    assert main(["clauses", "--json"]) == 1
    state = json.loads(capsys.readouterr().out)
    assert set(state) == {"total", "kept", "open", "in_part"}
    assert (state["kept"], len(state["open"])) == (0, state["total"])


def test_a_clause_whose_verb_is_still_to_be_written_is_kept_in_part_and_the_verb_named(
    told, monkeypatch, capsys
):
    kept = Record({STORY: {"sqlite": "passed"}}, {"P-OPEN-1": NOTICED, "P-ABIDE-1": NOTICED})
    written = catalogue.file_of
    monkeypatch.setattr("concord.site.commands.clauses.read", lambda: kept)
    monkeypatch.setattr(
        catalogue, "file_of", lambda one: None if one == "policy.acknowledge" else written(one)
    )
    assert main(["clauses", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["in_part"] == ["P-ABIDE-1"]
    assert main(["clauses"]) == 0
    said = capsys.readouterr().out
    assert "in part  P-ABIDE-1" in said
    assert "still to be written: policy.acknowledge" in said
    assert "2 of 77 clauses kept, 1 of them in part" in said
