"""Unbalanced PSI: a client with few items asks a server with many, whose sealed table the client keeps.

First `delivery.publish` / `delivery.fetch`, once and after every epoch; then `answer` / `query`, as often as the
server's budget allows. The table is made with `sealing.build_table`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tacit.channel.channel import Channel
from tacit.errors import DataError, ParameterError, ProtocolError, ResourceError
from tacit.protocols.psi.blinding import OUTPUT_BYTES, Blinding, evaluate_blinded
from tacit.protocols.psi.budget import QueryBudget
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import ByteRows, Indices
from tacit.protocols.psi.sealed import SealedTable
from tacit.protocols.psi.sealing import TableKey
from tacit.protocols.psi.segments import Header
from tacit.protocols.psi.table_wire import Greeting, Message, Purpose, greet
from tacit.protocols.psi.wire import ITEM_BYTES, POINT_BYTES, Side, Terms, malformed, recv_rows

CHUNK = 1 << 12  # items per message; a proof may cover 2^16
AHEAD = 3  # chunks that the client sends before it waits for an answer
MAX_QUERIES = 1 << 24  # in one run: the client holds 64 bytes for each until the last answer is there

_GRANT = struct.Struct("<Q")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """`rows`: my items that are in the table, ascending. `payloads`: theirs, in that order, None if the table has none.

    `size` and `epoch`: of the table. `left`: queries that the server still grants me. `unopened`: entries with the tag
    of an item of mine whose payload did not open, which count as absent. Any at all mean a wrong table; the server must
    not hear of it, since it may have spoilt one entry to see who asks about it.
    """

    rows: Indices
    payloads: ByteRows | None
    size: int
    epoch: int
    left: int
    unopened: int = 0


def query(
    channel: Channel, table: SealedTable, items: ByteRows, terms: Terms, *, progress: Progress | None = None
) -> Found:
    """Which of my items are in the server's table; `answer` is the other side.

    Inputs: client items (m, 16), uint8, hashes of keys, and its copy of the table; server the key of the table.
    Learns: client, which of its items are in the table, with their payloads, and the table's size; of other items
        nothing. Server, m and that its newest table was asked: no item, no result, not whether items repeat or were
        asked before.
    Assumes: RFC 9497 (2HashDH of Jarecki, Kiayias, Krawczyk 2014): one-more gap Diffie-Hellman in ristretto255, SHA-512
        as a random oracle. What the server gets is uniform whatever the items are. A malicious client learns F of m
        points of its choice, no more than an honest one with m items. A malicious server can make items of the client
        look absent; with a VERIFIABLE key it cannot answer with any key but the table's, with a PLAIN one it can, and
        still does not learn the result: nothing is looked up before its last answer has arrived, so that neither time
        nor failure depends on it. Guessable items can be tried out, as often as the budget says. F of an item does
        not change with the table: it stands for the item in all epochs, and in all tables, of the key.
    Messages: both HELLO (session, table); server GRANT (queries left); for every 4096 items client BLINDED (32 bytes
        each), server EVALUATED (32 bytes each, and a proof of 64 bytes).
    Cost: client 2 multiplications and a hash to the group per item, server 1; VERIFIABLE adds proofs. 64 m bytes;
        the client holds as many in memory.
    Before anything is asked, both compare key and digest of the table: another key is DataError psi.table_key, an old
    epoch psi.table_stale, another content psi.table_differs.
    Raises: those; PeerFailed with psi.query_budget; ProtocolError psi.invalid_point, psi.proof_refused, psi.*;
    PeerLost.
    """
    if items.ndim != 2 or items.shape[1] != ITEM_BYTES or items.dtype != np.uint8:
        raise ValueError(f"items must be (n, {ITEM_BYTES}) bytes")
    if len(items) > MAX_QUERIES:
        raise ResourceError(
            "psi.too_many_items",
            "The table has more keys than one PSI may take.",
            found=str(len(items)),
            expected=f"at most {MAX_QUERIES}",
            hint="Split the table.",
        )
    header = table.header
    with telling_peer(channel):
        _same_table(header, greet(channel, terms, Side.RECEIVER, Purpose.QUERY, header, len(items)))
        (left,) = _GRANT.unpack(_exactly(channel, Message.GRANT, _GRANT.size))
        outputs = np.empty((len(items), OUTPUT_BYTES), dtype=np.uint8)
        for start, chunk in _ask(channel, header, items):
            outputs[start : start + len(chunk)] = chunk
            if progress is not None:
                progress(start + len(chunk), len(items))
    return _look_up(table, outputs, left)


def answer(
    channel: Channel,
    table: SealedTable,
    key: TableKey,
    budget: QueryBudget,
    client: str,
    terms: Terms,
    *,
    progress: Progress | None = None,
) -> int:
    """The server's side of one run of `query`, where everything is said; the number of queries answered.

    `client`: the name under which the budget counts; what the peer proved to be, never what it says. The whole run is
    taken from the budget before the first answer; it must also be within what the table's tags are good for.
    Raises: ParameterError psi.table_key if the key is not the table's; RefusedError psi.query_budget; DataError
    psi.table_key, psi.table_stale, psi.table_differs; ProtocolError psi.*; PeerLost, PeerFailed.
    """
    header = table.header
    with telling_peer(channel):
        if key.public != header.public or key.mode is not header.mode:
            raise ParameterError(
                "psi.table_key", "This key is not the one that sealed the table.", hint="A new key needs a new table."
            )
        greeting = greet(channel, terms, Side.SENDER, Purpose.QUERY, header, 0)
        _same_table(header, greeting)
        if greeting.count > min(MAX_QUERIES, terms.max_items):
            raise ProtocolError(
                "psi.set_too_large",
                "The peer announces more items than are allowed here.",
                found=str(greeting.count),
                expected=f"at most {min(MAX_QUERIES, terms.max_items)}",
            )
        left = budget.take(header.key_id, client, greeting.count, header.queries)
        channel.send(Message.GRANT, _GRANT.pack(left))
        for start in range(0, greeting.count, CHUNK):
            count = min(CHUNK, greeting.count - start)
            points = recv_rows(channel, Message.BLINDED, count, POINT_BYTES)
            channel.send(Message.EVALUATED, evaluate_blinded(points, key.secret, key.mode))
            if progress is not None:
                progress(start + count, greeting.count)
        channel.flush()
        return greeting.count


def _ask(channel: Channel, header: Header, items: ByteRows) -> Iterator[tuple[int, ByteRows]]:
    """F of all items, chunk by chunk; the server works on one chunk while the next are blinded."""
    starts = range(0, len(items), CHUNK)
    waiting: list[tuple[int, Blinding]] = []
    for step in range(len(starts) + AHEAD):
        if step < len(starts):
            start = starts[step]
            blinding = Blinding(np.ascontiguousarray(items[start : start + CHUNK]), header.mode)
            channel.send(Message.BLINDED, blinding.points.tobytes())
            waiting.append((start, blinding))
        if step >= AHEAD and waiting:
            start, blinding = waiting.pop(0)
            reply = _exactly(channel, Message.EVALUATED, blinding.answer_bytes)
            yield start, blinding.finish(reply, header.public)


def _look_up(table: SealedTable, outputs: ByteRows, left: int) -> Found:
    """In pieces, so that what is read of the table does not add up."""
    rows, payloads, unopened = [np.zeros(0, dtype=np.int64)], [np.zeros((0, table.header.payload_bytes), np.uint8)], 0
    for start in range(0, len(outputs), CHUNK):
        found, opened, spoilt = table.look_up(outputs[start : start + CHUNK])
        rows.append(np.flatnonzero(found) + start)
        payloads += [] if opened is None else [opened]
        unopened += spoilt
    everything = np.concatenate(payloads) if table.header.payload_bytes else None
    return Found(np.concatenate(rows), everything, table.size, table.header.epoch, left, unopened)


def _same_table(mine: Header, theirs: Greeting) -> None:
    """Raises DataError unless both hold the same table."""
    if theirs.key_id != mine.key_id:
        raise _mismatch("psi.table_key", "The sealed table and the server's key do not belong together.")
    if theirs.epoch != mine.epoch:
        raise _mismatch("psi.table_stale", "The client's copy of the sealed table is not the server's newest.")
    if theirs.head != mine.digest:
        raise _mismatch("psi.table_differs", "The sealed table here is not the one that the peer serves.")


def _mismatch(code: str, message: str) -> DataError:
    return DataError(
        code, message, hint="Fetch the table from the server, after a change of its key into a new folder."
    )


def _exactly(channel: Channel, message: Message, count: int) -> bytes:
    data = bytes(channel.recv(message, count))
    if len(data) != count:
        raise malformed("a message that is shorter than announced")
    return data
