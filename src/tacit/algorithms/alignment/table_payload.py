"""Columns of a row as one payload of a sealed table, which has one length for all rows, and back.

    for every column: length of the text (2 bytes, little-endian; 0xFFFF: empty cell), the text in UTF-8; then zeros

Columns travel as text: numbers, dates and truth values as they are written in a CSV.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.errors import DataError, ParameterError
from tacit.protocols.psi.rows import ByteRows

MAX_COLUMNS = 64
_NULL = 0xFFFF
_LONGEST = 0xFFFE

Lengths = NDArray[np.int64]

_KINDS = {  # letter of a column -> the type that its texts become again
    "i": pa.int64(),
    "u": pa.uint64(),
    "f": pa.float64(),
    "b": pa.bool_(),
    "d": pa.date32(),
    "t": pa.string(),
}


def kinds(schema: pa.Schema) -> str:
    """One letter per column: i(nteger), u(nsigned of 64 bits), f(loat), b(oolean), d(ate), t(ext: all the rest)."""
    return "".join(_kind(field.type) for field in schema)


def _kind(kind: pa.DataType) -> str:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_uint64(plain):
        return "u"
    tests = {
        "i": pa.types.is_integer,
        "f": pa.types.is_floating,
        "b": pa.types.is_boolean,
        "d": pa.types.is_date32,
    }
    return next((letter for letter, test in tests.items() if test(plain)), "t")


def is_kinds(text: str) -> bool:
    """Whether a text may have come from `kinds`."""
    return set(text) <= set(_KINDS)


def typed(texts: pa.Array, letter: str) -> tuple[pa.Array, int]:
    """The texts as values of their type, and how many were none, which a sender that breaks the rules can make: these
    cells are empty."""
    wanted = _KINDS[letter]
    try:
        return texts.cast(wanted), 0
    except pa.ArrowInvalid:
        cells = [_cell(text, wanted) for text in texts]
    return pa.array([cell.as_py() for cell in cells], type=wanted), sum(
        not cell.is_valid and text.is_valid for cell, text in zip(cells, texts, strict=True)
    )


def _cell(text: pa.Scalar, wanted: pa.DataType) -> pa.Scalar:
    try:
        return text.cast(wanted)
    except pa.ArrowInvalid:
        return pa.scalar(None, type=wanted)


def texts(batch: pa.RecordBatch, columns: Sequence[str]) -> list[pa.Array]:
    """The columns as texts. Raises DataError psi.column_not_given for a type that has no text, as lists have none."""
    found = []
    for name in columns:
        column = batch.column(batch.schema.get_field_index(name))
        try:
            found.append(column.cast(pa.large_string()))
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            raise DataError(
                "psi.column_not_given",
                f"Column '{name}' cannot be given to the other side.",
                found=str(column.type),
                expected="numbers, texts, truth values, dates or times",
            ) from None
    return found


def lengths(columns: Sequence[pa.Array]) -> Lengths:
    """Bytes that each row needs."""
    total = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        total += 2 + _lengths(column)
    return total


def pack(columns: Sequence[pa.Array], width: int) -> ByteRows:
    """Rows (n, width). Raises ParameterError psi.payload_width if one does not fit."""
    needed = lengths(columns)
    if len(needed) and int(needed.max()) > width:
        raise too_wide(int(needed.max()), width)
    rows = np.zeros((len(needed), width), dtype=np.uint8)
    flat, places = rows.reshape(-1), np.arange(len(needed), dtype=np.int64) * width
    for column in columns:
        size = _lengths(column)
        marks = np.where(_nulls(column), _NULL, size)
        flat[places], flat[places + 1] = (marks & 0xFF).astype(np.uint8), (marks >> 8).astype(np.uint8)
        _scatter(flat, places + 2, column, size)
        places = places + 2 + size
    return rows


def unpack(rows: ByteRows, columns: int) -> tuple[list[pa.Array], int]:
    """The columns of packed rows, and how many rows were none, which a sender that breaks the rules can make: their
    cells are empty."""
    found: list[list[str | None]] = []
    bad = 0
    for row in rows:
        cells = _cells(row.tobytes(), columns)
        bad += cells is None
        found.append(cells or [None] * columns)
    return [pa.array([cells[each] for cells in found], type=pa.string()) for each in range(columns)], bad


def too_wide(found: int, width: int) -> ParameterError:
    """The error for a row that does not fit into a payload."""
    return ParameterError(
        "psi.payload_width",
        "The payload columns of a row are longer than the table's payloads.",
        found=f"{found} bytes",
        expected=f"at most {width} bytes",
        hint="Name fewer columns, or build the table with more --payload-bytes.",
    )


def _cells(row: bytes, columns: int) -> list[str | None] | None:
    cells: list[str | None] = []
    at = 0
    for _ in range(columns):
        size, at = int.from_bytes(row[at : at + 2], "little"), at + 2
        if size == _NULL:
            cells.append(None)
            continue
        if at + size > len(row):
            return None
        try:
            cells.append(row[at : at + size].decode())
        except UnicodeDecodeError:
            return None
        at += size
    return cells if at <= len(row) else None


def _lengths(column: pa.Array) -> Lengths:
    """Of the texts; an empty cell has none."""
    offsets = _offsets(column)
    found = np.where(_nulls(column), 0, np.diff(offsets))
    if len(found) and int(found.max()) > _LONGEST:
        raise too_wide(int(found.max()), _LONGEST)
    return found


def _offsets(column: pa.Array) -> Lengths:
    return np.frombuffer(column.buffers()[1] or bytes(8), dtype=np.int64)[
        column.offset : column.offset + len(column) + 1
    ]


def _nulls(column: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column.is_null().to_numpy(zero_copy_only=False)
    return found


def _scatter(flat: NDArray[np.uint8], places: Lengths, column: pa.Array, size: Lengths) -> None:
    """The bytes of every text to its place."""
    data = column.buffers()[2]
    total = int(size.sum())
    if data is None or not total:
        return
    begins = np.cumsum(size) - size
    within = np.arange(total, dtype=np.int64) - np.repeat(begins, size)
    source = np.frombuffer(data, dtype=np.uint8)
    flat[np.repeat(places, size) + within] = source[np.repeat(_offsets(column)[:-1], size) + within]
