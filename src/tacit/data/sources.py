"""Open a dataset of this party: as a table, as a stream of batches, as a description, as a digest."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from tacit.data import columnar, delimited
from tacit.data.checks import finite, parse_text
from tacit.data.columns import mark_role, role_of
from tacit.data.delimited import Delimited, check_header
from tacit.data.reading import TYPES, Reading
from tacit.errors import DataError, ParameterError

_OPTIONS = {
    "csv": {"delimiter", "encoding", "null_values", "types"},
    "parquet": {"null_values", "types"},
    "arrow": {"null_values", "types"},
}
FORMATS = tuple(_OPTIONS)
BATCH_ROWS = 1 << 16
_BAD_CELLS = b"tacit.bad_cells"
_CHINESE = {"gbk", "gb2312", "cp936", "gb18030"}  # gb18030 holds the others


class Source(Protocol):
    """What is needed of a registered dataset; `tacit.engines.engine.DatasetSource` is one."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def format(self) -> str: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """Name and type ("integer", "number", "text", "boolean", or Arrow's name for dates and times)."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Description:
    """What is public about a dataset inside its own organisation."""

    rows: int
    columns: tuple[ColumnShape, ...]
    size_bytes: int


def read_table(source: Source, reading: Reading | None = None) -> pa.Table:
    """The wanted columns of the whole dataset, typed, checked and marked with their roles.

    How many cells `bad_cells="null"` emptied stands in the field metadata (see `bad_cells`).
    Raises DataError dataset.not_found, dataset.unreadable, dataset.empty, data.column_missing,
    data.column_duplicate, data.not_numeric, data.not_integer, data.not_finite, data.key_not_exact,
    data.type_unsupported; ParameterError dataset.format_unknown, dataset.option_invalid.
    """
    reading = _merged(source, reading)
    with _opened(source):
        table = _read_csv(source, reading) if source.format == "csv" else _read_columnar(source, reading)
    if table.num_rows == 0:
        raise DataError("dataset.empty", "The dataset has no rows.", expected="at least one row")
    return table


def batches(source: Source, reading: Reading | None = None, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """The same rows and checks in constant memory; a CSV whose types are not declared is gone through twice.

    `rows` is the size of a batch (for a CSV: about a block of the file). Errors as for `read_table`.
    """
    reading = _merged(source, reading)
    with _opened(source):
        stream = _stream_csv(source, reading) if source.format == "csv" else _stream_columnar(source, reading, rows)
        seen = 0
        for batch in stream:
            seen += batch.num_rows
            yield batch
    if not seen:
        raise DataError("dataset.empty", "The dataset has no rows.", expected="at least one row")


def describe(source: Source) -> Description:
    """Columns, types and number of rows: from the footer where there is one, else by streaming the file once."""
    reading = _merged(source, None)
    with _opened(source):
        size = source.path.stat().st_size
        if source.format == "csv":
            schema, rows = _describe_csv(source, reading)
        else:
            schema, rows = _columnar_schema(source)
            check_header(schema.names, schema.names)
        return Description(rows, tuple(ColumnShape(each.name, type_name(each.type)) for each in schema), size)


def digest(source: Source) -> str:
    """Lower-case hex SHA-256 of the file's bytes, streamed: the version of a dataset in a job agreement."""
    with _opened(source), source.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def type_name(dtype: pa.DataType) -> str:
    """The word for a column type in reports and descriptions."""
    if pa.types.is_boolean(dtype):
        return "boolean"
    if pa.types.is_integer(dtype):
        return "integer"
    if pa.types.is_floating(dtype) or pa.types.is_decimal(dtype):
        return "number"
    if pa.types.is_dictionary(dtype):
        return type_name(dtype.value_type)
    if pa.types.is_string(dtype) or pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype):
        return "text"
    return str(dtype)


def bad_cells(field: pa.Field) -> int:
    """How many cells of this column were emptied while reading because they were not of the declared type."""
    return int((field.metadata or {}).get(_BAD_CELLS, b"0"))


def _read_csv(source: Source, reading: Reading) -> pa.Table:
    file = _delimited(source, reading)
    types, guesses = _csv_types(file, reading)
    return _finished(file.table(types, guesses=guesses), reading, file)


def _stream_csv(source: Source, reading: Reading) -> Iterator[pa.RecordBatch]:
    file = _delimited(source, reading)
    types, guesses = _csv_types(file, reading)
    if guesses:
        file.confirmed(types, guesses=guesses)
    start = 0
    for batch in file.batches(types):
        table = _finished(pa.table(batch), reading, file, start=start)
        start += batch.num_rows
        yield from table.combine_chunks().to_batches()


def _describe_csv(source: Source, reading: Reading) -> tuple[pa.Schema, int]:
    file = _delimited(source, reading)
    types, guesses = _csv_types(file, reading)
    rows = file.confirmed(types, guesses=guesses)
    return pa.schema(list(types.items())), rows


def _csv_types(file: Delimited, reading: Reading) -> tuple[dict[str, pa.DataType], list[str]]:
    """Type to read each wanted column in, and which of them are guesses.

    Declared ones are read as text first where bad cells are to become null, and truth values always, because
    Arrow takes no blanks around them.
    """
    names = _wanted(file, reading)
    kinds = {name: reading.kind_of(name) for name in names}
    guesses = file.guessed([name for name in names if kinds[name] is None])
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
        fields.append(_field(name, columns[-1].type, bad))
    return pa.table(columns, schema=reading.mark(pa.schema(fields)))


def _read_columnar(source: Source, reading: Reading) -> pa.Table:
    stored, _ = _columnar_schema(source)
    names = reading.select(stored.names)
    check_header(stored.names, names)
    read = columnar.read_parquet if source.format == "parquet" else columnar.read_arrow
    return _conformed(read(source.path, names), stored, reading)


def _stream_columnar(source: Source, reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    stored, _ = _columnar_schema(source)
    names = reading.select(stored.names)
    check_header(stored.names, names)
    read = columnar.parquet_batches if source.format == "parquet" else columnar.arrow_batches
    for batch in read(source.path, names, rows):
        yield from _conformed(pa.table(batch), stored, reading).combine_chunks().to_batches()


def _conformed(table: pa.Table, stored: pa.Schema, reading: Reading) -> pa.Table:
    """Columns in known types. A file that carries roles keeps them where the reading names none."""
    columns, fields = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        column, bad = columnar.conform(name, column, reading)
        columns.append(column)
        fields.append(_field(name, column.type, bad))
    schema = reading.mark(pa.schema(fields))
    if not reading.keys and reading.label is None:
        schema = pa.schema([mark_role(each, role_of(stored.field(each.name))) for each in schema])
    return pa.table(columns, schema=schema)


def _field(name: str, dtype: pa.DataType, bad: int) -> pa.Field:
    return pa.field(name, dtype, metadata={_BAD_CELLS: str(bad)} if bad else None)


def _columnar_schema(source: Source) -> tuple[pa.Schema, int]:
    return (columnar.parquet_schema if source.format == "parquet" else columnar.arrow_schema)(source.path)


def _delimited(source: Source, reading: Reading) -> Delimited:
    delimiter, encoding = source.options.get("delimiter", ","), source.options.get("encoding", "utf-8")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n' or ord(delimiter) > 127:
        raise _option_invalid("delimiter", "one ASCII character that is neither a quote nor a line end")
    return delimited.open_delimited(
        source.path, delimiter=delimiter, encoding=_encoding(encoding), null_values=reading.null_values
    )


def _encoding(name: Any) -> str:
    try:
        found = codecs.lookup(name).name
        text_codec = isinstance("".encode(found), bytes)
    except (LookupError, TypeError, UnicodeError):
        text_codec = False
    if not text_codec:
        raise _option_invalid("encoding", "the name of a text encoding, such as utf-8 or gb18030")
    if found == "utf-8-sig":
        return "utf-8"
    return "gb18030" if found in _CHINESE else found


def _merged(source: Source, reading: Reading | None) -> Reading:
    """The caller's wishes over the dataset's own options: null values add up, the caller's types win."""
    if source.format not in _OPTIONS:
        raise ParameterError(
            "dataset.format_unknown",
            "The dataset's format is not known.",
            found=source.format,
            expected=", ".join(FORMATS),
        )
    for name in source.options:
        if name not in _OPTIONS[source.format]:
            raise _option_invalid(str(name), "one of " + ", ".join(sorted(_OPTIONS[source.format])))
    reading = reading or Reading()
    nulls, types = source.options.get("null_values", []), source.options.get("types", {})
    if not isinstance(nulls, (list, tuple)) or any(not isinstance(each, str) for each in nulls):
        raise _option_invalid("null_values", "a list of words")
    if not isinstance(types, Mapping) or any(not isinstance(kind, str) for kind in types.values()):
        raise _option_invalid("types", "an object: column to type")
    return Reading(
        columns=reading.columns,
        keys=reading.keys,
        label=reading.label,
        null_values=tuple(dict.fromkeys([*reading.null_values, *nulls])),
        types={**types, **reading.types},
        bad_cells=reading.bad_cells,
    )


def _option_invalid(name: str, expected: str) -> ParameterError:
    return ParameterError("dataset.option_invalid", f"The dataset's option `{name}` cannot be used.", expected=expected)


@contextmanager
def _opened(source: Source) -> Generator[None]:
    """Say in our words why a file cannot be opened."""
    try:
        if source.path.is_dir():
            raise DataError(
                "dataset.unreadable", "The dataset's path is a folder.", found=str(source.path), expected="one file"
            )
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(
            "dataset.not_found",
            f"The file of dataset '{source.name}' is not there.",
            found=str(source.path),
            hint="Was it moved or renamed? Register it again under its new path.",
        ) from None
    except PermissionError:
        raise DataError(
            "dataset.unreadable",
            f"The file of dataset '{source.name}' may not be read by this process.",
            found=str(source.path),
            hint="Give the account that runs the node the right to read it.",
        ) from None
    except OSError as error:
        raise DataError(
            "dataset.unreadable", f"The file of dataset '{source.name}' cannot be read.", found=error.strerror
        ) from None
