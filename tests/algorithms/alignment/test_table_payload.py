"""Columns into payloads of one length and back, and bytes that no honest server packs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tacit.algorithms.alignment.table_payload import lengths, pack, texts, unpack
from tacit.errors import DataError, ParameterError

WORDS = ["", "a", None, "Zürich", "中文", "x" * 40, "\0", None, " "]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_packed_comes_back(seed: int) -> None:
    chosen = np.random.default_rng(seed).integers(0, len(WORDS), (3, 200))
    columns = [pa.array([WORDS[each] for each in row], type=pa.large_string()) for row in chosen]
    width = int(lengths(columns).max()) + seed
    back, bad = unpack(pack(columns, width), 3)
    assert bad == 0 and [column.to_pylist() for column in back] == [column.to_pylist() for column in columns]


def test_slices_and_types() -> None:
    batch = pa.record_batch(
        {
            "n": pa.array([None, 1, 2, -3]),
            "x": pa.array([0.5, 1.25, None, 3.0]),
            "d": pa.array(["p", "q", "p", None]).dictionary_encode(),
            "t": pa.array([True, None, False, True]),
        }
    ).slice(1)
    back, bad = unpack(pack(texts(batch, batch.schema.names), 64), 4)
    assert bad == 0
    assert [column.to_pylist() for column in back] == [
        ["1", "2", "-3"],
        ["1.25", None, "3"],
        ["q", "p", None],
        [None, "false", "true"],
    ]


def test_no_rows() -> None:
    assert pack([pa.array([], type=pa.large_string())], 8).shape == (0, 8)
    assert unpack(np.zeros((0, 8), dtype=np.uint8), 2)[0][1].to_pylist() == []


def test_a_row_that_does_not_fit() -> None:
    with pytest.raises(ParameterError) as refused:
        pack([pa.array(["123456789"], type=pa.large_string())], 8)
    assert (refused.value.code, refused.value.found) == ("psi.payload_width", "11 bytes")


def test_a_column_that_has_no_text() -> None:
    with pytest.raises(DataError) as refused:
        texts(pa.record_batch({"pair": pa.array([[1, 2]])}), ["pair"])
    assert refused.value.code == "psi.column_not_given" and "1" not in str(refused.value.found)


@pytest.mark.parametrize("row", [b"\x09\0abcdef", b"\x01\0\xff\0\0\0\0\0", b"\x06\0abcdef", b"\xfe\xff\0\0\0\0\0\0"])
def test_rows_that_nobody_packs_are_empty_and_counted(row: bytes) -> None:
    """No error: it would tell a server that spoilt one entry who asks about it."""
    back, bad = unpack(np.frombuffer(row, dtype=np.uint8).reshape(1, 8), 2)
    assert bad == 1 and [column.to_pylist() for column in back] == [[None], [None]]
