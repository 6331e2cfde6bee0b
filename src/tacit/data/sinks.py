"""Write tables to files, batch by batch: CSV, Parquet, Arrow. A file appears whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
import weakref
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tacit.data.gather import gather
from tacit.data.lines import check_writable, header, write_lines
from tacit.errors import DataError, InputError, ParameterError, ResourceError

ABSENT = np.uint32(0xFFFFFFFF)  # the rank of a row that is not in the output
FORMATS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow"}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BUCKET = 8 << 20  # bytes of output that are put in order at a time: about what a cache holds
_MOST_BUCKETS = 1 << 12


class _Writer(Protocol):
    def write(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class Sink:
    """A file being written under a hidden name beside its own; it takes its place when closed. A context manager:
    an exception inside leaves nothing. Readable by its owner only."""

    def __init__(self, path: Path, schema: pa.Schema, format: str, delimiter: str) -> None:
        self.path = path
        self.schema = schema = _plain_schema(schema)
        self.rows = 0
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        self._open = False
        with _translated(path):
            os.close(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._open = True
            with self._whole_or_nothing():
                self._writer = _writer(self._part, schema, format, delimiter)

    def write(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Rows to append. Raises ResourceError sink.disk_full, DataError sink.unwritable; then nothing is left."""
        batches = [batch] if isinstance(batch, pa.RecordBatch) else batch.to_batches()
        with _translated(self.path), self._whole_or_nothing():
            for each in batches:
                if each.num_rows:
                    self._writer.write(_plain(each))
                    self.rows += each.num_rows

    def close(self) -> None:
        """Finish the file, have it on the disk, and give it its name. Errors as of `write`."""
        if not self._open:
            return
        with _translated(self.path), self._whole_or_nothing():
            self._writer.close()
            _sync(self._part)
            os.replace(self._part, self.path)
        self._open = False
        with suppress(OSError):  # the file is whole; some file systems cannot sync a folder
            _sync(self.path.parent)

    def abort(self) -> None:
        """Leave nothing."""
        if not self._open:
            return
        self._open = False
        with suppress(OSError, pa.ArrowException, AttributeError):
            self._writer.close()
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    @contextmanager
    def _whole_or_nothing(self) -> Generator[None]:
        try:
            yield
        except BaseException:
            self.abort()
            raise


def open_sink(path: Path, schema: pa.Schema, *, format: str | None = None, delimiter: str = ",") -> Sink:
    """A new file; one that is there is replaced when the new one is whole.

    format: "csv", "parquet" or "arrow"; by default what the file's name ends in.
    Raises ParameterError dataset.format_unknown; DataError sink.unwritable, data.type_unsupported; ResourceError
    sink.disk_full.
    """
    format = format or FORMATS.get(path.suffix.lower(), "")
    if format not in FORMATS.values():
        raise ParameterError(
            "dataset.format_unknown",
            "The format of the file to be written is not known.",
            found=path.name,
            expected=", ".join(sorted(FORMATS)),
            hint="Choose another ending, or name the format.",
        )
    if path.suffix.lower() == ".tsv" and delimiter == ",":
        delimiter = "\t"
    return Sink(path, schema, format, delimiter)


class AlignedSink:
    """Puts rows that come in any order into the places that they are given, in bounded memory.

    Rows go into buckets of neighbouring places; above `memory` bytes the buckets go into one unnamed file in `folder`,
    which vanishes with the process. At the end bucket after bucket is put in order and written. Beyond `memory`, one
    bucket and its copy are held: about 3 · max(8 MiB, output / 4096).
    """

    def __init__(self, sink: Sink, rows: int, *, folder: Path, memory: int = 1 << 28) -> None:
        """rows: of the output; their places are 0 … rows - 1."""
        self._sink, self._rows, self._folder, self._memory = sink, rows, folder, memory
        self._shift = 32  # a bucket has 2^shift places; known when the width of a row is
        self._held: list[list[pa.RecordBatch]] = []
        self._bytes = 0
        self._schema: pa.Schema | None = None
        self._spill: _Spill | None = None

    def add(self, batch: pa.RecordBatch, ranks: NDArray[np.uint32]) -> None:
        """Rows and their places, one each; ABSENT leaves a row out.

        Raises ResourceError sink.disk_full; ValueError for a place beyond the end.
        """
        if len(ranks) != batch.num_rows:
            raise ValueError("as many places as rows are needed")
        kept = np.flatnonzero(ranks != ABSENT)
        if not len(kept):
            return
        places = ranks if len(kept) == len(ranks) else ranks[kept]
        if int(places.max()) >= self._rows:
            raise ValueError(f"a place beyond the {self._rows} rows of the output")
        if self._schema is None:
            self._begin(batch)
        self._partition(_plain(batch), kept, places)
        if self._bytes > self._memory:
            self._flush()

    def finish(self) -> None:
        """Write everything in order and close the file. ValueError if a place was left open or given twice."""
        for bucket in range(-(-self._rows >> self._shift) if self._schema is not None else 0):
            self._sink.write(self._ordered(bucket))
        if self._schema is None and self._rows:
            raise ValueError("a place of the output was left open or given twice")
        self.discard()
        self._sink.close()

    def discard(self) -> None:
        """Free memory and disk without writing."""
        self._held = []
        if self._spill is not None:
            self._spill.close()

    def _begin(self, batch: pa.RecordBatch) -> None:
        width = max(1, batch.nbytes // batch.num_rows) + 4
        total = self._rows * width
        wanted = min(max(1, total // _BUCKET), _MOST_BUCKETS)
        self._shift = max(0, (max(1, self._rows // wanted)).bit_length())
        count = -(-self._rows >> self._shift)
        self._held = [[] for _ in range(count)]
        self._schema = _plain(batch).schema

    def _partition(self, batch: pa.RecordBatch, kept: NDArray[np.intp], places: NDArray[np.uint32]) -> None:
        if len(self._held) == 1:
            rows, ends = kept, np.array([0, len(kept)])
            order = None
        else:
            buckets = (places >> np.uint32(self._shift)).astype(np.uint16)  # 16 bits: sorted by counting
            order = np.argsort(buckets, kind="stable")
            rows = kept[order]
            ends = np.concatenate([[0], np.cumsum(np.bincount(buckets, minlength=len(self._held)))])
        sorted_places = places if order is None else places[order]
        local = sorted_places & np.uint32((1 << self._shift) - 1)
        moved = batch if order is None and len(kept) == batch.num_rows else gather(batch, rows)
        moved = moved.append_column(_RANK, pa.array(local))
        self._bytes += moved.nbytes
        for bucket in np.flatnonzero(np.diff(ends)).tolist():
            self._held[bucket].append(moved.slice(ends[bucket], ends[bucket + 1] - ends[bucket]))

    def _flush(self) -> None:
        with _translated(self._sink.path):
            if self._spill is None:
                self._spill = _Spill(self._folder, len(self._held))
            for bucket, parts in enumerate(self._held):
                if parts:
                    self._spill.append(bucket, _one(parts))
        self._held = [[] for _ in self._held]
        self._bytes = 0

    def _ordered(self, bucket: int) -> pa.RecordBatch:
        parts, self._held[bucket] = self._held[bucket], []
        if self._spill is not None:
            with _translated(self._sink.path):
                parts = [*self._spill.read(bucket), *parts]
        first = bucket << self._shift
        size = min(self._rows - first, 1 << self._shift)
        rows = sum(part.num_rows for part in parts)
        source = np.full(size, ABSENT, dtype=np.uint32)
        if rows == size:
            whole = _one(parts)
            source[whole.column(_RANK).to_numpy()] = np.arange(size, dtype=np.uint32)
        if rows != size or (source == ABSENT).any():
            raise ValueError("a place of the output was left open or given twice")
        return gather(whole.drop_columns([_RANK]), source)


_RANK = "\0rank"


class _Spill:
    """Pieces of buckets in one unnamed file."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, prefix=".tacit-", buffering=0)  # noqa: SIM115
        weakref.finalize(self, self._file.close)  # also where an error leaves nobody to close it
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(buckets)]
        self._end = 0
        self._schema: pa.Schema | None = None

    def append(self, bucket: int, batch: pa.RecordBatch) -> None:
        self._schema = batch.schema
        content = memoryview(batch.serialize())
        self._places[bucket].append((self._end, len(content)))
        self._end += len(content)
        while content:
            content = content[self._file.write(content) :]

    def read(self, bucket: int) -> list[pa.RecordBatch]:
        return [self._read(*place) for place in self._places[bucket]]

    def _read(self, start: int, length: int) -> pa.RecordBatch:
        self._file.seek(start)
        content = pa.allocate_buffer(length)
        view = memoryview(content)
        while view:
            got = self._file.readinto(view)
            if not got:
                raise OSError(errno.EIO, "the temporary file is shorter than it was")
            view = view[got:]
        return pa.ipc.read_record_batch(content, self._schema)

    def close(self) -> None:
        self._file.close()


class _CsvWriter:
    def __init__(self, path: Path, schema: pa.Schema, delimiter: str) -> None:
        check_writable(schema)
        self._delimiter = delimiter
        self._file = pa.OSFile(str(path), "wb")
        self._file.write(header(schema.names, delimiter))

    def write(self, batch: pa.RecordBatch) -> None:
        write_lines(batch, self._file, self._delimiter)

    def close(self) -> None:
        self._file.close()


class _ArrowWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()
        self._file.close()


class _ParquetWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(str(path), schema, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


def _writer(path: Path, schema: pa.Schema, format: str, delimiter: str) -> _Writer:
    if format == "csv":
        return _CsvWriter(path, schema, delimiter)
    return _ParquetWriter(path, schema) if format == "parquet" else _ArrowWriter(path, schema)


def _one(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Dictionaries as their values: pieces of batches with different dictionaries are put together."""
    if not any(pa.types.is_dictionary(kind) for kind in batch.schema.types):
        return batch
    schema = _plain_schema(batch.schema)
    columns = [column.cast(kind) for column, kind in zip(batch.columns, schema.types, strict=True)]
    return pa.record_batch(columns, schema=schema)


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    fields = [each.with_type(each.type.value_type) if pa.types.is_dictionary(each.type) else each for each in schema]
    return pa.schema(fields, metadata=schema.metadata)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(path: Path) -> Generator[None]:
    """The system's errors in our words; Arrow's own may quote paths, never data, but its codes are what counts."""
    try:
        yield
    except OSError as error:
        raise _failed(path, error) from None


def _failed(path: Path, error: OSError) -> InputError | ResourceError:
    if error.errno in _FULL:
        return ResourceError(
            "sink.disk_full",
            "There is no room for the file.",
            found=str(path),
            hint="Free some space, or write to another disk. Nothing was left behind.",
        )
    return DataError(
        "sink.unwritable",
        "The file cannot be written.",
        found=f"{path}: {os.strerror(error.errno) if error.errno else 'the disk reports an error'}",
        hint="Name a file in a folder that exists and where you may write.",
    )
