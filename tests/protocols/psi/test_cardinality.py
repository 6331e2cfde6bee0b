"""PSI-CA gives the number of common items, to those who may learn it, and shows nothing that can be linked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakage.recorder import Recorder
from protocols.psi.aggregate_pair import item_digests, key_bins, run_pair, terms_of, try_pair
from protocols.psi.psi_pair import both
from tacit import kernel
from tacit.channel.channel import Channel
from tacit.channel.memory import memory_pair
from tacit.errors import PeerFailed, ProtocolError
from tacit.privacy.noise import BoundedLaplace
from tacit.protocols.psi import cardinality
from tacit.protocols.psi.aggregate import Message, exchange_sizes, send_number
from tacit.protocols.psi.cardinality import Count, matched_places, receive_count, send_count
from tacit.protocols.psi.rows import match_rows
from tacit.protocols.psi.run import prepare
from tacit.protocols.psi.wire import Group, Reveal, Side, Terms

sets = st.lists(st.integers(0, 30), max_size=20)


@dataclass(frozen=True)
class Fixed:
    """Noise that is no secret, for the tests."""

    value: int
    bound: int | None = 5
    label: str = "fixed"

    def draw(self) -> int:
        return self.value


@given(sets, sets)
@settings(max_examples=20, deadline=None)
def test_both_learn_the_number_of_common_distinct_items(xs: list[int], ys: list[int]) -> None:
    mine, theirs = run_pair(xs, ys, receive_count, send_count)
    common = len(set(xs) & set(ys))
    assert mine == Count(common, len(set(ys)))
    assert theirs == Count(common, len(set(xs)))


def test_a_whole_run_with_its_opening() -> None:
    """As operators run it: open, toss the seed, take in keys, then the protocol under the terms that came out."""

    def seat(me: Side, protocol: Any, items: range) -> Any:
        def run(channel: Channel) -> Any:
            ready = prepare(channel, terms_of(), me, lambda keys: keys.add(item_digests(items)))
            assert ready.peer_count == 50
            return protocol(channel, ready.keys, ready.terms)

        return run

    mine, theirs = both(seat(Side.RECEIVER, receive_count, range(50)), seat(Side.SENDER, send_count, range(30, 80)))
    assert mine == theirs == Count(20, 50)


@pytest.mark.parametrize("group", Group)
def test_the_sender_learns_nothing_with_receiver(group: Group) -> None:
    mine, theirs = run_pair(range(40), range(30, 90), receive_count, send_count, terms_of(Reveal.RECEIVER, group))
    assert mine == Count(10, 60)
    assert theirs == Count(None, 40)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 7), (7, 0), (1, 1), (2000, 1), (2000, 1500)])
def test_sizes(n: int, m: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cardinality, "CHUNK", 100)
    mine, theirs = run_pair(range(n), range(n // 2, n // 2 + m), receive_count, send_count)
    common = max(0, min(n, n // 2 + m) - n // 2)
    assert (mine.count, theirs.count) == (common, common)


@pytest.mark.parametrize(("at_receiver", "at_sender"), [(0, 0), (5, -5), (-3, 2), (-5, 5)])
def test_each_gets_the_noise_of_the_other(at_receiver: int, at_sender: int) -> None:
    mine, theirs = run_pair(
        range(20),
        range(15, 40),
        lambda *seat: receive_count(*seat, noise=Fixed(at_receiver)),
        lambda *seat: send_count(*seat, noise=Fixed(at_sender)),
    )
    assert mine == Count(5 + at_sender, 25)
    assert theirs == Count(5 + at_receiver, 20)


def test_bounded_laplace_noise() -> None:
    """Real noise: at most the bound away, not always the same, and not the same on both sides."""
    kind = BoundedLaplace(Fraction(1, 2), delta_bits=10)
    found = [
        run_pair(
            range(30),
            range(20, 60),
            lambda *seat: receive_count(*seat, noise=kind),
            lambda *seat: send_count(*seat, noise=kind),
        )
        for _ in range(12)
    ]
    counts = [(mine.count, theirs.count) for mine, theirs in found]
    assert all(abs(count - 10) <= kind.bound for pair in counts for count in pair)
    assert len(set(counts)) > 2


def test_noise_must_be_the_same_and_bounded() -> None:
    one, two = try_pair([1], [1], receive_count, lambda *seat: send_count(*seat, noise=Fixed(0)))
    assert {getattr(one, "code", ""), getattr(two, "code", "")} <= {"psi.terms_differ", "peer.failed"}
    one, _ = try_pair([1], [1], lambda *seat: receive_count(*seat, noise=Fixed(0, bound=None)), send_count)
    assert one.code == "psi.unbounded_noise"


def test_terms_that_ask_for_more_security_are_refused() -> None:
    terms = replace(terms_of(), malicious=True)
    for result in try_pair([1], [1], receive_count, send_count, terms):
        assert result.code in ("psi.not_malicious", "peer.failed")


def _record(xs: list[int], ys: list[int], terms: Terms, noise: Fixed | None = None) -> tuple[Recorder, Recorder]:
    left, right = memory_pair("receiver", "sender", patience_s=20)
    ends = Recorder(left), Recorder(right)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(receive_count, ends[0], key_bins(xs), terms, noise=noise)
        two = pool.submit(send_count, ends[1], key_bins(ys), terms, noise=noise)
        one.result(), two.result()
    return ends


def _payloads(end: Recorder, kind: Message) -> list[bytes]:
    kinds = [found for way, found, _ in end.shape if way == "received"]
    return [payload for found, payload in zip(kinds, end.received, strict=True) if found == kind]


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize("noise", [None, Fixed(2)])
def test_transcripts_depend_on_sizes_only(reveal: Reveal, noise: Fixed | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cardinality, "CHUNK", 16)
    shapes = set()
    for start in (0, 30, 100):
        ends = _record(list(range(60)), list(range(start, start + 40)), terms_of(reveal), noise)
        shapes.add(tuple(tuple(end.shape) for end in ends))
    assert len(shapes) == 1


def test_places_do_not_follow_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """One common item at a fixed row of both tables: where it stands in what the receiver gets changes every time."""
    found: list[tuple[int, int]] = []

    def watch(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        hits, places = match_rows(mine, theirs)
        found.append((int(hits[0]), int(places[0])))
        bits = matched_places(mine, theirs)
        assert np.flatnonzero(bits).tolist() == places.tolist()
        return bits

    monkeypatch.setattr(cardinality, "matched_places", watch)
    for _ in range(8):
        _record(list(range(64)), [0, *range(100, 163)], terms_of(Reveal.RECEIVER))
    assert len({hit for hit, _ in found}) >= 4 and len({place for _, place in found}) >= 4


def test_tags_that_share_a_half_are_no_match() -> None:
    mine = np.zeros((4, 16), dtype=np.uint8)
    mine[:, 0] = [1, 1, 2, 3]
    mine[:, 8] = [5, 6, 5, 7]
    theirs = np.zeros((5, 16), dtype=np.uint8)
    theirs[:, 0] = [1, 3, 2, 2, 9]
    theirs[:, 8] = [6, 8, 6, 5, 5]
    assert matched_places(mine, theirs).tolist() == [1, 0, 0, 1, 0]
    assert matched_places(mine[:0], theirs).tolist() == [0] * 5
    assert matched_places(mine, theirs[:0]).tolist() == []
    assert matched_places(mine[:0], theirs[:0]).tolist() == []


def test_points_and_tags_are_fresh_in_every_run() -> None:
    seen: set[bytes] = set()
    for _ in range(3):
        for end in _record(list(range(20)), list(range(10, 30)), terms_of()):
            for kind, width in ((Message.POINTS, 32), (Message.TAGS, 16)):
                joined = b"".join(_payloads(end, kind))
                rows = {joined[at : at + width] for at in range(0, len(joined), width)}
                assert not rows & seen
                seen |= rows


def _against(peer: Any, reveal: Reveal = Reveal.BOTH) -> Any:
    error, told = both(lambda channel: receive_count(channel, key_bins(range(5)), terms_of(reveal)), peer)
    assert isinstance(error, ProtocolError)
    assert isinstance(told, PeerFailed) and told.peer_code == error.code
    return error


@pytest.mark.parametrize(
    ("points", "tags", "code"),
    [
        ("good", "short", "psi.malformed"),
        ("good", "twice", "psi.repeated_point"),
        ("twice", "good", "psi.repeated_point"),
        ("zero", "good", "psi.invalid_point"),
        ("short", "good", "psi.malformed"),
    ],
)
def test_a_peer_that_breaks_the_protocol(points: str, tags: str, code: str) -> None:
    good = kernel.ristretto_hash(np.arange(48, dtype=np.uint8).reshape(3, 16), b"attack").tobytes()
    sent = {"good": good, "short": good[:-1], "twice": good[:64] + good[:32], "zero": good[:64] + bytes(32)}
    marks = bytes(range(80))
    back = {"good": marks, "short": marks[:-1], "twice": marks[:64] + marks[:16]}

    def peer(channel: Channel) -> None:
        exchange_sizes(channel, 3, terms_of(), Side.SENDER, "count/exact")
        channel.send(Message.POINTS, sent[points])
        channel.recv(Message.POINTS, 160)
        channel.send(Message.TAGS, back[tags])
        channel.recv(Message.COUNT, 8)

    assert _against(peer).code == code


def test_a_count_that_cannot_be_is_refused() -> None:
    from protocols.psi.psi_pair import both

    def lying(channel: Channel) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cardinality, "send_number", lambda *message: send_number(*message[:2], 6))
            receive_count(channel, key_bins(range(5)), terms_of())

    _, error = both(lying, lambda channel: send_count(channel, key_bins(range(9)), terms_of()))
    assert error.code == "psi.malformed"
