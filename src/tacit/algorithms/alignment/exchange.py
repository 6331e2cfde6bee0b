"""What the parties of a match tell each other after it: numbers, and columns of agreed rows in the clear."""

from __future__ import annotations

import io
import struct
from enum import IntEnum
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from tacit.channel.channel import Channel
from tacit.errors import DataError
from tacit.protocols.psi.rows import Indices
from tacit.protocols.psi.wire import malformed, swap

_CELL_BYTES = 1024  # per cell on average, at most; a column of long texts has to go another way
_FIXED_BYTES = 1 << 22  # besides, for a few rows of long texts
_HEADER, _COMPRESSION = 2, 3  # numbers of entries in Arrow's Message and RecordBatch
_BATCH_ROWS = 1 << 16


class Message(IntEnum):
    """Message numbers on the channel."""

    HISTORY = 0x5200
    MULTIPLICITIES = 0x5201
    UNMATCHED = 0x5202
    COLUMNS = 0x5203
    SERIES = 0x5204
    TABLE = 0x5205


def swap_multiplicities(channel: Channel, counts: Indices) -> Indices:
    """In how many rows each common key stands: mine out, the peer's back, (k,) at least 1 each."""
    theirs = np.frombuffer(swap(channel, Message.MULTIPLICITIES, counts.astype("<u4").tobytes()), dtype="<u4")
    if not (theirs >= 1).all():
        raise malformed("a common key that stands in no row")
    return theirs.astype(np.int64)


def swap_count(channel: Channel, count: int, least: int, most: int) -> int:
    """How many rows without a partner belong to the result; the peer's lies between `least` and `most`."""
    theirs = int.from_bytes(swap(channel, Message.UNMATCHED, count.to_bytes(8, "little")), "little")
    if not least <= theirs <= most:
        raise malformed("a number of rows without a partner that does not fit the match")
    return theirs


def send_columns(channel: Channel, table: pa.Table) -> None:
    """Columns in the clear: one Arrow batch for every 65 536 rows; an empty message ends them."""
    plain = _plain(table)
    for start in range(0, plain.num_rows, _BATCH_ROWS):
        part = plain.slice(start, _BATCH_ROWS).combine_chunks()
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, part.schema) as writer:
            writer.write_table(part)
        channel.send(Message.COLUMNS, sink.getvalue())
    channel.send(Message.COLUMNS, b"")


def recv_columns(channel: Channel, rows: int, columns: int) -> pa.Table:
    """`rows` rows of `columns` columns that the peer gives. Raises ProtocolError psi.malformed, channel.*.

    Bytes of the peer are no larger in memory than on the line: neither compressed batches nor dictionaries are taken.
    """
    tables: list[pa.Table] = []
    wanted = rows if columns else 0
    for start in range(0, wanted, _BATCH_ROWS):
        count = min(_BATCH_ROWS, wanted - start)
        message = channel.recv(Message.COLUMNS, _FIXED_BYTES + _CELL_BYTES * count * columns)
        tables.append(_opened(message, columns))
        if tables[-1].num_rows != count or tables[-1].schema != tables[0].schema:
            raise malformed("other rows or columns than agreed")
    if len(channel.recv(Message.COLUMNS, _FIXED_BYTES)):
        raise malformed("more rows than agreed")
    return pa.concat_tables(tables) if tables else pa.table({f"c{number}": pa.nulls(0) for number in range(columns)})


def _opened(message: memoryview, columns: int) -> pa.Table:
    if not len(message):
        raise malformed("fewer rows than agreed")
    try:
        reader = pa.ipc.open_stream(pa.py_buffer(message))
        if len(reader.schema) != columns or not all(_is_plain(kind) for kind in reader.schema.types):
            raise malformed("columns of another number or type")
        _check_parts(message)
        table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, EOFError, struct.error):
        raise malformed("columns that cannot be read") from None
    return table


def _check_parts(message: memoryview) -> None:
    """A schema and one batch that is not compressed: a few kilobytes could else become gigabytes (psi.malformed)."""
    reader = pa.ipc.MessageReader.open_stream(pa.py_buffer(message))
    parts = list(islice(reader, 3))
    if [part.type for part in parts] != ["schema", "record batch"] or _is_compressed(memoryview(parts[1].metadata)):
        raise malformed("columns that are compressed or in more than one batch")


def _is_compressed(metadata: memoryview) -> bool:
    """Whether a batch says how its buffers are compressed: Message.header and RecordBatch.compression of Arrow's
    Message.fbs, flatbuffers. What is no flatbuffer is refused by Arrow itself."""
    header = _entry(metadata, struct.unpack_from("<I", metadata)[0], _HEADER)
    if header is None:
        raise malformed("a batch without a header")
    return _entry(metadata, header + struct.unpack_from("<I", metadata, header)[0], _COMPRESSION) is not None


def _entry(metadata: memoryview, table: int, number: int) -> int | None:
    """Where the entry of that number of a flatbuffers table stands; None if it is absent."""
    directory = table - struct.unpack_from("<i", metadata, table)[0]
    (size,) = struct.unpack_from("<H", metadata, directory)
    place = 4 + 2 * number
    (offset,) = struct.unpack_from("<H", metadata, directory + place) if place < size else (0,)
    return table + offset if offset else None


def _plain(table: pa.Table) -> pa.Table:
    """Without metadata and dictionaries: what is sent is the values alone, under names that say nothing."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        column = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        column = column.cast(pa.large_string()) if _is_text(column.type) else column
        if not _is_plain(column.type):
            raise DataError(
                "psi.column_not_given",
                f"Column '{field.name}' cannot be given to the other side.",
                found=str(column.type),
                expected="numbers, texts, truth values, dates or times",
            )
        columns.append(column)
    return pa.table(columns, names=[f"c{number}" for number in range(len(columns))])


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_plain(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_temporal(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
    )
