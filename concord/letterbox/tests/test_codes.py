import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.letterbox.codes import ALPHABET, LENGTH, encode, in_fours, understand

codes = st.binary(min_size=12, max_size=12).map(encode)
CODE = encode(bytes(range(12)))


@given(codes)
def test_a_code_is_understood_as_it_is_shown(code):
    assert re.fullmatch("([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}", in_fours(code))
    assert understand(in_fours(code)) == code


@given(codes, st.sampled_from(["", " ", "-", ".", "\u2013", "\u00a0", "\n", "\u200b", " / "]))
def test_case_spacing_and_punctuation_do_not_matter(code, between):
    assert understand(between.join(code.lower())) == code


@given(codes)
def test_what_is_easily_misread_is_understood(code):
    misread = code.replace("0", "o").replace("1", "l").replace("V", "u")
    assert understand(misread) == understand(misread.replace("l", "I")) == code


@given(codes, st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"]))
def test_digits_of_other_scripts_are_understood(code, digits):
    assert understand(code.translate(str.maketrans("0123456789", digits))) == code


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_noticed(code, place, sign):
    typed = code[:place] + sign + code[place + 1 :]
    assert understand(typed) == (code if typed == code else None)


@given(codes, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_any_two_characters_that_changed_places_are_noticed(code, one, other):
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    typed = "".join(signs)
    assert understand(typed) == (code if typed == code else None)


@pytest.mark.parametrize(
    "typed", ["", " ", CODE[:-1], CODE + "0", "é" * 20, "٪" * 20, "²" * 20, "x" * 10_000]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert understand(typed) is None


@given(st.text())
def test_nothing_that_is_typed_is_an_error(typed):
    assert understand(typed) is None or len(typed) >= LENGTH


def test_codes_use_ninety_five_bits():
    assert len({encode(bytes(11) + bytes([low])) for low in range(256)}) == 128
    assert encode(bytes(12)) == "0" * LENGTH
    assert encode(b"\xff" * 12)[:-1] == "Z" * (LENGTH - 1)
