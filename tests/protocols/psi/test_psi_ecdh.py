"""ECDH-PSI gives exactly the common items, in one order at both, and only to those who may learn them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.psi import psi_pair
from protocols.psi.psi_pair import both, digests, intersect, side
from tacit.errors import ParameterError, ResourceError
from tacit.protocols.psi import ecdh
from tacit.protocols.psi.wire import Group, Protocol, Reveal, Side, Terms

sets = st.lists(st.integers(0, 30), unique=True, max_size=20)


@given(sets, sets)
@settings(max_examples=25, deadline=None)
def test_both_get_the_intersection_in_one_order(xs: list[int], ys: list[int]) -> None:
    mine, theirs = intersect(xs, ys)
    assert mine.rows is not None and theirs.rows is not None
    common = [xs[i] for i in mine.rows]
    assert common == [ys[i] for i in theirs.rows]
    assert sorted(common) == sorted(set(xs) & set(ys))
    assert (mine.peer_count, theirs.peer_count) == (len(ys), len(xs))
    assert mine.count == theirs.count == len(common)


@given(sets, sets)
@settings(max_examples=15, deadline=None)
def test_receiver_only(xs: list[int], ys: list[int]) -> None:
    mine, theirs = intersect(xs, ys, Reveal.RECEIVER)
    assert mine.rows is not None
    assert sorted(xs[i] for i in mine.rows) == sorted(set(xs) & set(ys))
    assert (theirs.rows, theirs.count) == (None, None)
    assert theirs.peer_count == len(xs)


@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize(("n", "m"), [(0, 5), (5, 0), (0, 0), (40, 1), (3, 90), (64, 64)])
def test_uneven_sets_over_many_chunks(
    monkeypatch: pytest.MonkeyPatch, group: Group, reveal: Reveal, n: int, m: int
) -> None:
    monkeypatch.setattr(ecdh, "CHUNK", 7)
    xs, ys = list(range(n)), list(range(m // 2, m // 2 + m))
    mine, _ = intersect(xs, ys, reveal, group)
    assert mine.rows is not None
    assert sorted(xs[i] for i in mine.rows) == sorted(set(xs) & set(ys))


def test_equal_sets_match_fully_and_in_no_telling_order() -> None:
    items = list(range(200))
    first, _ = intersect(items, items)
    second, _ = intersect(items, items)
    assert first.rows is not None and second.rows is not None
    assert sorted(first.rows) == items
    assert not np.array_equal(first.rows, second.rows)


def test_own_set_above_the_limit() -> None:
    terms = Terms(sid=psi_pair.SID, max_items=3)
    left, right = both(side(Side.RECEIVER, digests(range(4)), terms), side(Side.SENDER, digests(range(3)), terms))
    assert isinstance(left, ResourceError)
    assert left.code == right.peer_code == "psi.too_many_items"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sid": b"short"},
        {"key_types": b""},
        {"key_types": b"x"},
        {"key_types": b"t" * 17},
        {"max_items": 1 << 40},
        {"malicious": True, "protocol": Protocol.ECDH},
    ],
)
def test_terms_are_checked(wrong: dict[str, bytes]) -> None:
    with pytest.raises(ParameterError):
        Terms(**{"sid": psi_pair.SID, **wrong})  # type: ignore[arg-type]


def test_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []
    terms = Terms(sid=psi_pair.SID, protocol=Protocol.ECDH)
    items = digests(range(3))
    both(
        side(Side.RECEIVER, items, terms, progress=lambda done, total: seen.append((done, total))),
        side(Side.SENDER, items, terms),
    )
    assert seen[-1][0] == seen[-1][1] == len(seen)
