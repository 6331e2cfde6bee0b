"""Keys: what is equal, what differs, what is refused, and how the counts add up."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.algorithms.alignment.keys import (
    KeyCounts,
    KeyDigester,
    KeyRules,
    check_repeats,
    fill_bins,
    key_digests,
    key_set,
)
from tacit.errors import DataError, ParameterError


def _digests(values: object, kind: pa.DataType | None = None) -> list[bytes]:
    table = pa.table({"k": pa.array(values, kind)})
    return [row.tobytes() for row in key_digests(table, ["k"])[0]]


@given(st.lists(st.text(max_size=8), max_size=20))
@settings(max_examples=40, deadline=None)
def test_texts_are_equal_exactly_when_their_digests_are(values: list[str]) -> None:
    found = _digests(values, pa.string())
    assert [found.index(one) for one in found] == [values.index(one) for one in values]


@given(st.lists(st.tuples(st.text("ab", max_size=3), st.text("ab", max_size=3)), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_parts_of_a_key_do_not_run_together(pairs: list[tuple[str, str]]) -> None:
    table = pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
    found = [row.tobytes() for row in key_digests(table, ["a", "b"])[0]]
    assert [found.index(one) for one in found] == [pairs.index(one) for one in pairs]


def test_the_order_of_columns_matters() -> None:
    table = pa.table({"a": ["x"], "b": ["y"]})
    assert not np.array_equal(key_digests(table, ["a", "b"])[0], key_digests(table, ["b", "a"])[0])


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_the_layout_of_texts_does_not_matter(kind: pa.DataType) -> None:
    values = ["甲", "b", "", "Ünï", "b"]
    assert _digests(pa.array(values).cast(kind)) == _digests(values)


@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64()])
def test_the_width_of_integers_does_not_matter(kind: pa.DataType) -> None:
    assert _digests([0, 7, 100], kind) == _digests([0, 7, 100], pa.int64())


def test_extreme_integers() -> None:
    assert len(set(_digests([-(2**63), 2**63 - 1, 0, -1], pa.int64()))) == 4


def test_dates() -> None:
    days = [datetime.date(2020, 2, 29), datetime.date(1960, 1, 1)]
    assert _digests(days, pa.date32()) == _digests(days, pa.date64())


def test_dates_with_a_time_of_day_are_refused_without_quoting_them() -> None:
    with pytest.raises(DataError) as caught:
        key_digests(pa.table({"k": pa.array([86_400_000, 123_456_789], pa.date64())}), ["k"])
    assert caught.value.code == "data.key_type"
    assert "123456789" not in str(caught.value.as_dict())
    assert caught.value.__suppress_context__


def test_slices_and_chunks_do_not_matter() -> None:
    whole = pa.table({"k": [f"id{i}" for i in range(20)]})
    parts = pa.concat_tables([whole.slice(0, 3), whole.slice(3, 10), whole.slice(13)])
    assert np.array_equal(key_digests(parts, ["k"])[0], key_digests(whole, ["k"])[0])
    assert np.array_equal(key_digests(whole.slice(5, 4), ["k"])[0], key_digests(whole, ["k"])[0][5:9])


def test_types_are_named_and_enter_the_digest() -> None:
    table = pa.table({"n": [7], "t": ["7"], "d": pa.array([7], pa.date32())})
    assert [key_digests(table, [name])[2] for name in "ntd"] == [b"i", b"t", b"d"]
    assert len({key_digests(table, [name])[0].tobytes() for name in "ntd"}) == 3
    assert key_digests(table, ["d", "n"])[2] == b"di"


@pytest.mark.parametrize("kind", [pa.float64(), pa.bool_(), pa.timestamp("s"), pa.binary()])
def test_inexact_types_are_refused(kind: pa.DataType) -> None:
    with pytest.raises(DataError) as caught:
        key_digests(pa.table({"k": pa.array([], kind)}), ["k"])
    assert caught.value.code == "data.key_type"


@pytest.mark.parametrize("columns", [(), ("k", "k"), tuple(f"k{i}" for i in range(17))])
def test_number_of_key_columns(columns: tuple[str, ...]) -> None:
    table = pa.table({name: ["x"] for name in {"k", *columns}})
    with pytest.raises(ParameterError) as caught:
        key_set(table, KeyRules(columns))
    assert caught.value.code == "psi.key_columns"


def test_unknown_column() -> None:
    with pytest.raises(DataError) as caught:
        key_set(pa.table({"id": ["x"]}), KeyRules(("idd",)))
    assert caught.value.code == "data.column_missing"


def test_nulls_refused_with_counts_only() -> None:
    table = pa.table({"a": ["secret", None, "x"], "b": [1, 2, None]})
    with pytest.raises(DataError) as caught:
        key_set(table, KeyRules(("a", "b")))
    assert caught.value.code == "data.key_null"
    assert caught.value.found is not None and caught.value.found.startswith("2 of 3")
    assert "secret" not in str(caught.value)


def test_duplicates_refused_with_counts_only() -> None:
    with pytest.raises(DataError) as caught:
        key_set(pa.table({"a": ["secret", "x", "secret", "secret"]}), KeyRules(("a",)))
    assert caught.value.code == "data.key_duplicate"
    assert caught.value.found is not None and caught.value.found.startswith("2 of 4")
    assert "secret" not in str(caught.value)


def test_dropped_rows_are_counted_and_the_rest_keeps_its_place() -> None:
    table = pa.table({"a": ["x", None, "y", "x", None, "z", "y"]})
    keys = key_set(table, KeyRules(("a",), nulls="drop", duplicates="first"))
    assert keys.rows.tolist() == [0, 2, 5]
    assert (keys.read, keys.null, keys.duplicate, len(keys.digests)) == (7, 2, 2, 3)


def test_an_empty_string_is_a_key_and_a_null_is_none() -> None:
    keys = key_set(pa.table({"a": ["", None]}), KeyRules(("a",), nulls="drop"))
    assert keys.rows.tolist() == [0]


def test_empty_table() -> None:
    assert len(key_set(pa.table({"a": pa.array([], pa.string())}), KeyRules(("a",))).rows) == 0


class _Log:
    """Takes what bins would take."""

    def __init__(self) -> None:
        self.seen: list[bytes | None] = []

    def add(self, digests: np.ndarray) -> None:
        self.seen += [row.tobytes() for row in digests]

    def skip(self, rows: int) -> None:
        self.seen += [None] * rows


@given(st.lists(st.none() | st.text("ab", max_size=2), max_size=30), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_batches_fill_bins_row_by_row(values: list[str | None], size: int) -> None:
    table = pa.table({"k": pa.array(values, pa.string())})
    digester, log = KeyDigester(table.schema, KeyRules(("k",), nulls="drop")), _Log()
    for batch in table.to_batches(max_chunksize=size):
        digester.feed(log, batch)
    digester.check()
    digests, null, _ = key_digests(table, ["k"])
    assert log.seen == [None if gone else row.tobytes() for row, gone in zip(digests, null, strict=True)]
    assert digester.counts == KeyCounts(len(values), values.count(None), 0)


def test_a_whole_table_fills_bins() -> None:
    log = _Log()
    digester = fill_bins(log, pa.table({"k": ["x", "y"]}), KeyRules(("k",)))
    assert len(set(log.seen)) == 2 and digester.types == b"t"
    fill_bins(log, pa.table({"k": pa.array([], pa.string())}), KeyRules(("k",)))


def test_integers_at_and_above_the_signed_range_differ() -> None:
    values = [0, 1, 2**63 - 1, 2**63, 2**64 - 1, 2**63 + 1]
    found = _digests(values, pa.uint64())
    assert len(set(found)) == 6 and found[:3] == _digests(values[:3], pa.int64())
    assert not set(found) & set(_digests([-1, -(2**63), -(2**63) + 1], pa.int64()))


def test_nulls_inside_a_dictionary_count() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["x", None]))
    assert key_digests(pa.table({"k": column}), ["k"])[1].tolist() == [False, True, True]


def test_repeats_are_refused_or_not() -> None:
    check_repeats(KeyRules(("k",), duplicates="first"), 5, 10)
    with pytest.raises(DataError) as caught:
        check_repeats(KeyRules(("k",)), 5, 10)
    assert caught.value.code == "data.key_duplicate"


def test_rules_must_go_with_the_columns() -> None:
    table = pa.table({"a": ["x"], "b": ["y"]})
    with pytest.raises(ParameterError) as caught:
        KeyDigester(table.schema, KeyRules(("a", "b"), normalise=(("trim",),)))
    assert caught.value.code == "psi.normalise"
