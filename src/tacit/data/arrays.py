"""Numeric arrays inside JSON documents: base64 of the little-endian bytes, with type and shape."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.errors import DataError

LIMIT = 1 << 30  # bytes one array of a document may take
_MAX_AXES = 8
_NAMES = {
    "bool": np.dtype("?"),
    **{f"{sign}int{8 * width}": np.dtype(f"<{sign or 'i'}{width}") for sign in ("", "u") for width in (1, 2, 4, 8)},
    "float32": np.dtype("<f4"),
    "float64": np.dtype("<f8"),
}


def encode_array(array: NDArray[Any]) -> dict[str, Any]:
    """JSON-safe form: {"dtype": "float64", "shape": [n, k], "data": base64}, C order, little-endian.

    Raises ValueError for a type that is not a plain number or truth value, or for more than LIMIT bytes.
    """
    name = array.dtype.name
    if name not in _NAMES:
        raise ValueError(f"arrays of {name} have no document form")
    if array.ndim > _MAX_AXES or array.nbytes > LIMIT:
        raise ValueError(f"an array of shape {array.shape} is too large for a document")
    data = np.asarray(array, dtype=_NAMES[name], order="C").tobytes()
    return {"dtype": name, "shape": list(array.shape), "data": base64.b64encode(data).decode("ascii")}


def decode_array(document: Any, *, limit: int = LIMIT) -> NDArray[Any]:
    """A fresh, writable array. The length of the text is compared with type and shape before memory is taken.

    Raises DataError data.array_malformed.
    """
    if not isinstance(document, dict) or set(document) != {"dtype", "shape", "data"}:
        raise _malformed("not an object with exactly dtype, shape and data")
    dtype = _NAMES.get(document["dtype"]) if isinstance(document["dtype"], str) else None
    if dtype is None:
        raise _malformed("a type that is not on the list")
    shape, text = _checked_shape(document["shape"]), document["data"]
    size = math.prod(shape) * dtype.itemsize
    if size > limit:
        raise _malformed(f"{size} bytes, more than the limit of {limit}")
    if not isinstance(text, str) or len(text) != 4 * ((size + 2) // 3):
        raise _malformed("data whose length does not fit type and shape")
    return _decoded(text, size, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _decoded(text: str, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("data that is not base64") from None
    if len(data) != size:
        raise _malformed("data whose length does not fit type and shape")
    if dtype.kind == "b" and any(data.translate(None, b"\0\1")):
        raise _malformed("truth values other than 0 and 1")
    return np.frombuffer(bytearray(data), dtype=dtype)


def _checked_shape(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, list) or len(shape) > _MAX_AXES:
        raise _malformed(f"a shape that is not a list of at most {_MAX_AXES} axes")
    if any(not isinstance(axis, int) or isinstance(axis, bool) or not 0 <= axis <= 1 << 48 for axis in shape):
        raise _malformed("a shape with an axis that is not a size")
    return tuple(shape)


def _malformed(found: str) -> DataError:
    return DataError(
        "data.array_malformed",
        "An array in a document cannot be read.",
        found=found,
        expected='{"dtype", "shape", "data"} as written by Tacit',
        hint="The document was changed or cut off; make it again.",
    )
