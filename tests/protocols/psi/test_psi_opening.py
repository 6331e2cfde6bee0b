"""The opening: what a greeting must hold, a toss that neither side steers, sizes before memory."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from protocols.psi.psi_pair import SID, both
from tacit.channel.channel import Channel
from tacit.errors import DataError, PeerFailed, ProtocolError
from tacit.protocols.psi import opening
from tacit.protocols.psi.opening import Opening, agree, exchange_sizes, open_run, telling_peer
from tacit.protocols.psi.wire import Group, Message, Protocol, Reveal, Side, Terms

TERMS = Terms(sid=SID)
COIN = bytes(range(32))
OTHERS = opening._others(TERMS)


def _hello(**changes: Any) -> bytes:
    fields = {
        "magic": b"TPSI",
        "version": 2,
        "side": Side.SENDER,
        "group": Group.RISTRETTO255,
        "reveal": Reveal.BOTH,
        "protocol": Protocol.AUTO,
        "malicious": 0,
        "key_types": b"t",
        "others": OTHERS,
        "mark": TERMS.key("hello/SENDER")[:16],
        "commitment": opening._commit(TERMS, Side.SENDER, COIN),
    }
    return struct.pack("<4sHBBBBBx16s16s16s32s", *(fields | changes).values())


def _refused(*messages: tuple[int, bytes]) -> Exception:
    """What an honest receiver says to a sender that sends `messages`; the sender must hear the code."""

    def receiver(channel: Channel) -> Any:
        with telling_peer(channel):
            opened = agree(channel, TERMS, Side.RECEIVER)
            return exchange_sizes(channel, 1, opened.terms, Side.RECEIVER)

    def sender(channel: Channel) -> None:
        for kind, payload in messages:
            channel.send(kind, payload)
        for kind in (Message.HELLO, Message.COIN, Message.SIZES, Message.DONE):
            channel.recv(kind, 1 << 10)

    error, told = both(receiver, sender)
    assert isinstance(told, PeerFailed), told
    assert told.peer_code == error.code
    return error  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        (b"", "psi.malformed"),
        (_hello()[:-1], "psi.malformed"),
        (_hello() + b"x", "protocol.message_too_large"),
        (_hello(magic=b"HTTP"), "psi.malformed"),
        (_hello(version=1), "psi.version"),
        (_hello(side=Side.RECEIVER), "psi.terms_differ"),
        (_hello(group=Group.X25519), "psi.terms_differ"),
        (_hello(reveal=Reveal.RECEIVER), "psi.terms_differ"),
        (_hello(malicious=1), "psi.terms_differ"),
        (_hello(protocol=Protocol.COUNT), "psi.terms_differ"),
        (_hello(protocol=77), "psi.terms_differ"),
        (_hello(others=bytes(16)), "psi.terms_differ"),
        (_hello(key_types=b"\xff\xfe"), "psi.malformed"),
        (_hello(mark=TERMS.key("hello/RECEIVER")[:16]), "psi.wrong_session"),  # my own greeting, sent back
        (_hello(mark=Terms(sid=bytes(32)).key("hello/SENDER")[:16]), "psi.wrong_session"),  # from another session
    ],
)
def test_greetings(greeting: bytes, code: str) -> None:
    error = _refused((Message.HELLO, greeting))
    assert isinstance(error, ProtocolError)
    assert error.code == code


@pytest.mark.parametrize("count", [TERMS.max_items + 1, 2**64 - 1])
def test_sizes_above_the_limit(count: int) -> None:
    messages = (Message.HELLO, _hello()), (Message.COIN, COIN), (Message.SIZES, struct.pack("<Q", count))
    assert _refused(*messages).code == "psi.set_too_large"  # type: ignore[attr-defined]


@pytest.mark.parametrize("coin", [bytes(32), COIN[::-1]])
def test_a_coin_that_was_not_committed_to(coin: bytes) -> None:
    assert _refused((Message.HELLO, _hello()), (Message.COIN, coin)).code == "psi.bad_toss"  # type: ignore[attr-defined]


def test_a_commitment_and_coin_sent_back_are_refused() -> None:
    """A peer that repeats what it hears would make the seed a function of one coin."""

    def receiver(channel: Channel) -> Any:
        with telling_peer(channel):
            return open_run(channel, TERMS, Side.RECEIVER)

    def echo(channel: Channel) -> None:
        commitment = bytes(channel.recv(Message.HELLO, 1 << 10))[-32:]
        channel.send(Message.HELLO, _hello(commitment=commitment))
        channel.send(Message.COIN, bytes(channel.recv(Message.COIN, 32)))
        channel.recv(Message.DONE, 32)

    error, told = both(receiver, echo)
    assert error.code == told.peer_code == "psi.bad_toss"


def _open(terms: Terms, me: Side) -> Callable[[Channel], Opening]:
    return lambda channel: agree(channel, terms, me)


def test_seeds_are_joint_and_fresh() -> None:
    seeds = set()
    for _ in range(3):
        mine, theirs = both(_open(TERMS, Side.RECEIVER), _open(TERMS, Side.SENDER))
        assert mine == theirs
        assert len(mine.seed) == 16
        seeds |= {mine.seed, mine.terms.key("a"), TERMS.key("a")}
    assert len(seeds) == 7


@pytest.mark.parametrize("wish", [Protocol.AUTO, Protocol.ECDH, Protocol.VOLE])
def test_a_side_without_a_wish_goes_along(wish: Protocol) -> None:
    mine, theirs = both(_open(TERMS, Side.RECEIVER), _open(replace(TERMS, protocol=wish), Side.SENDER))
    assert mine.terms.protocol is theirs.terms.protocol is wish


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": Protocol.ECDH},
        {"protocol": Protocol.COUNT},
        {"detail": b"x"},
        {"parameters": "another"},
        {"malicious": True},
    ],
)
def test_other_terms_are_known_to_both(other: dict[str, Any]) -> None:
    terms = replace(TERMS, protocol=Protocol.VOLE)
    for error in both(_open(terms, Side.RECEIVER), _open(replace(terms, **other), Side.SENDER)):
        assert error.code == "psi.terms_differ"


def test_other_key_types_are_an_error_of_data_at_both() -> None:
    results = both(
        _open(Terms(sid=SID, key_types=b"i"), Side.RECEIVER), _open(Terms(sid=SID, key_types=b"t"), Side.SENDER)
    )
    for error in results:
        assert isinstance(error, DataError)
        assert error.code == "psi.key_types_differ"
        assert "integer" in str(error) and "text" in str(error)
