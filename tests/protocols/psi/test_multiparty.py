"""Intersections among three to six parties against plain sets, in one bin and in many."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parties import SID, run_parties
from protocols.psi.many_parties import filling, intersect, program
from tacit import kernel
from tacit.protocols.psi import layout, star
from tacit.protocols.psi.multiparty import MultiMatch, intersect_many
from tacit.protocols.psi.run import Store
from tacit.protocols.psi.wire import Reveal, Terms

NAMES = ("north", "east", "south", "west", "up", "down")


def tables(sizes: list[int], shared: int, seed: int) -> dict[str, np.ndarray]:
    """Sets of these sizes: at least `shared` items in all, others in some, in an order of their own."""
    rng = np.random.default_rng(seed)
    common = np.arange(shared)
    made = {}
    for name, size in zip(NAMES, sizes, strict=False):
        own = common[: min(shared, size)]
        rest = rng.choice(np.arange(10_000, 10_000 + 2 * max(sizes) + 2), size - len(own), replace=False)
        made[name] = rng.permutation(np.concatenate([own, rest]))
    return made


def check(sets: dict[str, np.ndarray], found: dict[str, MultiMatch], leader: str | None = None) -> None:
    expected = reduce(np.intersect1d, sets.values())
    lead = leader or next(iter(sets))
    rows = found[lead].rows
    assert rows is not None
    assert rows.dtype == np.uint32
    order = sets[lead][rows]
    assert np.array_equal(np.sort(order), expected)
    for name, match in found.items():
        assert match.rows is None or np.array_equal(sets[name][match.rows], order)
        assert match.count == (None if match.rows is None else len(expected))
        peers = {lead} if name != lead else set(sets) - {lead}
        assert match.peer_counts == {peer: len(sets[peer]) for peer in peers}
        assert match.peer_count == max(match.peer_counts.values())


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 2, 63, 500, 3000]), min_size=3, max_size=6),
    st.sampled_from([0, 1, 40, 3000]),
    st.integers(0, 99),
    st.sampled_from(Reveal),
)
def test_any_sizes(sizes: list[int], shared: int, seed: int, reveal: Reveal) -> None:
    sets = tables(sizes, shared, seed)
    check(sets, intersect(sets, reveal))


@pytest.mark.parametrize(
    "sets",
    [
        {name: np.arange(0) for name in NAMES[:3]},
        {name: np.arange(i * 900, (i + 1) * 900) for i, name in enumerate(NAMES[:4])},  # disjoint
        {name: np.arange(700)[::step] for name, step in zip(NAMES, (1, -1, 1, -1, 1), strict=False)},  # equal
        {"north": np.arange(50), "east": np.arange(0), "south": np.arange(3000)},
        {"north": np.arange(3), "east": np.arange(3000), "south": np.arange(2, 30)},
        {"north": np.arange(300), "east": np.arange(200), "south": np.arange(200, 400)},  # of pairs, not of all
        {f"party{i}": np.arange(i, 100 + i) for i in range(10)},
    ],
)
def test_edges(sets: dict[str, np.ndarray]) -> None:
    check(sets, intersect(sets))


@pytest.fixture
def many_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "FULL_BIN", 60)
    monkeypatch.setattr(layout, "WIDE_BIN", 300)
    monkeypatch.setattr(layout, "GROUP_ENTRIES", 600)


@pytest.mark.usefixtures("many_bins")
@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize("sizes", [[2000, 2000, 1500, 2900], [100, 3000, 60], [3000, 10, 0, 900]])
def test_many_bins_in_many_messages(sizes: list[int], reveal: Reveal) -> None:
    assert len(layout.layout(sizes[0], max(sizes)).groups()) > 2
    sets = tables(sizes, 40, 7)
    check(sets, intersect(sets, reveal))


def test_any_party_may_lead() -> None:
    sets = tables([100, 300, 200], 30, 1)
    for leader in ("east", "south"):
        found = intersect(sets, Reveal.RECEIVER, leader)
        check(sets, found, leader)
        assert [name for name, match in found.items() if match.rows is not None] == [leader]


def test_rows_are_numbered_over_skips_and_repeats() -> None:
    items = {"north": np.array([5, 6, 5, 7]), "east": np.array([7, 5]), "south": np.array([7, 7, 5])}
    seen: list[tuple[int, int]] = []

    def lead(session):  # type: ignore[no-untyped-def]
        def fill(keys):  # type: ignore[no-untyped-def]
            keys.skip(10)
            filling(items["north"])(keys)

        done = Store(expected=4, keep_repeats=True)
        note = lambda *step: seen.append(step)  # noqa: E731
        return intersect_many(session, Terms(SID), tuple(items), "north", fill, store=done, progress=note)

    others = {name: program(items[name], tuple(items)) for name in ("east", "south")}
    found = run_parties({"north": lead, **others})
    assert sorted(found["north"].rows) == [10, 13]
    assert sorted(found["south"].rows) == [0, 2]
    assert found["east"].peer_counts == {"north": 3}
    assert seen[-1][0] == seen[-1][1] > 0


def test_files_give_the_same(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(layout, "FULL_BIN", 60)
    sets = tables([2000, 1500, 2500], 300, 3)
    store = Store(memory=4096, folder=str(tmp_path))

    def stored(name):  # type: ignore[no-untyped-def]
        return lambda session: intersect_many(
            session, Terms(SID), tuple(sets), "north", filling(sets[name]), store=store
        )

    check(sets, run_parties({name: stored(name) for name in sets}))


@pytest.mark.parametrize("followers", [2, 9])
@pytest.mark.parametrize("leader", [1000, 1 << 20, 1 << 28, (1 << 30) - 1])
@pytest.mark.parametrize("follower", [1000, 1 << 28, 1 << 30])
def test_what_may_go_wrong_is_counted_over_all_followers(leader: int, follower: int, followers: int) -> None:
    room = max(leader, follower)
    plan = layout.layout(leader, room)
    pairs = room * plan.capacity * followers
    assert pairs * 2.0 ** (-8 * star.tag_bytes(plan, room, followers)) <= 2.0**-41
    assert leader * 2.0 ** (-8 * star.width(leader)) <= 2.0**-40
    bits = layout.BIN_BITS + math.log2(followers)
    assert kernel.bin_capacity(follower, plan.bins, bits) >= kernel.bin_capacity(follower, plan.bins)


def test_a_store_is_made_once_for_all_followers(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    stored = star._Asker._stored

    def watched(asker: star._Asker, keys: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        made.append(len(keys))
        return stored(asker, keys, offsets)

    monkeypatch.setattr(layout, "FULL_BIN", 50)
    monkeypatch.setattr(layout, "GROUP_ENTRIES", 1000)
    monkeypatch.setattr(star._Asker, "_stored", watched)
    sets = {name: np.arange(400) for name in ("lead", "one", "two", "three")}
    assert all(found.count == 400 for found in intersect(sets).values())
    assert sum(made) == 400 and len(made) > 1
