"""Policies of this node's datasets, through its API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.client.connection import Connection, segment

Document = Mapping[str, Any]


class Policies:
    """`client.policies`.

    >>> draft = client.policies.draft("customers", {"rules": [...]})          # doctest: +SKIP
    >>> client.policies.trial("customers", version=draft["version"])         # doctest: +SKIP
    >>> client.policies.activate("customers", draft["version"], draft["hash"])  # doctest: +SKIP
    """

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self) -> list[dict[str, Any]]:
        """Every dataset of this node with its policy in force."""
        return self._node.items("/policies")

    def versions(self, dataset: str) -> list[dict[str, Any]]:
        """Newest first."""
        return self._node.items(f"/policies/{segment(dataset)}")

    def get(self, dataset: str, version: int) -> dict[str, Any]:
        """One version with its document."""
        return dict(self._node.get(f"/policies/{segment(dataset)}/versions/{version}"))

    def budget(self, dataset: str) -> dict[str, Any]:
        """What noised queries have spent."""
        return dict(self._node.get(f"/policies/{segment(dataset)}/budget"))

    def draft(self, dataset: str, policy: Document) -> dict[str, Any]:
        """Keep a new version that is not in force. `policy`: rules, exceptions, note."""
        return dict(self._node.post(f"/policies/{segment(dataset)}/versions", _body(policy)))

    def trial(
        self, dataset: str, policy: Document | None = None, *, version: int | None = None, jobs: int = 100
    ) -> dict[str, Any]:
        """What a policy, or a version of it, would have said to the newest past jobs."""
        body: dict[str, Any] = {"jobs": jobs}
        if policy is not None:
            body["policy"] = _body(policy)
        if version is not None:
            body["version"] = version
        return dict(self._node.post(f"/policies/{segment(dataset)}/trial", body))

    def activate(self, dataset: str, version: int, hash: str) -> dict[str, Any]:
        """Put the version with this hash into force; open jobs that it does not allow are stopped."""
        return dict(self._node.post(f"/policies/{segment(dataset)}/versions/{version}/activate", {"hash": hash}))

    def withdraw(self, dataset: str) -> None:
        """Only the level defaults hold from now on."""
        self._node.delete(f"/policies/{segment(dataset)}")

    def explain(self, text: str, *, initiator: str | None = None, agreement: str | None = None) -> dict[str, Any]:
        """What the policies in force say to a flow (YAML or JSON text)."""
        body = {"text": text, "initiator": initiator, "agreement": agreement}
        return dict(self._node.post("/policies/explain", {key: value for key, value in body.items() if value}))


def _body(policy: Document) -> dict[str, Any]:
    return {key: value for key, value in policy.items() if key not in ("dataset", "format")}
