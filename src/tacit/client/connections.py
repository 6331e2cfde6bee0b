"""Connections to places of data, through a node's API. Credentials go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.client.connection import Connection, segment

_SLOW_S = 300.0


class Connections:
    """`client.connections`.

    >>> client.connections.add("crm", "postgresql", {"host": "db", "database": "crm", "user": "reader"},
    ...                        secrets={"password": password})                     # doctest: +SKIP
    >>> client.connections.test("crm")["ok"]                                       # doctest: +SKIP
    >>> client.add_dataset("people", connection="crm", table="public.people")      # doctest: +SKIP
    """

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self) -> list[dict[str, Any]]:
        return self._node.items("/connections")

    def get(self, name: str) -> dict[str, Any]:
        return dict(self._node.get(f"/connections/{segment(name)}"))

    def add(
        self,
        name: str,
        kind: str,
        options: Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        description: str = "",
    ) -> dict[str, Any]:
        """kind: postgresql, mysql, s3, http or folder. Nothing is reached before `test` or a reader does."""
        body = {"name": name, "kind": kind, "options": dict(options), "secrets": dict(secrets or {})}
        return dict(self._node.post("/connections", {**body, "description": description}))

    def change(self, name: str, **given: Any) -> dict[str, Any]:
        """Replace `options`, `secrets` or `description`. New options need the secrets again."""
        return dict(self._node.request("PATCH", f"/connections/{segment(name)}", json=given))

    def remove(self, name: str) -> None:
        self._node.delete(f"/connections/{segment(name)}")

    def test(self, name: str) -> dict[str, Any]:
        """{"ok", "took_ms", "server", "code", "message", "hint"}"""
        path = f"/connections/{segment(name)}/test"
        return dict(self._node.request("POST", path, json={}, timeout=_SLOW_S))

    def items(self, name: str, inner: str = "", *, limit: int | None = None) -> list[dict[str, Any]]:
        """Tables, or files below `inner`; what is in `name` of each goes to `table` or `object` of a dataset."""
        return self._node.items(f"/connections/{segment(name)}/items", limit=limit, inner=inner or None)

    def columns(self, name: str, table: str) -> list[dict[str, Any]]:
        return list(self._node.get(f"/connections/{segment(name)}/columns", table=table)["items"])

    def profile(
        self,
        name: str,
        *,
        table: str | None = None,
        query: str | None = None,
        object: str | None = None,
        format: str | None = None,
        rows: int | None = None,
    ) -> dict[str, Any]:
        """Shapes and shares of a sample; no value that fewer than `least` rows have."""
        given = {"table": table, "query": query, "object": object, "format": format, "rows": rows}
        body = {key: value for key, value in given.items() if value is not None}
        path = f"/connections/{segment(name)}/profile"
        return dict(self._node.request("POST", path, json=body, timeout=_SLOW_S))

    def rewrap(self) -> int:
        """Seal the credentials of all connections with the present key, which a file gets new; how many."""
        return int(self._node.post("/vault/rewrap")["count"])
