"""What PSI shows on the wire is a function of the two set sizes alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from leakage.recorder import Recorder
from protocols.psi.psi_pair import both, random_digests, side
from tacit.protocols.psi import ecdh
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.wire import Group, Match, Message, Protocol, Reveal, Side, Terms

N, M = 60, 40
WAYS: list[dict[str, Any]] = [
    {"protocol": Protocol.ECDH, "group": Group.RISTRETTO255},
    {"protocol": Protocol.ECDH, "group": Group.X25519},
    {"protocol": Protocol.ECDH, "group": Group.P256},
    {"protocol": Protocol.ECDH, "group": Group.SM2},
    {"protocol": Protocol.VOLE},
    {"protocol": Protocol.VOLE, "malicious": True},
]


def _run(xs: np.ndarray, ys: np.ndarray, terms: Terms) -> tuple[Recorder, Recorder]:
    ends: list[Recorder] = []

    def record(channel: object) -> Recorder:
        ends.append(Recorder(channel))  # type: ignore[arg-type]
        return ends[-1]

    results = both(side(Side.RECEIVER, xs, terms), side(Side.SENDER, ys, terms), record)
    assert all(isinstance(result, Match) for result in results), results
    return ends[0], ends[1]


def _pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    """Same sizes: nothing, a part and everything in common."""
    xs = random_digests(N, 1)
    return [
        (xs, random_digests(M, 2)),
        (xs, np.concatenate([xs[:10], random_digests(M - 10, 3)])),
        (xs, xs[:M].copy()),
    ]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecdh, "CHUNK", 16)
    monkeypatch.setattr(layouts, "FULL_BIN", 8)


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize("way", WAYS)
def test_kinds_sizes_and_number_of_messages_depend_on_set_sizes_only(reveal: Reveal, way: dict[str, Any]) -> None:
    runs = [_run(xs, ys, Terms(sid=bytes(32), reveal=reveal, **way)) for xs, ys in _pairs()]
    for end in (0, 1):
        assert len({tuple(run[end].shape) for run in runs}) == 1


def test_repeated_items_show_in_no_size() -> None:
    """A table with repeats looks like one without."""
    xs, ys = _pairs()[1]
    terms = Terms(sid=bytes(32), protocol=Protocol.VOLE)
    plain, repeated = _run(xs, ys, terms), _run(np.concatenate([xs, xs[:30]]), np.concatenate([ys, ys]), terms)
    assert [end.shape for end in plain] == [end.shape for end in repeated]


def _sent(end: Recorder) -> dict[int, int]:
    totals: dict[int, int] = {}
    for way, kind, size in end.shape:
        if way == "sent":
            totals[kind] = totals.get(kind, 0) + size
    return totals


@pytest.mark.parametrize(("group", "width"), [(Group.RISTRETTO255, 32), (Group.P256, 33), (Group.SM2, 33)])
def test_the_declared_sizes_of_ecdh(group: Group, width: int) -> None:
    ends = _run(*_pairs()[1], Terms(sid=bytes(32), protocol=Protocol.ECDH, group=group))
    opening = {Message.HELLO: 92, Message.COIN: 32, Message.SIZES: 8, Message.DONE: 32}
    assert _sent(ends[0]) == opening | {Message.POINTS: width * N, Message.TAGS: 16 * M}


@pytest.mark.parametrize("reveal", Reveal)
def test_the_declared_sizes_of_vole(reveal: Reveal) -> None:
    receiver, sender = _run(*_pairs()[1], Terms(sid=bytes(32), protocol=Protocol.VOLE, reveal=reveal))
    plan = layouts.layout(N, M)
    assert plan.bins == 4
    sent = _sent(receiver)
    assert sent[Message.STORE] == plan.bins * plan.entries * 16
    assert sent.get(Message.PLACES, 0) == (0 if reveal is Reveal.RECEIVER else 4 * (plan.sender_capacity + 7 >> 3))
    assert _sent(sender)[Message.TAGS] == plan.bins * plan.sender_capacity * plan.width


@pytest.mark.parametrize("protocol", [Protocol.ECDH, Protocol.VOLE])
def test_a_sender_that_does_not_learn_gets_nothing_after_what_it_needs(protocol: Protocol) -> None:
    for xs, ys in _pairs():
        _, sender = _run(xs, ys, Terms(sid=bytes(32), protocol=protocol, reveal=Reveal.RECEIVER))
        kinds = [kind for way, kind, _ in sender.shape if way == "received"]
        last = Message.POINTS if protocol is Protocol.ECDH else Message.STORE
        assert kinds[-2:] == [last, Message.DONE]
        assert not {Message.TAGS, Message.PLACES} & set(kinds)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reveal", Reveal)
def test_what_travels_is_fresh_in_every_run(reveal: Reveal, way: dict[str, Any]) -> None:
    """The same items in the same session id give unlinkable points, stores and tags: no 8 bytes are seen twice."""
    xs, ys = _pairs()[2]
    seen: set[bytes] = set()
    for _ in range(2):
        for end in _run(xs, ys, Terms(sid=bytes(32), reveal=reveal, **way)):
            kinds = [kind for direction, kind, _ in end.shape if direction == "received"]
            for kind, payload in zip(kinds, end.received, strict=True):
                if kind in (Message.POINTS, Message.TAGS, Message.STORE):
                    words = {payload[i : i + 8] for i in range(0, len(payload) - 7, 8)}
                    assert not words & seen
                    seen |= words


def test_the_order_of_points_does_not_follow_the_table() -> None:
    """With one item in common at a fixed place, the place of its tag at the receiver changes from run to run."""
    xs = random_digests(64, 5)
    tags = set()
    for _ in range(6):
        receiver, _ = _run(xs, xs[:1].copy(), Terms(sid=bytes(32), protocol=Protocol.ECDH))
        received = [entry for entry in receiver.shape if entry[0] == "received"]
        parts = [part for part, (_, kind, _) in zip(receiver.received, received, strict=True) if kind == Message.TAGS]
        assert len(parts) == 4
        tags.add(b"".join(parts)[:16])
    assert len(tags) == 6


def test_the_places_of_common_tags_change_from_run_to_run() -> None:
    """The receiver sees where in a bin the sender's tags stand: a fresh shuffle, not an order of the table."""
    xs = random_digests(40, 5)
    seen = set()
    for _ in range(4):
        _, sender = _run(xs, xs, Terms(sid=bytes(32), protocol=Protocol.VOLE))
        kinds = [kind for way, kind, _ in sender.shape if way == "received"]
        seen.add(b"".join(part for kind, part in zip(kinds, sender.received, strict=True) if kind == Message.PLACES))
    assert len(seen) == 4
