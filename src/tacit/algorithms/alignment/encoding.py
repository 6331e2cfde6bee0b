"""Bytes of single key values and their hash, straight from Arrow's buffers, without a Python loop over rows.

Text is its UTF-8 bytes. Integers are 8 bytes of two's complement, little-endian; those of 2^63 and more are 8 bytes
without a sign and a zero byte. Dates are the integer of their days since 1970-01-01.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit import kernel
from tacit.algorithms.alignment.normalise import normalise
from tacit.errors import DataError, ParameterError
from tacit.protocols.psi.rows import ByteRows

KEY_BYTES = 16
Mask = NDArray[np.bool_]
Strings = tuple[NDArray[np.uint8], NDArray[np.int64] | NDArray[np.int32]]  # bytes, and n + 1 positions in them


def letter(field: pa.Field, rules: tuple[str, ...]) -> bytes:
    """The type under which a column is compared: i(nteger), t(ext), d(ate).

    Raises DataError data.key_type; ParameterError psi.normalise for dates with rules.
    """
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_integer(kind):
        return b"t" if rules else b"i"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return b"t"
    if pa.types.is_date(kind) and not rules:
        return b"d"
    if pa.types.is_date(kind):
        raise ParameterError(
            "psi.normalise", f"Column '{field.name}' holds dates, which have one spelling only.", found=", ".join(rules)
        )
    raise DataError(
        "data.key_type",
        f"Column '{field.name}' cannot be a key: equal values of its type need not be equal byte for byte.",
        found=str(kind),
        expected="integer, text or date",
        hint="Declare it as integer or text in `types` of dataset.read.",
    )


def encoded(column: pa.Array, name: str, rules: tuple[str, ...]) -> tuple[Strings, Mask | None]:
    """The bytes of every value, and which values the rules rejected. Of a null: any bytes.

    Raises DataError data.key_type for a date with a time of day.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if rules:
        text, rejected = normalise(column, rules)
        return _text(text), rejected
    if pa.types.is_date(column.type):
        column = _days(column, name).cast(pa.int32())
    return (_integers(column) if pa.types.is_integer(column.type) else _text(column)), None


def nulls(column: pa.Array) -> Mask | None:
    """Which values are null; None if none is. Dictionaries may hold nulls among their values: those are looked up."""
    if pa.types.is_dictionary(column.type) and column.dictionary.null_count:
        column = column.cast(column.type.value_type)
    return np.asarray(column.is_null()) if column.null_count else None


def hashed(values: Strings, key: bytes) -> ByteRows:
    """(n, 16): keyed BLAKE3 of every value."""
    return kernel.blake3_short(values[0], values[1], key)


def hashed_rows(joined: ByteRows, key: bytes) -> ByteRows:
    """(n, 16): the same of rows of one length."""
    ends = np.arange(len(joined) + 1, dtype=np.int64) * joined.shape[1]
    return hashed((joined.reshape(-1), ends), key)


def hash_key(types: bytes, use: str) -> bytes:
    """The same in every session: a table's digests may be kept. The session enters where keys are put into bins."""
    return kernel.blake3_hash(b"tacit/psi/key/2/" + types + b"/" + use.encode())


def _text(column: pa.Array) -> Strings:
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    if not len(column):  # an empty array may lack even its one offset
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    _, offsets, content = column.buffers()
    data = np.empty(0, dtype=np.uint8) if content is None else np.frombuffer(content, dtype=np.uint8)
    here = slice(column.offset, column.offset + len(column) + 1)
    if pa.types.is_large_string(column.type):
        return data, np.frombuffer(offsets, dtype=np.int64)[here]
    return data, np.frombuffer(offsets, dtype=np.int32)[here]


def _integers(column: pa.Array) -> Strings:
    if not pa.types.is_uint64(column.type):
        words = np.asarray(pc.fill_null(column.cast(pa.int64()), 0))
        return words.view(np.uint8), np.arange(len(words) + 1, dtype=np.int64) * 8
    words = np.asarray(pc.fill_null(column, 0))
    large = words >> np.uint64(63) != 0
    ends = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum(8 + large, out=ends[1:])
    places = np.zeros((len(words), 9), dtype=np.uint8)
    places[:, :8] = words.view(np.uint8).reshape(-1, 8)
    used = np.ones(places.shape, dtype=bool)
    used[:, 8] = large
    return places[used], ends


def _days(column: pa.Array, name: str) -> pa.Array:
    try:
        return column.cast(pa.date32())
    except pa.ArrowInvalid:  # its text quotes the value
        raise DataError(
            "data.key_type",
            f"Column '{name}' cannot be a key: its dates have a time of day.",
            found=str(column.type),
            expected="whole days",
        ) from None
