"""VOLE-PSI gives exactly the common items, in one order at both, whatever the sizes, bins and groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.psi.psi_pair import SID, both, digests, intersect_digests, random_digests, side
from tacit import kernel
from tacit.errors import PeerFailed, ResourceError
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.wire import Match, Protocol, Reveal, Side, Terms

TERMS = {reveal: Terms(sid=SID, protocol=Protocol.VOLE, reveal=reveal) for reveal in Reveal}


@pytest.fixture
def small_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many bins, and groups of several, for few items."""
    monkeypatch.setattr(layouts, "FULL_BIN", 64)
    monkeypatch.setattr(layouts, "WIDE_BIN", 256)


def check(n: int, m: int, common: int, terms: Terms) -> tuple[Match, Match]:
    """Receiver's rows n - common to n are the sender's 0 to common."""
    xs = random_digests(n, 1)
    ys = np.concatenate([xs[n - common :], random_digests(m - common, 2)])
    mine, theirs = intersect_digests(xs, ys, terms)
    assert mine.rows is not None
    assert np.array_equal(np.sort(mine.rows), np.arange(n - common, n))
    assert (mine.count, mine.peer_count, theirs.peer_count) == (common, m, n)
    if terms.reveal is Reveal.BOTH:
        assert theirs.rows is not None
        assert np.array_equal(xs[mine.rows], ys[theirs.rows])
        assert theirs.count == common
    else:
        assert (theirs.rows, theirs.count) == (None, None)
    return mine, theirs


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize(
    ("n", "m", "common"),
    [(0, 0, 0), (0, 7, 0), (7, 0, 0), (1, 1, 1), (1, 1, 0), (63, 64, 63), (500, 500, 500), (500, 400, 0), (2, 3000, 2)],
)
def test_small_sets(n: int, m: int, common: int, reveal: Reveal) -> None:
    check(n, m, common, TERMS[reveal])


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize(
    ("n", "m", "common"),
    [(127, 127, 60), (128, 1, 1), (129, 128, 128), (1, 5000, 1), (5000, 1, 0), (5000, 5000, 2500), (3000, 40, 40)],
)
@pytest.mark.usefixtures("small_bins")
def test_many_bins(n: int, m: int, common: int, reveal: Reveal) -> None:
    check(n, m, common, TERMS[reveal])


@given(st.sets(st.integers(0, 60), max_size=40), st.sets(st.integers(0, 60), max_size=40), st.sampled_from(Reveal))
@settings(max_examples=12, deadline=None)
def test_any_sets(left: set[int], right: set[int], reveal: Reveal) -> None:
    xs, ys = list(left), list(right)
    mine, theirs = intersect_digests(digests(xs), digests(ys), TERMS[reveal])
    assert mine.rows is not None
    common = [xs[row] for row in mine.rows]
    assert set(common) == left & right and len(common) == len(left & right)
    if theirs.rows is not None:
        assert common == [ys[row] for row in theirs.rows]


@pytest.mark.parametrize(("n", "m"), [(49_151, 49_152), (49_152, 100), (100_000, 100_000)])
def test_the_edges_of_real_bins(n: int, m: int) -> None:
    check(n, m, min(n, m) // 2, TERMS[Reveal.BOTH])


@pytest.mark.usefixtures("small_bins")
def test_several_steps_of_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups that need more than one step has left: rows of several steps are put together."""
    monkeypatch.setattr(layouts, "GROUP_ENTRIES", 150_000)
    monkeypatch.setattr(layouts, "FULL_BIN", 1 << 12)
    plan = layouts.layout(300_000, 1000)
    assert len(plan.groups()) > 3
    check(300_000, 1000, 1000, TERMS[Reveal.BOTH])


def test_the_order_is_another_in_every_run() -> None:
    orders = {check(300, 300, 300, TERMS[Reveal.BOTH])[0].rows.tobytes() for _ in range(3)}  # type: ignore[union-attr]
    assert len(orders) == 3


def test_repeated_items_and_skipped_rows() -> None:
    """Of repeated items the lowest row counts; rows that are passed over keep their numbers."""
    xs, ys = random_digests(40, 1), random_digests(40, 1)[:10].copy()

    def fill(keys: kernel.KeyBins) -> None:
        keys.skip(5)
        keys.add(xs)
        keys.add(xs[:20])

    from tacit.protocols.psi.run import intersect

    mine, theirs = both(
        lambda channel: intersect(channel, TERMS[Reveal.BOTH], Side.RECEIVER, fill),
        side(Side.SENDER, ys, TERMS[Reveal.BOTH]),
    )
    assert np.array_equal(np.sort(mine.rows), np.arange(5, 15))
    assert theirs.peer_count == 40


def test_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []
    items = random_digests(50, 1)
    both(
        side(Side.RECEIVER, items, TERMS[Reveal.BOTH], progress=lambda done, total: seen.append((done, total))),
        side(Side.SENDER, items, TERMS[Reveal.BOTH]),
    )
    assert seen[-1][0] == seen[-1][1]


def test_no_store_for_the_seed_stops_both(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ArithmeticError("a bin has no solution")

    monkeypatch.setattr(kernel, "okvs_encode_masked", fails)
    items = random_digests(50, 1)
    mine, theirs = both(*(side(me, items, TERMS[Reveal.BOTH]) for me in Side))
    assert isinstance(mine, ResourceError)
    assert isinstance(theirs, PeerFailed)
    assert mine.code == theirs.peer_code == "psi.unlucky"


@pytest.mark.parametrize("full", Side)
def test_a_bin_that_is_too_full_stops_both(monkeypatch: pytest.MonkeyPatch, full: Side) -> None:
    original = layouts.kernel.bin_capacity

    def tight(keys: int, bins: int, bits: float) -> int:
        return 10 if keys == 50 + full else original(keys, bins, bits)

    monkeypatch.setattr(layouts.kernel, "bin_capacity", tight)
    results = both(*(side(me, random_digests(50 + me, 1), TERMS[Reveal.BOTH]) for me in Side))
    assert isinstance(results[full], ResourceError)
    assert results[full].code == results[1 - full].peer_code == "psi.unlucky"
