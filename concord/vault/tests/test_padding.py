import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.vault.errors import Tampered
from concord.vault.padding import LARGEST, SMALLEST, pad, unpad


@given(st.binary(max_size=3 * SMALLEST))
def test_what_is_padded_comes_back(text):
    assert unpad(pad(text)) == text


@pytest.mark.parametrize("size", [LARGEST - 1, LARGEST, LARGEST + 1, 2 * LARGEST - 1, 2 * LARGEST])
def test_long_texts_come_back_too(size):
    text = bytes(size)
    assert unpad(pad(text)) == text
    assert len(pad(text)) % LARGEST == 0


def test_a_yes_and_a_paragraph_look_alike():
    assert len(pad(b"yes")) == len(pad(b"a" * 250)) == SMALLEST


def test_lengths_fall_into_few_buckets():
    assert {len(pad(bytes(size))) for size in range(5000)} == {256, 512, 1024, 2048, 4096, 8192}


@pytest.mark.parametrize("bytes_", [b"", bytes(256), b"a" * 256])
def test_what_was_never_padded_is_refused(bytes_):
    with pytest.raises(Tampered):
        unpad(bytes_)
