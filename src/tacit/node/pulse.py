"""Asks every peer now and then whether it is there, so that the node knows how long each usually takes to answer."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from tacit.errors import TacitError
from tacit.interconnect.endpoints import NODE_HEALTH
from tacit.interconnect.shapes import Empty, NodeHealth
from tacit.node.courier import Courier
from tacit.node.stores.peers import PeerStore
from tacit.node.ticker import Ticker

TICK_S = 60.0


@dataclass(slots=True)
class Pulse:
    """Wired by `tacit.node.wiring`. The courier keeps the times; that a peer is away is for others to tell."""

    peers: PeerStore
    courier: Courier
    _ticker: Ticker = field(default_factory=lambda: Ticker("pulse"))

    def look(self) -> None:
        """One round."""
        for peer in self.peers.all():
            if peer.state == "APPROVED" and not self._ticker.closed:
                with contextlib.suppress(TacitError):
                    self.courier.call(peer.name, NODE_HEALTH, Empty(), NodeHealth)

    def start(self) -> None:
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()
