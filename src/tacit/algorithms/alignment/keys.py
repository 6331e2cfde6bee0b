"""From key columns to one digest per row: typed, exact, in one spelling if rules say so, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment import encoding
from tacit.algorithms.alignment.encoding import Mask
from tacit.algorithms.alignment.normalise import check_rules
from tacit.data.columns import require_columns
from tacit.errors import DataError, ParameterError
from tacit.protocols.psi.rows import ByteRows, Indices, first_occurrences
from tacit.protocols.psi.wire import MAX_KEY_COLUMNS

KEY_BYTES = encoding.KEY_BYTES
REFUSE = "refuse"
DROP = "drop"
FIRST = "first"
ALL = "all"
_SLICE = 1 << 18  # rows of a table that are digested at a time


class Bins(Protocol):
    """What takes digests in: `tacit.kernel.keys.KeyBins` is one. Rows are numbered on from 0 over all calls."""

    def add(self, digests: ByteRows) -> None: ...
    def skip(self, rows: int) -> None: ...


@dataclass(frozen=True, slots=True)
class KeyRules:
    """Which columns make the key, and what becomes of rows without one.

    `nulls`, `rejected`: refuse or drop rows with an empty key column, or with a value that a rule of `normalise` does
    not accept. `normalise`: for each key column the names of its rules (see `normalise`), or () for none at all.
    `duplicates`: refuse repeated keys, keep the first row of each, or all.
    """

    columns: tuple[str, ...]
    nulls: str = REFUSE
    duplicates: str = REFUSE
    normalise: tuple[tuple[str, ...], ...] = ()
    rejected: str = REFUSE

    def of_column(self, position: int) -> tuple[str, ...]:
        """The rules of the key column at this position."""
        return self.normalise[position] if self.normalise else ()


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """Rows seen; rows with an empty key column; other rows with a value that a rule did not accept."""

    read: int = 0
    null: int = 0
    rejected: int = 0

    @property
    def used(self) -> int:
        """Rows with a key; repeated keys count."""
        return self.read - self.null - self.rejected

    def __add__(self, other: KeyCounts) -> KeyCounts:
        return KeyCounts(self.read + other.read, self.null + other.null, self.rejected + other.rejected)


@dataclass(frozen=True, slots=True)
class KeyBatch:
    """`digests` (n, 16), one per row; `absent` (n,) marks rows without a key, or is None: there is none."""

    digests: ByteRows
    absent: Mask | None
    counts: KeyCounts


@dataclass(frozen=True, slots=True)
class KeySet:
    """`digests[i]` (n, 16) belongs to row `rows[i]` of the table; the counts say what became of the other rows."""

    digests: ByteRows
    rows: Indices
    types: bytes  # one letter per column: i(nteger), t(ext), d(ate)
    read: int
    null: int
    duplicate: int
    rejected: int = 0


class KeyDigester:
    """Digests of the keys of one file or table, batch by batch.

    Each column is hashed for itself with keyed BLAKE3 (see `encoding`), a key of several columns is the hash of their
    digests: the parts have fixed length, so that ("ab", "c") is not ("a", "bc"). The hash key depends on the types
    alone: digests may be kept, and a clean file matches one that is normalised here.
    """

    def __init__(self, schema: pa.Schema, rules: KeyRules) -> None:
        """Raises DataError data.column_missing, data.column_duplicate, data.key_type; ParameterError psi.key_columns,
        psi.normalise."""
        _check_columns(schema.names, rules.columns)
        _check_normalise(rules)
        letters = [
            encoding.letter(schema.field(name), rules.of_column(index)) for index, name in enumerate(rules.columns)
        ]
        self.types = b"".join(letters)
        self.counts = KeyCounts()
        self._rules = rules
        self._keys = [encoding.hash_key(self.types, f"column {index}") for index in range(len(letters))]
        self._row_key = encoding.hash_key(self.types, "row")

    def digest(self, batch: pa.RecordBatch | pa.Table) -> KeyBatch:
        """Keys of the next rows; `counts` grows. Raises DataError data.key_type for a date with a time of day."""
        parts = [self._record_batch(each) for each in _slices(batch)]
        found = parts[0] if len(parts) == 1 else _joined(parts)
        self.counts += found.counts
        return found

    def feed(self, bins: Bins, batch: pa.RecordBatch | pa.Table) -> KeyBatch:
        """The same, put into `bins`: the rows of the bins are the rows of the file."""
        found = self.digest(batch)
        if found.absent is None:
            bins.add(found.digests)
            return found
        edges = np.flatnonzero(np.diff(found.absent)) + 1
        for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(found.absent)], strict=True):
            if found.absent[start]:
                bins.skip(stop - start)
            elif stop > start:
                bins.add(found.digests[start:stop])
        return found

    def check(self) -> None:
        """After the last batch. Raises DataError data.key_null, data.key_rejected where such rows are refused."""
        if self.counts.null and self._rules.nulls == REFUSE:
            raise DataError(
                "data.key_null",
                "Rows have no key.",
                found=f"{self.counts.null} of {self.counts.read} rows with an empty key column",
                hint="Fill the keys, or set nulls to 'drop' to leave these rows out.",
            )
        if self.counts.rejected and self._rules.rejected == REFUSE:
            raise DataError(
                "data.key_rejected",
                "Rows have a key that its rules of spelling do not accept.",
                found=f"{self.counts.rejected} of {self.counts.read} rows",
                expected=_described(self._rules),
                hint="Correct the keys, choose other rules, or set rejected to 'drop' to leave these rows out.",
            )

    def _record_batch(self, batch: pa.RecordBatch) -> KeyBatch:
        null: Mask | None = None
        rejected: Mask | None = None
        parts = []
        for position, name in enumerate(self._rules.columns):
            column = batch.column(batch.schema.get_field_index(name))
            null = _either(null, encoding.nulls(column))
            values, refused = encoding.encoded(column, name, self._rules.of_column(position))
            rejected = _either(rejected, refused)
            parts.append(encoding.hashed(values, self._keys[position]))
        digests = parts[0] if len(parts) == 1 else encoding.hashed_rows(np.hstack(parts), self._row_key)
        nulls = 0 if null is None else int(np.count_nonzero(null))
        absent = _either(null, rejected)
        gone = 0 if absent is None else int(np.count_nonzero(absent))
        return KeyBatch(digests, absent, KeyCounts(batch.num_rows, nulls, gone - nulls))


def fill_bins(bins: Bins, table: pa.Table, rules: KeyRules) -> KeyDigester:
    """Keys of a whole table into `bins`, which is left open. Errors as of KeyDigester and its `check`."""
    digester = KeyDigester(table.schema, rules)
    for batch in _slices(table):
        digester.feed(bins, batch)
    digester.check()
    return digester


def check_repeats(rules: KeyRules, repeated: int, read: int) -> None:
    """`repeated` of `read` rows have the key of an earlier row. Raises DataError data.key_duplicate if refused."""
    if repeated and rules.duplicates == REFUSE:
        raise DataError(
            "data.key_duplicate",
            "Keys are not unique.",
            found=f"{repeated} of {read} rows repeat the key of an earlier row",
            hint="Remove them, or set duplicates to 'first' to keep the first row of each key.",
        )


def key_set(table: pa.Table, rules: KeyRules) -> KeySet:
    """The keys that take part, each once. Errors as of KeyDigester, its `check`, and `check_repeats`."""
    digester = KeyDigester(table.schema, rules)
    found = digester.digest(table)
    digester.check()
    everything = np.arange(len(found.digests), dtype=np.int64)
    kept = everything if found.absent is None else np.flatnonzero(~found.absent).astype(np.int64, copy=False)
    present = found.digests if found.absent is None else found.digests[kept]
    first = first_occurrences(present)
    repeats = len(present) - len(first)
    check_repeats(rules, repeats, len(everything))
    counts = found.counts
    return KeySet(present[first], kept[first], digester.types, counts.read, counts.null, repeats, counts.rejected)


def key_digests(table: pa.Table, columns: Sequence[str]) -> tuple[ByteRows, Mask, bytes]:
    """Digest of every row's key (n, 16), which rows have a null in it, and the types of the columns."""
    digester = KeyDigester(table.schema, KeyRules(tuple(columns)))
    found = digester.digest(table)
    null = np.zeros(table.num_rows, dtype=bool) if found.absent is None else found.absent
    return found.digests, null, digester.types


def _slices(batch: pa.RecordBatch | pa.Table) -> Iterator[pa.RecordBatch]:
    """At least one batch. Chunks of a table are views of it, not copies."""
    if isinstance(batch, pa.RecordBatch):
        yield batch
    elif batch.num_rows == 0:
        yield pa.RecordBatch.from_pylist([], schema=batch.schema)
    else:
        yield from batch.to_batches(max_chunksize=_SLICE)


def _joined(parts: list[KeyBatch]) -> KeyBatch:
    digests = np.concatenate([part.digests for part in parts])
    absent: Mask | None = None
    if any(part.absent is not None for part in parts):
        absent = np.concatenate(
            [np.zeros(len(part.digests), dtype=bool) if part.absent is None else part.absent for part in parts]
        )
    return KeyBatch(digests, absent, sum((part.counts for part in parts), KeyCounts()))


def _check_columns(names: list[str], columns: Sequence[str]) -> None:
    if not 1 <= len(columns) <= MAX_KEY_COLUMNS or len(set(columns)) != len(columns):
        raise ParameterError(
            "psi.key_columns",
            f"A key has 1 to {MAX_KEY_COLUMNS} different columns.",
            found=", ".join(columns) or "none",
            hint="Name the key columns in the step, or in `keys` of dataset.read.",
        )
    require_columns(names, columns)


def _check_normalise(rules: KeyRules) -> None:
    if rules.normalise and len(rules.normalise) != len(rules.columns):
        raise ParameterError(
            "psi.normalise",
            "The rules of spelling do not go with the key columns.",
            found=f"{len(rules.normalise)} lists of rules",
            expected=f"one for each of {len(rules.columns)} key columns, or none",
        )
    for names in rules.normalise:
        check_rules(names)


def _described(rules: KeyRules) -> str:
    lists = zip(rules.columns, rules.normalise, strict=True)
    return "; ".join(f"{name}: {', '.join(names)}" for name, names in lists if names)


def _either(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other
