"""VOLE-PSI against parties that do what they like: the same results, and every deviation that matters is caught."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from protocols.psi.psi_pair import SID, intersect_digests, random_digests
from protocols.psi.test_psi_vole_attacks import attack, code
from tacit.errors import PeerFailed, PeerLost
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.wire import Match, Message, Protocol, Reveal, Side, Terms

TERMS = Terms(sid=SID, protocol=Protocol.VOLE, malicious=True)
OF_RECEIVER = (Message.START, Message.REQUEST, Message.CHALLENGE, Message.HALF, Message.STORE, Message.PLACES)
OF_SENDER = (Message.COMMITS, Message.REPLY, Message.PROOF, Message.HALF, Message.TAGS)
SENT = [(Side.RECEIVER, kind) for kind in OF_RECEIVER] + [(Side.SENDER, kind) for kind in OF_SENDER]


def check(n: int, m: int, common: int, reveal: Reveal) -> None:
    xs = random_digests(n, 1)
    ys = np.concatenate([xs[n - common :], random_digests(m - common, 2)])
    mine, theirs = intersect_digests(xs, ys, replace(TERMS, reveal=reveal))
    assert mine.rows is not None
    assert np.array_equal(np.sort(mine.rows), np.arange(n - common, n))
    if reveal is Reveal.BOTH:
        assert theirs.rows is not None
        assert np.array_equal(xs[mine.rows], ys[theirs.rows])
    else:
        assert theirs.rows is None


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize(("n", "m", "common"), [(0, 0, 0), (0, 3, 0), (1, 1, 1), (300, 200, 100), (2, 3000, 2)])
def test_small_sets(n: int, m: int, common: int, reveal: Reveal) -> None:
    check(n, m, common, reveal)


@pytest.mark.parametrize("reveal", Reveal)
def test_many_bins(monkeypatch: pytest.MonkeyPatch, reveal: Reveal) -> None:
    monkeypatch.setattr(layouts, "FULL_BIN", 64)
    check(3000, 2500, 1000, reveal)


def test_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks of several steps are under way at the same time."""
    monkeypatch.setattr(layouts, "FULL_BIN", 1 << 12)
    monkeypatch.setattr(layouts, "GROUP_ENTRIES", 150_000)
    assert len(layouts.layout(500_000, 1000).groups()) > 4
    check(500_000, 1000, 1000, Reveal.BOTH)


@pytest.mark.parametrize(("cheat", "kind"), SENT)
@pytest.mark.parametrize("change", [lambda message: message[:-1], lambda message: b""], ids=["short", "empty"])
def test_messages_of_another_length(cheat: Side, kind: Message, change: Any) -> None:
    error, told = attack(cheat, kind, change, TERMS)
    assert code(error) == "psi.malformed"
    assert isinstance(told, PeerFailed) and told.peer_code == "psi.malformed"


@pytest.mark.parametrize(("cheat", "kind"), SENT)
def test_a_line_that_is_cut(cheat: Side, kind: Message) -> None:
    assert isinstance(attack(cheat, kind, lambda message: None, TERMS)[0], PeerLost)


def _flipped(message: bytes) -> bytes:
    return bytes([message[0] ^ 1]) + message[1:]


@pytest.mark.parametrize(
    ("cheat", "kind"),
    [
        (Side.RECEIVER, Message.REQUEST),
        (Side.SENDER, Message.PROOF),
        (Side.SENDER, Message.COMMITS),
        (Side.SENDER, Message.HALF),
    ],
)
def test_deviations_that_a_check_catches(cheat: Side, kind: Message) -> None:
    error, told = attack(cheat, kind, _flipped, TERMS)
    assert code(error) == "psi.cheated"
    assert isinstance(told, PeerFailed) and told.peer_code == "psi.cheated"


def test_wrong_sums_of_the_sender_are_caught() -> None:
    """Every block of a reply changed: the receiver's rows are wrong wherever its noise lies."""

    def changed(message: bytes) -> bytes:
        return (np.frombuffer(message, dtype=np.uint8) ^ 1).tobytes()

    assert code(attack(Side.SENDER, Message.REPLY, changed, TERMS)[0]) == "psi.cheated"


@pytest.mark.parametrize(("cheat", "kind"), [(Side.RECEIVER, Message.HALF), (Side.RECEIVER, Message.STORE)])
def test_a_receiver_that_harms_itself_finds_less(cheat: Side, kind: Message) -> None:
    noise = np.random.default_rng(7)
    results = attack(cheat, kind, lambda message: noise.bytes(len(message)), TERMS)
    assert all(isinstance(result, Match) and result.count == 0 for result in results)


def test_claims_without_proof() -> None:
    """A receiver that claims a place must know the half of F that was never sent."""
    error, _ = attack(Side.RECEIVER, Message.PLACES, lambda message: b"\xff" * len(message), TERMS)
    assert code(error) == "psi.result_differs"


def test_claims_that_leave_out_are_a_smaller_result_only_with_the_proof_of_it() -> None:
    error, _ = attack(Side.RECEIVER, Message.PLACES, lambda message: bytes(len(message)), TERMS)
    assert code(error) == "psi.result_differs"


def test_repeated_tags_stop_nothing() -> None:
    """A sender that repeats a tag does not hear from an error whether the receiver has its key."""
    terms = replace(TERMS, reveal=Reveal.RECEIVER)
    for _ in range(4):
        found, told = attack(Side.SENDER, Message.TAGS, lambda tags: tags[:16] * (len(tags) // 16), terms)
        assert isinstance(found, Match) and found.count is not None and found.count <= 1
        assert isinstance(told, Match)
