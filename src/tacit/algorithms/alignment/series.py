"""A series of matches with the same peer, each of which gives only the matches that are new since the run before.

Both sides keep the digests of the keys that the last run compared. With R, S the keys of now, a run matches the new
keys of R with S, and the old keys of R with the new keys of S, each under a session id of its own. Together these are
R ∩ S without what was in both tables in the last run already.

Beyond the match each learns how many keys of the other are new and how many the last run had too, how many runs the
series has had, and of each new match whether its key is new at the receiver. Which of its keys are new a party says
itself, and nobody can check it; it gains nothing by it that another choice of keys would not give. Security is that of
the matches. Cost: that of about one match of the whole sets, since every key takes part in one of the two or in both.

A side that is one run behind, because it went down before it had written, is no obstacle: both keep the keys of the run
before too, and begin at the last run that both have. A run is known by its number and a hash of its session, so that a
side that lost its notes, or got old ones back, is noticed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.algorithms.alignment.exchange import Message
from tacit.algorithms.alignment.members import Members
from tacit.algorithms.alignment.runs import BEGINNING, DIGEST_BYTES, KEPT, Run, Runs
from tacit.channel.channel import Channel
from tacit.errors import DataError
from tacit.kernel import Blake3
from tacit.kernel.arrays import Bytes
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import Indices
from tacit.protocols.psi.run import Progress, Store, intersect
from tacit.protocols.psi.wire import Match, Reveal, Side, malformed, swap

if TYPE_CHECKING:
    from tacit.algorithms.alignment.align import Seat

_STATES = struct.Struct("<B" + "Q16s" * KEPT)


class Series:
    """This side's part of one series. `folder`: where its keys are kept; None: nowhere, so every run is the first."""

    def __init__(self, name: str, folder: Path | None) -> None:
        self.name = name
        self._runs = Runs(folder)
        self._steps: tuple[Run, Run, Bytes] | None = None  # from where, to where, with which keys
        self._told: dict[str, Any] = {}

    def match(self, seat: Seat, members: Members, reveal: Reveal, detail: bytes) -> Match:
        """The new matches, as one match. `peer_count`: all keys of the peer.

        Raises DataError psi.series_differs at both sides, and what `tacit.protocols.psi.run.intersect` raises.
        """
        with telling_peer(seat.channel):
            keys = KeySet.of(members)
        base = self._settle(seat.channel)
        with telling_peer(seat.channel):
            known = is_in(keys.digests, self._keys_of(base))
        detail += repr((self.name, base.number, base.id)).encode()
        halves = [_half(seat, members, keys, chosen, reveal, detail, k) for k, chosen in enumerate(_parts(seat, known))]
        peer_all, peer_new = halves[0].peer_count, halves[1].peer_count
        if seat.side is Side.SENDER:
            peer_all, peer_new = peer_all + peer_new, peer_all
        self._steps = base, Run(base.number + 1, _derived(seat.sid, "run")[:16]), keys.digests
        self._told = {
            "name": self.name,
            "run": base.number + 1,
            "new_keys": int(len(known) - known.sum()),
            "peer_new_keys": peer_new,
        }
        return _joined(halves, peer_all)

    def report(self) -> dict[str, Any]:
        """For the report of a finished match."""
        return dict(self._told)

    def advance(self) -> None:
        """The step has succeeded here: the next run may begin with the keys of this one, or once more where it did."""
        if self._steps is not None:
            base, run, digests = self._steps
            self._runs.keep(run, digests, base)

    def _settle(self, channel: Channel) -> Run:
        """The last run that both sides have."""
        with telling_peer(channel):
            mine = self._runs.all()
        filled = [*mine, *[BEGINNING] * (KEPT - len(mine))]
        sent = _STATES.pack(len(mine), *(value for run in filled for value in (run.number, run.id)))
        count, *values = _STATES.unpack(swap(channel, Message.SERIES, sent))
        if count > KEPT:
            raise malformed("more runs of a series than are kept")
        theirs = {Run(values[2 * k], values[2 * k + 1]) for k in range(count)}
        common = [run for run in mine if run in theirs]
        if not common:
            raise _differs(mine)
        return max(common)

    def _keys_of(self, run: Run) -> Bytes:
        found = self._runs.read(run)
        if found is None:
            raise _differs([])  # a job beside this one has moved the series on
        return found


class KeySet:
    """The digests of a table's keys, each once and sorted, with the first row of each. Filled like `KeyBins`."""

    def __init__(self) -> None:
        self.digests: Bytes = np.empty((0, DIGEST_BYTES), dtype=np.uint8)
        self.rows: Indices = np.empty(0, dtype=np.int64)
        self._parts: list[Bytes] = []
        self._numbers: list[Indices] = []
        self._row = 0
        self._repeats = self.rows, self.rows

    @classmethod
    def of(cls, members: Members) -> KeySet:
        """The keys of one table, with what `Members` wants to know of them."""
        made = cls()
        stands_in = cast(KeyBins, made)  # for all that Members asks of bins
        members.fill(stands_in)
        made.finish()
        members.check(stands_in)
        return made

    def add(self, digests: Bytes) -> None:
        self._parts.append(digests)
        self._numbers.append(np.arange(self._row, self._row + len(digests), dtype=np.int64))
        self._row += len(digests)

    def skip(self, rows: int) -> None:
        self._row += rows

    def finish(self) -> None:
        if not self._parts:
            return
        digests, rows = np.concatenate(self._parts), np.concatenate(self._numbers)
        self._parts, self._numbers = [], []
        order = np.argsort(_words(digests), kind="stable")
        digests, rows = digests[order], rows[order]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = _words(digests)[1:] != _words(digests)[:-1]
        self.digests, self.rows = digests[first], rows[first]
        dropped, stays = rows[~first], self.rows[np.cumsum(first) - 1][~first]
        ascending = np.argsort(dropped)
        self._repeats = dropped[ascending], stays[ascending]

    @property
    def distinct(self) -> int:
        return len(self.rows)

    @property
    def repeated(self) -> int:
        return len(self._repeats[0])

    def repeats(self) -> tuple[Indices, Indices]:
        return self._repeats


def is_in(digests: Bytes, known: Bytes) -> NDArray[np.bool_]:
    """Which of (n, 16) digests are among (m, 16) known ones, (n,)."""
    found = pc.is_in(_column(digests), value_set=_column(known))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _parts(seat: Seat, known: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of my keys go into the first match (new receiver, all sender) and the second (old receiver, new sender)."""
    if seat.side is Side.RECEIVER:
        return ~known, known
    return np.ones_like(known), ~known


def _half(
    seat: Seat, members: Members, keys: KeySet, chosen: NDArray[np.bool_], reveal: Reveal, detail: bytes, number: int
) -> Match:
    """One of the two matches; `rows` are rows of the table. The guard speaks once, before the first."""
    digests, rows = keys.digests[chosen], keys.rows[chosen].astype(np.uint32)
    terms = replace(seat, sid=_derived(seat.sid, f"match {number}")).terms(members.types, reveal, detail)
    found = intersect(
        seat.channel,
        terms,
        seat.side,
        lambda bins: bins.add(digests),
        store=Store(expected=len(digests)),
        check=None if number else lambda _bins: seat.guard.meet([seat.channel], members.heads()),
        progress=_halved(seat.progress, number),
    )
    return found if found.rows is None else replace(found, rows=rows[found.rows])


def _joined(halves: list[Match], peer_count: int) -> Match:
    first, second = halves
    if first.rows is None or second.rows is None:
        return replace(first, peer_count=peer_count)
    rows = np.concatenate([first.rows, second.rows])
    return replace(first, rows=rows, peer_count=peer_count, count=len(rows))


def _halved(progress: Progress | None, number: int) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, total: tell(number * total + done, 2 * total)


def _derived(sid: bytes, use: str) -> bytes:
    hashed = Blake3(sid)
    hashed.update(f"tacit/psi/series/{use}".encode())
    return hashed.digest()


def _words(digests: Bytes) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(digests).view(f"S{DIGEST_BYTES}").reshape(-1)


def _column(digests: Bytes) -> pa.Array:
    plain = np.ascontiguousarray(digests)
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(DIGEST_BYTES), len(plain), [None, pa.py_buffer(plain)])


def _differs(mine: list[Run]) -> DataError:
    return DataError(
        "psi.series_differs",
        "The two sides do not know the same runs of this series.",
        found=f"here the last run is {mine[0].number}" if mine else "the notes of this side cannot be read",
        expected="a run that both sides have",
        hint="Was one of them restored from a backup, or its folder `history` lost? Begin a new series: give `since` "
        "another name. Its first run compares everything.",
    )
