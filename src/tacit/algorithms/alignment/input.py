"""A file of this party as it is matched: cells of a CSV stay the text that they are, and it can be read twice."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from tacit.data.columns import duplicate_column, require_columns
from tacit.errors import DataError, ParameterError

FORMATS = ("csv", "parquet", "arrow")
BATCH_ROWS = 1 << 17
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet"}
_SUFFIXES |= {".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow"}
_OPTIONS = ("delimiter", "encoding")
_SAMPLE = 1 << 16  # bytes from which the number of rows of a CSV is guessed
_NULL = ("",)  # an empty cell is no key; every other word is what it says


@dataclass(slots=True)
class FileInput:
    """`columns`: of the file, in its order. `rows_about`: exact for Parquet and Arrow, a guess for CSV."""

    path: Path
    format: str
    schema: pa.Schema
    rows_about: int
    size_bytes: int
    options: Mapping[str, Any] = field(default_factory=dict)
    _seen: tuple[int, int] = (0, 0)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The wanted columns, streamed in the order of the file. Raises DataError dataset.changed, _unreadable."""
        self._check_unchanged()
        if self.format == "csv":
            yield from _delimited(self.path, self.options).batches({name: pa.string() for name in columns})
        else:
            from tacit.data import columnar

            read = columnar.parquet_batches if self.format == "parquet" else columnar.arrow_batches
            yield from read(self.path, list(columns), BATCH_ROWS)
        self._check_unchanged()

    def table(self) -> pa.Table:
        """The whole file, read on all cores."""
        self._check_unchanged()
        if self.format == "csv":
            types = {name: pa.string() for name in self.schema.names}
            return _delimited(self.path, self.options).table(types, guesses=())
        from tacit.data import columnar

        read = columnar.read_parquet if self.format == "parquet" else columnar.read_arrow
        return read(self.path, self.schema.names)

    def _check_unchanged(self) -> None:
        """Row numbers of the first pass are worth nothing for another content."""
        if self._seen != _version(self.path):
            raise DataError(
                "dataset.changed",
                "The file was changed while it was matched.",
                found=str(self.path),
                hint="Start again when nothing writes to it.",
            )


def open_input(path: Path, keys: Sequence[str], *, format: str | None = None, **options: Any) -> FileInput:
    """Look at a file: its columns, and about how many rows it has. `options`: delimiter, encoding (CSV).

    Raises DataError dataset.not_found, dataset.unreadable, dataset.empty, data.column_missing, data.column_duplicate;
    ParameterError dataset.format_unknown.
    """
    kind = format or _SUFFIXES.get(path.suffix.lower())
    if kind not in FORMATS:
        raise ParameterError(
            "dataset.format_unknown",
            "The format of the file cannot be told from its name.",
            found=path.name,
            expected="a name ending in .csv, .parquet or .arrow",
            hint="Name the format with --format.",
        )
    try:
        version = _version(path)
        schema, rows = _look(path, kind, options)
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(
            "dataset.not_found", "The file is not there.", found=str(path), hint="Check the spelling of its path."
        ) from None
    except OSError as error:
        raise DataError(
            "dataset.unreadable", "The file cannot be read.", found=f"{path}: {error.strerror or 'it is a folder'}"
        ) from None
    _check_columns(schema.names, keys)
    return FileInput(path, kind, schema, rows, version[0], {name: options.get(name) for name in _OPTIONS}, version)


def _look(path: Path, kind: str, options: Mapping[str, Any]) -> tuple[pa.Schema, int]:
    if kind == "csv":
        names = _delimited(path, options).names()
        return pa.schema([(name, pa.string()) for name in names]), _guess_rows(path)
    from tacit.data import columnar

    schema, rows = (columnar.parquet_schema if kind == "parquet" else columnar.arrow_schema)(path)
    return schema.remove_metadata(), rows


def _delimited(path: Path, options: Mapping[str, Any]) -> Any:
    from tacit.data import delimited

    delimiter = options.get("delimiter") or ("\t" if path.suffix.lower() == ".tsv" else ",")
    encoding = options.get("encoding") or "utf-8"
    return delimited.open_delimited(path, delimiter=delimiter, encoding=encoding, null_values=_NULL)


def _check_columns(names: Sequence[str], keys: Sequence[str]) -> None:
    require_columns(names, keys)
    for name in names:
        if list(names).count(name) > 1:
            raise duplicate_column(name, list(names).count(name))


def _guess_rows(path: Path) -> int:
    """From the mean length of the first lines."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    lines = sample.count(b"\n")
    whole = len(sample) < _SAMPLE
    return max(lines - 1, 1) if whole else path.stat().st_size * lines // len(sample)


def _version(path: Path) -> tuple[int, int]:
    """Size and time of the last change."""
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns
