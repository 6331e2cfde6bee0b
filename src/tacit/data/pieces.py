"""One file as a table, a stream or a description: CSV, Parquet or Arrow, of this machine or of a store."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tacit.data import columnar, delimited
from tacit.data.checks import finite, parse_text
from tacit.data.columns import mark_role, role_of
from tacit.data.delimited import Delimited, check_header
from tacit.data.reading import TYPES, Reading
from tacit.data.storage import StoredFile
from tacit.errors import DataError, ParameterError

_BAD_CELLS = b"tacit.bad_cells"
_CHINESE = {"gbk", "gb2312", "cp936", "gb18030"}  # gb18030 holds the others


@dataclass(frozen=True, slots=True)
class Piece:
    """A file and how it is read."""

    path: Path | StoredFile
    format: str
    options: Mapping[str, Any]


def read_piece(piece: Piece, reading: Reading) -> pa.Table:
    """The wanted columns of the whole file. Errors as of `sources.read_table`."""
    return _read_csv(piece, reading) if piece.format == "csv" else _read_columnar(piece, reading)


def stream_piece(piece: Piece, reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    """The same in constant memory."""
    return _stream_csv(piece, reading) if piece.format == "csv" else _stream_columnar(piece, reading, rows)


def describe_piece(piece: Piece, reading: Reading) -> tuple[pa.Schema, int]:
    """Columns as they are stored, and the number of rows."""
    if piece.format == "csv":
        return _describe_csv(piece, reading)
    schema, rows = _columnar_schema(piece)
    check_header(schema.names, schema.names)
    return schema, rows


def size_of(piece: Piece) -> int:
    """Bytes of the file."""
    return piece.path.size if isinstance(piece.path, StoredFile) else piece.path.stat().st_size


def names_of(piece: Piece, reading: Reading) -> list[str]:
    """All columns of the file."""
    return delimited_of(piece, reading).names() if piece.format == "csv" else _columnar_schema(piece)[0].names


def types_of(piece: Piece, reading: Reading) -> dict[str, pa.DataType]:
    """Types of the wanted columns as `stream_piece` gives them; null for a column of a CSV without any value."""
    if piece.format != "csv":
        stored, _ = _columnar_schema(piece)
        names = reading.select(stored.names)
        empty = _conformed(stored.empty_table().select(names), stored, reading)
        return dict(zip(empty.column_names, empty.schema.types, strict=True))
    file = delimited_of(piece, reading)
    types, guesses = _csv_types(file, reading, empty=pa.null())
    if guesses:
        file.confirmed(types, guesses=guesses)
    return {name: TYPES.get(reading.types.get(name, ""), dtype) for name, dtype in types.items()}


def bad_cells(field: pa.Field) -> int:
    """How many cells of this column were emptied while reading because they were not of the declared type."""
    return int((field.metadata or {}).get(_BAD_CELLS, b"0"))


def _read_csv(piece: Piece, reading: Reading) -> pa.Table:
    file = delimited_of(piece, reading)
    types, guesses = _csv_types(file, reading)
    return _finished(file.table(types, guesses=guesses), reading, file)


def _stream_csv(piece: Piece, reading: Reading) -> Iterator[pa.RecordBatch]:
    file = delimited_of(piece, reading)
    types, guesses = _csv_types(file, reading)
    if guesses:
        file.confirmed(types, guesses=guesses)
    start = 0
    for batch in file.batches(types):
        table = _finished(pa.table(batch), reading, file, start=start)
        start += batch.num_rows
        yield from table.combine_chunks().to_batches()


def _describe_csv(piece: Piece, reading: Reading) -> tuple[pa.Schema, int]:
    file = delimited_of(piece, reading)
    types, guesses = _csv_types(file, reading)
    rows = file.confirmed(types, guesses=guesses)
    return pa.schema(list(types.items())), rows


def _csv_types(
    file: Delimited, reading: Reading, *, empty: pa.DataType = TYPES["number"]
) -> tuple[dict[str, pa.DataType], list[str]]:
    """Type to read each wanted column in, and which of them are guesses.

    Declared ones are read as text first where bad cells are to become null, and truth values always, because
    Arrow takes no blanks around them.
    """
    names = _wanted(file, reading)
    kinds = {name: reading.kind_of(name) for name in names}
    guesses = file.guessed([name for name in names if kinds[name] is None], empty=empty)
    direct = {"integer", "number"} if reading.bad_cells == "refuse" else set()
    types = {name: TYPES[kind if kind in direct else "text"] for name, kind in kinds.items() if kind is not None}
    return {name: (types | guesses)[name] for name in names}, list(guesses)


def _wanted(file: Delimited, reading: Reading) -> list[str]:
    header = file.names()
    try:
        names = reading.select(header)
    except DataError as error:
        if error.code == "data.column_missing" and len(header) == 1 and any(mark in header[0] for mark in ";\t|,"):
            error.hint = f"The header has one cell only; is `delimiter` right ({file.delimiter!r})?"
        raise
    check_header(header, names)
    return names


def _finished(table: pa.Table, reading: Reading, file: Delimited, *, start: int = 0) -> pa.Table:
    """Parse what was kept as text for it, check what is a number, mark roles."""

    def place(row: int) -> str:
        return file.place(start + row)

    columns, fields = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind, bad = reading.types.get(name), 0
        if kind not in (None, "text") and pa.types.is_string(column.type):
            column, bad = parse_text(name, column, str(kind), bad_cells=reading.bad_cells, place=place)
        columns.append(finite(name, column, nan_is_missing=reading.nan_is_missing, place=place))
        fields.append(counted_field(name, columns[-1].type, bad))
    return pa.table(columns, schema=reading.mark(pa.schema(fields)))


def _read_columnar(piece: Piece, reading: Reading) -> pa.Table:
    stored, _ = _columnar_schema(piece)
    names = reading.select(stored.names)
    check_header(stored.names, names)
    read = columnar.read_parquet if piece.format == "parquet" else columnar.read_arrow
    return _conformed(read(piece.path, names), stored, reading)


def _stream_columnar(piece: Piece, reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    stored, _ = _columnar_schema(piece)
    names = reading.select(stored.names)
    check_header(stored.names, names)
    read = columnar.parquet_batches if piece.format == "parquet" else columnar.arrow_batches
    for batch in read(piece.path, names, rows):
        yield from _conformed(pa.table(batch), stored, reading).combine_chunks().to_batches()


def _conformed(table: pa.Table, stored: pa.Schema, reading: Reading) -> pa.Table:
    """Columns in known types. A file that carries roles keeps them where the reading names none."""
    columns, fields = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        column, bad = columnar.conform(name, column, reading)
        columns.append(column)
        fields.append(counted_field(name, column.type, bad))
    schema = reading.mark(pa.schema(fields))
    if not reading.keys and reading.label is None:
        schema = pa.schema([mark_role(each, role_of(stored.field(each.name))) for each in schema])
    return pa.table(columns, schema=schema)


def counted_field(name: str, dtype: pa.DataType, bad: int) -> pa.Field:
    """A field that tells how many of its cells were emptied (see `bad_cells`)."""
    return pa.field(name, dtype, metadata={_BAD_CELLS: str(bad)} if bad else None)


def _columnar_schema(piece: Piece) -> tuple[pa.Schema, int]:
    return (columnar.parquet_schema if piece.format == "parquet" else columnar.arrow_schema)(piece.path)


def delimited_of(piece: Piece, reading: Reading) -> Delimited:
    """How a CSV is cut. It is looked at once from beginning to end. Raises DataError dataset.unreadable."""
    delimiter, encoding = piece.options.get("delimiter", ","), piece.options.get("encoding", "utf-8")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n' or ord(delimiter) > 127:
        raise option_invalid("delimiter", "one ASCII character that is neither a quote nor a line end")
    return delimited.open_delimited(
        piece.path, delimiter=delimiter, encoding=_encoding(encoding), null_values=reading.null_values
    )


def _encoding(name: Any) -> str:
    try:
        found = codecs.lookup(name).name
        text_codec = isinstance("".encode(found), bytes)
    except (LookupError, TypeError, UnicodeError):
        text_codec = False
    if not text_codec:
        raise option_invalid("encoding", "the name of a text encoding, such as utf-8 or gb18030")
    if found == "utf-8-sig":
        return "utf-8"
    return "gb18030" if found in _CHINESE else found


def option_invalid(name: str, expected: str) -> ParameterError:
    """The error for an option of a dataset that has no such value."""
    return ParameterError("dataset.option_invalid", f"The dataset's option `{name}` cannot be used.", expected=expected)
