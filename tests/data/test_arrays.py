"""Arrays in documents: exact round trips, and nothing but what was announced."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tacit.data.arrays import decode_array, encode_array
from tacit.errors import DataError

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(DTYPES).flatmap(
        lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5))
    )
)
def test_round_trip_is_exact(array: np.ndarray) -> None:
    back = decode_array(json.loads(json.dumps(encode_array(array))))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


def test_byte_order_and_strides_do_not_matter() -> None:
    array = np.arange(12, dtype=">i4").reshape(3, 4)[:, ::2]
    document = encode_array(array)
    assert base64.b64decode(document["data"])[:4] == b"\0\0\0\0"
    assert decode_array(document).tolist() == array.tolist()


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.array([1j]), np.array([1], dtype="M8[s]")])
def test_other_types_are_not_written(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="document"):
        encode_array(array)


GOOD: dict[str, Any] = {"dtype": "uint8", "shape": [3], "data": "AAEC"}


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "object"},
        {"dtype": ["uint8"]},
        {"shape": [4]},
        {"shape": [-3]},
        {"shape": [True, 3]},
        {"shape": "3"},
        {"shape": [1] * 9},
        {"shape": [1 << 40]},
        {"data": "AAE="},
        {"data": "AA C"},
        {"data": "A??C"},
        {"data": 7},
        {"dtype": "bool"},
        {"extra": 1},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DataError) as caught:
        decode_array({**GOOD, **change})
    assert caught.value.code == "data.array_malformed"


def test_not_an_object_and_too_large_are_refused() -> None:
    for document, limit in ((None, 10), ([1], 10), (GOOD, 2)):
        with pytest.raises(DataError):
            decode_array(document, limit=limit)
