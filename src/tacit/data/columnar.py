"""Parquet and Arrow files: columns have types already; bring them to the few that the steps know."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tacit.data.checks import finite, parse_text
from tacit.data.reading import TYPES, Reading, key_not_exact
from tacit.data.storage import StoredFile, refusal
from tacit.errors import DataError

_ARROW_FILE = b"ARROW1"


def parquet_schema(path: Path | StoredFile) -> tuple[pa.Schema, int]:
    """Schema and number of rows, from the footer alone. Raises DataError dataset.unreadable."""
    with translated("Parquet"), opened(path) as source, pq.ParquetFile(source) as file:
        return file.schema_arrow, file.metadata.num_rows


def read_parquet(path: Path | StoredFile, columns: list[str]) -> pa.Table:
    """Whole columns, decoded on all cores."""
    with translated("Parquet"), opened(path) as source, pq.ParquetFile(source) as file:
        return file.read(columns=columns).select(columns)


def parquet_batches(path: Path | StoredFile, columns: list[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The same columns, streamed."""
    with translated("Parquet"), opened(path) as source, pq.ParquetFile(source) as file:
        for batch in file.iter_batches(batch_size=rows, columns=columns):
            yield batch.select(columns)


def arrow_schema(path: Path | StoredFile) -> tuple[pa.Schema, int]:
    """Schema and number of rows of an Arrow IPC file or stream, rows counted batch by batch."""
    with translated("Arrow"), opened(path) as source, _ipc(source) as file:
        return file.schema, sum(batch.num_rows for batch in _each(file))


def read_arrow(path: Path | StoredFile, columns: list[str]) -> pa.Table:
    """Columns of an Arrow IPC file or stream, mapped rather than copied where it is local and not compressed."""
    with translated("Arrow"), opened(path) as source, _ipc(source) as file:
        return file.read_all().select(columns)


def arrow_batches(path: Path | StoredFile, columns: list[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The same columns, streamed."""
    with translated("Arrow"), opened(path) as source, _ipc(source) as file:
        for batch in _each(file):
            whole = batch.select(columns)
            for start in range(0, whole.num_rows, rows):
                yield whole.slice(start, rows)


def opened(path: Path | StoredFile) -> pa.NativeFile:
    return pa.memory_map(str(path)) if isinstance(path, Path) else path.random()


def _ipc(source: pa.NativeFile) -> pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader:
    """The file format begins with a mark, the stream format with the length of the schema."""
    is_file = source.read(len(_ARROW_FILE)) == _ARROW_FILE
    source.seek(0)
    return pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)


def _each(file: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    if isinstance(file, pa.ipc.RecordBatchStreamReader):
        yield from file
    else:
        for index in range(file.num_record_batches):
            yield file.get_batch(index)


def conform(name: str, column: pa.ChunkedArray, reading: Reading) -> tuple[pa.ChunkedArray, int]:
    """The column in a type the steps know, and how many cells became null because they did not fit.

    Integers stay as they are; floats are made finite (see Reading.null_values); a key is text, an integer or a date.
    Raises DataError data.type_unsupported, data.key_not_exact, data.not_numeric, data.not_integer, data.not_finite.
    """
    column = _plain(name, column, is_key=name in reading.keys)
    kind = reading.types.get(name)
    if kind is not None and column.type != TYPES[kind]:
        column, bad = _converted(name, column, kind, reading)
    else:
        bad = 0
    if name in reading.keys and pa.types.is_floating(column.type):
        raise key_not_exact(name)
    return finite(name, column, nan_is_missing=reading.nan_is_missing), bad


def _plain(name: str, column: pa.ChunkedArray, *, is_key: bool) -> pa.ChunkedArray:
    """Undo storage types: dictionaries, views, half floats, decimals."""
    dtype = column.type
    if pa.types.is_dictionary(dtype):
        column = column.cast(dtype.value_type)
        dtype = column.type
    if pa.types.is_string_view(dtype):
        return column.cast(pa.string())
    if pa.types.is_float16(dtype):
        return column.cast(pa.float32())
    if pa.types.is_decimal(dtype):
        return column.cast(pa.string() if is_key else pa.float64(), safe=False)
    if pa.types.is_null(dtype):
        return column.cast(pa.string() if is_key else pa.float64())
    if not (pa.types.is_primitive(dtype) or pa.types.is_string(dtype) or pa.types.is_large_string(dtype)):
        raise DataError(
            "data.type_unsupported",
            f"Column '{name}' has a type that no step can use.",
            found=str(dtype) if not pa.types.is_nested(dtype) else "a nested type",
            expected="integers, numbers, text, truth values, dates or times",
            hint="Leave it out with `columns`.",
        )
    return column


def _converted(name: str, column: pa.ChunkedArray, kind: str, reading: Reading) -> tuple[pa.ChunkedArray, int]:
    """Follow a declared type."""
    dtype = column.type
    if pa.types.is_string(dtype) or pa.types.is_large_string(dtype):
        if kind == "text":
            return column, 0
        missing = pc.is_in(column, value_set=pa.array(reading.null_values, dtype))
        column = pc.if_else(missing, pa.scalar(None, dtype), column)
        return parse_text(name, column, kind, bad_cells=reading.bad_cells)
    if kind == "text":
        if pa.types.is_floating(dtype) and name in reading.keys:
            raise key_not_exact(name)
        return column.cast(pa.string()), 0
    if kind == "integer" and pa.types.is_integer(dtype):
        return column, 0
    if kind == "integer" and pa.types.is_floating(dtype):
        return _whole(name, finite(name, column, nan_is_missing=reading.nan_is_missing)), 0
    return _cast(name, column, kind), 0


def _whole(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floats that are whole numbers and small enough to be exact, as integers."""
    good = pc.and_(pc.equal(column, pc.trunc(column)), pc.less_equal(pc.abs(column), float(2**53)))
    count = pc.sum(pc.invert(good)).as_py() or 0
    if count:
        raise DataError(
            "data.not_integer",
            f"Column '{name}' is declared as integers, but has values that are not whole or too large to be exact.",
            found=f"{count} such cells",
            expected="integers",
            hint="Declare it as number, or correct the file.",
        )
    return column.cast(pa.int64())


def _cast(name: str, column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    try:
        if kind == "integer" and pa.types.is_boolean(column.type):
            return column.cast(pa.int64())
        if pa.types.is_temporal(column.type):
            raise pa.ArrowInvalid
        return column.cast(TYPES[kind], safe=kind != "number")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise DataError(
            "data.type_mismatch",
            f"Column '{name}' cannot be read as {kind}.",
            found=str(column.type),
            expected=kind,
            hint="Take the column out of `types`.",
        ) from None


@contextmanager
def translated(what: str) -> Generator[None]:
    """Arrow's errors may quote content; ours must not."""
    try:
        yield
    except MemoryError:  # Arrow's own one is an ArrowException too, and says nothing about the file
        raise
    except (pa.ArrowException, OSError, EOFError) as error:
        if isinstance(error, (FileNotFoundError, PermissionError)):
            raise
        if isinstance(error, OSError) and refusal("", error) is not None:
            raise
        raise DataError(
            "dataset.unreadable",
            f"The file is not a whole {what} file.",
            found="damaged, cut off, or of another format",
            expected=f"{what} format",
            hint="Check the file, and the dataset's `format`.",
        ) from None
