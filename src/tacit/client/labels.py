"""Labels of this node's columns, through its API."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from tacit.client.connection import Connection, segment
from tacit.errors import ResourceError

_WAIT_S = 0.2


class Labels:
    """`client.labels`.

    >>> client.labels.scan("customers")                                             # doctest: +SKIP
    >>> client.labels.confirm("customers")                                          # doctest: +SKIP
    >>> client.labels.set("customers", "note", 2, "general", reason="no persons")   # doctest: +SKIP
    """

    def __init__(self, node: Connection) -> None:
        self._node = node

    def of(self, dataset: str) -> list[dict[str, Any]]:
        """The columns in table order, each with the label that counts."""
        return self._node.items(f"/datasets/{segment(dataset)}/labels")

    def level(self, dataset: str) -> int:
        """The highest of its columns."""
        return int(self._node.get(f"/datasets/{segment(dataset)}/labels", limit=1)["level"])

    def history(self, dataset: str) -> list[dict[str, Any]]:
        """Every change, newest first."""
        return self._node.items(f"/datasets/{segment(dataset)}/labels/history")

    def scan(self, dataset: str, *, wait_s: float | None = None) -> dict[str, Any]:
        """Look for personal data; wait so long for the end if asked. Raises ResourceError("label.scan_slow")."""
        told = dict(self._node.post(f"/datasets/{segment(dataset)}/scan"))
        if wait_s is None:
            return told
        end = time.monotonic() + wait_s
        while told["state"] == "running":
            if time.monotonic() > end:
                raise ResourceError("label.scan_slow", "The scan has not ended yet.", hint="It goes on at the node.")
            time.sleep(_WAIT_S)
            told = self.last_scan(dataset)
        return told

    def last_scan(self, dataset: str) -> dict[str, Any]:
        """State, sampled rows, progress."""
        return dict(self._node.get(f"/datasets/{segment(dataset)}/findings", limit=1)["scan"])

    def findings(self, dataset: str) -> list[dict[str, Any]]:
        """What detectors say, in figures."""
        return self._node.items(f"/datasets/{segment(dataset)}/findings")

    def confirm(self, dataset: str, columns: Iterable[str] | None = None, reason: str = "") -> dict[str, Any]:
        """Take over what is suggested, for these columns or for all."""
        body = {"columns": None if columns is None else list(columns), "reason": reason}
        return dict(self._node.post(f"/datasets/{segment(dataset)}/labels/confirm", body))

    def set(self, dataset: str, column: str, level: int, klass: str, reason: str = "") -> dict[str, Any]:
        """Label one column; a lower level needs a reason, and from level 4 on a second person."""
        return self.set_all(dataset, {column: {"level": level, "klass": klass, "reason": reason}})

    def set_all(self, dataset: str, columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Column -> {level, klass, reason}."""
        body = {"columns": {column: dict(label) for column, label in columns.items()}}
        return dict(self._node.request("PUT", f"/datasets/{segment(dataset)}/labels", json=body))

    def agree(self, dataset: str, column: str) -> dict[str, Any]:
        """As the second person, to a lower level that waits."""
        return dict(self._node.post(f"/datasets/{segment(dataset)}/labels/agree", {"column": column}))

    def reject(self, dataset: str, column: str) -> dict[str, Any]:
        """Drop a lower level that waits."""
        return dict(self._node.post(f"/datasets/{segment(dataset)}/labels/reject", {"column": column}))

    def levels(self) -> dict[str, Any]:
        """The rule table: levels, classes, rules, declassifiers."""
        return dict(self._node.get("/levels"))

    def lineage(self, job: str) -> list[dict[str, Any]]:
        """Levels of what a job left at this node."""
        return self._node.items(f"/jobs/{segment(job)}/lineage")
