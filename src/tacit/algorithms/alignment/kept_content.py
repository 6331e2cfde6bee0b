"""What a sender seals: its keys, each once, and the columns that go with them, in one order whatever the table's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment import table_payload
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.series import KeySet
from tacit.data.columns import require_columns
from tacit.errors import ParameterError
from tacit.kernel import Blake3, blake3_hash, blake3_strings
from tacit.kernel.arrays import Bytes
from tacit.protocols.psi.rows import ByteRows, Indices

MARK_BYTES = 8  # of the hash of a row's payload: a change is overlooked with probability 2^-64
PIECE = 1 << 15  # rows that are packed at a time
_MARK_KEY = blake3_hash(b"tacit/psi/kept-table/payload-mark/1")
_WIDTH = 8  # lengths of payloads are multiples of it


class Content:
    """`keys`: of a table whose key columns have these `types`; `columns`: whose values the receiver gets.

    Raises DataError data.column_missing, psi.column_not_given; ParameterError psi.payload_column.
    """

    def __init__(self, table: pa.Table, rules: KeyRules, types: bytes, keys: KeySet, columns: tuple[str, ...]) -> None:
        require_columns(table.column_names, columns)
        if len(columns) > table_payload.MAX_COLUMNS:
            raise ParameterError(
                "psi.payload_column",
                "A payload has too many columns.",
                found=str(len(columns)),
                expected=f"at most {table_payload.MAX_COLUMNS}",
            )
        self.types, self.keys = types, keys
        self._rules, self._columns = rules, columns
        self._given = table.select(list(columns)).combine_chunks()
        self.kinds = table_payload.kinds(self._given.schema)
        self._marks: dict[int, Bytes] = {}

    def settings(self) -> bytes:
        """Names how rows become entries, 32 bytes: tables that differ in it have nothing to do with each other."""
        rules = self._rules
        said = (rules.columns, rules.nulls, rules.rejected, rules.duplicates, rules.normalise, self._columns)
        return blake3_hash(b"tacit/psi/kept-table/settings/1" + repr((said, self.types, self.kinds)).encode())

    def name(self, width: int) -> str:
        """Names the keys and what their rows hold, in payloads of this width."""
        hashed = Blake3(_MARK_KEY)
        hashed.update(np.ascontiguousarray(self.keys.digests).data)
        hashed.update(self.marks(width).data)
        return hashed.digest().hex()

    def width(self) -> int:
        """Bytes that every payload needs; 0 where there is none. Raises ParameterError psi.payload_width."""
        if not self._columns:
            return 0
        longest = [int(table_payload.lengths(self._texts(part)).max()) for part in _pieces(self.everything())]
        return -(-max(longest, default=1) // _WIDTH) * _WIDTH

    def marks(self, width: int) -> Bytes:
        """A short hash of every payload, (n, MARK_BYTES); (n, 0) where there are none."""
        if width not in self._marks:
            self._marks[width] = self._hashed(width)
        return self._marks[width]

    def _hashed(self, width: int) -> Bytes:
        if not width:
            return np.empty((self.keys.distinct, 0), dtype=np.uint8)
        marks = [np.empty((0, MARK_BYTES), dtype=np.uint8)]
        for part in _pieces(self.everything()):
            offsets = np.arange(len(part) + 1, dtype=np.int64) * width
            packed = table_payload.pack(self._texts(part), width)
            marks.append(blake3_strings(packed.reshape(-1), offsets, _MARK_KEY, MARK_BYTES))
        return np.concatenate(marks)

    def batches(self, width: int, chosen: Indices) -> Iterator[tuple[ByteRows, ByteRows | None]]:
        """Digests and payloads of the keys with these numbers, as a sealed table takes them."""
        for part in _pieces(chosen):
            payloads = table_payload.pack(self._texts(part), width) if width else None
            yield np.ascontiguousarray(self.keys.digests[part]), payloads

    def everything(self) -> Indices:
        """The numbers of all keys."""
        return np.arange(self.keys.distinct, dtype=np.int64)

    def _texts(self, chosen: Indices) -> list[pa.Array]:
        rows = self._given.take(pa.array(self.keys.rows[chosen]))
        columns = [column.combine_chunks() for column in rows.columns]
        return table_payload.texts(pa.RecordBatch.from_arrays(columns, schema=rows.schema), self._columns)


def _pieces(chosen: Indices) -> Iterator[Indices]:
    for start in range(0, len(chosen), PIECE):
        yield chosen[start : start + PIECE]
