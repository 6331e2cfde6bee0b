"""Record batches as the bytes of CSV lines: no more quotes than needed, the same bytes however rows are batched."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from tacit.errors import DataError

_SPECIAL = (b'"', b"\n", b"\r")
_LARGE = pa.large_string()
_ROWS = 1 << 16  # rows that Arrow turns into text at a time


@cache
def _text(value: str) -> pa.Scalar:
    """Made at first use: Arrow reserves a gigabyte with its first buffer, and a worker's limit counts from there."""
    return pa.scalar(value, _LARGE)


def header(names: Sequence[str], delimiter: str) -> bytes:
    """The first line: RFC 4180 with a line feed, UTF-8."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def check_writable(schema: pa.Schema) -> None:
    """Raises DataError data.type_unsupported for a column that has no text form."""
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_nested(kind) or not (pa.types.is_primitive(kind) or _is_text(kind) or _is_plain(kind)):
            raise DataError(
                "data.type_unsupported",
                f"Column '{field.name}' has a type that a CSV file cannot hold.",
                found=str(kind) if not pa.types.is_nested(kind) else "a nested type",
                expected="text, numbers, truth values, dates or times",
                hint="Leave the column out, or write Parquet or Arrow.",
            )


def write_lines(batch: pa.RecordBatch, file: pa.NativeFile, delimiter: str) -> None:
    """Rows as lines. A null is an empty cell; an empty text is "" so that a reader can tell it from a null."""
    columns = [column.cast(_stored(column.type)) for column in batch.columns]
    if all(_is_bare(column, delimiter) for column in columns) and not (len(columns) == 1 and columns[0].null_count):
        bare = pa.record_batch(columns, names=batch.schema.names)
        style = pacsv.WriteOptions(include_header=False, batch_size=_ROWS, delimiter=delimiter, quoting_style="none")
        pacsv.write_csv(bare, file, style)
        return
    cells = [_cells(column, delimiter, alone=len(columns) == 1) for column in columns]
    for start in range(0, batch.num_rows, _ROWS):
        _write_joined([each.slice(start, _ROWS) for each in cells], file, delimiter)


def _write_joined(cells: list[pa.Array], file: pa.NativeFile, delimiter: str) -> None:
    lines = cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, pa.scalar(delimiter, _LARGE))
    content = pc.binary_join_element_wise(lines, _text(""), _text("\n")).buffers()[2]
    if content is not None:
        file.write(content)


def _is_bare(column: pa.Array, delimiter: str) -> bool:
    """No cell needs quotes: searched for in all bytes at once."""
    if not _is_text(column.type):
        return not pa.types.is_decimal(column.type)  # these have no fast writer
    if len(column) and pc.min(pc.binary_length(column)).as_py() == 0:
        return False
    content = column.buffers()[2]
    if content is None or not len(column):
        return True
    data = _own_bytes(column)
    return not any(mark in data for mark in (*_SPECIAL, delimiter.encode()))


def _own_bytes(column: pa.Array) -> bytes:
    """The bytes of the column's cells; a slice may lie in a far larger buffer."""
    _, offsets, content = column.buffers()
    ends = memoryview(offsets).cast("q" if pa.types.is_large_string(column.type) else "i")
    first, last = ends[column.offset], ends[column.offset + len(column)]
    return bytes(content.slice(first, last - first))


def _cells(column: pa.Array, delimiter: str, *, alone: bool) -> pa.Array:
    text = column.cast(_LARGE)
    if _is_text(column.type):
        marks = pc.match_substring_regex(text, f'["\r\n{_escaped(delimiter)}]')
        special = pc.or_(marks, pc.equal(pc.binary_length(text), 0))
        if pc.any(special).as_py():
            doubled = pc.replace_substring(text, '"', '""')
            text = pc.if_else(special, pc.binary_join_element_wise(_text('"'), doubled, _text('"'), _text("")), text)
    return pc.fill_null(text, '""' if alone else "")  # an empty line would be no row


def _escaped(delimiter: str) -> str:
    return f"\\x{ord(delimiter):02x}"


def _stored(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _stored(kind.value_type)
    return pa.large_string() if pa.types.is_string_view(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(kind) or pa.types.is_null(kind))
