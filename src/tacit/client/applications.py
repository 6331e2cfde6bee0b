"""Applying to become a peer, and deciding on applications, as Python."""

from __future__ import annotations

from typing import Any

from tacit.client.connection import Connection, segment


class Applications:
    """Nodes that want to be peers of this one, and this node's own applications elsewhere."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self, *, side: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
        """`side`: received or sent. The newest first."""
        return self._node.items("/applications", side=side, state=state)

    def get(self, application: str) -> dict[str, Any]:
        return dict(self._node.get(f"/applications/{segment(application)}"))

    def apply(self, address: str, fingerprint: str, message: str = "") -> dict[str, Any]:
        """Apply at the node of this address (host:port), whose key must have this fingerprint.

        Raises PeerError("peer.wrong_key"). A node that cannot be reached is tried again by this node.
        """
        body = {"address": address, "fingerprint": fingerprint, "message": message}
        return dict(self._node.post("/applications", body))

    def refresh(self, application: str) -> dict[str, Any]:
        """Ask the other node now how it stands."""
        return self._act(application, "refresh")

    def withdraw(self, application: str) -> dict[str, Any]:
        return self._act(application, "withdraw")

    def review(self, application: str) -> dict[str, Any]:
        """Take a stranger's application up."""
        return self._act(application, "review")

    def approve(self, application: str, fingerprint: str, note: str = "") -> dict[str, Any]:
        """`fingerprint`: as the organisation told it. Raises RefusedError("application.fingerprint_differs")."""
        return self._act(application, "approve", {"fingerprint": fingerprint, "note": note})

    def reject(self, application: str, reason: str = "other", note: str = "") -> dict[str, Any]:
        """`reason`: unverified, unknown_organisation, not_needed, duplicate or other; the applicant learns it."""
        return self._act(application, "reject", {"reason": reason, "note": note})

    def _act(self, application: str, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return dict(self._node.post(f"/applications/{segment(application)}/{verb}", body))
