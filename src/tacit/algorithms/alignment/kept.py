"""A match by a sealed table that stays: the sender seals its keys once, the receiver keeps the table and asks about its
own keys, run after run.

After the opening and the sizes, both sides choose as in every match. With `unbalanced` the sender brings its table up
to date (`kept_tables`), says which one it is, and publishes it; the receiver fetches what it lacks and asks. The
protocol itself, what it teaches and what it rests on: `tacit.protocols.psi.unbalanced`.

Beyond that the receiver learns the number of the sender's keys and, in later runs, how many came, changed or went; of
the columns given, the types and the bytes that the longest row needs. The sender learns the number of the receiver's
keys and which version of the table it has.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment import joins, table_payload
from tacit.algorithms.alignment.align import Seat, Wish
from tacit.algorithms.alignment.exchange import Message
from tacit.algorithms.alignment.kept_content import Content
from tacit.algorithms.alignment.kept_tables import KEPT, KeptTables
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.members import Members
from tacit.algorithms.alignment.report import Report, match_report
from tacit.algorithms.alignment.series import KeySet
from tacit.errors import DataError, ProtocolError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi import run
from tacit.protocols.psi.choice import choose
from tacit.protocols.psi.delivery import fetch, publish
from tacit.protocols.psi.opening import agree, exchange_sizes, telling_peer
from tacit.protocols.psi.rows import Indices
from tacit.protocols.psi.sealed import MAX_SEGMENTS, SealedTable
from tacit.protocols.psi.segments import HEADER_BYTES, MAX_PAYLOAD_BYTES, MAX_TAG_BYTES, SEAL_BYTES
from tacit.protocols.psi.unbalanced import Found, answer, query
from tacit.protocols.psi.wire import Choice, Match, Protocol, Reveal, Side, Terms, malformed, store_failed

_NOTICE = struct.Struct("<16sH")  # key id, bytes of a payload; then a letter for the type of every column
_SPARE = 4  # times the room that a table of the announced size takes: what came and went in its epochs


@contextmanager
def _storing() -> Iterator[None]:
    """A disk that is full is no fault of the program. Raises ResourceError psi.store_failed."""
    try:
        yield
    except OSError as error:
        raise store_failed(error) from None


@dataclass(frozen=True, slots=True)
class Kept:
    """`folder`: where this side keeps tables or copies for the other party; None: nowhere, so every run is the first.
    `peer`: under which name its queries are counted, the one that it proved. `queries`, `days`: of a table's life."""

    folder: Path | None
    peer: str
    queries: int
    days: int

    def mark(self) -> bytes:
        """For the greeting."""
        return repr((self.queries, self.days)).encode()

    @contextmanager
    def place(self) -> Iterator[Path]:
        """The folder, or one that is gone afterwards. Raises ResourceError psi.store_failed, inside and after."""
        with _storing(), ExitStack() as stack:
            yield self.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tacit-psi-")))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What came of it at one side: rows of the match, the columns given, and facts for the report."""

    match: Match
    given: pa.Table | None
    facts: dict[str, Any]


def match_kept(seat: Seat, table: pa.Table, rules: KeyRules, wish: Wish, kept: Kept) -> tuple[pa.Table | None, Report]:
    """As `align.match`, by a kept table if the seat names it, or names AUTO and the sizes are that uneven.

    Given columns of the sender come with the rows: numbers, truth values and dates as such, everything else as text.
    Raises what `align.match` raises; RefusedError psi.query_budget; DataError psi.table_differs; ProtocolError
    psi.table_refused, psi.malformed; ResourceError psi.too_many_items above 2^24 keys of the receiver.
    """
    with telling_peer(seat.channel):
        members = Members(table, rules)
        keys = KeySet.of(members)
        given = wish.given.get(Side.SENDER, ())
        content = Content(table, rules, members.types, keys, given) if _serves(seat) else None
    asked = _run(seat, members, keys, content, wish, kept)
    report = match_report(wish.join, seat.side, members, asked.match, None) | asked.facts
    if asked.match.rows is None:
        return None, report
    with telling_peer(seat.channel):
        seat.guard.allow(asked.match.count)
    result = _result(members, asked, wish)
    return result, report | {"rows_out": result.num_rows}


def _serves(seat: Seat) -> bool:
    return seat.side is Side.SENDER


def _run(seat: Seat, members: Members, keys: KeySet, content: Content | None, wish: Wish, kept: Kept) -> _Asked:
    detail = members.rules_mark() + wish.mark() + kept.mark()
    terms = seat.terms(members.types, Reveal.RECEIVER, detail)
    with telling_peer(seat.channel):
        opened = agree(seat.channel, terms, seat.side)
        seat.guard.meet([seat.channel], members.heads())
        peer_count = exchange_sizes(seat.channel, keys.distinct, opened.terms, seat.side)
    sizes = (peer_count, keys.distinct) if _serves(seat) else (keys.distinct, peer_count)
    choice = choose(*sizes, opened.terms.protocol, malicious=seat.malicious, kept=True)
    if choice.protocol is not Protocol.UNBALANCED:
        return _Asked(
            _balanced(seat, keys, run.Ready(opened.terms, _bins(opened.seed, keys), peer_count), choice), None, {}
        )
    if content is not None:
        return _serve(seat, content, kept, opened.terms, peer_count, choice)
    return _ask(seat, keys, wish, kept, opened.terms, peer_count, choice)


def _bins(seed: bytes, keys: KeySet) -> KeyBins:
    bins = KeyBins(seed, keys.distinct)
    bins.add(np.ascontiguousarray(keys.digests))
    bins.finish()
    return bins


def _balanced(seat: Seat, keys: KeySet, ready: run.Ready, choice: Choice) -> Match:
    found = run.conclude(seat.channel, ready, seat.side, choice, progress=seat.progress)
    if found.rows is None:
        return found
    return Match(keys.rows[found.rows].astype(np.uint32), found.peer_count, found.count, choice)


def _serve(seat: Seat, content: Content, kept: Kept, terms: Terms, peer_count: int, choice: Choice) -> _Asked:
    """The sender's side."""
    channel = seat.channel
    with kept.place() as folder:
        with telling_peer(channel), _storing():
            served = KeptTables(folder, queries=kept.queries, days=kept.days).ready(content, seat.progress)
            header = served.table.header
            notice = _NOTICE.pack(header.key_id, header.payload_bytes) + content.kinds.encode()
            channel.send(Message.TABLE, notice)
        publish(channel, served.table, terms)
        told = replace(terms, max_items=max(peer_count, 1))  # no more queries than keys were announced
        answer(channel, served.table, served.key, served.budget, kept.peer, told, progress=seat.progress)
        left = served.budget.left(header.key_id, kept.peer)
    facts = {"how": served.how, "size": header.size, "epoch": header.epoch, "queries_left": left}
    return _Asked(Match(None, peer_count, None, choice), None, {"table": facts})


def _ask(seat: Seat, keys: KeySet, wish: Wish, kept: Kept, terms: Terms, peer_count: int, choice: Choice) -> _Asked:
    """The receiver's side."""
    columns = wish.given.get(Side.SENDER, ())
    with telling_peer(seat.channel):
        key_id, width, kinds = _read_notice(seat, len(columns))
    with kept.place() as folder:
        copy, how = _bring(seat, folder, key_id, terms, (peer_count, width))
        found = query(seat.channel, copy, np.ascontiguousarray(keys.digests), terms, progress=seat.progress)
    rows = keys.rows[found.rows]
    order = np.argsort(rows)
    given, spoilt = _given(found, order, kinds) if columns else (None, 0)
    facts = {
        "how": how,
        "size": found.size,
        "epoch": found.epoch,
        "queries_left": found.left,
        "unopened": found.unopened + spoilt,
    }
    match = Match(rows[order].astype(np.uint32), peer_count, len(rows), choice)
    return _Asked(match, given, {"table": facts})


def _read_notice(seat: Seat, columns: int) -> tuple[bytes, int, str]:
    """Key id, bytes of a payload, types of the columns. Raises ProtocolError psi.malformed."""
    notice = bytes(seat.channel.recv(Message.TABLE, _NOTICE.size + table_payload.MAX_COLUMNS))
    if len(notice) != _NOTICE.size + columns:
        raise malformed("a table with another number of columns")
    key_id, width = _NOTICE.unpack_from(notice)
    kinds = notice[_NOTICE.size :].decode("latin-1")
    if not table_payload.is_kinds(kinds) or bool(width) != bool(columns) or width > MAX_PAYLOAD_BYTES:
        raise malformed("a table with columns that are none")
    return key_id, width, kinds


def _bring(
    seat: Seat, folder: Path, key_id: bytes, terms: Terms, announced: tuple[int, int]
) -> tuple[SealedTable, str]:
    """The copy as it was announced, and whether it was fetched, extended or kept. `announced`: keys, payload bytes."""
    size, width = announced
    place = folder / key_id.hex()
    with _alone(folder):
        _forget(folder)  # what an earlier run did not finish counts too
        before = len(list(place.glob("*.seg")))
        try:
            copy = fetch(seat.channel, place, terms, max_bytes=_room(size, width), progress=seat.progress)
        except DataError as error:
            if error.code in ("psi.table_differs", "psi.table_damaged"):
                shutil.rmtree(place, ignore_errors=True)  # the next run fetches the whole table
            raise
        os.utime(place)
        _forget(folder)
    header = copy.header
    with telling_peer(seat.channel):
        if (header.key_id, header.size, header.payload_bytes) != (key_id, size, width):
            shutil.rmtree(place, ignore_errors=True)
            raise ProtocolError(
                "psi.table_refused",
                "The sealed table that the peer sent is not the one that it announced.",
                hint="Nothing was asked. If it stays so, the peer does not follow the protocol.",
            )
    return copy, "fetched" if not before else "kept" if before == len(copy.segments) else "extended"


def _room(size: int, width: int) -> int:
    """Bytes that a table of so many keys may take here."""
    entry = MAX_TAG_BYTES + (width + SEAL_BYTES if width else 0)
    buckets = 8 * MAX_SEGMENTS * 4
    return _SPARE * (entry + 1) * (size + 1024) + MAX_SEGMENTS * HEADER_BYTES + buckets


def _forget(folder: Path) -> None:
    """Copies beyond the newest: the sender does not serve more either."""
    copies = sorted((each for each in folder.iterdir() if each.is_dir()), key=lambda each: each.stat().st_mtime)
    for each in copies[:-KEPT]:
        shutil.rmtree(each, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two steps that fetch one table would write one file. Whoever serves holds no lock meanwhile."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _given(found: Found, order: Indices, kinds: str) -> tuple[pa.Table, int]:
    """The columns of the matched rows in this order, and how many cells or rows were none."""
    payloads = found.payloads if found.payloads is not None else np.empty((0, 0), dtype=np.uint8)
    texts, spoilt = table_payload.unpack(payloads[order], len(kinds))
    columns = [table_payload.typed(column, letter) for column, letter in zip(texts, kinds, strict=True)]
    names = [f"c{number}" for number in range(len(columns))]
    return pa.table([column for column, _ in columns], names=names), spoilt + sum(bad for _, bad in columns)


def _result(members: Members, asked: _Asked, wish: Wish) -> pa.Table:
    rows = np.empty(0, dtype=np.int64) if asked.match.rows is None else asked.match.rows.astype(np.int64)
    groups = members.groups(rows)
    if wish.join == "difference":
        return joins.take_rows(members.table, joins.unmatched(members.taking_part(), groups))
    if asked.given is None:
        return joins.take_rows(members.table, np.sort(groups.rows))
    result = joins.take_rows(members.table, groups.rows)
    return joins.with_columns(result, asked.given, wish.given.get(Side.SENDER, ()), "sender")
