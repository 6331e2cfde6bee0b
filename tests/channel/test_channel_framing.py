"""The frame reader meets every kind of bytes and never raises anything but ProtocolError, nor takes memory unasked."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.channel.framing import EAGER_BYTES, HEADER, Frame, FrameReader, FrameType, pack_frame, parse_code
from tacit.errors import ProtocolError

FRAMES = st.lists(
    st.one_of(
        st.builds(
            lambda kind, size: (FrameType.DATA, kind, bytes(size)), st.integers(0, 65535), st.integers(0, 70_000)
        ),
        st.just((FrameType.PING, 0, b"")),
        st.just((FrameType.FAIL, 0, b"data.missing")),
        st.just((FrameType.CLOSE, 0, b"")),
        st.builds(lambda body: (FrameType.HELLO, 0, body), st.binary(max_size=300)),
    ),
    max_size=6,
)


def feed(reader: FrameReader, data: bytes, step: int) -> list[Frame]:
    """All frames in `data`, put in `step` bytes at a time; stops where the reader waits for `admit`."""
    frames, rest = [], memoryview(data)
    while rest:
        space = reader.space()
        if not space:
            break
        piece = rest[: min(step, space.nbytes)]
        space[: piece.nbytes] = piece
        reader.wrote(piece.nbytes)
        rest = rest[piece.nbytes :]
        while (frame := reader.next()) is not None:
            frames.append(frame)
    return frames


@settings(max_examples=60, deadline=None)
@given(FRAMES, st.integers(1, 80_000))
def test_frames_come_back_whatever_the_pieces(frames: list[tuple[FrameType, int, bytes]], step: int) -> None:
    step = max(step, sum(len(body) for _, _, body in frames) // 300)
    data = b"".join(pack_frame(type_, body, kind) for type_, kind, body in frames)
    found = feed(FrameReader(), data, step)
    assert [(type_, kind, bytes(body)) for type_, kind, body in found] == frames


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 64))
def test_random_bytes(data: bytes, step: int) -> None:
    try:
        feed(FrameReader(), data, step)
    except ProtocolError as error:
        assert error.code == "channel.bad_frame"


@settings(max_examples=120, deadline=None)
@given(FRAMES.filter(bool), st.data())
def test_mutated_and_truncated_bytes(frames: list[tuple[FrameType, int, bytes]], data: st.DataObject) -> None:
    stream = bytearray(b"".join(pack_frame(type_, body, kind) for type_, kind, body in frames))
    for _ in range(data.draw(st.integers(1, 4))):
        stream[data.draw(st.integers(0, min(len(stream), 40) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(stream)))
    try:
        for frame in feed(FrameReader(), bytes(stream[:cut]), 4096):
            if frame.type is FrameType.FAIL:
                parse_code(frame.body)
    except ProtocolError as error:
        assert error.code == "channel.bad_frame"


@settings(max_examples=50, deadline=None)
@given(st.integers(EAGER_BYTES + 1, 1 << 40), st.binary(max_size=500))
def test_an_announced_size_takes_no_memory(length: int, start: bytes) -> None:
    reader = FrameReader()
    tracemalloc.start()
    try:
        feed(reader, HEADER.pack(1, FrameType.DATA, 9, length) + start, 100)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
    assert reader.waiting is not None
    assert reader.waiting.length == length
    assert not reader.space()


def test_a_large_frame_comes_after_admission() -> None:
    reader, body = FrameReader(), bytes(range(256)) * 2000
    data = pack_frame(FrameType.DATA, body, 5) + pack_frame(FrameType.PING)
    feed(reader, data[:5000], 5000)
    reader.admit()
    assert reader.next() is None
    frames = feed(reader, data[5000:], 65536)
    assert [frame.type for frame in frames] == [FrameType.DATA, FrameType.PING]
    assert frames[0].body == body


@pytest.mark.parametrize("size", [0, 1, 70_000, 600_000])
def test_discarded_frames_are_walked_over(size: int) -> None:
    reader = FrameReader()
    reader.discard()
    frames = feed(reader, pack_frame(FrameType.DATA, bytes(size), 5) + pack_frame(FrameType.CLOSE), 10_000)
    assert [frame.type for frame in frames] == [FrameType.CLOSE]


def test_discarding_may_begin_at_a_waiting_frame() -> None:
    reader = FrameReader()
    data = pack_frame(FrameType.DATA, bytes(600_000), 5) + pack_frame(FrameType.CLOSE)
    feed(reader, data[:100], 100)
    reader.discard()
    assert reader.next() is None
    assert [frame.type for frame in feed(reader, data[100:], 10_000)] == [FrameType.CLOSE]


@pytest.mark.parametrize(
    "header",
    [
        (2, FrameType.DATA, 0, 0),
        (1, 0, 0, 0),
        (1, 77, 0, 0),
        (1, FrameType.DATA, 0, (1 << 40) + 1),
        (1, FrameType.PING, 0, 1),
        (1, FrameType.PING, 3, 0),
        (1, FrameType.FAIL, 0, 257),
        (1, FrameType.CLOSE, 0, 1),
        (1, FrameType.HELLO, 0, 1025),
    ],
)
def test_wrong_headers_are_refused(header: tuple[int, int, int, int]) -> None:
    with pytest.raises(ProtocolError):
        feed(FrameReader(), HEADER.pack(*header), 12)


@pytest.mark.parametrize("body", [b"", b"Data missing", b"\xff\xfe", b"a" * 50, b"a.b.c.d.e.f"])
def test_a_failure_without_a_code_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_code(memoryview(body))
