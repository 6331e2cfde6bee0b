"""One intersection on many machines: each organisation runs the shards of its keys on a Ray cluster of its own.

The driver of a side talks to the driver of the other over one channel; worker i of one side connects to worker i of
the other. Ray carries keys inside one organisation only.
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np

from tacit.channel import faults
from tacit.channel.channel import Channel, Traffic
from tacit.channel.identity import NodeIdentity
from tacit.channel.identity import Side as LineSide
from tacit.channel.line import Line
from tacit.channel.sni import session_name
from tacit.errors import ParameterError, PeerFailed, PeerLost, TacitError, from_dict
from tacit.kernel.keys import KeyBins
from tacit.kernel.okvs import Numbers
from tacit.protocols.psi import run
from tacit.protocols.psi.choice import choose
from tacit.protocols.psi.run import Check, Fill, Store
from tacit.protocols.psi.shards import MAX_SHARDS, Shard, line_sid, plan_shards, sharded_terms, split_keys
from tacit.protocols.psi.wire import Choice, Match, Side, Terms, malformed, swap
from tacit.runtime.cluster_crew import Cluster, Crew, check_workers, connected
from tacit.runtime.cluster_worker import Outcome

GATHER_S = 3.0  # for other workers to say why, after one lost its line
MAX_ADDRESSES = 1 << 18  # bytes
Progress: TypeAlias = Callable[[int, int], None]
Connect: TypeAlias = Callable[[int, bytes], Line]  # number of a worker, session id (32 bytes) → this side's end
_COUNT = struct.Struct("<I")


class Message(IntEnum):
    """Message numbers between the two drivers, after the opening."""

    WORKERS = 0x5311
    ADDRESSES = 0x5312
    END = 0x5313


class _End(IntEnum):
    DONE = 1
    LOST = 2


@dataclass(frozen=True, slots=True)
class ClusterMatch:
    """`match` as of `run.intersect`. `traffic`: counters of the line of every worker that ran."""

    match: Match
    traffic: tuple[Traffic, ...]


def pinned_lines(identity: NodeIdentity, me: str, peer: str, peer_certificate_pem: str, side: LineSide) -> Connect:
    """A `connect` for `intersect_on_cluster`: a leaf key for every worker; the node's key stays with the driver.

    `me`, `peer`: the names of the two ends. `side`: the workers of one side listen, those of the other dial.
    """

    def connect(worker: int, sid: bytes) -> Line:
        name = session_name(sid, me, peer)
        leaf = identity.issue_session(name, side)
        return Line(name, me, peer, side, sid.hex(), leaf.key_pem, leaf.certificate_pem, peer_certificate_pem)

    return connect


def intersect_on_cluster(
    channel: Channel,
    terms: Terms,
    me: Side,
    fill: Fill,
    connect: Connect,
    *,
    shards: int,
    cluster: Cluster = Cluster(),  # noqa: B008 - frozen
    store: Store = Store(),  # noqa: B008 - frozen
    check: Check | None = None,
    progress: Progress | None = None,
) -> ClusterMatch:
    """`run.intersect` in `shards` shards on a cluster; the other side calls the same with the other `me`.

    channel: between the drivers. fill, store, check: as of `run.intersect`; here the keys are gone through once.
    connect: this side's end of every worker's line, see `pinned_lines`. An end that dials may have no address: then the
        peer says it. A `connect` that sets one does not take the peer's word. Both sides must agree who listens.
    shards: a power of two, the same at both sides, at least as many as workers. progress is told (shards done, shards).
    Learns: either side the number of distinct keys of the other, as in `run.intersect`, and the smaller number of
        workers; every shard of a side has one size that follows from these. Who learns what is common: terms.reveal.
    Assumes: as `run.intersect`, for every shard. Ray's own connections are inside one organisation.
    Cost: as of one run, and what fills the shards: 3 % for 10^6 keys in 16 shards, 0.3 % for 10^8.
    Common order: shard by shard, in each that of its run.
    Raises what `run.intersect` raises; ResourceError cluster.ray_missing, cluster.unreachable, cluster.too_few_workers,
    cluster.worker_lost, psi.unlucky; ParameterError cluster.workers, cluster.same_side, psi.shards.
    If one worker fails, all workers of both sides end; both drivers raise: one the cause, one PeerFailed with its code.
    """
    with run.telling_peer(channel):
        check_workers(cluster)
        whole = sharded_terms(terms, shards)
        with connected(cluster) as ray:
            ready = run.prepare(channel, whole, me, fill, store=store, check=check)
            choice = _choice(ready, me)
            plan = plan_shards(
                replace(ready.terms, protocol=choice.protocol), ready.keys.distinct, ready.peer_count, shards
            )
            split_keys(ready.keys, shards, plan[0].size)
            lanes = min(cluster.workers, shards, _swap_count(channel, cluster.workers))
            lines = [connect(worker, line_sid(ready.terms, worker)) for worker in range(lanes)]
            with Crew(ray, cluster, lanes) as crew, run.telling_peer(channel):  # told before lines break
                work = _Work(channel, me, ready.keys, plan, crew, progress)
                outcomes = work.run(_meet(channel, crew, lines))
            return _merged(outcomes, ready.peer_count, lanes, choice)


@dataclass(frozen=True, slots=True)
class _Task:
    """A shard at work: its lane, its number, the rows of its keys."""

    lane: int
    number: int
    rows: Numbers


class _Work:
    """All shards of one side: lane j, which is worker j, runs shards j, j + lanes, … one after the other."""

    def __init__(
        self, channel: Channel, me: Side, keys: KeyBins, plan: list[Shard], crew: Crew, progress: Progress | None
    ) -> None:
        self._channel, self._me, self._keys, self._plan, self._crew = channel, me, keys, plan, crew
        self._progress = progress or (lambda done, total: None)
        self._busy: dict[Any, _Task] = {}
        self._outcomes: dict[int, Outcome] = {}

    def run(self, lines: list[Line]) -> list[Outcome]:
        """Outcomes in the order of shards, rows numbered as in the whole. Raises the cause if a worker fails."""
        lanes = len(self._crew.workers)
        try:
            for lane in range(lanes):
                self._start(lane, lane, lines[lane])
            while self._busy:
                task = self._finish(self._crew.first(list(self._busy)))
                self._progress(len(self._outcomes), len(self._plan))
                if task.number + lanes < len(self._plan):
                    self._start(task.lane, task.number + lanes, lines[task.lane])
        except (PeerLost, PeerFailed) as error:
            raise self._cause(error) from None
        self._part()
        return [self._outcomes[number] for number in range(len(self._plan))]

    def _start(self, lane: int, number: int, line: Line) -> None:
        keys, rows, _ = self._keys.group(number, number + 1)
        worker = self._crew.workers[lane]
        ref = worker.intersect.remote(line, self._plan[number], self._me, self._crew.put(keys))
        self._busy[ref] = _Task(lane, number, rows)

    def _finish(self, ref: Any) -> _Task:
        task = self._busy.pop(ref)
        outcome: Outcome = self._crew.get(ref)
        if outcome.error is not None:
            raise from_dict(outcome.error)
        if outcome.match is None:
            raise TypeError("a worker reports a match or an error")
        rows = outcome.match.rows
        match = replace(outcome.match, rows=None if rows is None else task.rows[rows])
        self._outcomes[task.number] = replace(outcome, match=match)
        return task

    def _cause(self, lost: PeerLost | PeerFailed) -> TacitError:
        """Why workers lost their peers: another worker of mine knows, or the peer's driver, or nobody."""
        if isinstance(lost, PeerFailed):
            return lost
        for ref in self._crew.ended(list(self._busy), GATHER_S):
            try:
                self._finish(ref)
            except PeerLost:
                continue
            except TacitError as error:
                return error
        self._crew.dismiss()
        with contextlib.suppress(PeerLost):
            try:
                swap(self._channel, Message.END, bytes([_End.LOST]))
            except PeerFailed as error:
                return error
        return lost

    def _part(self) -> None:
        """Both sides are done."""
        if swap(self._channel, Message.END, bytes([_End.DONE])) != bytes([_End.DONE]):
            raise faults.cut_off(self._channel.peer)


def _meet(channel: Channel, crew: Crew, lines: list[Line]) -> list[Line]:
    """All workers of both sides are up when this returns; who dials knows where to."""
    sides = {line.side for line in lines}
    listens = sides == {"listen"}
    mine = crew.open(listens)
    channel.send(Message.ADDRESSES, json.dumps([*sorted(sides), *mine]).encode())
    side, theirs = _read_addresses(bytes(channel.recv(Message.ADDRESSES, MAX_ADDRESSES)), len(mine))
    if len(sides) != 1 or side in sides:
        raise ParameterError(
            "cluster.same_side",
            "The workers of one side must listen, those of the other dial.",
            found=f"here {', '.join(sorted(sides))}, at the peer {side}",
        )
    if listens:
        return lines
    return [
        line if line.address is not None else replace(line, address=address)
        for line, address in zip(lines, theirs, strict=True)
    ]


def _read_addresses(body: bytes, count: int) -> tuple[str, list[str]]:
    """Side and addresses of the peer's workers. Raises ProtocolError psi.malformed."""
    try:
        side, *addresses = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        raise malformed("addresses that cannot be read") from None
    if side not in ("listen", "dial") or len(addresses) != count:
        raise malformed("addresses of another number of workers")
    if not all(isinstance(address, str) and len(address) < 256 for address in addresses):
        raise malformed("addresses that are none")
    return side, addresses


def _swap_count(channel: Channel, workers: int) -> int:
    """The peer's number of workers. Raises ProtocolError psi.malformed."""
    (theirs,) = _COUNT.unpack(swap(channel, Message.WORKERS, _COUNT.pack(workers)))
    if not 1 <= theirs <= MAX_SHARDS:
        raise malformed("an impossible number of workers")
    return int(theirs)


def _choice(ready: run.Ready, me: Side) -> Choice:
    """By the sizes of the whole: shards that are small one by one are still many keys."""
    sizes = (ready.keys.distinct, ready.peer_count)
    receiver, sender = sizes if me is Side.RECEIVER else sizes[::-1]
    return choose(receiver, sender, ready.terms.protocol, malicious=ready.terms.malicious)


def _merged(outcomes: list[Outcome], peer_count: int, workers: int, choice: Choice) -> ClusterMatch:
    matches = [outcome.match for outcome in outcomes if outcome.match is not None]
    rows = [match.rows for match in matches if match.rows is not None]
    learns = len(rows) == len(matches)
    joined = np.concatenate(rows) if learns else None
    match = Match(joined, peer_count, None if joined is None else len(joined), choice)
    return ClusterMatch(match, tuple(each.traffic for each in outcomes[-workers:] if each.traffic is not None))
