"""What a peer that breaks the protocol can send: each is refused with its code, at once, and the peer is told."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from protocols.psi.psi_pair import SID, both, digests
from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import DataError, PeerFailed, ProtocolError
from tacit.protocols.psi import ecdh, wire
from tacit.protocols.psi.wire import Group, Message, Reveal, Side, Terms

TERMS = Terms(sid=SID)
ITEMS = digests(range(5))
IDENTITY = bytes(32)
NOT_CANONICAL = b"\xff" * 32
NEGATIVE = (1).to_bytes(32, "little")  # odd numbers are negative and encode nothing


def _hello(**changes: Any) -> bytes:
    fields = {
        "magic": b"TPSI",
        "version": 1,
        "side": Side.SENDER,
        "group": Group.RISTRETTO255,
        "reveal": Reveal.BOTH,
        "count": 3,
        "key_types": b"t",
        "mark": TERMS.key("hello/SENDER")[:16],
    }
    return struct.pack("<4sHBBBxxxQ16s16s", *(fields | changes).values())


def _refused(peer: Callable[[Channel], Any], terms: Terms = TERMS) -> Exception:
    """Run an honest receiver against `peer`, which must hear the code of the receiver's error."""

    def listening(channel: Channel) -> Any:
        peer(channel)
        while True:
            for kind in (Message.HELLO, Message.POINTS, Message.TAGS, Message.DONE):
                try:
                    channel.recv(kind, 1 << 20)
                except ProtocolError:
                    continue

    error, told = both(lambda channel: ecdh.receive(channel, ITEMS, terms), listening)
    assert isinstance(told, PeerFailed)
    assert told.peer_code == error.code
    return error  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        (b"", "psi.malformed"),
        (_hello()[:-1], "psi.malformed"),
        (_hello() + b"x", "protocol.message_too_large"),
        (_hello(magic=b"HTTP"), "psi.malformed"),
        (_hello(version=2), "psi.version"),
        (_hello(side=Side.RECEIVER), "psi.terms_differ"),
        (_hello(group=Group.X25519), "psi.terms_differ"),
        (_hello(reveal=Reveal.RECEIVER), "psi.terms_differ"),
        (_hello(count=(1 << 27) + 1), "psi.set_too_large"),
        (_hello(count=2**64 - 1), "psi.set_too_large"),
        (_hello(key_types=b"\xff\xfe"), "psi.malformed"),
        (_hello(mark=TERMS.key("hello/RECEIVER")[:16]), "psi.wrong_session"),  # my own greeting, sent back
        (_hello(mark=Terms(sid=bytes(32)).key("hello/SENDER")[:16]), "psi.wrong_session"),  # from another session
    ],
)
def test_greetings(greeting: bytes, code: str) -> None:
    error = _refused(lambda channel: channel.send(Message.HELLO, greeting))
    assert isinstance(error, ProtocolError)
    assert error.code == code


def test_other_key_types_are_an_error_of_data_at_both() -> None:
    results = both(
        lambda channel: ecdh.receive(channel, ITEMS, Terms(sid=SID, key_types=b"i")),
        lambda channel: ecdh.send(channel, ITEMS, Terms(sid=SID, key_types=b"t")),
    )
    for error in results:
        assert isinstance(error, DataError)
        assert error.code == "psi.key_types_differ"
        assert "integer" in str(error) and "text" in str(error)


def _points(count: int) -> bytes:
    return kernel.ristretto_hash(digests(range(count)), b"attack").tobytes()


@pytest.mark.parametrize("bad", [IDENTITY, NOT_CANONICAL, NEGATIVE], ids=["identity", "not canonical", "negative"])
def test_bytes_that_are_no_point(bad: bytes) -> None:
    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello())
        channel.send(Message.POINTS, _points(2) + bad)

    error = _refused(peer)
    assert error.code == "psi.invalid_point"  # type: ignore[attr-defined]


def test_low_order_u_coordinates() -> None:
    terms = Terms(sid=SID, group=Group.X25519)

    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello(group=Group.X25519, mark=terms.key("hello/SENDER")[:16]))
        channel.send(Message.POINTS, _points(2) + (1).to_bytes(32, "little"))

    error = _refused(peer, terms)
    assert error.code == "psi.invalid_point"  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [0, 32, 95])
def test_truncated_points(size: int) -> None:
    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello())
        channel.send(Message.POINTS, _points(3)[:size])

    assert _refused(peer).code == "psi.malformed"  # type: ignore[attr-defined]


def test_more_points_than_announced() -> None:
    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello())
        channel.send(Message.POINTS, _points(4))

    assert _refused(peer).code == "protocol.message_too_large"  # type: ignore[attr-defined]


def _peer_with(points: bytes, tags: bytes) -> Callable[[Channel], None]:
    """A sender of three points that answers the five of the receiver with `tags`."""

    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello())
        channel.send(Message.POINTS, points)
        channel.send(Message.TAGS, tags)
        channel.send(Message.DONE, bytes(32))

    return peer


def _tags(count: int) -> bytes:
    return bytes(range(16 * count))


def test_repeated_points() -> None:
    assert _refused(_peer_with(_points(2) + _points(1), _tags(5))).code == "psi.repeated_point"  # type: ignore[attr-defined]


def test_repeated_tags() -> None:
    assert _refused(_peer_with(_points(3), _tags(4) + _tags(1))).code == "psi.repeated_point"  # type: ignore[attr-defined]


def test_truncated_tags() -> None:
    assert _refused(_peer_with(_points(3), _tags(4))).code == "psi.malformed"  # type: ignore[attr-defined]


def test_another_result_at_the_peer() -> None:
    assert _refused(_peer_with(_points(3), _tags(5))).code == "psi.result_differs"  # type: ignore[attr-defined]


def test_message_out_of_turn() -> None:
    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello())
        channel.send(Message.TAGS, _tags(3))

    assert _refused(peer).code == "protocol.unexpected_message"  # type: ignore[attr-defined]


def test_points_recorded_in_another_session_match_nothing() -> None:
    """Separators and scalars belong to a session: what was recorded in one is only noise in the next."""
    recorded: list[bytes] = []
    old = Terms(sid=bytes(32))

    def listener(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello(count=5, mark=old.key("hello/SENDER")[:16]))
        channel.recv(Message.HELLO, 64)
        recorded.append(bytes(channel.recv(Message.POINTS, 160)))

    both(lambda channel: ecdh.receive(channel, ITEMS, old), listener)

    def peer(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello(count=5, reveal=Reveal.RECEIVER))
        channel.send(Message.POINTS, recorded[0])
        channel.recv(Message.HELLO, 64)
        mine = np.frombuffer(channel.recv(Message.POINTS, 160), dtype=np.uint8).reshape(5, 32)
        channel.send(Message.TAGS, kernel.ristretto_mul(mine, kernel.ristretto_random_scalar())[:, :16].tobytes())
        done = channel.recv(Message.DONE, 32)
        channel.send(Message.DONE, done)

    found, _ = both(lambda channel: ecdh.receive(channel, ITEMS, Terms(sid=SID, reveal=Reveal.RECEIVER)), peer)
    assert isinstance(found, ecdh.Match)
    assert found.rows is not None and not len(found.rows)


def test_a_peer_that_sends_everything_back_matches_nothing() -> None:
    """Its points are the receiver's own, its answers the tags that it was given."""

    def echo(channel: Channel) -> None:
        channel.send(Message.HELLO, _hello(count=5))
        channel.recv(Message.HELLO, 64)
        for message in (Message.POINTS, Message.TAGS, Message.DONE):
            channel.send(message, bytes(channel.recv(message, 1 << 20)))

    found, _ = both(lambda channel: ecdh.receive(channel, ITEMS, TERMS), echo)
    assert isinstance(found, ecdh.Match)
    assert found.rows is not None and not len(found.rows)


def test_the_secret_is_not_printed() -> None:
    from tacit.protocols.psi.groups import Masker

    assert "secret" in repr(Masker(TERMS))
    assert wire.Terms.key(TERMS, "a") != wire.Terms.key(TERMS, "b")
