"""How this node speaks with one that it has no contract with: it knows an address and the fingerprint of a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tacit.errors import PeerError
from tacit.interconnect.caller import PeerCaller, PeerTarget, fetch_certificate
from tacit.interconnect.endpoints import CONTRACT_APPLY, NODE_QUERY
from tacit.interconnect.faults import bad_answer
from tacit.interconnect.shapes import ContractApplied, ContractApply, NodeInfo, NodeQuery
from tacit.node.courier import LoopThread


class Door(Protocol):
    """The way in for strangers."""

    def meet(self, address: str, fingerprint: str) -> tuple[NodeInfo, str]:
        """The node's card and certificate (PEM), if its key has this fingerprint. Raises PeerError."""
        ...

    def apply(self, target: PeerTarget, body: ContractApply) -> ContractApplied:
        """Raises PeerError."""
        ...


@dataclass(frozen=True, slots=True)
class NetworkDoor:
    """Door of a running node."""

    caller: PeerCaller
    loop: LoopThread

    def meet(self, address: str, fingerprint: str) -> tuple[NodeInfo, str]:
        """See Door. Nothing is sent before the key has shown its fingerprint."""
        certificate = self.loop.run(fetch_certificate(address, fingerprint))
        target = PeerTarget(node_id="unknown", address=address, certificate=certificate)
        card = self.loop.run(self.caller.call(target, NODE_QUERY, NodeQuery()))
        if not isinstance(card, NodeInfo):
            raise bad_answer("the node", type(card).__name__)
        return card, certificate

    def apply(self, target: PeerTarget, body: ContractApply) -> ContractApplied:
        """See Door."""
        answer = self.loop.run(self.caller.call(target, CONTRACT_APPLY, body))
        if not isinstance(answer, ContractApplied) or answer.tacit is None:
            raise PeerError("peer.bad_answer", f"{target.node_id} did not say how the application stands.")
        return answer
