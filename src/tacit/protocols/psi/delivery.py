"""A sealed table on its way to a client: whole at first, later the new epochs only, and never a byte twice."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import DataError, ProtocolError, ResourceError
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.sealed import MAX_SEGMENTS, SealedTable, check_chain, segment_name
from tacit.protocols.psi.segments import CHUNK_BYTES, HEADER_BYTES, Header, unpack
from tacit.protocols.psi.table_wire import Message, Purpose, greet
from tacit.protocols.psi.wire import Side, Terms, malformed

MAX_BYTES = 1 << 40
_OFFSET = struct.Struct("<Q")

Progress = Callable[[int, int], None]


def publish(channel: Channel, table: SealedTable, terms: Terms, *, progress: Progress | None = None) -> None:
    """Send the client what it lacks of the table; `fetch` is the other side.

    Learns: server, which epochs the client had, client, the table's size, the sizes of its differences, and tags and
        sealed payloads, which are random to it until it asks about an item.
    Messages: both HELLO (terms, session); server HEADS (all headers); client WANT (bytes it has of every segment);
        server CHUNK (1 MiB each); client DONE. A run that broke off goes on at the byte that it had reached.
    Raises: ProtocolError psi.*, PeerLost, PeerFailed.
    """
    with telling_peer(channel):
        greet(channel, terms, Side.SENDER, Purpose.FETCH, table.header, 0)
        headers = [segment.header for segment in table.segments]
        channel.send(Message.HEADS, b"".join(header.pack() for header in headers))
        wanted = channel.recv(Message.WANT, _OFFSET.size * len(headers))
        if len(wanted) != _OFFSET.size * len(headers):
            raise malformed("a wish of another length")
        offsets = [offset for (offset,) in _OFFSET.iter_unpack(wanted)]
        if any(offset > header.file_bytes for offset, header in zip(offsets, headers, strict=True)):
            raise malformed("a wish behind the end of the table")
        report = _Report(progress, sum(header.file_bytes for header in headers), sum(offsets))
        for segment, offset in zip(table.segments, offsets, strict=True):
            _send_file(channel, segment.path, offset, report)
        if len(channel.recv(Message.DONE, 0)):
            raise malformed("a message that is longer than announced")


def fetch(
    channel: Channel, folder: Path, terms: Terms, *, max_bytes: int = MAX_BYTES, progress: Progress | None = None
) -> SealedTable:
    """Bring the table in `folder` up to date, or make it: everything is said at `publish`. Every segment is checked
    against its digest before it takes its place.

    Raises: DataError psi.table_differs if the folder holds a table with other headers (another key, or built anew:
    fetch it into a new folder), psi.table_damaged, psi.key_types_differ; ResourceError psi.table_too_large;
    ProtocolError psi.*, PeerLost, PeerFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with telling_peer(channel):
        greet(channel, terms, Side.RECEIVER, Purpose.FETCH, None, 0)
        headers = _recv_headers(channel, terms, max_bytes)
        offsets = [_held(folder, header) for header in headers]
        if len(list(folder.glob("*.seg"))) > len(headers):
            raise _differs()
        channel.send(Message.WANT, b"".join(_OFFSET.pack(offset) for offset in offsets))
        report = _Report(progress, sum(header.file_bytes for header in headers), sum(offsets))
        for header, offset in zip(headers, offsets, strict=True):
            if not (folder / segment_name(header.epoch)).exists():
                _recv_file(channel, folder, header, offset, report)
        channel.send(Message.DONE, b"")
        channel.flush()
    return SealedTable(folder)


class _Report:
    """Bytes that are where they belong, of all."""

    def __init__(self, progress: Progress | None, total: int, done: int) -> None:
        self._progress, self._total, self._done = progress, total, done

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _send_file(channel: Channel, path: Path, offset: int, report: _Report) -> None:
    with path.open("rb") as file:
        file.seek(offset)
        while data := file.read(CHUNK_BYTES):
            channel.send(Message.CHUNK, data)
            report.add(len(data))


def _recv_headers(channel: Channel, terms: Terms, max_bytes: int) -> list[Header]:
    data = bytes(channel.recv(Message.HEADS, HEADER_BYTES * MAX_SEGMENTS))
    if not data or len(data) % HEADER_BYTES:
        raise malformed("headers of another length")
    try:
        headers = [unpack(data[start : start + HEADER_BYTES]) for start in range(0, len(data), HEADER_BYTES)]
        check_chain(headers)
    except DataError as error:
        raise malformed(error.found or "headers that do not fit") from None
    if headers[0].key_types != terms.key_types:
        raise malformed("a table for keys of other types")
    total = sum(header.file_bytes for header in headers)
    if total > max_bytes:
        raise ResourceError(
            "psi.table_too_large",
            "The sealed table is larger than is allowed here.",
            found=f"{total} bytes",
            expected=f"at most {max_bytes} bytes",
        )
    return headers


def _held(folder: Path, header: Header) -> int:
    """Bytes of this segment that are here. Raises DataError psi.table_differs."""
    path = folder / segment_name(header.epoch)
    if path.exists():
        with path.open("rb") as file:
            if file.read(HEADER_BYTES) != header.pack() or path.stat().st_size != header.file_bytes:
                raise _differs()
        return header.file_bytes
    part = _part(folder, header)
    return min(part.stat().st_size, header.file_bytes) if part.exists() else 0


def _part(folder: Path, header: Header) -> Path:
    """Named after the digest, so that nothing is put behind the beginning of another table."""
    return folder / f"{header.epoch:08d}-{header.digest.hex()[:32]}.part"


def _recv_file(channel: Channel, folder: Path, header: Header, offset: int, report: _Report) -> None:
    path = _part(folder, header)
    with path.open("ab") as file:
        while offset < header.file_bytes:
            expected = min(CHUNK_BYTES, header.file_bytes - offset)
            data = channel.recv(Message.CHUNK, expected)
            if len(data) != expected:
                raise malformed("a message that is shorter than announced")
            file.write(data)
            offset += expected
            report.add(expected)
        file.flush()
        os.fsync(file.fileno())
    if _digest(path) != (header.pack(), header.content):
        path.unlink()
        raise ProtocolError(
            "psi.table_refused",
            "The sealed table that the peer sent is not the one that it announced.",
            hint="It was thrown away. Fetch it again; if it stays so, the peer does not follow the protocol.",
        )
    path.rename(folder / segment_name(header.epoch))


def _digest(path: Path) -> tuple[bytes, bytes]:
    content = kernel.Blake3()
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        while data := file.read(CHUNK_BYTES):
            content.update(data)
    return header, content.digest()


def _differs() -> DataError:
    return DataError(
        "psi.table_differs",
        "The sealed table here is not the one that the peer serves.",
        hint="Its key was changed or it was built anew: fetch it into a new folder.",
    )
