"""The file of a sealed table: a header, entries sorted by tag, tags taken out again, and where the buckets begin.

    header (HEADER_BYTES)
    added:    records of tag || sealed payload, ascending      then 2^bits + 1 positions, 8 bytes each
    removed:  tags, ascending                                  then 2^bits + 1 positions, 8 bytes each

Tags are bytes of a pseudorandom function: their first bits number buckets of about 128 entries, so that a search reads
two positions and one bucket. All numbers are little-endian; tags are compared as strings of bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tacit.errors import DataError
from tacit.kernel import Blake3, blake3_hash
from tacit.protocols.psi.blinding import Mode
from tacit.protocols.psi.rows import ByteRows, Indices

VERSION = 1
SEAL_BYTES = 16
BUCKET_ENTRIES = 128
MAX_TAG_BYTES = 16
MAX_PAYLOAD_BYTES = 4096
MAX_ENTRIES = 1 << 34
CHUNK_BYTES = 1 << 20

_MAGIC = b"TPSISEAL"
# magic, version, mode, tag bytes, bits of buckets (added, removed), payload bytes, epoch, added, removed, size,
# capacity, queries, key types, public key, nonce, previous, content
_LAYOUT = struct.Struct("<8sHBBBBH6Q16s32s16s32s32s")
HEADER_BYTES = _LAYOUT.size

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment is. `size`: items of the table after it.

    `capacity` and `queries`: what the tag's width is good for. `previous`: digest of the segment before, zeros for the
    first. `content`: BLAKE3 of all that follows the header.
    """

    mode: Mode
    tag_bytes: int
    payload_bytes: int
    epoch: int
    added: int
    removed: int
    size: int
    capacity: int
    queries: int
    key_types: bytes
    public: bytes
    nonce: bytes
    previous: bytes
    content: bytes = bytes(32)
    added_bits: int = 0
    removed_bits: int = 0

    @property
    def key_id(self) -> bytes:
        """Names the key: 16 bytes of a hash of its public half and mode."""
        return blake3_hash(b"tacit/psi-table-key/1/" + bytes([self.mode]) + self.public)[:16]

    @property
    def record_bytes(self) -> int:
        """One entry: its tag and its sealed payload."""
        return self.tag_bytes + (self.payload_bytes + SEAL_BYTES if self.payload_bytes else 0)

    @property
    def file_bytes(self) -> int:
        """The size of the whole file."""
        records = self.added * self.record_bytes + self.removed * self.tag_bytes
        return HEADER_BYTES + records + 8 * ((1 << self.added_bits) + (1 << self.removed_bits) + 2)

    @property
    def digest(self) -> bytes:
        """Stands for the segment and, through `previous`, for all before it."""
        return blake3_hash(self.pack())

    def pack(self) -> bytes:
        """HEADER_BYTES bytes."""
        return _LAYOUT.pack(
            _MAGIC,
            VERSION,
            self.mode,
            self.tag_bytes,
            self.added_bits,
            self.removed_bits,
            self.payload_bytes,
            *(self.epoch, self.added, self.removed, self.size, self.capacity, self.queries),
            *(self.key_types, self.public, self.nonce, self.previous, self.content),
        )

    def fits(self, earlier: Header) -> bool:
        """Whether this may be the segment right after `earlier`."""
        shared = ("mode", "tag_bytes", "payload_bytes", "capacity", "queries", "key_types", "public")
        return (
            all(getattr(self, name) == getattr(earlier, name) for name in shared)
            and self.epoch == earlier.epoch + 1
            and self.previous == earlier.digest
        )


def unpack(data: bytes) -> Header:
    """A header, its fields within their bounds. Raises DataError psi.table_damaged."""
    if len(data) != HEADER_BYTES:
        raise damaged("a file that ends within its header")
    magic, version, mode, tag, added_bits, removed_bits, payload, *rest = _LAYOUT.unpack(data)
    epoch, added, removed, size, capacity, queries, key_types, public, nonce, previous, content = rest
    if magic != _MAGIC or version != VERSION or mode not in set(Mode):
        raise damaged("a file of another kind or version")
    bounded = 8 <= tag <= MAX_TAG_BYTES and payload <= MAX_PAYLOAD_BYTES and max(added, removed, size) <= MAX_ENTRIES
    if not bounded or (added_bits, removed_bits) != (bucket_bits(added), bucket_bits(removed)):
        raise damaged("numbers out of range")
    return Header(
        *(Mode(mode), tag, payload, epoch, added, removed, size, capacity, queries),
        *(key_types.rstrip(b"\0"), public, nonce, previous, content, added_bits, removed_bits),
    )


def bucket_bits(entries: int) -> int:
    """Enough bits for buckets of about BUCKET_ENTRIES entries."""
    return max(0, (entries - 1) // BUCKET_ENTRIES).bit_length()


def heads(tags: ByteRows) -> NDArray[np.uint64]:
    """The first eight bytes of every row as a number that orders as the bytes do."""
    return np.ascontiguousarray(tags[:, :8]).view(">u8").reshape(-1).astype(np.uint64)


def tails(tags: ByteRows) -> NDArray[np.uint64]:
    """What follows the first eight bytes, likewise, with zeros behind it."""
    rest = np.zeros((len(tags), 8), dtype=np.uint8)
    rest[:, : tags.shape[1] - 8] = tags[:, 8:]
    return heads(rest)


def buckets(numbers: NDArray[np.uint64], bits: int) -> Counts:
    """The buckets of such numbers."""
    if bits == 0:
        return np.zeros(len(numbers), dtype=np.int64)
    return (numbers >> np.uint64(64 - bits)).astype(np.int64)


class Run:
    """Sorted records in a mapped file, found by their first bytes."""

    def __init__(self, path: Path, start: int, count: int, width: int, tag_bytes: int, bits: int) -> None:
        self._count, self._bits, self._tag = count, bits, tag_bytes
        if count:
            self._records: ByteRows = np.memmap(path, dtype=np.uint8, mode="r", offset=start, shape=(count, width))
            after = start + count * width
            self._offsets: NDArray[np.uint64] = np.memmap(
                path, dtype="<u8", mode="r", offset=after, shape=((1 << bits) + 1,)
            )

    def records(self, places: Indices) -> ByteRows:
        """Copies of the records at these places."""
        return np.ascontiguousarray(self._records[places])

    def find(self, tags: ByteRows) -> Indices:
        """Where each tag (m, tag bytes) stands, or -1: a binary search within its bucket, all tags at once.

        Whoever wrote the file may have lied about buckets and order: then tags are not found, but no file makes a
        search fail or last, which would tell the writer what is searched for.
        """
        if not self._count or not len(tags):
            return np.full(len(tags), -1, dtype=np.int64)
        wanted = heads(tags), tails(tags)
        bucket = buckets(wanted[0], self._bits)
        low, high = (np.minimum(self._offsets[bucket + end], self._count).astype(np.int64) for end in (0, 1))
        while (open_ := low < high).any():
            middle = (low + high) >> 1
            before = open_ & self._precedes(middle, *wanted)
            low = np.where(before, middle + 1, low)
            high = np.where(open_ & ~before, middle, high)
        same = (low < self._count) & (self._tags(low) == tags).all(axis=1)
        return np.where(same, low, -1)

    def _precedes(self, places: Indices, first: NDArray[np.uint64], rest: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether the records there come before the tags whose bytes these numbers are."""
        here = self._tags(places)
        numbers = heads(here)
        tied = numbers == first
        return (numbers < first) | (tied & (tails(here) < rest)) if tied.any() else numbers < first

    def _tags(self, places: Indices) -> ByteRows:
        tags: ByteRows = self._records[np.minimum(places, self._count - 1), : self._tag]
        return tags


class Segment:
    """One file, opened for searching. Raises DataError psi.table_damaged."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.header = header = unpack(file.read(HEADER_BYTES))
        if path.stat().st_size != header.file_bytes:
            raise damaged("a file of another length than its header says")
        self.path = path
        self.added = Run(path, HEADER_BYTES, header.added, header.record_bytes, header.tag_bytes, header.added_bits)
        start = HEADER_BYTES + header.added * header.record_bytes + 8 * ((1 << header.added_bits) + 1)
        self.removed = Run(path, start, header.removed, header.tag_bytes, header.tag_bytes, header.removed_bits)

    def check(self) -> None:
        """Reads the whole file. Raises DataError psi.table_damaged if its content is not what the header says."""
        content = Blake3()
        with self.path.open("rb") as file:
            file.seek(HEADER_BYTES)
            while data := file.read(CHUNK_BYTES):
                content.update(data)
        if content.digest() != self.header.content:
            raise damaged("another content than its header says")


def with_content(header: Header, content: bytes) -> Header:
    """The header once the content is known."""
    return replace(header, content=content)


def damaged(found: str) -> DataError:
    """The error for a file that no build wrote like this."""
    return DataError(
        "psi.table_damaged",
        "A sealed table is damaged or not complete.",
        found=found,
        hint="Fetch or build the table again, into a new folder.",
    )
