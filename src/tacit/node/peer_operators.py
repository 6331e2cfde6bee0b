"""What peers can run: asked over the control plane, remembered for a minute, and for as long as a peer is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tacit.errors import PeerError
from tacit.interconnect.endpoints import COMPONENT_LIST
from tacit.interconnect.shapes import ComponentList, ComponentPage, ComponentRecord
from tacit.node.clock import now
from tacit.node.courier import Courier
from tacit.node.stores.peers import PeerStore

FRESH_S = 60.0
RETRY_S = 10.0  # a peer that did not answer is left alone for so long
WAIT_S = 1.0  # for the answer to somebody else's question; a silent peer must not hold every thread of the API
MOST = 2000  # operators of one peer that are kept


@dataclass(frozen=True, slots=True)
class Told:
    """`as_of`: when the peer said so, in seconds since 1970; `error`: why it did not say anything newer."""

    records: tuple[ComponentRecord, ...]
    as_of: float
    error: PeerError | None = None


@dataclass(slots=True)
class _Peer:
    """`lock`: one question at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    told: Told | None = None
    asked_at: float = float("-inf")
    error: PeerError | None = None


@dataclass(slots=True)
class PeerOperators:
    """Kept in memory. `clock` tells seconds, from anywhere."""

    peers: PeerStore
    courier: Courier
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Peer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, name: str) -> Told:
        """Raises NotFoundError("peer.unknown"), and PeerError where nothing is known of the peer."""
        contract = self.peers.active(name).contract_id
        with self._lock:
            peer = self._known.setdefault(name, _Peer())
        if peer.lock.acquire(timeout=0.0 if peer.told is not None else WAIT_S):
            try:
                if self.clock() - peer.asked_at >= (FRESH_S if peer.error is None else RETRY_S):
                    self._ask(name, contract, peer)
            finally:
                peer.lock.release()
        if peer.told is not None:
            return Told(peer.told.records, peer.told.as_of, peer.error)
        raise peer.error or PeerError(
            "peer.unreachable", f"{name} has not answered yet.", hint="It is being asked; try again in a moment."
        )

    def forget(self, name: str) -> None:
        """The contract with the peer has ended."""
        with self._lock:
            self._known.pop(name, None)

    def _ask(self, name: str, contract: str, peer: _Peer) -> None:
        try:
            body = ComponentList(contract_id=contract, page_size=-1)
            page = self.courier.call(name, COMPONENT_LIST, body, ComponentPage)
        except PeerError as fault:
            peer.error = fault
        else:
            found = {(record.code, record.version): record for record in page.records[:MOST]}
            peer.told, peer.error = Told(tuple(found[key] for key in sorted(found)), now()), None
        peer.asked_at = self.clock()
