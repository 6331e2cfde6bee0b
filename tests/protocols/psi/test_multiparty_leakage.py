"""What parties of an intersection among many see: sizes on the wire, and what a curious leader can recover."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from leakage.recorder import Recorder
from protocols.psi.many_parties import intersect
from tacit.protocols.psi import layout, star
from tacit.protocols.psi.roundtable import Message
from tacit.protocols.psi.wire import Reveal

COUNT = 400
PARTIES = ("lead", "one", "two", "three")


def _sets(kind: str) -> dict[str, np.ndarray]:
    """The same sizes; nothing, something, everything in common, or only between two that do not lead."""
    own = {name: np.arange(COUNT) + 10_000 * (1 + at) for at, name in enumerate(PARTIES)}
    if kind == "equal":
        return {name: np.arange(COUNT) for name in PARTIES}
    if kind == "some":
        return {name: np.concatenate([np.arange(50), items[50:]]) for name, items in own.items()}
    return {**own, "one": np.arange(COUNT), "two": np.arange(COUNT)} if kind == "pair" else own


def _recorded(sets: dict[str, np.ndarray], reveal: Reveal) -> list[Recorder]:
    ends: list[Recorder] = []

    def wrap(channel: Any) -> Recorder:
        ends.append(Recorder(channel))
        return ends[-1]

    intersect(sets, reveal, wrap=wrap)
    return ends


@pytest.mark.parametrize("reveal", Reveal)
def test_what_is_on_the_wire_depends_on_sizes_only(reveal: Reveal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "FULL_BIN", 50)
    runs = [_recorded(_sets(kind), reveal) for kind in ("nothing", "some", "equal", "pair")]
    assert len({tuple(tuple(end.shape) for end in run) for run in runs}) == 1


def test_followers_are_not_told_more_when_only_the_leader_learns() -> None:
    """A follower gets no list of tags, and from another follower no size and no hint."""
    for end in _recorded(_sets("some"), Reveal.RECEIVER):
        kinds = {kind for way, kind, _ in end.shape if way == "received"}
        assert Message.COMMON not in kinds
        if end.peer != "lead":
            assert (Message.HINT in kinds) == (Message.ROOM not in kinds and len(kinds) > 4)


def test_followers_do_not_learn_sizes_of_followers() -> None:
    sizes = {"lead": 300, "one": 20, "two": 299, "three": 0}
    ends = _recorded({name: np.arange(size) for name, size in sizes.items()}, Reveal.RECEIVER)
    told = []
    for end in ends:
        kinds = [kind for way, kind, _ in end.shape if way == "received"]
        told += [payload for kind, payload in zip(kinds, end.received, strict=True) if kind == Message.SIZE]
    numbers = sorted(int.from_bytes(payload, "little") for payload in told)
    assert numbers == sorted([300, 300, 300, 20, 299, 0] + [0] * 6)


@pytest.mark.parametrize("reveal", Reveal)
def test_every_run_looks_fresh(reveal: Reveal) -> None:
    """The same sets and session twice: no hint, no store and no list of tags is seen again."""
    seen: set[bytes] = set()
    for _ in range(2):
        for end in _recorded(_sets("equal"), reveal):
            kinds = [kind for way, kind, _ in end.shape if way == "received"]
            for kind, payload in zip(kinds, end.received, strict=True):
                if len(payload) >= 16 and kind not in (Message.DONE, Message.GREETING, Message.COMMON):
                    assert payload not in seen
                    seen.add(payload)


def _recover(sets: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What a leader who keeps everything has for its items: its own shares, and a value per follower, (n, 16) each."""
    parts: list[np.ndarray] = []
    shares: list[np.ndarray] = []
    numbers: list[np.ndarray] = []
    add_to, find = star._Spoke.add_to, star.Seat._shares

    def curious(spoke: Any, sums: np.ndarray) -> None:
        before = sums.copy()
        add_to(spoke, sums)
        parts.append(before ^ sums)

    def own(seat: Any, keys: np.ndarray) -> np.ndarray:
        found = find(seat, keys)
        if isinstance(seat, star.Leader):
            shares.append(found.copy())
            numbers.append(seat._keys.group(0, 1)[1])
        return found

    monkeypatch.setattr(star._Spoke, "add_to", curious)
    monkeypatch.setattr(star.Seat, "_shares", own)
    intersect(sets, Reveal.RECEIVER)
    order = np.argsort(numbers[0])
    assert len(shares) == 1
    return shares[0][order], {name: part[order] for name, part in zip(PARTIES[1:], parts, strict=True)}


def test_a_curious_leader_sees_no_smaller_intersection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Items of the leader in every combination of the followers' sets: whatever values it adds up, only the whole sum
    of an item that all have is zero; the others look random, also where two or all but one follower have the item."""
    blocks = list(itertools.product([False, True], repeat=3))
    size = 250
    items = np.arange(size * len(blocks))
    holds = np.repeat(np.array(blocks), size, axis=0)
    sets = {"lead": items, **{name: items[holds[:, at]] for at, name in enumerate(PARTIES[1:])}}
    own, values = _recover(sets, monkeypatch)
    everyone = holds.all(axis=1)
    for count in (0, 1, 2, 3):
        for some in itertools.combinations(PARTIES[1:], count):
            for share in (np.zeros_like(own), own):
                if not count and share is not own:
                    continue
                total = share.copy()
                for name in some:
                    total ^= values[name]
                width = star.width(len(items))
                whole = count == 3 and share is own
                assert np.array_equal(star.zeros(total, width), everyone if whole else np.zeros_like(everyone))
                for block, held in enumerate(blocks):
                    if not (whole and all(held)):
                        _looks_random(total[size * block : size * (block + 1), :width])


def _looks_random(rows: np.ndarray) -> None:
    bits = np.unpackbits(rows)
    assert abs(bits.mean() - 0.5) < 6 * 0.5 / np.sqrt(len(bits))
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_values_of_two_sessions_have_nothing_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do equal and unequal sets differ to the eye: a value is fresh whether the follower has the item or not."""
    seen: set[bytes] = set()
    for kind in ("equal", "equal", "pair"):
        with monkeypatch.context() as patch:
            own, values = _recover(_sets(kind), patch)
        for rows in (own, *values.values()):
            found = {row[:8].tobytes() for row in rows}
            assert len(found) == COUNT
            assert not found & seen
            seen |= found
