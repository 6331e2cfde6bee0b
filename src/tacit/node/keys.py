"""This node's identity and the pinned keys of its peers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.channel.identity import NodeIdentity
from tacit.errors import RefusedError
from tacit.interconnect.certificates import certificate_key
from tacit.node.stores.peers import PeerStore


class Keys:
    """The KeyRing of `tacit.interconnect.signing`, and more. Private keys stay in `identity`."""

    def __init__(self, me: str, identity: NodeIdentity, peers: PeerStore) -> None:
        self.me = me
        self.identity = identity
        self.own = certificate_key(identity.certificate_pem)
        self._peers = peers
        self._read = lru_cache(maxsize=256)(certificate_key)

    def public_key(self, node_id: str) -> Ed25519PublicKey | None:
        """The peer's key; None for a stranger or a peer whose contract ended."""
        row = self._peers.find(node_id)
        return self._read(row.certificate) if row is not None and row.state == "APPROVED" else None

    def of(self, parties: Iterable[str]) -> dict[str, Ed25519PublicKey]:
        """Keys of all parties of a job, ours included. Raises RefusedError("job.party_unknown")."""
        return {party: self.own if party == self.me else self._of_peer(party) for party in parties}

    def _of_peer(self, party: str) -> Ed25519PublicKey:
        key = self.public_key(party)
        if key is None:
            raise RefusedError(
                "job.party_unknown",
                f"{party} is not a peer of this node.",
                hint=f"Exchange an invitation with {party}: all parties of a job must know each other.",
            )
        return key
