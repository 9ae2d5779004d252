import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.vault import files, streams
from concord.vault.errors import NoGrant, Tampered

KEY = bytes(range(32))
ABOUT = "document.body:1"


@pytest.fixture
def file(noor, at):
    return files.open_file(readers=[noor.holder], at=at).id


def sealed(contents, size=10_000):
    pieces = (contents[start : start + size] for start in range(0, len(contents), size))
    return b"".join(streams.seal_under(KEY, pieces, about=ABOUT))


def opened(blob, about=ABOUT):
    pieces = (blob[start : start + 7_777] for start in range(0, len(blob), 7_777))
    return b"".join(streams.open_under(KEY, pieces, about=about))


@given(st.lists(st.binary(max_size=400), max_size=5))
def test_a_stream_comes_back_however_it_was_cut(pieces):
    whole = b"".join(streams.seal_under(KEY, pieces, about=ABOUT))
    assert opened(whole) == b"".join(pieces)


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_streams_that_end_near_a_chunks_edge_come_back(chunks, more):
    contents = b"x" * max(0, chunks * streams.CHUNK + more)
    assert opened(sealed(contents)) == contents


def test_a_stream_cut_short_extended_reordered_or_changed_is_refused():
    contents = bytes(3 * streams.CHUNK)
    whole = sealed(contents)
    first, second = streams.START, streams.START + streams.FRAME
    swapped = (
        whole[:first]
        + whole[second : second + streams.FRAME]
        + whole[first:second]
        + whole[second + streams.FRAME :]
    )
    changed = whole[:-1] + bytes([whole[-1] ^ 1])
    for broken in (b"", whole[:10], whole[:second], whole + b"x", swapped, changed):
        with pytest.raises(Tampered):
            opened(broken)
    with pytest.raises(Tampered):
        opened(whole, about="document.body:2")


def test_small_files_of_different_length_take_the_same_room():
    assert len(sealed(b"a")) == len(sealed(b"b" * 200))


def test_a_file_is_sealed_by_anyone_and_opened_by_its_readers(file, noor, sam):
    parts = list(streams.seal_chunks(file, [b"photo " * 30_000], about=ABOUT))
    plain = b"".join(streams.open_chunks(file, parts, about=ABOUT, keyring=noor))
    assert plain == b"photo " * 30_000
    assert b"photo" not in b"".join(parts)
    with pytest.raises(NoGrant):
        list(streams.open_chunks(file, parts, about=ABOUT, keyring=sam))
    with pytest.raises(Tampered):
        list(streams.open_chunks(file, parts, about="document.body:2", keyring=noor))
    with pytest.raises(Tampered):
        list(streams.open_chunks(file, [b"".join(parts)[:40]], about=ABOUT, keyring=noor))
