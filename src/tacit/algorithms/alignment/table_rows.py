"""A file on its way into a sealed table, and what a client's file becomes: digests of keys, batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment import table_payload
from tacit.algorithms.alignment.input import FileInput
from tacit.algorithms.alignment.keys import REFUSE, KeyBatch, KeyCounts, KeyDigester, KeyRules, check_repeats
from tacit.algorithms.alignment.streams import as_text, text_schema  # keys of both ways of matching are the same
from tacit.data.columns import require_columns
from tacit.data.sinks import Sink
from tacit.errors import ParameterError, ResourceError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.rows import ByteRows, Indices, first_occurrences
from tacit.protocols.psi.unbalanced import MAX_QUERIES

_PIECE = 1 << 15  # rows that are sealed at a time
Progress = Callable[[str, int, int], None]  # phase ("read", "seal", "write"), done, total


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass finds. `widest`: bytes of the longest payload; `repeated`: None where repeats may stay."""

    counts: KeyCounts
    types: bytes
    widest: int
    repeated: int | None


class TableRows:
    """The rows of a file as a sealed table takes them.

    The file is gone through twice: `survey` finds what is wrong with it before time is spent on sealing, `batches`
    feeds the table. Memory: a batch, and 20 bytes per key, up to `memory`, while repeats are looked for; more goes to
    `folder`.
    """

    def __init__(self, source: FileInput, rules: KeyRules, columns: tuple[str, ...], progress: Progress) -> None:
        """Raises DataError data.column_missing; ParameterError psi.payload_column."""
        require_columns(source.schema.names, columns)
        if len(columns) > table_payload.MAX_COLUMNS:
            raise _too_many_columns(len(columns))
        self._source, self._rules, self._columns, self._progress = source, rules, columns, progress
        self._schema = text_schema(source.schema, rules.columns)

    def survey(self, memory: int, folder: Path) -> Survey:
        """The first pass.

        Raises DataError data.key_null, data.key_rejected, data.key_duplicate, psi.column_not_given.
        """
        digester, widest = KeyDigester(self._schema, self._rules), 0
        expected = self._source.rows_about
        bins = None
        if self._rules.duplicates == REFUSE:
            bins = KeyBins(os.urandom(16), expected, memory=memory, folder=str(folder))
        for batch in self._read():
            keys = as_text(batch.select(list(self._rules.columns)))
            found = digester.digest(keys) if bins is None else digester.feed(bins, keys)
            if self._columns:
                widest = max(widest, _widest(batch, self._columns, found))
            self._progress("read", digester.counts.read, max(expected, digester.counts.read))
        digester.check()
        repeated = None
        if bins is not None:
            bins.finish()
            repeated = bins.repeated
            check_repeats(self._rules, repeated, digester.counts.read)
        return Survey(digester.counts, digester.types, widest, repeated)

    def batches(self, width: int, total: int) -> Iterator[tuple[ByteRows, ByteRows | None]]:
        """Digests (n, 16) and payloads (n, width), None where the table has none.

        Raises ParameterError psi.payload_width.
        """
        digester = KeyDigester(self._schema, self._rules)
        self._progress("seal", 0, total)
        for batch in self._read():
            for start in range(0, batch.num_rows, _PIECE):  # sealing takes long: so that it can be seen
                piece = batch.slice(start, _PIECE)
                found = digester.digest(as_text(piece.select(list(self._rules.columns))))
                rows = _present(found)
                payloads = None
                if width:
                    payloads = table_payload.pack(table_payload.texts(piece.take(pa.array(rows)), self._columns), width)
                yield found.digests[rows], payloads
                self._progress("seal", digester.counts.read, total)

    def digests(self) -> Iterator[ByteRows]:
        """The keys alone: what is taken out of a table."""
        for digests, _ in self.batches(0, self._source.rows_about):
            yield digests

    def _read(self) -> Iterator[pa.RecordBatch]:
        return self._source.batches(list(dict.fromkeys([*self._rules.columns, *self._columns])))


@dataclass(frozen=True, slots=True)
class Questions:
    """A client's keys, each once: `digests[i]` (m, 16) belongs to row `rows[i]` of its file, ascending."""

    digests: ByteRows
    rows: Indices
    counts: KeyCounts
    types: bytes
    repeated: int


def read_questions(source: FileInput, rules: KeyRules, progress: Progress) -> Questions:
    """Errors as of `TableRows.survey`; ResourceError psi.too_many_items above what one run may ask."""
    digester = KeyDigester(text_schema(source.schema, rules.columns), rules)
    digests, rows, read = [np.zeros((0, 16), dtype=np.uint8)], [np.zeros(0, dtype=np.int64)], 0
    for batch in source.batches(list(rules.columns)):
        found = digester.digest(as_text(batch))
        present = _present(found)
        digests.append(found.digests[present])
        rows.append(present + read)
        read = digester.counts.read
        if digester.counts.used > MAX_QUERIES:
            raise _too_many(digester.counts.used)
        progress("read", read, max(source.rows_about, read))
    digester.check()
    everything, places = np.concatenate(digests), np.concatenate(rows)
    first = first_occurrences(everything)
    check_repeats(rules, len(everything) - len(first), read)
    counts, repeated = digester.counts, len(everything) - len(first)
    return Questions(np.ascontiguousarray(everything[first]), places[first], counts, digester.types, repeated)


def result_schema(source: FileInput, columns: tuple[str, ...]) -> pa.Schema:
    """The file's columns, then the table's, whose names get `table.` in front where the file has them already."""
    schema = source.schema
    for name in columns:
        while name in schema.names:
            name = f"table.{name}"
        schema = schema.append(pa.field(name, pa.string()))
    return schema


def write_found(
    sink: Sink, source: FileInput, rows: Indices, payloads: ByteRows | None, columns: int, progress: Progress
) -> int:
    """The rows of the file (ascending) with the payloads of each; the number of payloads that could not be read."""
    start = done = bad = 0
    for batch in source.batches(source.schema.names):
        stop = start + batch.num_rows
        until = int(np.searchsorted(rows, stop))
        if until > done:
            cells, spoilt = ([], 0) if payloads is None else table_payload.unpack(payloads[done:until], columns)
            kept = batch.take(pa.array(rows[done:until] - start))
            sink.write(pa.RecordBatch.from_arrays([*kept.columns, *cells], names=sink.schema.names))
            bad += spoilt
        start, done = stop, until
        progress("write", start, max(source.rows_about, start))
    return bad


def _present(found: KeyBatch) -> Indices:
    if found.absent is None:
        return np.arange(len(found.digests), dtype=np.int64)
    return np.flatnonzero(~found.absent).astype(np.int64, copy=False)


def _widest(batch: pa.RecordBatch, columns: tuple[str, ...], found: KeyBatch) -> int:
    needed = table_payload.lengths(table_payload.texts(batch, columns))[_present(found)]
    return int(needed.max()) if len(needed) else 0


def _too_many_columns(count: int) -> ParameterError:
    return ParameterError(
        "psi.payload_column",
        "A payload has too many columns.",
        found=str(count),
        expected=f"at most {table_payload.MAX_COLUMNS}",
    )


def _too_many(count: int) -> ResourceError:
    return ResourceError(
        "psi.too_many_items",
        "The file has more keys than one run may ask about.",
        found=f"{count} or more",
        expected=f"at most {MAX_QUERIES}",
        hint="Split the file.",
    )
