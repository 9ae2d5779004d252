"""The bystanders' tempo: built in, or from somebody's own file, which may be anything."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from concord.site.demo import script
from concord.site.demo.tempo import (
    LONGEST_SILENCE,
    BadTempo,
    Row,
    Turn,
    built_in,
    from_rows,
    read_tempo,
)


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "tempo.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def turns(rows: list[Row], count: int) -> list[Turn]:
    return list(islice(from_rows(rows), count))


def test_the_built_in_talk_goes_on_for_ever_and_is_never_silent_for_long():
    said = list(islice(built_in(), 3 * len(script.lines())))
    assert all(0 < turn.wait <= LONGEST_SILENCE for turn in said)
    assert said[0].text == script.lines()[script.SAID_BEFORE].text


def test_a_file_gives_its_words_at_its_own_minutes(tmp_path):
    rows = read_tempo(
        write(
            tmp_path,
            'day,time,person,text\n1,03:29,p001,"p003: hi, you"\n1,03:29,p002,ça va ?\n1,03:30,p001,ok\n',
        )
    )
    said = turns(rows, 3)
    assert [turn.text for turn in said] == ["p003: hi, you", "ça va ?", "ok"]
    assert [turn.wait for turn in said] == [30.0, 30.0, 30.0]
    assert said[0].who == said[2].who != said[1].who


def test_a_long_silence_of_the_file_is_cut_short():
    rows = [Row("1", 0, "a", "first"), Row("1", 300, "b", "five hours later")]
    assert turns(rows, 2)[1].wait == LONGEST_SILENCE


def test_a_file_begins_again_when_it_ends():
    rows = [Row("1", 0, "a", "only this")]
    assert [turn.text for turn in turns(rows, 3)] == ["only this"] * 3


def test_each_day_of_a_file_has_a_room_of_its_own():
    rows = [Row("1", 0, "a", "x"), Row("2", 0, "a", "y")]
    assert len({turn.session for turn in turns(rows, 2)}) == 2


def test_a_mark_of_byte_order_and_further_columns_do_no_harm(tmp_path):
    path = write(tmp_path, "\ufeffday,time,person,text,more\n1,23:59,p,hello,1\n")
    assert read_tempo(path) == [Row("1", 23 * 60 + 59, "p", "hello")]


@pytest.mark.parametrize(
    "text, words",
    [
        ("day,time,person\n1,03:29,p\n", "lacks the columns text"),
        ("", "lacks the columns"),
        ("day,time,person,text\n", "has no lines"),
        ("day,time,person,text\n1,25:00,p,hello\n", "line 2: '25:00' is not a time"),
        ("day,time,person,text\n1,soon,p,hello\n", "is not a time"),
        ("day,time,person,text\n1,03:29,p,\n", "must not be empty"),
        ("day,time,person,text\n1,03:29,p\n", "must not be empty"),
        (b"day,time,person,text\n1,03:29,p,\xff\xfe\n", "not a CSV in UTF-8"),
    ],
)
def test_a_bad_file_is_told_in_words(tmp_path, text, words):
    with pytest.raises(BadTempo, match=words):
        read_tempo(write(tmp_path, text))


def test_a_missing_file_is_told_in_words(tmp_path):
    with pytest.raises(BadTempo, match="cannot be read"):
        read_tempo(tmp_path / "nowhere.csv")
