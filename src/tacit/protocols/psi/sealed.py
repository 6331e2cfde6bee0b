"""The sealed table of a server's items: built once, kept by the client, useless without the server's answers.

An entry is the first bytes of F(key, item), with F the oblivious function of `blinding`, and, if there are payloads,
the row's payload sealed under other bytes of the same output. A client that asks the server about an item learns F of
it, finds the entry, and can open its payload; entries of items that it does not ask about are random to it.

A table is a folder of segments, `00000000.seg` and so on: the first is the whole table, each later one the difference
to the table before (an epoch). Headers are chained by digests: the digest of the last one stands for the whole table.

False positives. With n entries, q queries in the table's life and tags of w bits, an item that is not in the table
looks as if it were with probability at most n / 2^w, some of q items with at most n q / 2^w; two of n entries share a
tag with at most n² / 2^(w + 1). `tag_bytes` takes w so that both are at most 2^-40. A sealed payload does not open for
a wrong item.

Payloads: key K = bytes 32..63 of F (the tag is from bytes 0..15), stream and K' = BLAKE3-XOF(K || nonce of the
segment), c = payload xor stream, seal = BLAKE3(K' || c) cut to 16 bytes: encrypt-then-MAC with keys for one entry. A
call per row of an AEAD cipher would take as long as the group operation; the kernel hashes all rows in one call. All
payloads of a table have one length, so that lengths say nothing.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tacit import kernel
from tacit.errors import ParameterError
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.segments import MAX_TAG_BYTES, SEAL_BYTES, Header, Segment, damaged

MAX_SEGMENTS = 256
SECURITY_BITS = 40
_STREAM_KEY = kernel.blake3_hash(b"tacit/psi-table-payload-stream/1")
_SEAL_KEY = kernel.blake3_hash(b"tacit/psi-table-payload-seal/1")


def tag_bytes(capacity: int, queries: int) -> int:
    """Bytes of a tag for a table of up to `capacity` items that is asked up to `queries` times.

    Raises ParameterError psi.table_too_large.
    """
    if capacity < 1 or queries < 1:
        raise ParameterError("psi.bad_limit", "Capacity and number of queries are at least 1.")
    bits = SECURITY_BITS + math.log2(capacity) + max(math.log2(queries), math.log2(capacity) - 1)
    width = max(8, math.ceil(bits / 8))
    if width > MAX_TAG_BYTES:
        raise ParameterError(
            "psi.table_too_large",
            "A sealed table of this capacity and number of queries would have false matches.",
            hint="Lower the capacity or the number of queries.",
        )
    return width


def segment_name(epoch: int) -> str:
    """The file of an epoch."""
    return f"{epoch:08d}.seg"


class SealedTable:
    """A table in a folder, the server's or a client's copy. Opening reads headers only; `check` reads everything.

    Raises DataError psi.table_damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        paths = sorted(folder.glob("*.seg"))
        if not paths or [path.name for path in paths] != [segment_name(epoch) for epoch in range(len(paths))]:
            raise damaged("no segments, or not all of them")
        self.segments = [Segment(path) for path in paths]
        check_chain([segment.header for segment in self.segments])

    @property
    def header(self) -> Header:
        """The newest header."""
        return self.segments[-1].header

    @property
    def size(self) -> int:
        """Number of items."""
        return self.header.size

    def check(self) -> None:
        """Reads all files. Raises DataError psi.table_damaged."""
        for segment in self.segments:
            segment.check()

    def contains(self, tags: ByteRows) -> NDArray[np.bool_]:
        """Which tags are in the table."""
        return self._locate(tags)[0] >= 0

    def look_up(self, outputs: ByteRows) -> tuple[NDArray[np.bool_], ByteRows | None, int]:
        """Which items are in the table, given F of each (m, 64), the payloads of those that are, in their order, and
        the number of entries whose payload does not open.

        Such an entry is another item's with the same tag, or was made so: the item counts as absent. An error would
        tell whoever made the table, which can spoil the entry of one item, that this item was asked about.
        """
        epochs, places = self._locate(np.ascontiguousarray(outputs[:, : self.header.tag_bytes]))
        found = epochs >= 0
        if not self.header.payload_bytes:
            return found, None, 0
        matched = int(found.sum())
        payloads = np.zeros((len(outputs), self.header.payload_bytes), dtype=np.uint8)
        for segment in self.segments:
            rows = np.flatnonzero(epochs == segment.header.epoch)
            if len(rows):
                sealed = segment.added.records(places[rows])[:, self.header.tag_bytes :]
                found[rows], payloads[rows] = open_payloads(outputs[rows], sealed, segment.header.nonce)
        return found, payloads[found], matched - int(found.sum())

    def _locate(self, tags: ByteRows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The epoch whose entry counts for each tag, -1 if none, and the place there. The newest word counts."""
        epochs, places = (np.full(len(tags), -1, dtype=np.int64) for _ in range(2))
        open_rows = np.arange(len(tags))
        for segment in reversed(self.segments):
            here = segment.added.find(tags[open_rows])
            hit = here >= 0
            epochs[open_rows[hit]], places[open_rows[hit]] = segment.header.epoch, here[hit]
            open_rows = open_rows[~hit]
            open_rows = open_rows[segment.removed.find(tags[open_rows]) < 0]
        return epochs, places


def check_chain(headers: list[Header]) -> None:
    """Whether headers follow each other from an epoch 0 on. Raises DataError psi.table_damaged."""
    first = headers[0]
    sound = first.epoch == 0 and first.previous == bytes(32) and first.removed == 0 and len(headers) <= MAX_SEGMENTS
    if not sound or not all(later.fits(earlier) for earlier, later in pairwise(headers)):
        raise damaged("segments that do not follow each other")


def seal_payloads(outputs: ByteRows, payloads: ByteRows, nonce: bytes) -> ByteRows:
    """Sealed payloads (n, p + 16) under F of their items (n, 64)."""
    stream, seal_keys = _keys(outputs, payloads.shape[1], nonce)
    hidden = payloads ^ stream
    return np.hstack([hidden, _seals(seal_keys, hidden)])


def open_payloads(outputs: ByteRows, sealed: ByteRows, nonce: bytes) -> tuple[NDArray[np.bool_], ByteRows]:
    """Which payloads were sealed for their item (n), and the payloads (n, p), zeros where not."""
    hidden, seals = sealed[:, :-SEAL_BYTES], sealed[:, -SEAL_BYTES:]
    stream, seal_keys = _keys(outputs, hidden.shape[1], nonce)
    good = (_seals(seal_keys, hidden) == seals).all(axis=1)
    return good, np.where(good[:, np.newaxis], hidden ^ stream, np.uint8(0))


def _keys(outputs: ByteRows, width: int, nonce: bytes) -> tuple[ByteRows, ByteRows]:
    salt = np.broadcast_to(np.frombuffer(nonce, dtype=np.uint8), (len(outputs), len(nonce)))
    out = _hash_rows(np.hstack([outputs[:, 32:], salt]), _STREAM_KEY, width + 32)
    return out[:, :width], out[:, width:]


def _seals(keys: ByteRows, hidden: ByteRows) -> ByteRows:
    return _hash_rows(np.hstack([keys, hidden]), _SEAL_KEY, SEAL_BYTES)


def _hash_rows(rows: ByteRows, key: bytes, width: int) -> ByteRows:
    offsets = np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
    return kernel.blake3_strings(np.ascontiguousarray(rows).reshape(-1), offsets, key, width)
