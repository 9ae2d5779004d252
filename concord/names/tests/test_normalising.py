"""Text that costs the square of its length to put in order is made short first."""

from __future__ import annotations

import unicodedata

import pytest

from concord.names import clean_display_name, fold
from concord.names.normalising import MOST_MARKS, normalised

WORDS = [
    "Zoë",
    "e\u0301",
    "Nguyễn Thị",
    "देवनागरी",
    "ﬁne ①",
    "\u1100\u1161\u11a8",
    "ﾊﾞ",
    "שָׁלוֹם",
    "عَرَبِيّ",
]
TOWERS = ["\u0301\u0316", "\u0f73", "\uff9e\u0316", "\u0344\u0316"]


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
@pytest.mark.parametrize("word", WORDS)
def test_what_people_write_is_normalised_as_ever(form, word):
    assert normalised(form, word) == unicodedata.normalize(form, word)


@pytest.mark.parametrize("tower", TOWERS)
def test_a_tower_of_marks_is_cut_before_it_is_put_in_order(tower):
    assert len(normalised("NFKC", "a" + tower * 200_000)) <= 3 * MOST_MARKS
    assert len(normalised("NFC", "a" + tower * 200_000)) <= 3 * MOST_MARKS


def test_so_is_one_in_a_name_and_in_a_report():
    tower = "a" + "\u0301\u0316" * 200_000
    assert len(clean_display_name(tower)) < 10
    assert len(fold(tower)) < 3 * MOST_MARKS
