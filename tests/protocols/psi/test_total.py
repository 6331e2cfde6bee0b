"""PSI-sum gives number and sums over the common items, exactly, to those who may learn them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakage.recorder import Recorder
from protocols.psi.aggregate_pair import key_bins, run_pair, terms_of, try_pair
from tacit.channel.memory import memory_pair
from tacit.errors import DataError, ParameterError
from tacit.protocols.psi import total, transfers
from tacit.protocols.psi.total import Column, Total, receive_total, send_total
from tacit.protocols.psi.wire import Reveal, Side, Terms

WIDE = Column(1 << 40)


def _sums(
    xs: Any, ys: Any, columns: list[Column], payload: Any, reveal: Reveal = Reveal.BOTH, holder: Side = Side.SENDER
) -> tuple[Total, Total]:
    held = {Side.SENDER: None, Side.RECEIVER: None} | {holder: payload}
    return run_pair(
        xs,
        ys,
        lambda *seat: receive_total(*seat, columns, held[Side.RECEIVER], holder=holder),
        lambda *seat: send_total(*seat, columns, held[Side.SENDER], holder=holder),
        terms_of(reveal),
    )


def _expected(mine: Any, theirs: Any, values: Any) -> tuple[int, int]:
    """Count and sum of the values of the distinct common items of the second; its first row counts."""
    first = dict(reversed(list(zip(theirs, values, strict=True))))
    common = set(mine) & set(theirs)
    return len(common), sum(int(first[item]) for item in common)


@given(
    st.lists(st.integers(0, 30), max_size=20),
    st.lists(st.tuples(st.integers(0, 30), st.integers(-(1 << 40), 1 << 40)), max_size=20),
)
@settings(max_examples=15, deadline=None)
def test_sums_are_exact(xs: list[int], pairs: list[tuple[int, int]]) -> None:
    ys, values = [item for item, _ in pairs], [value for _, value in pairs]
    count, expected = _expected(xs, ys, values)
    mine, theirs = _sums(xs, ys, [WIDE], [np.array(values, dtype=np.int64)])
    assert mine == Total(count, (expected,), len(set(ys)))
    assert theirs == Total(count, (expected,), len(set(xs)))


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 5), (5, 0), (1, 1), (2000, 700), (300, 2000)])
@pytest.mark.parametrize("holder", Side)
def test_sizes_and_columns(n: int, m: int, holder: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "SLICE", 256)
    rng = np.random.default_rng(n + m)
    xs, ys = list(range(n)), list(range(n // 2, n // 2 + m))
    held, other = (ys, xs) if holder is Side.SENDER else (xs, ys)
    payload = [rng.integers(-1000, 1001, len(held)) for _ in range(3)]
    mine, theirs = _sums(xs, ys, [Column(1000)] * 3, payload, holder=holder)
    expected = [_expected(other, held, values) for values in payload]
    assert mine.count == expected[0][0]
    assert mine.sums == theirs.sums == tuple(value for _, value in expected)


def test_fixed_point() -> None:
    values = np.array([0.5, -1.25, 3.0, 1e-9])
    mine, _ = _sums([0, 1, 3], range(4), [Column(4, scale=20), Column(10)], [values, np.array([1, -2, 3, -4])])
    assert mine.sums == (-0.75, -5)


@pytest.mark.parametrize("holder", Side)
def test_who_learns_what_with_receiver(holder: Side) -> None:
    mine, theirs = _sums([1, 2, 3], [2, 3, 4], [Column(9)], [np.array([7, 8, 9])], Reveal.RECEIVER, holder)
    assert mine == Total(2, (15 if holder is Side.SENDER else 17,), 3)
    assert theirs == Total(None if holder is Side.SENDER else 2, None, 3)


def test_the_largest_values() -> None:
    top = (1 << 62) - 1
    mine, _ = _sums([1, 2], [1, 2], [Column(top)], [np.array([-top, -top])])
    assert mine.sums == (-2 * top,)


def test_a_sum_that_could_overflow_is_refused_at_both() -> None:
    columns = [Column(1 << 62)]
    results = try_pair(
        [1, 2],
        [1, 2],
        lambda *seat: receive_total(*seat, columns),
        lambda *seat: send_total(*seat, columns, [np.array([1, 1])]),
    )
    assert all(isinstance(error, ParameterError) and error.code == "psi.sum_overflow" for error in results)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([np.array([10, 1])], "psi.payload_bound"),
        ([np.array([-10, 1])], "psi.payload_bound"),
        ([np.array([np.nan, 1.0])], "psi.payload_value"),
        ([np.array([np.inf, 1.0])], "psi.payload_value"),
        ([np.array(["1", "2"])], "psi.payload_value"),
        ([np.array([1])], "psi.payload_rows"),
        ([], "psi.payload_missing"),
        (None, "psi.payload_missing"),
    ],
)
def test_payloads_that_are_refused(values: Any, code: str) -> None:
    _, error = try_pair(
        [1],
        [1, 2],
        lambda *seat: receive_total(*seat, [Column(9)]),
        lambda *seat: send_total(*seat, [Column(9)], values),
    )
    assert isinstance(error, DataError | ParameterError)
    assert error.code == code


@pytest.mark.parametrize(("bound", "scale"), [(0, 0), (-1, 0), (1, -1), (1, 49), (1 << 63, 0), (1 << 40, 23)])
def test_columns_that_are_refused(bound: int, scale: int) -> None:
    with pytest.raises(ParameterError) as caught:
        Column(bound, scale)
    assert caught.value.code == "psi.payload_column"


def test_the_sides_must_agree_on_columns_and_only_the_holder_brings_them() -> None:
    one, two = try_pair(
        [1],
        [1],
        lambda *seat: receive_total(*seat, [Column(8)]),
        lambda *seat: send_total(*seat, [Column(9)], [np.array([1])]),
    )
    assert {one.code, two.code} <= {"psi.terms_differ", "peer.failed"}
    one, _ = try_pair(
        [1],
        [1],
        lambda *seat: receive_total(*seat, [Column(9)], [np.array([1])]),
        lambda *seat: send_total(*seat, [Column(9)], [np.array([1])]),
    )
    assert one.code == "psi.payload_missing"
    with pytest.raises(ParameterError):
        total.check_overflow([], 1)


def _record(ys: list[int], values: np.ndarray, terms: Terms) -> tuple[Recorder, Recorder]:
    left, right = memory_pair("receiver", "sender", patience_s=20)
    ends = Recorder(left), Recorder(right)
    columns = [Column(99)]
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(receive_total, ends[0], key_bins(range(50)), terms, columns)
        two = pool.submit(send_total, ends[1], key_bins(ys), terms, columns, [values])
        one.result(), two.result()
    return ends


@pytest.mark.parametrize("reveal", Reveal)
def test_transcripts_depend_on_sizes_only(reveal: Reveal) -> None:
    shapes = set()
    for start in (0, 25, 90):
        ends = _record(list(range(start, start + 40)), np.arange(40) % (start + 3), terms_of(reveal))
        shapes.add(tuple(tuple(end.shape) for end in ends))
    assert len(shapes) == 1


def test_what_the_receiver_gets_looks_random_but_for_the_sum() -> None:
    """Payloads of 0 and payloads of 99 give corrections of the same kind, no word twice."""
    seen: set[bytes] = set()
    for value in (0, 99):
        receiver, _ = _record(list(range(40)), np.full(40, value), terms_of())
        corrections = next(payload for payload in receiver.received if len(payload) == 8 * 40)
        words = {corrections[at : at + 8] for at in range(0, len(corrections), 8)}
        assert len(words) == 40 and not words & seen
        seen |= words
        assert 0.4 < np.unpackbits(np.frombuffer(corrections, dtype=np.uint8)).mean() < 0.6
