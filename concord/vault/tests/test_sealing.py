import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from concord.vault import sealing
from concord.vault.errors import Tampered

KEY = bytes(range(32))
PRIVATE = PrivateKey(KEY)
PUBLIC = bytes(PRIVATE.public_key)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_is_sealed_opens_with_the_same_key_about_the_same_row(text, about):
    about = about.encode("utf-8", "replace").decode()
    assert sealing.open_under(KEY, sealing.seal_under(KEY, text, about=about), about=about) == text
    sealed = sealing.seal_to(PUBLIC, text, about=about)
    assert sealing.open_with(PRIVATE, sealed, about=about) == text


def test_a_change_of_any_byte_is_noticed():
    blob = sealing.seal_to(PUBLIC, b"told in confidence", about="report.body:1")
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises(Tampered):
            sealing.open_with(PRIVATE, bytes(changed), about="report.body:1")


def test_a_blob_cut_short_anywhere_is_noticed():
    blob = sealing.seal_to(PUBLIC, b"told in confidence", about="report.body:1")
    for size in range(len(blob)):
        with pytest.raises(Tampered):
            sealing.open_with(PRIVATE, blob[:size], about="report.body:1")


def test_bytes_moved_to_another_row_do_not_open():
    blob = sealing.seal_under(KEY, b"hers", about="note.body:1")
    with pytest.raises(Tampered):
        sealing.open_under(KEY, blob, about="note.body:2")


def test_sealing_twice_looks_different_each_time():
    first, second = (sealing.seal_under(KEY, b"the same", about="x") for _ in range(2))
    assert first != second
