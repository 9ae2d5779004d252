import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.names import clean_display_name


@pytest.mark.parametrize(
    "typed, shown",
    [
        ("  Ada   Okafor ", "Ada Okafor"),
        ("Ada\u202eevil", "Adaevil"),
        ("Ad\u200ba\u2060", "Ada"),
        ("A\u200dda", "Ada"),
        ("Ada\x00\x07\n\tOkafor", "Ada Okafor"),
        ("Jose\u0301", "Jos\u00e9"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("علي", "علي"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("Ada 🌱", "Ada 🌱"),
        ("z" + "\u0335" * 40, "z" + "\u0335" * 4),
    ],
)
def test_a_name_is_shown_without_signs_that_deceive(typed, shown):
    assert clean_display_name(typed) == shown


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u200d", "\u202e", "...", "\u3164\u2800"])
def test_a_name_nobody_can_read_is_refused(typed):
    with pytest.raises(ValueError, match="others can read"):
        clean_display_name(typed)


def test_sixty_characters_are_a_name_and_sixty_one_are_not():
    assert clean_display_name("n" * 60) == "n" * 60
    with pytest.raises(ValueError, match="60"):
        clean_display_name("n" * 61)


@given(st.text(max_size=80))
def test_a_clean_name_is_clean(typed):
    try:
        name = clean_display_name(typed)
    except ValueError:
        return
    assert clean_display_name(name) == name
    assert not any(sign in name for sign in "\u202a\u202e\u2066\u2069\u200b\u200e\n\x00")
