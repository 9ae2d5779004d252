"""The command `concord screen`: a text, or every row of a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from concord.site.cli import main


def test_the_command_answers_each_row(tmp_path: Path, capsys):
    table = tmp_path / "chat.csv"
    table.write_text("text\nhello all\nwomen are scum\n", "utf-8")
    assert main(["screen", "--file", str(table), "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers == [
        {"flagged": False, "signals": [], "rank": 0},
        {"flagged": True, "signals": ["hostility"], "rank": answers[1]["rank"]},
    ]


def test_each_row_is_answered_by_itself_and_one_that_stood_there_before_says_so(
    tmp_path: Path, capsys
):
    table = tmp_path / "chat.csv"
    table.write_text("text\nwomen are scum\nhello\nWOMEN  are scum\n", "utf-8")
    main(["screen", "--file", str(table), "--json"])
    first, other, again = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert [one["flagged"] for one in (first, other, again)] == [True, False, True]
    assert "again" not in first
    assert (again["again"], again["signals"], again["rank"]) == (2, first["signals"], first["rank"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"words\nhello\n", "names no column `text`"),
        (b"", "names no column `text`"),
        ("text\nhé\n".encode("latin-1"), "not in UTF-8"),
        (b"text\n" + b'"' + b"x" * 1_100_000, "cannot be read as a table"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_in_words(tmp_path: Path, capsys, content, words):
    table = tmp_path / "bad.csv"
    table.write_bytes(content)
    assert main(["screen", "--file", str(table)]) == 1
    assert words in capsys.readouterr().err


def test_the_command_explains_a_text(capsys):
    assert main(["screen", "--explain", "I will kill you"]) == 0
    told = capsys.readouterr().out
    assert "threat" in told
    assert "a person is asked" in told
    main(["screen", "--explain", "good morning"])
    assert "nobody is asked" in capsys.readouterr().out
