"""A host's list as it comes: what is understood, and how each thing that is wrong with it is told."""

from __future__ import annotations

import pytest

from concord.monitoring.screening.read_list import BadList, read_list, write_list


def test_a_list_has_one_term_a_row_with_or_without_a_heading():
    assert [e.term for e in read_list(b"term,note\nbadger,rude\nblue moon,\n").entries] == [
        "badger",
        "blue moon",
    ]
    assert [e.term for e in read_list(b"blaireau;x\nlune bleue;\n").entries] == [
        "blaireau",
        "lune bleue",
    ]
    assert [e.term for e in read_list("\ufeffغرير\n坏\n".encode()).entries] == ["غرير", "坏"]


def test_a_star_stands_for_every_word_that_begins_so():
    assert [(e.folded, e.begins) for e in read_list(b"badg*\n").entries] == [("badg", True)]


def test_the_same_term_in_another_spelling_is_kept_once():
    read = read_list("Badger\nbadger\nBADGÉR\n".encode())
    assert [e.term for e in read.entries] == ["Badger"]
    assert read.again == 2


def test_what_is_written_comes_back_and_runs_no_formula():
    written = write_list(["badger", "=cmd()", "+1 badger"], number="AB12")
    assert "=" not in written
    assert [
        e.term for e in read_list(write_list(["badger", "moon*"], number="AB12").encode()).entries
    ] == [
        "badger",
        "moon*",
    ]


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (b"", "no term"),
        (b"term\n\n\n", "no term"),
        ("blaireau grossier é\n".encode("latin-1") * 5_000, "not in UTF-8"),
        ("badger\n".encode("utf-16"), "not in UTF-8"),
        ("été\ncafé\nnoël\n".encode().decode("latin-1").encode(), "broken"),
        (b"badger\nthe\n", "Row 2 (“the”)"),
        (b"*\n", "too short"),
        (b"a\n", "too short"),
        (b"ab*\n", "too short"),
        (b".*\n", "pattern"),
        (b"(a+)+$\n", "pattern"),
        (b"b*dger\n", "pattern"),
        (b"[a-z]{1,99}\n", "pattern"),
        (b"x" * 1_100_000, "larger"),
        (b"\n".join(b"badger%d" % n for n in range(5_001)), "at most 5,000"),
        (b"badger" * 20, "longer than 80"),
        ("bad\u202eger\n".encode(), "direction"),
        (("b" + "\u0301" * 30 + "adger\n").encode(), "marks"),
        (b'"badger\n' + b"x\n" * 100, "longer than 80"),
        (b"bad\0ger\n", "not in UTF-8"),
        (b"one two three four five six seven eight nine\n", "more than eight words"),
    ],
)
def test_a_bad_list_is_told_in_words(blob, words):
    with pytest.raises(BadList) as told:
        read_list(blob)
    assert words in str(told.value.words)
