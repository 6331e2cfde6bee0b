"""File to file: match two parties' files by their keys in bounded memory, each party one side.

The file is gone through once for its keys. If it is small it stays in memory; otherwise it is gone through again, and
the rows that belong to the result are written in the order on which both parties agree.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.algorithms.alignment.input import BATCH_ROWS, FileInput
from tacit.algorithms.alignment.keys import KeyDigester, KeyRules, check_repeats
from tacit.channel.channel import Channel
from tacit.data.sinks import ABSENT, AlignedSink, Sink, open_sink
from tacit.errors import ParameterError
from tacit.protocols.psi import run
from tacit.protocols.psi.run import Match, Store
from tacit.protocols.psi.wire import Reveal, Side, Terms

if TYPE_CHECKING:
    from tacit.kernel.keys import KeyBins

Report = dict[str, Any]
Progress = Callable[[str, int, int], None]  # phase ("read", "match", "write"), done, total
JOINS = ("inner", "left", "right", "full", "difference")
SMALL_BYTES = 256 << 20  # a file up to this size is kept in memory
_BYTES_PER_KEY = 25  # 20, and what is left over while bins are sorted
_ITSELF = 256 << 20  # what the interpreter, the libraries and the protocol's buffers take besides the keys
_LEAST_ROOM = 64 << 20


@dataclass(frozen=True, slots=True)
class Plan:
    """One side's wishes. `memory`: bytes that this process should stay below, 0 for no limit; `folder`: for what does
    not fit (a private folder below it). `out` None: no file is written here. `way`: `run.intersect`, or what takes its
    place and its arguments."""

    rules: KeyRules
    sid: bytes = field(repr=False)
    terms: dict[str, Any] = field(default_factory=dict)  # further fields of Terms
    out: Path | None = None
    out_format: str | None = None
    join: str = "inner"
    memory: int = 0
    folder: Path | None = None
    way: Callable[..., Match] = run.intersect


def match_files(channel: Channel, me: Side, source: FileInput, plan: Plan, progress: Progress | None = None) -> Report:
    """Run one side; the other side runs the same with the other `me`. Returns this side's report.

    Inner: row k of both results has the same key. Left, right, full (the receiver is left): rows without a partner
    follow the pairs, with empty rows at the side that has none. Difference: rows without a partner, at each side that
    learns them. Counts reconcile: rows_read = rows_without_key + rows_rejected + rows_with_repeated_key + keys_used.
    Raises what `protocols.psi.run.intersect`, `KeyDigester` and `data.sinks` raise; the peer is told the code.
    """
    if plan.join not in JOINS:
        raise ParameterError("psi.join", "There is no such join.", found=plan.join, expected=", ".join(JOINS))
    with tempfile.TemporaryDirectory(prefix="tacit-psi-", dir=plan.folder) as folder, run.telling_peer(channel):
        return _Matching(channel, me, source, plan, Path(folder), progress).run()


class _Matching:
    """One run at one side."""

    def __init__(
        self, channel: Channel, me: Side, source: FileInput, plan: Plan, folder: Path, progress: Progress | None
    ) -> None:
        self._channel, self._me, self._source, self._plan, self._folder = channel, me, source, plan, folder
        self._progress = progress or (lambda phase, done, total: None)
        self._clock = _Clock()
        self._digester = KeyDigester(text_schema(source.schema, plan.rules.columns), plan.rules)
        self._table: pa.Table | None = None
        self._absent: list[NDArray[np.bool_]] = []
        self._keys: KeyBins | None = None  # only as long as it is needed: it is the largest thing here
        self._repeated = 0

    def run(self) -> Report:
        plan = self._plan
        terms = Terms(sid=plan.sid, key_types=self._digester.types, **plan.terms)
        room = max(plan.memory - _ITSELF, _LEAST_ROOM) if plan.memory else 0
        spills = 0 < room < self._source.rows_about * _BYTES_PER_KEY
        store = Store(
            expected=self._source.rows_about,
            memory=room if spills else 0,
            folder=str(self._folder) if spills else None,
            keep_repeats=plan.join != "inner" and plan.rules.duplicates != "refuse",
        )
        match = plan.way(
            self._channel, terms, self._me, self._fill, store=store, check=self._check, progress=self._stepped
        )
        self._clock.mark("match")
        written = self._write(match) if plan.out is not None and match.rows is not None else None
        self._clock.mark("write")
        return self._report(terms, match, written)

    # First pass: keys

    def _fill(self, keys: KeyBins) -> None:
        self._clock.mark("open")
        for batch in self._key_batches():
            found = self._digester.feed(keys, batch)
            if self._plan.join != "inner":
                absent = found.absent
                self._absent.append(np.zeros(len(batch), dtype=bool) if absent is None else np.asarray(absent))
            self._progress("read", self._digester.counts.read, self._source.rows_about)
        self._digester.check()
        self._clock.mark("read")

    def _key_batches(self) -> Iterator[pa.RecordBatch]:
        columns = self._plan.rules.columns
        if self._is_small():
            self._table = self._source.table()
            batches: Iterator[pa.RecordBatch] = iter(self._table.select(list(columns)).to_batches(BATCH_ROWS))
        else:
            batches = self._source.batches(columns)
        for batch in batches:
            yield as_text(batch)

    def _is_small(self) -> bool:
        return self._source.size_bytes <= min(SMALL_BYTES, self._plan.memory // 8 or SMALL_BYTES)

    def _check(self, keys: KeyBins) -> None:
        check_repeats(self._plan.rules, keys.repeated, self._digester.counts.read)
        self._repeated = keys.repeated
        if self._plan.join != "inner" and keys.repeated:
            self._keys = keys
        self._clock.mark("sort")

    def _stepped(self, done: int, total: int) -> None:
        self._progress("match", done, total)

    # Second pass: the result

    def _write(self, match: Match) -> int:
        """The number of rows written."""
        if match.rows is None or self._plan.out is None:
            raise ValueError("nothing to write here")
        places = _places(self._plan.join, self._me, match, self._without_partner)
        with open_sink(self._plan.out, self._source.schema, format=self._plan.out_format) as sink:
            self._write_aligned(sink, places)
        return places.rows

    def _write_aligned(self, sink: Sink, places: _Places) -> None:
        """Bucket by bucket: also in memory this is faster than taking rows from all over a table. The keys are gone
        by now and their room is free."""
        memory = self._plan.memory // 4 or max(1 << 28, _BYTES_PER_KEY // 2 * self._digester.counts.read)
        aligned = AlignedSink(sink, places.rows, folder=self._folder, memory=memory)
        ranks = np.full(self._digester.counts.read, ABSENT, dtype=np.uint32)
        for rows, first in places.runs:
            ranks[rows] = np.arange(first, first + len(rows), dtype=np.uint32)
        start = 0
        batches = self._table.to_batches(BATCH_ROWS) if self._table is not None else self._source.batches(self._names())
        for batch in batches:
            aligned.add(batch, ranks[start : start + batch.num_rows])
            start += batch.num_rows
            self._progress("write", start, len(ranks))
        for first, stop in places.empty:
            for begin in range(first, stop, BATCH_ROWS):
                count = min(BATCH_ROWS, stop - begin)
                aligned.add(_empty(self._source.schema, count), np.arange(begin, begin + count, dtype=np.uint32))
        aligned.finish()

    def _names(self) -> list[str]:
        return list(self._source.schema.names)

    def _without_partner(self, matched: NDArray[Any]) -> NDArray[np.int64]:
        """My rows that take part and have no partner, in the order of the file."""
        rest = ~np.concatenate(self._absent) if self._absent else np.zeros(0, dtype=bool)
        if self._keys is not None:
            rest[self._keys.repeats()[0]] = False
            self._keys = None
        rest[matched] = False
        return np.flatnonzero(rest)

    def _report(self, terms: Terms, match: Match, written: int | None) -> Report:
        counts, choice = self._digester.counts, match.choice
        traffic = self._channel.traffic()
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "role": self._me.name.lower(),
            "rows_read": counts.read,
            "rows_without_key": counts.null,
            "rows_rejected": counts.rejected,
            "rows_with_repeated_key": self._repeated,
            "keys_used": counts.read - counts.null - counts.rejected - self._repeated,
            "peer_keys_used": match.peer_count,
            "matched": match.count,
            "rows_written": written,
            "join": self._plan.join,
            "reveal": Reveal(terms.reveal).name.lower(),
            "protocol": None if choice is None else choice.protocol.name.lower(),
            "why": None if choice is None else {"zh": choice.reason.zh, "en": choice.reason.en},
            "malicious": terms.malicious,
            "seconds": self._clock.seconds(),
            "bytes_sent": traffic.bytes_sent,
            "bytes_received": traffic.bytes_received,
            "cpu_s": round(used.ru_utime + used.ru_stime, 3),
            "rss_mb": peak_mb(),
        }


@dataclass(frozen=True, slots=True)
class _Places:
    """Where rows of the result come from: `runs` of (my rows, first place), `empty` ranges of places."""

    rows: int
    runs: tuple[tuple[NDArray[Any], int], ...]
    empty: tuple[tuple[int, int], ...] = ()


def _places(join: str, me: Side, match: Match, without: Callable[[NDArray[Any]], NDArray[np.int64]]) -> _Places:
    matched: NDArray[Any] = match.rows if match.rows is not None else np.empty(0, dtype=np.uint32)
    common = len(matched)
    if join == "inner":
        return _Places(common, ((matched, 0),))
    own = without(matched)
    if join == "difference":
        return _Places(len(own), ((own, 0),))
    mine = join in (("left", "full") if me is Side.RECEIVER else ("right", "full"))
    theirs = (
        match.peer_count - common if join in (("right", "full") if me is Side.RECEIVER else ("left", "full")) else 0
    )
    kept = own if mine else own[:0]
    first = common if me is Side.RECEIVER else common + theirs
    hole = common + len(kept) if me is Side.RECEIVER else common
    return _Places(common + len(kept) + theirs, ((matched, 0), (kept, first)), ((hole, hole + theirs),))


class _Clock:
    """Seconds of every phase, in the order of first mention."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._spent: dict[str, float] = {}

    def mark(self, phase: str) -> None:
        """What went by since the last mark belongs to `phase`."""
        now = time.perf_counter()
        self._spent[phase] = self._spent.get(phase, 0.0) + now - self._last
        self._last = now

    def seconds(self) -> dict[str, float]:
        spent = {phase: round(value, 4) for phase, value in self._spent.items()}
        return {**spent, "total": round(sum(self._spent.values()), 4)}


def peak_mb() -> float:
    """Largest resident memory of this program so far, MB."""
    try:  # what getrusage says includes the process that this one was forked from
        status = Path("/proc/self/status").read_text()
        return round(int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024, 1)
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def text_schema(schema: pa.Schema, columns: tuple[str, ...]) -> pa.Schema:
    """Only key columns, integers and dates as text: what a CSV of the other side would say."""
    return pa.schema([(name, _text_type(schema.field(name).type)) for name in columns if name in schema.names])


def _text_type(kind: pa.DataType) -> pa.DataType:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.string() if pa.types.is_integer(plain) or pa.types.is_date32(plain) else plain


def as_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [column.cast(_text_type(column.type)) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _empty(schema: pa.Schema, rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(rows, each.type) for each in schema], schema=schema)
