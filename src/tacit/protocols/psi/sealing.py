"""The server's side of a sealed table: the key, the first build, and the differences of later epochs."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tacit import kernel
from tacit.errors import DataError, ParameterError, ResourceError
from tacit.protocols.psi import blinding
from tacit.protocols.psi.blinding import Mode
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.sealed import (
    MAX_SEGMENTS,
    SealedTable,
    seal_payloads,
    segment_name,
    tag_bytes,
)
from tacit.protocols.psi.segments import (
    HEADER_BYTES,
    MAX_ENTRIES,
    MAX_PAYLOAD_BYTES,
    Header,
    Run,
    with_content,
)
from tacit.protocols.psi.sorting import Sorter, write_run
from tacit.protocols.psi.wire import ITEM_BYTES

MEMORY = 1 << 28  # bytes of entries held before they go to a file
PIECE = 1 << 15  # items evaluated at a time
PIECE_BYTES = 1 << 25  # and bytes of entries, where payloads are long

_KEY_MAGIC = b"TPSIKEY1"
_KEY_BYTES = len(_KEY_MAGIC) + 1 + 32

# Items (n, 16) and, if the table has payloads, one of the table's length for each (n, p).
Batch = tuple[ByteRows, ByteRows | None]


@dataclass(frozen=True, slots=True)
class TableKey:
    """A server's secret. Whoever has it can read every payload and test any item: a file for nobody else."""

    secret: bytes = field(repr=False)
    mode: Mode = Mode.PLAIN

    @property
    def public(self) -> bytes:
        """The public half."""
        return blinding.public_key(self.secret)

    @staticmethod
    def create(path: Path, mode: Mode = Mode.PLAIN) -> TableKey:
        """A new key in a new file that only its owner may read. Raises FileExistsError."""
        key = TableKey(kernel.ristretto_random_scalar(), mode)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_KEY_MAGIC + bytes([mode]) + key.secret)
            file.flush()
            os.fsync(file.fileno())
        return key

    @staticmethod
    def load(path: Path) -> TableKey:
        """Raises ParameterError psi.key_file for a file that others may read, or that holds no key."""
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise _bad_key("Others than its owner may read or change it.", "chmod 600")
            data = file.read(_KEY_BYTES + 1)
        if len(data) != _KEY_BYTES or not data.startswith(_KEY_MAGIC) or data[8] not in set(Mode):
            raise _bad_key("It holds no key.", "Name the file that holds the key of this table.")
        key = TableKey(data[9:], Mode(data[8]))
        try:
            blinding.public_key(key.secret)
        except ValueError:
            raise _bad_key("It holds no key.", "Name the file that holds the key of this table.") from None
        return key


def build_table(
    folder: Path,
    key: TableKey,
    batches: Iterable[Batch],
    *,
    capacity: int,
    queries: int,
    key_types: bytes = b"t",
    payload_bytes: int = 0,
    memory: int = MEMORY,
) -> SealedTable:
    """Seal a stream of items into a new table in an empty folder.

    `capacity`: items that the table will ever have, those taken out later included; `queries`: how often it will be
    asked, by one client; both set the tag's width (`sealed.tag_bytes`). Of equal items the first stays. Memory:
    `memory` and 1/256 of the table; disk: the table twice. Cost: one hash to the group and one multiplication per
    item, on all cores.
    Raises ParameterError psi.bad_limit, psi.table_too_large, psi.payload_width; DataError psi.table_exists;
    ResourceError psi.too_many_items.
    """
    if not 0 <= payload_bytes <= MAX_PAYLOAD_BYTES:
        raise _bad_payload(f"{payload_bytes} bytes")
    width = tag_bytes(capacity, queries)
    header = Header(
        *(key.mode, width, payload_bytes, 0, 0, 0, 0, capacity, queries),
        *(key_types, key.public, os.urandom(16), bytes(32)),
    )
    folder.mkdir(parents=True, exist_ok=True)
    with _one_writer(folder):
        if any(folder.glob("*.seg")):
            raise DataError(
                "psi.table_exists", "The folder holds a sealed table already.", hint="Name an empty folder."
            )
        _write_segment(folder, key, header, batches, (), None, memory)
    return SealedTable(folder)


def extend_table(
    folder: Path,
    key: TableKey,
    added: Iterable[Batch] = (),
    removed: Iterable[ByteRows] = (),
    *,
    memory: int = MEMORY,
) -> SealedTable:
    """The next epoch: items to add, or to give another payload, and items to take out. What is in both, stays.

    Clients fetch the difference only. Raises ParameterError psi.table_key if the key is another than the table's,
    psi.payload_width; ResourceError psi.too_many_items, psi.too_many_epochs.
    """
    with _one_writer(SealedTable(folder).folder):
        table = SealedTable(folder)
        header = _next_header(table, key)
        _write_segment(folder, key, header, added, removed, table, memory)
    return SealedTable(folder)


def _next_header(table: SealedTable, key: TableKey) -> Header:
    """The header of the epoch after the table's, its numbers still open."""
    last = table.header
    if key.public != last.public or key.mode is not last.mode:
        raise ParameterError(
            "psi.table_key", "This key is not the one that sealed the table.", hint="A new key needs a new table."
        )
    if len(table.segments) == MAX_SEGMENTS:
        raise ResourceError(
            "psi.too_many_epochs",
            "The table has as many epochs as it may have.",
            expected=f"at most {MAX_SEGMENTS}",
            hint="Build the table again, into a new folder.",
        )
    return Header(
        *(last.mode, last.tag_bytes, last.payload_bytes, last.epoch + 1, 0, 0, last.size, last.capacity),
        *(last.queries, last.key_types, last.public, os.urandom(16), last.digest),
    )


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    """Two that extend a table at once would write one file, and clients would hold either's epoch."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _write_segment(
    folder: Path,
    key: TableKey,
    header: Header,
    added: Iterable[Batch],
    removed: Iterable[ByteRows],
    earlier: SealedTable | None,
    memory: int,
) -> None:
    """Sorts everything, writes it behind an empty header, then the header; the file appears when it is complete."""
    path = folder / f"{segment_name(header.epoch)}.part"
    with ExitStack() as cleaning, path.open("wb+") as file:
        cleaning.callback(path.unlink, missing_ok=True)
        file.write(bytes(HEADER_BYTES))
        content = kernel.Blake3()
        with Sorter(folder, header.record_bytes, header.tag_bytes, memory) as entries:
            for batch in added:
                _add_entries(entries, key, header, batch)
            bits_added, count_added, fresh = write_run(file, content, entries, earlier)
        with Sorter(folder, header.tag_bytes, header.tag_bytes, memory) as tags:
            for items in removed:
                for piece in _pieces(items):
                    tags.add(blinding.evaluate(piece, key.secret, key.mode)[:, : header.tag_bytes])
            file.flush()
            again = Run(path, HEADER_BYTES, count_added, header.record_bytes, header.tag_bytes, bits_added)
            bits_removed, count_removed, gone = write_run(file, content, tags, earlier, again)
        size = header.size + fresh - gone
        done = Header(
            *(header.mode, header.tag_bytes, header.payload_bytes, header.epoch, count_added, count_removed, size),
            *(header.capacity, header.queries, header.key_types, header.public, header.nonce, header.previous),
            *(bytes(32), bits_added, bits_removed),
        )
        # Every key that the table ever had is in it or was taken out: the tag's width is good for that many.
        past = sum(segment.header.removed for segment in earlier.segments) if earlier is not None else 0
        _refuse_more(size + past + count_removed, header.capacity)
        file.seek(0)
        file.write(with_content(done, content.digest()).pack())
        file.flush()
        os.fsync(file.fileno())
        path.rename(folder / segment_name(header.epoch))


def _add_entries(entries: Sorter, key: TableKey, header: Header, batch: Batch) -> None:
    items, payloads = batch
    if (payloads is None) != (header.payload_bytes == 0):
        raise _bad_payload("no payloads" if payloads is None else "payloads")
    if payloads is not None and payloads.shape != (len(items), header.payload_bytes):
        raise _bad_payload(f"{payloads.shape[-1]} bytes")
    if entries.rows + len(items) > MAX_ENTRIES:
        _refuse_more(entries.rows + len(items), MAX_ENTRIES)
    rows = min(PIECE, PIECE_BYTES // header.record_bytes)
    for start, piece in zip(range(0, len(items), rows), _pieces(items, rows), strict=True):
        outputs = blinding.evaluate(piece, key.secret, key.mode)
        tags = outputs[:, : header.tag_bytes]
        if payloads is not None:
            sealed = seal_payloads(outputs, payloads[start : start + len(piece)], header.nonce)
            tags = np.hstack([tags, sealed])
        entries.add(tags)


def _pieces(items: ByteRows, rows: int = PIECE) -> Iterator[ByteRows]:
    if items.ndim != 2 or items.shape[1] != ITEM_BYTES or items.dtype != np.uint8:
        raise ValueError(f"items must be (n, {ITEM_BYTES}) bytes")
    for start in range(0, len(items), rows):
        yield np.ascontiguousarray(items[start : start + rows])


def _refuse_more(count: int, limit: int) -> None:
    if count > limit:
        raise ResourceError(
            "psi.too_many_items",
            "The table has more keys than one PSI may take.",
            found=str(count),
            expected=f"at most {limit}",
            hint="Build the table for a larger capacity, or split it.",
        )


def _bad_payload(found: str) -> ParameterError:
    return ParameterError(
        "psi.payload_width",
        "All payloads of a sealed table have the one length that it was made for.",
        found=found,
        expected=f"the table's length, at most {MAX_PAYLOAD_BYTES} bytes",
    )


def _bad_key(found: str, hint: str) -> ParameterError:
    return ParameterError(
        "psi.key_file", "The file with the key of the sealed table cannot be used.", found=found, hint=hint
    )
