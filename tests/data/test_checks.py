"""Text as numbers: the same verdict as Arrow's CSV reader, and counts that are right."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tacit.data.checks import finite, fits, float_values, parse_text
from tacit.errors import DataError

TARGET = {"integer": pa.int64(), "number": pa.float64()}
NEAR_INT64 = st.integers(-(2**63) - 2, -(2**63) + 2) | st.integers(2**63 - 3, 2**63 + 2)


def arrow_takes(cell: str, kind: str) -> bool:
    convert = pacsv.ConvertOptions(column_types={"a": TARGET[kind]}, null_values=[])
    try:
        pacsv.read_csv(io.BytesIO(f"a,b\n{cell},1\n".encode()), convert_options=convert)
    except pa.ArrowInvalid:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(st.text("0159.-+eEx \t", min_size=1, max_size=7) | NEAR_INT64.map(str), st.sampled_from(["integer", "number"]))
@example("1e99999", "number")
@example("0" * 30 + "5", "integer")
@example("9" * 400, "number")
@example("١", "integer")
def test_fits_agrees_with_the_csv_reader(cell: str, kind: str) -> None:
    assert fits(pa.chunked_array([[cell]]), kind)[0].as_py() == arrow_takes(cell, kind)


def test_parsing_empties_only_what_does_not_fit() -> None:
    column = pa.chunked_array([["1", None, "x"], [" 2\t", "0x10", "2.5", "9223372036854775808"]])
    parsed, bad = parse_text("c", column, "integer", bad_cells="null")
    assert (parsed.to_pylist(), bad) == ([1, None, None, 2, 16, None, None], 3)
    parsed, bad = parse_text("c", pa.chunked_array([[" true", "0", "FALSE", "yes"]]), "boolean", bad_cells="null")
    assert (parsed.to_pylist(), bad) == ([True, False, False, None], 1)


def test_the_first_bad_cell_is_located() -> None:
    with pytest.raises(DataError) as caught:
        parse_text("c", pa.chunked_array([["1"], ["2", "secret", "x"]]), "number")
    assert caught.value.found == "2 such cells, the first in row 3"


def test_finite_counts_across_chunks() -> None:
    column = pa.chunked_array([[1.0, None], [np.nan, np.inf]])
    assert finite("c", pa.chunked_array([[1]]), nan_is_missing=False).to_pylist() == [1]
    with pytest.raises(DataError) as caught:
        finite("c", column, nan_is_missing=True)
    assert caught.value.found == "1 such cell, the first in row 4"
    with pytest.raises(DataError) as caught:
        finite("c", column, nan_is_missing=False)
    assert caught.value.found == "2 such cells, the first in row 3"


def test_float_values() -> None:
    assert float_values(pa.chunked_array([[True, False]])).tolist() == [1.0, 0.0]
    assert np.isnan(float_values(pa.chunked_array([pa.array([1, None], pa.int8())]))).tolist() == [False, True]
    assert float_values(pa.chunked_array([[2**63 - 1]])).tolist() == [float(2**63)]
    with pytest.raises(ValueError, match="numbers"):
        float_values(pa.chunked_array([["a"]]))
