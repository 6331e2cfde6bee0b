"""What finished jobs used of whose data, through a node's API."""

from __future__ import annotations

from typing import Any

from tacit.client.connection import Connection, segment


class Usage:
    """`client.usage`. Times are ISO 8601; `until` is excluded."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def each(self, **wanted: str | None) -> list[dict[str, Any]]:
        """Every dataset of every finished job, newest first. `since`, `until`, `agreement`, `dataset`, `owner`."""
        return self._node.items("/usage", **_given(wanted))

    def summary(self, by: str = "dataset", **wanted: str | None) -> list[dict[str, Any]]:
        """Sums by agreement, dataset, owner, initiator or month. `since`, `until`, `agreement`."""
        return list(self._node.get("/usage/summary", by=by, **_given(wanted))["items"])

    def export(self, **wanted: str | None) -> bytes:
        """CSV, oldest first. `since`, `until`, `agreement`."""
        return self._node.content("/usage/export", **_given(wanted))

    def bill(self, agreement: str, **wanted: str | None) -> dict[str, Any]:
        """Charges and payments under an agreement. `since`, `until`. Amounts are decimal texts."""
        return dict(self._node.get(f"/usage/bills/{segment(agreement)}", **_given(wanted)))


def _given(wanted: dict[str, str | None]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if value is not None}
