import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.spaces.clean_text import MOST_MARKS, NothingWritten, TooLong, clean_text

FORBIDDEN = set("\x00\x07\x1b\x7f\u202a\u202e\u2066\u2069\u200b\u200e\ufeff\u2060\u00ad\ufffe")
NASTY = "a\u0301\u0488 \n\r\t\u200c\u200d\u202e\u2066\u200b\x00\ufeff\u0958\u1100\u0131<&é\U000e0041\u2028\u3164"


@given(st.one_of(st.text(), st.text(alphabet=NASTY)))
def test_cleaning_leaves_nothing_that_deceives_and_is_done_once(text):
    try:
        clean = clean_text(text)
    except NothingWritten:
        return
    assert not FORBIDDEN & set(clean)
    assert clean == unicodedata.normalize("NFC", clean) == clean.strip()
    assert "\n\n\n" not in clean
    assert clean_text(clean) == clean


@given(st.text(alphabet="a\u0301\u0316\u0334\u0488\u200d\u200c", min_size=1))
def test_no_tower_of_marks_grows_out_of_its_line(text):
    try:
        clean = clean_text("x" + text)
    except NothingWritten:
        return
    run = 0
    for character in clean.replace("\u200d", "").replace("\u200c", ""):
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        assert run <= MOST_MARKS


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم",  # Persian needs its joiners
        "क्‍ष",
        "👩‍🔬",
        "שָׁלוֹם",
        "Tiếng Việt",
        "မြန်မာ",
        "one\n\ntwo",
        "<b>not bold</b> & so on",
    ],
)
def test_what_people_write_in_their_own_script_stays(text):
    assert clean_text(text) == unicodedata.normalize("NFC", text)


def test_a_direction_override_does_not_turn_the_line():
    assert clean_text("safe \u202egnp.exe") == "safe gnp.exe"


@pytest.mark.parametrize(
    "text", ["", "   \n", "\u200b\u200d", "\u3164", "\u2800", "\x00", "\ufe0f"]
)
def test_what_nobody_can_see_is_nothing_written(text):
    with pytest.raises(NothingWritten):
        clean_text(text)


def test_a_message_has_a_longest_length(settings):
    assert len(clean_text("x" * settings.CONCORD_POST_LENGTH)) == settings.CONCORD_POST_LENGTH
    for long in (settings.CONCORD_POST_LENGTH + 1, 1_000_000):
        with pytest.raises(TooLong):
            clean_text("x" * long)
