"""Columns and numbers between the parties: what arrives is what was sent, and nothing else is taken."""

from __future__ import annotations

import datetime
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest

from tacit.algorithms.alignment import exchange
from tacit.channel.memory import memory_pair
from tacit.errors import DataError, ProtocolError


def _sent(table: pa.Table, rows: int, columns: int) -> pa.Table:
    left, right = memory_pair("left", "right", patience_s=10)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(exchange.send_columns, left, table)
        found = exchange.recv_columns(right, rows, columns)
        sending.result()
    return found


def test_values_arrive_without_names_and_metadata() -> None:
    columns = {
        "secret name": pa.array(["a", None, "中"]).dictionary_encode(),
        "b": [1.5, None, -0.0],
        "c": [datetime.date(2020, 1, 1)] * 3,
        "d": [True, False, None],
    }
    found = _sent(pa.table(columns, metadata={"k": "v"}), 3, 4)
    assert found.column_names == ["c0", "c1", "c2", "c3"]
    assert found.schema.metadata is None
    assert [column.to_pylist() for column in found.columns] == [
        ["a", None, "中"],
        [1.5, None, -0.0],
        [datetime.date(2020, 1, 1)] * 3,
        [True, False, None],
    ]


def test_slices_are_sent_as_slices() -> None:
    table = pa.table({"x": list(range(200_000))})
    assert _sent(table.slice(70_000, 100_000), 100_000, 1)["c0"].to_pylist() == list(range(70_000, 170_000))


@pytest.mark.parametrize("columns", [0, 2])
def test_no_rows(columns: int) -> None:
    table = pa.table({f"x{i}": pa.array([], pa.int64()) for i in range(columns)})
    found = _sent(table, 0, columns)
    assert (found.num_rows, found.num_columns) == (0, columns)


def test_types_that_cannot_travel() -> None:
    left, _ = memory_pair("left", "right")
    with pytest.raises(DataError) as caught:
        exchange.send_columns(left, pa.table({"x": [[1]]}))
    assert caught.value.code == "psi.column_not_given"


@pytest.mark.parametrize(("rows", "columns"), [(2, 1), (4, 1), (3, 2)])
def test_what_does_not_fit_the_agreement_is_refused(rows: int, columns: int) -> None:
    with pytest.raises(ProtocolError) as caught:
        _sent(pa.table({"x": [1, 2, 3]}), rows, columns)
    assert caught.value.code == "psi.malformed"


@pytest.mark.parametrize("message", [b"x", b"\xff\xff\xff\xff\x10\x00\x00\x00" + bytes(16), bytes(100)])
def test_rubbish_is_refused(message: bytes) -> None:
    left, right = memory_pair("left", "right")
    left.send(exchange.Message.COLUMNS, message)
    with pytest.raises(ProtocolError) as caught:
        exchange.recv_columns(right, 1, 1)
    assert caught.value.code == "psi.malformed"


def _stream(*tables: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, tables[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for table in tables:
            writer.write_table(table)
    return sink.getvalue()


ROWS = pa.table({"c0": pa.array([1, 2, 3])})


@pytest.mark.parametrize(
    "message",
    [
        _stream(pa.table({"c0": pa.array(["x" * 100_000] * 3, pa.large_string())}), compression="zstd"),
        _stream(pa.table({"c0": pa.array([0] * 3)}), compression="lz4"),
        _stream(ROWS, ROWS),
        _stream(ROWS.slice(0, 2), ROWS.slice(2)),
        _stream(pa.table({"c0": pa.array(["a", "a", "b"]).dictionary_encode()})),
        _stream(pa.table({"c0": [[1], [2], [3]]})),
        _stream(ROWS.slice(0, 2)),
    ],
)
def test_batches_that_grow_or_are_cut_otherwise_are_refused(message: bytes) -> None:
    left, right = memory_pair("left", "right")
    left.send(exchange.Message.COLUMNS, message)
    with pytest.raises(ProtocolError) as caught:
        exchange.recv_columns(right, 3, 1)
    assert caught.value.code == "psi.malformed"


@pytest.mark.parametrize("rows", [0, 3])
def test_rows_after_the_last_one_are_refused(rows: int) -> None:
    left, right = memory_pair("left", "right")
    for _ in range(2):
        left.send(exchange.Message.COLUMNS, _stream(ROWS))
    with pytest.raises(ProtocolError) as caught:
        exchange.recv_columns(right, rows, 1)
    assert caught.value.code == "psi.malformed"


def test_many_chunks_travel_as_full_batches() -> None:
    table = pa.concat_tables([pa.table({"x": list(range(start, start + 7))}) for start in range(0, 70_000, 7)])
    assert _sent(table, 70_000, 1)["c0"].to_pylist() == list(range(70_000))


def test_counts_outside_the_possible_are_refused() -> None:
    for theirs in (4, 8):
        left, right = memory_pair("left", "right")
        left.send(exchange.Message.UNMATCHED, theirs.to_bytes(8, "little"))
        with pytest.raises(ProtocolError):
            exchange.swap_count(right, 0, 5, 7)
    left, right = memory_pair("left", "right")
    left.send(exchange.Message.MULTIPLICITIES, np.array([1, 0], dtype="<u4").tobytes())
    with pytest.raises(ProtocolError):
        exchange.swap_multiplicities(right, np.array([1, 1]))
