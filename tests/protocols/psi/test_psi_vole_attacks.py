"""What a peer that breaks VOLE-PSI can send, and a peer that goes away: the other side stops with a code, at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from protocols.psi.psi_pair import SID, both, random_digests, side
from tacit.channel.channel import Buffer, Channel
from tacit.errors import PeerFailed, PeerLost, TacitError
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi import vole
from tacit.protocols.psi.wire import Match, Message, Protocol, Reveal, Side, Terms

TERMS = Terms(sid=SID, protocol=Protocol.VOLE)
SIZES = (200, 150)
COMMON = 100
OF_RECEIVER = (Message.BASE, Message.START, Message.REQUEST, Message.STORE, Message.PLACES, Message.DONE)
OF_SENDER = (Message.BASE, Message.REPLY, Message.TAGS, Message.DONE)
SENT = [(Side.RECEIVER, kind) for kind in OF_RECEIVER] + [(Side.SENDER, kind) for kind in OF_SENDER]


class Tampering:
    """A channel end whose outgoing messages of one kind are changed; `None` closes the line instead."""

    def __init__(self, inner: Channel, kind: Message, change: Callable[[bytes], bytes | None]) -> None:
        self._inner, self._kind, self._change = inner, kind, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, kind: int, payload: Buffer) -> None:
        changed = self._change(bytes(payload)) if kind == self._kind else payload
        if changed is None:
            self._inner.close()
        else:
            self._inner.send(kind, changed)


def attack(
    cheat: Side, kind: Message, change: Callable[[bytes], bytes | None], terms: Terms = TERMS
) -> tuple[TacitError | Match, TacitError | Match]:
    """What an honest party and its peer, whose messages of this kind are changed on the way out, end with."""
    xs = random_digests(SIZES[0], 1)
    items = (xs, np.concatenate([xs[:COMMON], random_digests(SIZES[1] - COMMON, 2)]))

    def run(me: Side) -> Callable[[Channel], Match]:
        honest = side(me, items[me], terms)
        return (lambda channel: honest(Tampering(channel, kind, change))) if me is cheat else honest

    results = both(run(Side.RECEIVER), run(Side.SENDER))
    return results[1 - cheat], results[cheat]


def code(error: Any) -> str:
    assert isinstance(error, TacitError), error
    return error.code


@pytest.mark.parametrize(("cheat", "kind"), SENT)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda message: b"", "psi.malformed"),
        (lambda message: message[:-1], "psi.malformed"),
        (lambda message: message + b"\0", "protocol.message_too_large"),
    ],
    ids=["empty", "short", "long"],
)
def test_messages_of_another_length(cheat: Side, kind: Message, change: Any, expected: str) -> None:
    error, told = attack(cheat, kind, change)
    assert code(error) == expected
    if kind is not Message.DONE:  # with the last message the peer is through
        assert isinstance(told, PeerFailed) and told.peer_code == expected


@pytest.mark.parametrize(("cheat", "kind"), SENT)
def test_a_line_that_is_cut(cheat: Side, kind: Message) -> None:
    error, _ = attack(cheat, kind, lambda message: None)
    assert isinstance(error, PeerLost)


@pytest.mark.parametrize(
    ("cheat", "kind"),
    [
        (Side.RECEIVER, Message.STORE),
        (Side.SENDER, Message.REPLY),
        (Side.SENDER, Message.TAGS),
        (Side.SENDER, Message.DONE),
        (Side.RECEIVER, Message.DONE),
    ],
)
def test_changed_content_is_noticed_in_the_end(cheat: Side, kind: Message) -> None:
    """Random bytes match nothing, which a party that learns nothing of it cannot tell; both results still agree."""
    noise = np.random.default_rng(7)
    results = attack(cheat, kind, lambda message: noise.bytes(len(message)))
    if kind is Message.DONE:
        assert code(results[0]) == "psi.result_differs"
    else:
        assert all(isinstance(result, Match) and result.count == 0 for result in results)


def test_bytes_that_are_no_point() -> None:
    error, _ = attack(Side.RECEIVER, Message.BASE, lambda message: b"\xff" * len(message))
    assert code(error) == "psi.malformed"


def test_a_start_that_is_noise() -> None:
    noise = np.random.default_rng(7)
    error, told = attack(Side.RECEIVER, Message.START, lambda message: noise.bytes(len(message)))
    assert code(error) == "psi.cheated"
    assert isinstance(told, PeerFailed)


def _repeating(message: bytes) -> bytes:
    width = layouts.layout(*SIZES).width
    return message[:width] * (len(message) // width)


def test_one_tag_everywhere() -> None:
    """It is of padding or of one key. To refuse it only when it matches would tell the sender whether it does."""
    for _ in range(6):
        found, _ = attack(Side.SENDER, Message.TAGS, _repeating, replace(TERMS, reveal=Reveal.RECEIVER))
        assert isinstance(found, Match) and found.count is not None and found.count <= 1


def test_every_tag_twice() -> None:
    """A key whose tag comes twice counts once."""
    width = layouts.layout(*SIZES).width

    def doubled(message: bytes) -> bytes:
        return (message[: len(message) // width // 2 * width] * 2).ljust(len(message), b"\0")

    found, _ = attack(Side.SENDER, Message.TAGS, doubled, replace(TERMS, reveal=Reveal.RECEIVER))
    assert isinstance(found, Match) and found.rows is not None
    assert 0 < len(found.rows) == len(set(found.rows.tolist())) < COMMON


def test_every_tag_twice_where_both_learn() -> None:
    """The receiver claims the first place of every key, once: half the bits that equal tags alone would set."""
    claimed: list[int] = []

    def doubled(message: bytes) -> bytes:
        width = layouts.layout(*SIZES).width
        return (message[: len(message) // width // 2 * width] * 2).ljust(len(message), b"\0")

    def counted(message: bytes) -> bytes:
        claimed.append(int(np.unpackbits(np.frombuffer(message, dtype=np.uint8)).sum()))
        return message

    xs = random_digests(SIZES[0], 1)
    ys = np.concatenate([xs[:COMMON], random_digests(SIZES[1] - COMMON, 2)])
    receiver, sender = side(Side.RECEIVER, xs, TERMS), side(Side.SENDER, ys, TERMS)
    results = both(
        lambda channel: receiver(Tampering(channel, Message.PLACES, counted)),
        lambda channel: sender(Tampering(channel, Message.TAGS, doubled)),
    )
    assert 0 < claimed[0] < COMMON  # not 2 * COMMON at most: no key twice
    # First places only: they lie in the untouched half, so that the honest part of the sender agrees.
    assert all(isinstance(result, Match) and result.count == claimed[0] for result in results)


def test_places_that_do_not_match() -> None:
    """A receiver that claims everything is found out by the hash over common tags, or by claiming padding."""
    error, _ = attack(Side.RECEIVER, Message.PLACES, lambda message: b"\xff" * len(message))
    assert code(error) == "psi.result_differs"


def test_a_claim_of_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    original = layouts.kernel.bin_capacity
    monkeypatch.setattr(layouts.kernel, "bin_capacity", lambda *sizes: original(*sizes) + 30)
    error, _ = attack(Side.RECEIVER, Message.PLACES, lambda message: b"\xff" * len(message))
    assert code(error) == "psi.result_differs"


def test_a_sender_that_echoes_the_store_matches_nothing() -> None:
    """Its tags are the receiver's own masked vector."""
    seen: list[bytes] = []

    def run(channel: Channel) -> Match:
        original = channel.recv

        def recv(kind: int, limit: int) -> memoryview:
            payload = original(kind, limit)
            if kind == Message.STORE:
                seen.append(bytes(payload))
            return payload

        end = Tampering(channel, Message.TAGS, lambda message: seen[-1][: len(message)])
        end.recv = recv  # type: ignore[attr-defined]
        return side(Side.SENDER, random_digests(150, 1), TERMS)(end)  # type: ignore[arg-type]

    found, _ = both(side(Side.RECEIVER, random_digests(200, 1), TERMS), run)
    assert isinstance(found, Match) and found.count == 0


def test_an_end_that_sends_its_own_done_back() -> None:
    """Seals differ by side: what the receiver said proves nothing when it comes back."""
    terms = Terms(sid=SID, protocol=Protocol.VOLE, reveal=Reveal.BOTH)
    digest = vole._End(None, terms, layouts.layout(1, 1), None)._proof.digest()  # type: ignore[arg-type]
    end = vole._End(None, terms, layouts.layout(1, 1), None)  # type: ignore[arg-type]
    assert end._seal(Side.RECEIVER, digest) != end._seal(Side.SENDER, digest)
