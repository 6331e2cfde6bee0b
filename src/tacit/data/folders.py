"""Many files as one dataset: in the order of their paths, one type per column, and columns that folder names tell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from tacit.data.columns import duplicate_column
from tacit.data.delimited import widest
from tacit.data.pieces import (
    Piece,
    bad_cells,
    counted_field,
    describe_piece,
    names_of,
    option_invalid,
    size_of,
    stream_piece,
    types_of,
)
from tacit.data.places import SUFFIXES, locate, scheme_of, suffix_of
from tacit.data.reading import TYPES, Reading
from tacit.data.storage import StoredFile, stored_files
from tacit.data.web import web_file
from tacit.errors import DataError

PARTITIONING = ("hive", "none")
_HIVE = re.compile(r"^([^=/]+)=([^/]*)$")
_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
_WHOLE = re.compile(r"^(0|-?[1-9][0-9]{0,17})$")
_KIND = {dtype: kind for kind, dtype in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dataset: its path below the dataset's folder, and what the folders on the way say."""

    piece: Piece
    inner: str
    values: Mapping[str, str | None]


def parts_of(place: str | Path, format: str, options: Mapping[str, Any]) -> list[Part]:
    """The files of a dataset, ordered by the bytes of their paths; a single file is one part without values.

    Hidden files (a leading . or _) are passed over. Raises DataError dataset.empty, dataset.parts_differ;
    ParameterError dataset.option_invalid; FileNotFoundError and other OSError.
    """
    found = _listed(place, options)
    if len(found) == 1 and found[0][1] == "":
        return [Part(Piece(found[0][0], format, options), "", {})]
    hive = options.get("partitioning", "hive")
    if hive not in PARTITIONING:
        raise option_invalid("partitioning", " or ".join(PARTITIONING))
    shown = sorted((each for each in found if not _is_hidden(each[1])), key=lambda each: each[1].encode())
    wrong = next((inner for _, inner in shown if SUFFIXES.get(suffix_of(inner)) != format), None)
    if wrong is not None:
        raise _differ(f"{wrong} among files of format {format}")
    if not shown:
        raise DataError("dataset.empty", "The dataset's folder has no files.", expected=f"files of format {format}")
    parts = [
        Part(Piece(file, format, options), inner, _values(inner) if hive == "hive" else {}) for file, inner in shown
    ]
    for part in parts:
        if part.values.keys() != parts[0].values.keys():
            raise _differ("folders that name different columns")
    return parts


def is_single(parts: Sequence[Part]) -> bool:
    """One file, and nothing told by folders."""
    return len(parts) == 1 and not parts[0].values


def format_of(place: str | Path, options: Mapping[str, Any]) -> str | None:
    """The format that a name, or the names in a folder, tell; None if they tell none or several."""
    if scheme_of(place) in ("postgresql", "mysql"):
        return scheme_of(place)
    named = SUFFIXES.get(suffix_of(place))
    if named is not None and not (isinstance(place, Path) and place.is_dir()):
        return named
    if scheme_of(place) == "http":
        return None
    inner = [name for _, name in _listed(place, options) if not _is_hidden(name)]
    formats = {SUFFIXES.get(suffix_of(name)) for name in inner}
    return formats.pop() if len(formats) == 1 else None


def stream_parts(parts: Sequence[Part], reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of all parts in constant memory. Files whose types are not declared are gone through twice."""
    layout = _Layout(parts, reading)
    for part in parts:
        for batch in stream_piece(part.piece, layout.inner, rows):
            yield layout.complete(batch, part)


def read_parts(parts: Sequence[Part], reading: Reading, rows: int) -> pa.Table:
    """The same as one table; the counts of emptied cells are summed up."""
    batches = list(stream_parts(parts, reading, rows))
    if not batches:
        raise DataError("dataset.empty", "The dataset has no rows.", expected="at least one row")
    return joined(batches)


def joined(batches: Sequence[pa.RecordBatch]) -> pa.Table:
    """One table of batches of the same columns."""
    fields = []
    for index, field in enumerate(batches[0].schema):
        bad = sum(bad_cells(batch.schema.field(index)) for batch in batches)
        counted = counted_field(field.name, field.type, bad)
        fields.append(field.with_metadata({**(field.metadata or {}), **(counted.metadata or {})} or None))
    schema = pa.schema(fields)
    return pa.Table.from_batches([pa.record_batch(batch.columns, schema=schema) for batch in batches])


def describe_parts(parts: Sequence[Part], reading: Reading) -> tuple[pa.Schema, int, int]:
    """Columns, number of rows, bytes of all files."""
    if is_single(parts):
        return (*describe_piece(parts[0].piece, reading), size_of(parts[0].piece))
    layout = _Layout(parts, reading)
    rows = sum(describe_piece(part.piece, reading if part.piece.format != "csv" else layout.inner)[1] for part in parts)
    return layout.schema, rows, sum(size_of(part.piece) for part in parts)


def digest_parts(parts: Sequence[Part]) -> str:
    """SHA-256 over path and SHA-256 of every file; of a single file its SHA-256."""
    digests = [_file_digest(part.piece) for part in parts]
    if len(parts) == 1 and not parts[0].inner:
        return digests[0]
    whole = hashlib.sha256()
    for part, digest in zip(parts, digests, strict=True):
        whole.update(part.inner.encode() + b"\0" + bytes.fromhex(digest))
    return whole.hexdigest()


def stamp_parts(parts: Sequence[Part]) -> str:
    """Changes when a file is written, comes or goes; cheap: no content is read."""
    stamps = [_stamp(part.piece.path) for part in parts]
    if len(parts) == 1 and not parts[0].inner:
        return stamps[0]
    lines = [f"{part.inner}\0{stamp}" for part, stamp in zip(parts, stamps, strict=True)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _Layout:
    """Which columns come out of every part, in which types."""

    def __init__(self, parts: Sequence[Part], reading: Reading) -> None:
        first = names_of(parts[0].piece, reading)
        for part in parts:
            if sorted(names_of(part.piece, reading)) != sorted(first):
                raise _differ(f"other columns in {part.inner} than in {parts[0].inner}")
        for name in parts[0].values:
            if name in first:
                raise duplicate_column(name, 2)
        self._names = reading.select([*first, *parts[0].values])
        self._reading = reading
        self._told = {name: _told_type(name, parts, reading) for name in parts[0].values}
        self.inner = _restricted(reading, [name for name in self._names if name in first] or first[:1])
        self._types = self._joint(parts)
        if parts[0].piece.format == "csv":
            kinds = {name: _KIND[dtype] for name, dtype in self._types.items() if dtype in _KIND}
            self.inner = replace(self.inner, types={**kinds, **self.inner.types})

    @property
    def schema(self) -> pa.Schema:
        """As the rows come out, with their roles."""
        types = {**self._types, **self._told}
        return self._reading.mark(pa.schema([(name, types[name]) for name in self._names]))

    def complete(self, batch: pa.RecordBatch, part: Part) -> pa.RecordBatch:
        """A batch of a part with the columns that its folders tell, in the joint types."""
        columns, fields = [], []
        for name, final in zip(self._names, self.schema, strict=True):
            if name in self._told:
                column, field = _constant(part.values[name], batch.num_rows, self._told[name]), final
            else:
                field = batch.schema.field(name)
                column = batch.column(name)
                column = column if column.type == final.type else column.cast(final.type)
            columns.append(column)
            fields.append(field.with_type(column.type))
        return pa.record_batch(columns, schema=pa.schema(fields))

    def _joint(self, parts: Sequence[Part]) -> dict[str, pa.DataType]:
        found = [types_of(part.piece, self.inner) for part in parts]
        if parts[0].piece.format == "csv":
            return {name: widest(types[name] for types in found) for name in found[0]}
        return {name: _unified(name, [types[name] for types in found]) for name in found[0]}


def _unified(name: str, types: Sequence[pa.DataType]) -> pa.DataType:
    try:
        schemas = [pa.schema([(name, dtype)]) for dtype in dict.fromkeys(types)]
        return pa.unify_schemas(schemas, promote_options="permissive").field(name).type
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        raise _differ(f"column '{name}' as " + " and as ".join(str(each) for each in dict.fromkeys(types))) from None


def _restricted(reading: Reading, names: list[str]) -> Reading:
    return Reading(
        columns=tuple(names),
        keys=tuple(name for name in reading.keys if name in names),
        label=reading.label if reading.label in names else None,
        null_values=reading.null_values,
        types={name: kind for name, kind in reading.types.items() if name in names},
        bad_cells=reading.bad_cells,
    )


def _told_type(name: str, parts: Sequence[Part], reading: Reading) -> pa.DataType:
    """Of a column in folder names: as declared, else integer if all are written as such and it is no key."""
    kind = reading.kind_of(name)
    values = [part.values[name] for part in parts if part.values[name] is not None]
    whole = bool(values) and all(_WHOLE.match(str(value)) for value in values)
    if kind in (None, "integer", "text"):
        if kind == "integer" and not whole:
            raise _differ(f"folder names that are no integers for column '{name}'")
        return TYPES["text" if kind == "text" or not whole else "integer"]
    raise option_invalid("types", f"integer or text for column '{name}', which stands in folder names")


def _constant(value: str | None, rows: int, dtype: pa.DataType) -> pa.Array:
    return pa.repeat(pa.scalar(value if value is None or dtype == TYPES["text"] else int(value), dtype), rows)


def _values(inner: str) -> dict[str, str | None]:
    found = [match for match in map(_HIVE.match, inner.split("/")[:-1]) if match is not None]
    values = {unquote(match[1]): None if match[2] in ("", _HIVE_NULL) else unquote(match[2]) for match in found}
    if len(values) < len(found):
        raise _differ("a folder path that names a column twice")
    return values


def _listed(place: str | Path, options: Mapping[str, Any]) -> list[tuple[Path | StoredFile, str]]:
    """Files and their paths below the dataset's place; "" for the place itself."""
    if scheme_of(place) == "http":
        return [(web_file(str(locate(place)), options), "")]
    if not isinstance(place, Path):
        files, prefix = stored_files(str(locate(place)), options)
        return [(file, file.key.removeprefix(prefix) if prefix else "") for file in files]
    if not place.is_dir():
        return [(place, "")]
    return [(file, file.relative_to(place).as_posix()) for file in place.rglob("*") if file.is_file()]


def _is_hidden(inner: str) -> bool:
    return any(name.startswith((".", "_")) for name in inner.split("/"))


def _file_digest(piece: Piece) -> str:
    with piece.path.open("rb") as file:
        whole = hashlib.sha256()
        while block := file.read(1 << 20):
            whole.update(block)
    return whole.hexdigest()


def _stamp(path: Path | StoredFile) -> str:
    if isinstance(path, StoredFile):
        return path.version
    status = path.stat()
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ino}"


def _differ(found: str) -> DataError:
    return DataError(
        "dataset.parts_differ",
        "The files of the dataset do not make one table.",
        found=found,
        expected="files of one format with the same columns",
        hint="Move other files away, or begin their names with _.",
    )
