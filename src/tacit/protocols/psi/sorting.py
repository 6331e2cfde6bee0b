"""Sorting the entries of a sealed table in bounded memory: 256 parts by the first byte, each sorted by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tacit.kernel import Blake3
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.sealed import SealedTable
from tacit.protocols.psi.segments import Run, bucket_bits, buckets, heads, tails

PARTS = 256


class Sorter:
    """Takes records, gives them back in the order of their tags, the first of equal tags only.

    Holds `memory` bytes, then writes to an unnamed file in the folder. What is written is what the table will hold.
    """

    def __init__(self, folder: Path, width: int, tag_bytes: int, memory: int) -> None:
        self.width, self.tag_bytes = width, tag_bytes
        self.rows = 0
        self._memory, self._held = memory, 0
        self._parts: list[list[ByteRows]] = [[] for _ in range(PARTS)]
        self._spilled: list[list[tuple[int, int]]] = [[] for _ in range(PARTS)]  # position, bytes
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 closed by __exit__

    def __enter__(self) -> Sorter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, records: ByteRows) -> None:
        """Records (n, width); their first bytes are the tag."""
        order = np.argsort(records[:, 0], kind="stable")
        ends = np.cumsum(np.bincount(records[:, 0], minlength=PARTS))
        arranged = np.ascontiguousarray(records[order])
        for part, (start, end) in enumerate(zip(np.concatenate([[0], ends[:-1]]), ends, strict=True)):
            if start < end:
                self._parts[part].append(arranged[start:end])
        self.rows += len(records)
        self._held += arranged.nbytes
        if self._held > self._memory:
            self._spill()

    def _spill(self) -> None:
        for part, pieces in enumerate(self._parts):
            if pieces:
                data = np.concatenate(pieces)
                self._spilled[part].append((self._file.tell(), data.nbytes))
                self._file.write(data.data)
                pieces.clear()
        self._held = 0

    def parts(self) -> Iterator[ByteRows]:
        """Part after part, sorted, without repeats. Only once."""
        self._file.flush()
        for pieces, places in zip(self._parts, self._spilled, strict=True):
            found = [self._read(*place) for place in places] + pieces
            if found:
                yield _sorted(np.concatenate(found), self.tag_bytes)
            pieces.clear()

    def _read(self, position: int, count: int) -> ByteRows:
        self._file.seek(position)
        return np.frombuffer(self._file.read(count), dtype=np.uint8).reshape(-1, self.width)


def _sorted(records: ByteRows, tag_bytes: int) -> ByteRows:
    """By tag; of equal tags the first."""
    words = heads(records)
    order = np.argsort(words, kind="stable")
    if (words[order[1:]] == words[order[:-1]]).any():
        order = np.lexsort((tails(records[:, :tag_bytes]), words))
        tags = records[order, :tag_bytes]
        same = (tags[1:] == tags[:-1]).all(axis=1)
        order = order[np.concatenate([[True], ~same])]
    arranged: ByteRows = records[order]
    return arranged


def write_run(
    file: BinaryIO, content: Blake3, records: Sorter, earlier: SealedTable | None, again: Run | None = None
) -> tuple[int, int, int]:
    """Sorted records, then the positions of their buckets: (bits of buckets, records, those that change the size).

    A record changes the size if the earlier table lacks it; with `again`, the records added in the same epoch, if the
    earlier table has it and `again` does not. The number of buckets follows from the records that are left, so that it
    says nothing about repeats.
    """
    bits = bucket_bits(records.rows)
    sizes = np.zeros(1 << bits, dtype=np.int64)
    count = changing = 0
    for part in records.parts():
        tags = np.ascontiguousarray(part[:, : records.tag_bytes])
        known = earlier.contains(tags) if earlier is not None else np.zeros(len(tags), dtype=bool)
        changing += int((known & (again.find(tags) < 0)).sum() if again is not None else (~known).sum())
        filled, amounts = np.unique(buckets(heads(tags), bits), return_counts=True)
        sizes[filled] += amounts
        count += len(part)
        _write(file, content, part)
    fewer = bucket_bits(count)
    sizes = sizes.reshape(1 << fewer, -1).sum(axis=1)
    _write(file, content, np.concatenate([[0], np.cumsum(sizes)]).astype("<u8"))
    return fewer, count, changing


def _write(file: BinaryIO, content: Blake3, array: NDArray[np.generic]) -> None:
    content.update(array)
    file.write(np.ascontiguousarray(array).data)
