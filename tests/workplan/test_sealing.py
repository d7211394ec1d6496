"""Sealed files: read back as they were, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workplan.backups import sealing
from workplan.backups.refusals import BackupRefused
from workplan.backups.sealing import FRAME, Sealer, Unsealer

KEY = "a" * 50
HEAD = len(sealing.MAGIC) + 16


def sealed(*pieces: bytes, name: str = "data/x", key: str = KEY) -> bytes:
    sink = io.BytesIO()
    sealer = Sealer(sink, key, name)
    for piece in pieces:
        sealer.write(piece)
    sealer.close()
    return sink.getvalue()


def opened(content: bytes, name: str = "data/x", key: str = KEY) -> bytes:
    return Unsealer(io.BytesIO(content), key, name).read()


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_what_is_sealed_opens_as_it_was(pieces):
    assert opened(sealed(*pieces)) == b"".join(pieces)


@pytest.mark.parametrize("size", [FRAME - 1, FRAME, FRAME + 1, 3 * FRAME])
def test_frames_join_where_they_meet(size):
    content = bytes(range(256)) * (size // 256 + 1)

    assert opened(sealed(content[:size])) == content[:size]


def test_it_is_read_in_pieces_of_any_size():
    reader = Unsealer(io.BytesIO(sealed(b"abcdef")), KEY, "data/x")

    assert [reader.read(4), reader.read(4), reader.read(4)] == [b"abcd", b"ef", b""]


def test_the_same_content_is_sealed_differently_each_time():
    assert sealed(b"abc") != sealed(b"abc")


FIRST, SECOND = slice(HEAD, HEAD + FRAME + 16), slice(HEAD + FRAME + 16, HEAD + 2 * (FRAME + 16))
THREE = sealed(b"x" * (2 * FRAME + 10))


@pytest.mark.parametrize(
    "changed",
    [
        THREE[:-1],
        THREE[: SECOND.stop],
        THREE[: HEAD + 1],
        THREE[:HEAD] + THREE[SECOND] + THREE[FIRST] + THREE[SECOND.stop :],
        THREE[:HEAD] + THREE[SECOND.start :],
        THREE + b"\0",
        THREE[:20] + bytes([THREE[20] ^ 1]) + THREE[21:],
    ],
    ids=["cut", "without its last frame", "cut in the first", "frames swapped", "first left out", "longer", "salt"],
)
def test_a_changed_file_does_not_open(changed):
    with pytest.raises(BackupRefused, match="data/x does not open"):
        opened(changed)


def test_it_opens_under_its_own_name_and_key_only():
    for name, key in (("data/y", KEY), ("data/x", "b" * 50)):
        with pytest.raises(BackupRefused, match="does not open"):
            opened(sealed(b"abc"), name, key)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 something else"])
def test_what_is_not_sealed_is_said_to_be_none(content):
    with pytest.raises(BackupRefused, match="data/x is not a sealed file"):
        opened(content)
