"""What waits for a person at a node, grants, delegations and standing approvals, as Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tacit.client.connection import Connection, segment
from tacit.errors import NotFoundError


class Inbox:
    """Everything that waits for a person.

    >>> client.inbox.open(mine=True)                     # doctest: +SKIP
    >>> client.inbox.approve("item-…", note="as agreed") # doctest: +SKIP
    """

    def __init__(self, node: Connection) -> None:
        self._node = node

    def open(self, *, kind: str | None = None, mine: bool = False) -> list[dict[str, Any]]:
        """Open items, the most urgent first; `mine`: only those that the caller can approve."""
        return self._node.items("/inbox", state="open", kind=kind, mine="true" if mine else None)

    def all(
        self, *, state: str | None = None, kind: str | None = None, limit: int | None = 100
    ) -> list[dict[str, Any]]:
        """Items in any state, the newest first; `limit` None: all of them."""
        return self._node.items("/inbox", limit=limit, state=state, kind=kind)

    def get(self, item: str) -> dict[str, Any]:
        """Raises NotFoundError("inbox.unknown")."""
        return dict(self._node.get(f"/inbox/{segment(item)}"))

    def approve(self, item: str, note: str = "", *, hash: str | None = None) -> dict[str, Any]:
        """Say yes; `missing` in the answer tells whether more people are needed. Raises RefusedError("signoff.…").

        hash: of the flow, agreement or policy that you have seen; InputError("inbox.conflict") if it is another.
        """
        return self._decide(item, "approve", {"note": note, **({"hash": hash} if hash else {})})

    def reject(self, item: str, note: str = "", *, hash: str | None = None) -> dict[str, Any]:
        """Say no; `hash` as for `approve`."""
        return self._decide(item, "reject", {"note": note, **({"hash": hash} if hash else {})})

    def withdraw(self, item: str) -> dict[str, Any]:
        """Take back an approval that has not decided yet."""
        return self._decide(item, "withdraw", {})

    def counts(self) -> dict[str, Any]:
        """{open, mine, reminders, kinds}."""
        return dict(self._node.get("/inbox/counts"))

    def reminders(self) -> list[dict[str, Any]]:
        """Open items that have waited long or expire soon."""
        return self._node.items("/inbox/reminders")

    def watch(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """("item", item) and ("counts", counts) as they change, until the connection ends."""
        return self._node.events("/inbox/events")

    def release(self, job_id: str, reason: str = "") -> dict[str, Any]:
        """Ask that the results of a job on sensitive data may be read."""
        return dict(self._node.post("/inbox/releases", {"job_id": job_id, "reason": reason}))

    def _decide(self, item: str, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        return dict(self._node.post(f"/inbox/{segment(item)}/{verb}", body))


class Grants:
    """Datasets that peers may use, and those of peers that this node asked for. A dataset may be a glob pattern."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self, *, side: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
        """`side`: given or asked. The newest first."""
        return self._node.items("/grants", side=side, state=state)

    def get(self, grant: str) -> dict[str, Any]:
        return dict(self._node.get(f"/grants/{segment(grant)}"))

    def request(self, peer: str, dataset: str, **limits: Any) -> dict[str, Any]:
        """Ask a peer. `limits`: agreement, purpose, operators, until (ISO 8601), max_jobs."""
        return dict(self._node.post("/grants/requests", {"peer": peer, "dataset": dataset, **limits}))

    def give(self, peer: str, dataset: str, **limits: Any) -> dict[str, Any]:
        """Grant datasets of this node; `limits` as for `request`."""
        return dict(self._node.post("/grants", {"peer": peer, "dataset": dataset, **limits}))

    def approve(self, grant: str, note: str = "") -> dict[str, Any]:
        return dict(self._node.post(f"/grants/{segment(grant)}/approve", {"note": note}))

    def deny(self, grant: str, note: str = "") -> dict[str, Any]:
        return dict(self._node.post(f"/grants/{segment(grant)}/deny", {"note": note}))

    def decide(self, verdict: str, pattern: str, *, peer: str | None = None) -> dict[str, Any]:
        """Approve or reject every request whose datasets fit the pattern: {done, failed}."""
        body = {"verdict": verdict, "pattern": pattern} | ({"peer": peer} if peer else {})
        return dict(self._node.post("/grants/decisions", body))

    def revoke(self, grant: str) -> dict[str, Any]:
        """End it at both nodes; jobs that need it stop."""
        return dict(self._node.post(f"/grants/{segment(grant)}/revoke"))


class Delegations:
    """Who may decide in whose name."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self) -> list[dict[str, Any]]:
        return self._node.items("/delegations")

    def give(self, delegate: str, roles: list[str], *, until: str, **options: Any) -> dict[str, Any]:
        """`options`: kinds, from_at, note; the node's owner may name a `delegator`."""
        return dict(self._node.post("/delegations", {"delegate": delegate, "roles": roles, "until": until, **options}))

    def revoke(self, delegation: str) -> dict[str, Any]:
        return dict(self._node.post(f"/delegations/{segment(delegation)}/revoke"))


class Standing:
    """Flows that are approved once for many runs."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self) -> list[dict[str, Any]]:
        return self._node.items("/standing")

    def propose(self, flow: str | Path | Mapping[str, Any], **limits: Any) -> dict[str, Any]:
        """Put a flow up for approval. `limits`: initiator, agreement, max_runs, until (ISO 8601)."""
        return dict(self._node.post("/standing", {**_flow(flow), **limits}))

    def revoke(self, standing: str) -> dict[str, Any]:
        return dict(self._node.post(f"/standing/{segment(standing)}/revoke"))


def _flow(flow: str | Path | Mapping[str, Any]) -> dict[str, Any]:
    """A mapping is the document; everything else is the path of one."""
    if isinstance(flow, Mapping):
        return {"flow": dict(flow)}
    try:
        return {"text": Path(flow).read_text(encoding="utf-8")}
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise NotFoundError("flow.not_found", f"The flow document {flow} cannot be read.", found=found) from None
