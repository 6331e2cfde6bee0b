"""Open a dataset of this party: as a table, as a stream of batches, as a description, as a digest."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from tacit.data import folders, mysql, postgresql, queries, storage, website
from tacit.data.pieces import option_invalid, read_piece, stream_piece
from tacit.data.places import locate, scheme_of
from tacit.data.reading import Reading
from tacit.errors import DataError, ParameterError, TacitError

_OPTIONS = {
    "csv": {"delimiter", "encoding", "null_values", "types", "partitioning"},
    "parquet": {"null_values", "types", "partitioning"},
    "arrow": {"null_values", "types", "partitioning"},
    "postgresql": postgresql.OPTIONS,
    "mysql": mysql.OPTIONS,
}
_PLACE_OPTIONS = {"s3": storage.OPTIONS, "http": website.OPTIONS}
FORMATS = tuple(_OPTIONS)
BATCH_ROWS = 1 << 16


class Source(Protocol):
    """What is needed of a registered dataset; `tacit.engines.engine.DatasetSource` is one.

    path: a file or a folder of files of one format (see `folders`), an address s3://bucket/key (see `storage`) of such
    a thing, an address https://host/file (see `web`), or postgresql://user@host/database or mysql://user@host/database
    with the option `query` or `table`. It may also have `access` (see `Access`).
    """

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path | str: ...
    @property
    def format(self) -> str: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


class Access(dict[str, str]):
    """What the node adds to a dataset and shows nobody: "password", "token", "access_key" … and permissions."""

    def __repr__(self) -> str:
        return "Access(…)"


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

    How many cells `bad_cells="null"` emptied stands in the field metadata (see `pieces.bad_cells`).
    Raises DataError dataset.not_found, dataset.unreadable, dataset.encoding_wrong, dataset.empty, dataset.parts_differ,
    dataset.unreachable, dataset.access_denied, dataset.query_invalid, data.column_missing, data.column_duplicate,
    data.not_numeric, data.not_integer, data.not_finite, data.key_not_exact, data.type_unsupported; ParameterError
    dataset.format_unknown, dataset.option_invalid, dataset.url_unknown, dataset.secret_in_path,
    dataset.credentials_missing; ResourceError dataset.driver_missing.
    """
    reading = merged(source, reading)
    with opened(source):
        table = _table(source, reading)
    if table.num_rows == 0:
        raise no_rows()
    return table


def batches(source: Source, reading: Reading | None = None, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """The same rows and checks in constant memory; a CSV whose types are not declared is gone through twice.

    `rows` is the size of a batch (for a CSV: about a block of the file). Errors as for `read_table`.
    """
    reading = merged(source, reading)
    with opened(source):
        seen = 0
        for batch in _stream(source, reading, rows):
            seen += batch.num_rows
            yield batch
    if not seen:
        raise no_rows()


def describe(source: Source) -> Description:
    """Columns, types and number of rows: from the footer where there is one, else by going through the rows once."""
    reading = merged(source, None)
    with opened(source):
        if source.format in queries.FORMATS:
            schema, rows, size = queries.describe_query(*query_of(source), reading, BATCH_ROWS)
        else:
            schema, rows, size = folders.describe_parts(pieces_of(source), reading)
        return Description(rows, tuple(ColumnShape(each.name, type_name(each.type)) for each in schema), size)


def digest(source: Source) -> str:
    """Lower-case hex SHA-256, streamed: the version of a dataset in a job agreement.

    Over the bytes of a file, over paths and contents of the files of a folder, over the rows that a query gives.
    """
    with opened(source):
        if source.format in queries.FORMATS:
            return queries.digest_query(*query_of(source), merged(source, None), BATCH_ROWS)
        return folders.digest_parts(pieces_of(source))


def stamp(source: Source) -> str | None:
    """Something cheap that changes when the files do; None where only reading tells (a query).

    Raises DataError dataset.not_found and others of `read_table`.
    """
    with opened(source):
        if source.format in queries.FORMATS:
            return None
        found = folders.stamp_parts(pieces_of(source))
        return None if found.startswith(storage.UNKNOWN) else found


def guessed_format(
    place: Path | str, options: Mapping[str, Any], access: Mapping[str, str] | None = None
) -> str | None:
    """The format that the name of a file, or of the files of a folder, tells; None if it tells none.

    Raises DataError dataset.not_found and others of `read_table`.
    """
    with opened(_Unread("", place, "", options)):
        return folders.format_of(place, {**options, storage.ACCESS: Access(access or {})})


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


@dataclass(frozen=True, slots=True)
class _Unread:
    name: str
    path: Path | str
    format: str
    options: Mapping[str, Any]


def _table(source: Source, reading: Reading) -> pa.Table:
    if source.format in queries.FORMATS:
        found = list(_stream(source, reading, BATCH_ROWS))
        return folders.joined(found) if found else pa.table({})
    parts = pieces_of(source)
    if folders.is_single(parts):
        return read_piece(parts[0].piece, reading)
    return folders.read_parts(parts, reading, BATCH_ROWS)


def _stream(source: Source, reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    if source.format in queries.FORMATS:
        return queries.stream_query(*query_of(source), reading, rows)
    parts = pieces_of(source)
    if folders.is_single(parts):
        return stream_piece(parts[0].piece, reading, rows)
    return folders.stream_parts(parts, reading, rows)


def pieces_of(source: Source) -> list[folders.Part]:
    return folders.parts_of(source.path, source.format, given_options(source))


def given_options(source: Source) -> dict[str, Any]:
    """A dataset's options and, inside this package, what its node adds."""
    return {**source.options, storage.ACCESS: Access(getattr(source, "access", {}))}


def query_of(source: Source) -> tuple[str, str, dict[str, Any]]:
    return source.format, str(source.path), given_options(source)


def no_rows() -> DataError:
    return DataError("dataset.empty", "The dataset has no rows.", expected="at least one row")


def merged(source: Source, reading: Reading | None) -> Reading:
    """The caller's wishes over the dataset's own options: null values add up, the caller's types win."""
    if source.format not in _OPTIONS:
        raise ParameterError(
            "dataset.format_unknown",
            "The dataset's format is not known.",
            found=source.format,
            expected=", ".join(FORMATS),
        )
    allowed = _allowed(source)
    for name in source.options:
        if name not in allowed:
            raise option_invalid(str(name), "one of " + ", ".join(sorted(allowed)))
    reading = reading or Reading()
    nulls, types = source.options.get("null_values", []), source.options.get("types", {})
    if not isinstance(nulls, (list, tuple)) or any(not isinstance(each, str) for each in nulls):
        raise option_invalid("null_values", "a list of words")
    if not isinstance(types, Mapping) or any(not isinstance(kind, str) for kind in types.values()):
        raise option_invalid("types", "an object: column to type")
    return Reading(
        columns=reading.columns,
        keys=reading.keys,
        label=reading.label,
        null_values=tuple(dict.fromkeys([*reading.null_values, *nulls])),
        types={**types, **reading.types},
        bad_cells=reading.bad_cells,
    )


def _allowed(source: Source) -> set[str]:
    scheme = scheme_of(locate(source.path))
    queried = scheme if scheme in queries.FORMATS else None
    if queried != (source.format if source.format in queries.FORMATS else None):
        raise ParameterError(
            "dataset.format_unknown",
            "The dataset's format does not go with its place.",
            found=f"{source.format} at a place of kind {scheme}",
            expected="postgresql for postgresql://…, mysql for mysql://…, a file format otherwise",
        )
    return _OPTIONS[source.format] | _PLACE_OPTIONS.get(scheme, set())


@contextmanager
def opened(source: Source) -> Generator[None]:
    """Say in our words why a file cannot be opened."""
    try:
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
        raise _unreadable(source.name, error) from None


def _unreadable(name: str, error: OSError) -> TacitError:
    return storage.refusal(name, error) or DataError(
        "dataset.unreadable", f"The file of dataset '{name}' cannot be read.", found=error.strerror
    )
