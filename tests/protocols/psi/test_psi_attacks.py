"""What a peer that breaks ECDH-PSI can send: each is refused with its code, at once, and the peer is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from protocols.psi.psi_pair import SID, both, digests, side
from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import PeerFailed
from tacit.protocols.psi import wire
from tacit.protocols.psi.opening import agree, exchange_sizes
from tacit.protocols.psi.wire import Group, Match, Message, Protocol, Reveal, Side, Terms

TERMS = Terms(sid=SID, protocol=Protocol.ECDH)
ITEMS = digests(range(5))
IDENTITY = bytes(32)
NOT_CANONICAL = b"\xff" * 32
NEGATIVE = (1).to_bytes(32, "little")  # odd numbers are negative and encode nothing


def _refused(peer: Callable[[Channel], Any], terms: Terms = TERMS) -> str:
    """Run an honest receiver against `peer`, which must hear the code of the receiver's error."""

    def listening(channel: Channel) -> Any:
        peer(channel)
        while True:
            channel.recv(Message.POINTS, 1 << 20)
            channel.recv(Message.TAGS, 1 << 20)
            channel.recv(Message.DONE, 1 << 20)

    error, told = both(side(Side.RECEIVER, ITEMS, terms), listening)
    assert isinstance(told, PeerFailed), told
    assert told.peer_code == error.code
    return str(error.code)


def _opened(channel: Channel, count: int = 3, terms: Terms = TERMS) -> None:
    """An honest opening of a sender with `count` items."""
    exchange_sizes(channel, count, agree(channel, terms, Side.SENDER).terms, Side.SENDER)


def _points(count: int) -> bytes:
    return kernel.ristretto_hash(digests(range(count)), b"attack").tobytes()


def _sending(points: bytes, terms: Terms = TERMS) -> Callable[[Channel], None]:
    def peer(channel: Channel) -> None:
        _opened(channel, terms=terms)
        channel.send(Message.POINTS, points)

    return peer


@pytest.mark.parametrize("bad", [IDENTITY, NOT_CANONICAL, NEGATIVE], ids=["identity", "not canonical", "negative"])
def test_bytes_that_are_no_point(bad: bytes) -> None:
    assert _refused(_sending(_points(2) + bad)) == "psi.invalid_point"


def test_low_order_u_coordinates() -> None:
    terms = Terms(sid=SID, group=Group.X25519, protocol=Protocol.ECDH)
    assert _refused(_sending(_points(2) + (1).to_bytes(32, "little"), terms), terms) == "psi.invalid_point"


OFF_CURVE = {Group.P256: 1, Group.SM2: 2}
FIELD = {Group.P256: 2**256 - 2**224 + 2**192 + 2**96 - 1, Group.SM2: 2**256 - 2**224 - 2**96 + 2**64 - 1}
NO_POINTS = ("off the curve", "x = p", "above the field", "identity", "uncompressed tag", "compact tag")


@pytest.mark.parametrize("kind", NO_POINTS)
@pytest.mark.parametrize("group", OFF_CURVE)
def test_bytes_that_are_no_compressed_point(group: Group, kind: str) -> None:
    hash_mul = kernel.p256_hash_mul if group is Group.P256 else kernel.sm2_hash_mul
    good = hash_mul(digests(range(3)), b"attack", (1).to_bytes(32, "big")).tobytes()
    bad = {
        "off the curve": b"\2" + OFF_CURVE[group].to_bytes(32, "big"),
        "x = p": b"\2" + FIELD[group].to_bytes(32, "big"),
        "above the field": b"\3" + b"\xff" * 32,
        "identity": bytes(33),
        "uncompressed tag": b"\4" + good[1:33],
        "compact tag": b"\5" + good[1:33],
    }[kind]
    terms = Terms(sid=SID, group=group, protocol=Protocol.ECDH)
    assert _refused(_sending(good[:66] + bad, terms), terms) == "psi.invalid_point"


@pytest.mark.parametrize("group", OFF_CURVE)
@pytest.mark.parametrize("size", [96, 98, 100])
def test_compressed_points_of_the_wrong_length(group: Group, size: int) -> None:
    terms = Terms(sid=SID, group=group, protocol=Protocol.ECDH)
    assert _refused(_sending(bytes(size), terms), terms) in ("psi.malformed", "protocol.message_too_large")


@pytest.mark.parametrize("size", [0, 32, 95])
def test_truncated_points(size: int) -> None:
    assert _refused(_sending(_points(3)[:size])) == "psi.malformed"


def test_more_points_than_announced() -> None:
    assert _refused(_sending(_points(4))) == "protocol.message_too_large"


def _peer_with(points: bytes, tags: bytes) -> Callable[[Channel], None]:
    """A sender of three points that answers the five of the receiver with `tags`."""

    def peer(channel: Channel) -> None:
        _opened(channel)
        channel.send(Message.POINTS, points)
        channel.send(Message.TAGS, tags)
        channel.send(Message.DONE, bytes(32))

    return peer


def _tags(count: int) -> bytes:
    return bytes(range(16 * count))


def test_repeated_points() -> None:
    assert _refused(_peer_with(_points(2) + _points(1), _tags(5))) == "psi.repeated_point"


def test_repeated_tags() -> None:
    assert _refused(_peer_with(_points(3), _tags(4) + _tags(1))) == "psi.repeated_point"


def test_truncated_tags() -> None:
    assert _refused(_peer_with(_points(3), _tags(4))) == "psi.malformed"


def test_another_result_at_the_peer() -> None:
    assert _refused(_peer_with(_points(3), _tags(5))) == "psi.result_differs"


def test_message_out_of_turn() -> None:
    def peer(channel: Channel) -> None:
        _opened(channel)
        channel.send(Message.TAGS, _tags(3))

    assert _refused(peer) == "protocol.unexpected_message"


def test_points_recorded_in_another_session_match_nothing() -> None:
    """Separators and scalars belong to a run: what was recorded in one is only noise in the next, even of one sid."""
    recorded: list[bytes] = []
    terms = Terms(sid=SID, protocol=Protocol.ECDH, reveal=Reveal.RECEIVER)

    def listener(channel: Channel) -> None:
        _opened(channel, 5, terms)
        recorded.append(bytes(channel.recv(Message.POINTS, 160)))

    both(side(Side.RECEIVER, ITEMS, terms), listener)

    def peer(channel: Channel) -> None:
        _opened(channel, 5, terms)
        channel.send(Message.POINTS, recorded[0])
        mine = np.frombuffer(channel.recv(Message.POINTS, 160), dtype=np.uint8).reshape(5, 32)
        channel.send(Message.TAGS, kernel.ristretto_mul(mine, kernel.ristretto_random_scalar())[:, :16].tobytes())
        channel.send(Message.DONE, channel.recv(Message.DONE, 32))

    found, _ = both(side(Side.RECEIVER, ITEMS, terms), peer)
    assert isinstance(found, Match)
    assert found.count == 0


def test_a_peer_that_sends_everything_back_matches_nothing() -> None:
    """Its points are the receiver's own, its answers the tags that it was given."""

    def echo(channel: Channel) -> None:
        _opened(channel, 5)
        for message in (Message.POINTS, Message.TAGS, Message.DONE):
            channel.send(message, bytes(channel.recv(message, 1 << 20)))

    found, _ = both(side(Side.RECEIVER, ITEMS, TERMS), echo)
    assert isinstance(found, Match)
    assert found.rows is not None and not len(found.rows)


def test_the_secret_is_not_printed() -> None:
    from tacit.protocols.psi.groups import Masker

    assert "secret" in repr(Masker(TERMS))
    assert wire.Terms.key(TERMS, "a") != wire.Terms.key(TERMS, "b")
