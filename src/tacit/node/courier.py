"""Calls to parties, from threads: over the network to a peer, or straight to this node's own handlers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from statistics import median
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from tacit.errors import PeerError
from tacit.interconnect.caller import PeerCaller, PeerTarget
from tacit.interconnect.endpoints import CONTRACT_TERMINATE, JOB_STATUS, NODE_HEALTH, Endpoint
from tacit.node.stores.peers import PeerStore

A = TypeVar("A", bound=BaseModel)
T = TypeVar("T")
CALL_LIMIT_S = 20.0
PROBE_LIMIT_S = 2.5  # for questions whose only purpose is to notice soon that nobody answers
PROBES = (NODE_HEALTH, JOB_STATUS)
ANSWERS = 60  # times that are kept of each peer
APART_S = 20.0  # at least, so that they are of more than the last minute
RECENT = 3  # of them are its last few
ENOUGH = 7  # before those say what is usual


class Courier(Protocol):
    """What job logic sees of the network."""

    def call(self, party: str, endpoint: Endpoint, body: BaseModel, answer: type[A]) -> A:
        """Raises PeerError; TacitError from own handlers."""
        ...


class LocalDoor(Protocol):
    """This node's own handlers, as a peer would meet them."""

    def handle(self, endpoint: Endpoint, source: str, body: BaseModel) -> BaseModel: ...


class LoopThread:
    """The one event loop of the node: both servers and the caller live on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], limit_s: float = CALL_LIMIT_S) -> T:
        """Run a coroutine on the loop and wait for it. Raises PeerError("peer.unreachable") after `limit_s`."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(limit_s)
        except FutureTimeout:
            future.cancel()
            raise PeerError("peer.unreachable", "The peer did not answer in time.", found=f"{limit_s:.0f} s") from None

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the loop without waiting."""
        asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


@dataclass(frozen=True, slots=True)
class Answering:
    """How long a peer takes to answer a question that needs no work: medians of its last few answers and of those
    before. `usual_s` None: too few to say."""

    recent_s: float
    usual_s: float | None


class Contacts:
    """When each peer was last heard of: any signed request or answer counts. And how long its answers took lately;
    kept in memory only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[str, float] = {}
        self._answers: dict[str, deque[tuple[float, float]]] = {}  # when, and how long it took

    def heard(self, party: str) -> None:
        with self._lock:
            self._heard[party] = self._clock()

    def silent_for(self, party: str) -> float:
        """Seconds since the last contact; counts from the first question about a party never heard of."""
        with self._lock:
            return self._clock() - self._heard.setdefault(party, self._clock())

    def answered(self, party: str, seconds: float) -> None:
        """A question that needs no work took so long, there and back. Running jobs ask often: not all are kept."""
        with self._lock:
            kept = self._answers.setdefault(party, deque(maxlen=ANSWERS))
            if not kept or self._clock() - kept[-1][0] >= APART_S:
                kept.append((self._clock(), seconds))

    def answering(self, party: str) -> Answering | None:
        """None: it answered nothing since this node started."""
        with self._lock:
            known = [seconds for _, seconds in self._answers.get(party, ())]
        if not known:
            return None
        recent, before = known[-RECENT:], known[:-RECENT]
        return Answering(median(recent), median(before) if len(before) >= ENOUGH else None)

    def forget(self, party: str) -> None:
        """It may come back as another machine."""
        with self._lock:
            self._answers.pop(party, None)


class NetworkCourier:
    """Courier of a running node."""

    def __init__(self, me: str, caller: PeerCaller, peers: PeerStore, loop: LoopThread, contacts: Contacts) -> None:
        self._me = me
        self._caller = caller
        self._peers = peers
        self._loop = loop
        self._contacts = contacts
        self.local: LocalDoor | None = None

    def call(self, party: str, endpoint: Endpoint, body: BaseModel, answer: type[A]) -> A:
        """See Courier."""
        if party == self._me and self.local is not None:
            result: BaseModel = self.local.handle(endpoint, self._me, body)
        else:
            target = self.target(party, ended=endpoint is CONTRACT_TERMINATE)
            probe, begun = endpoint in PROBES, time.monotonic()
            result = self._loop.run(self._caller.call(target, endpoint, body), PROBE_LIMIT_S if probe else CALL_LIMIT_S)
            self._contacts.heard(party)
            if probe:
                self._contacts.answered(party, time.monotonic() - begun)
        if not isinstance(result, answer):
            raise TypeError(f"{endpoint.path} answers {type(result).__name__}, not {answer.__name__}")
        return result

    def target(self, party: str, *, ended: bool = False) -> PeerTarget:
        """Address and pinned certificate; `ended`: also of a peer whose contract is over.

        Raises NotFoundError("peer.unknown"), RefusedError("peer.terminated").
        """
        row = self._peers.get(party) if ended else self._peers.active(party)
        return PeerTarget(node_id=row.name, address=f"https://{row.address}", certificate=row.certificate)
