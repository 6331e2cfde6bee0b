"""/connections: named places of data, and what there is behind them. /vault: the key of their credentials."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tacit.ledger.audit import Detail
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Note, Place, Segment, Statement
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.connections import Connection, ConnectionItem, Glance, Rewrapped, TableColumns, TestOutcome
from tacit.node.clock import iso
from tacit.node.connections import LEAST, SAMPLE, Outcome
from tacit.node.tables.vault import ConnectionRow

Kind = Literal["postgresql", "mysql", "s3", "http", "folder"]
Options = Annotated[dict[Line, Any], Field(max_length=32)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=8192)]
Secrets = Annotated[dict[Line, Secret], Field(max_length=8)]
_LISTED = 10_000
_Inner = Annotated[str, Query(max_length=1024, description="Only what lies below, in a store or folder.")]
_Table = Annotated[str, Query(min_length=1, max_length=300, description="schema.table")]


class ConnectionBody(BaseModel):
    """`secrets`: "password"; of s3 "access_key" and "secret_key"; of http "token" or "password"."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    kind: Kind
    options: Options
    secrets: Secrets = Field(default_factory=dict)
    description: Note = ""


class ConnectionChange(BaseModel):
    """New options need the secrets again."""

    model_config = ConfigDict(extra="forbid")

    options: Options | None = None
    secrets: Secrets | None = None
    description: Note | None = None


class ItemBody(BaseModel):
    """One of table, query and object. `options`: of a dataset, such as the encoding of a CSV."""

    model_config = ConfigDict(extra="forbid")

    table: Line | None = None
    query: Statement | None = None
    object: Place | None = None
    format: Line | None = None
    options: dict[str, Any] = Field(default_factory=dict, max_length=64)
    rows: Annotated[int, Field(ge=LEAST, le=1_000_000)] = SAMPLE


def router(services: Services) -> APIRouter:
    """Credentials go in and never come out."""
    routes = APIRouter()
    _keeping(routes, services)
    _looking(routes, services)

    @routes.post("/vault/rewrap", dependencies=needs("vault.rotate"), response_model=Rewrapped, tags=["vault"])
    def rewrap() -> dict[str, Any]:
        count = services.parts.vault.rewrap()
        services.parts.trail.record("vault.rewrapped", "vault", {"count": count}, actor="person")
        return {"count": count}

    return routes


def _keeping(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.get("/connections", name="list", dependencies=needs("source.read"), response_model=Page[Connection])
    def connections(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.connections.all(), lambda row: row.name, limit=limit, cursor=cursor)
        return {"items": [_view(row, node.catalogue.behind(row.name)) for row in rows], "next": after}

    @routes.post("/connections", status_code=201, dependencies=needs("source.add"), response_model=Connection)
    def add(body: ConnectionBody) -> dict[str, Any]:
        row = node.connections.add(body.name, body.kind, body.options, _plain(body.secrets), body.description)
        node.trail.record("connection.added", f"connection:{row.name}", {"kind": row.kind}, actor="person")
        return _view(row, [])

    @routes.get("/connections/{name}", name="show", dependencies=needs("source.read"), response_model=Connection)
    def connection(name: Segment) -> dict[str, Any]:
        return _view(node.connections.get(name), node.catalogue.behind(name))

    @routes.patch("/connections/{name}", dependencies=needs("source.change"), response_model=Connection)
    def change(name: Segment, body: ConnectionChange) -> dict[str, Any]:
        secrets = None if body.secrets is None else _plain(body.secrets)
        row = node.connections.change(name, options=body.options, secrets=secrets, description=body.description)
        changed = ", ".join(sorted(body.model_fields_set))
        node.trail.record("connection.changed", f"connection:{name}", {"changed": changed}, actor="person")
        return _view(row, node.catalogue.behind(name))

    @routes.delete("/connections/{name}", status_code=204, dependencies=needs("source.remove"))
    def remove(name: Segment) -> Response:
        node.connections.remove(name)
        node.trail.record("connection.removed", f"connection:{name}", {}, actor="person")
        return Response(status_code=204)


def _looking(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.post("/connections/{name}/test", dependencies=needs("source.test"), response_model=TestOutcome)
    def test(name: Segment) -> dict[str, Any]:
        found = node.connections.test(name)
        told: dict[str, Detail] = {"ok": found.error is None, "code": None if found.error is None else found.error.code}
        node.trail.record("connection.tested", f"connection:{name}", told, actor="person")
        return _outcome(found)

    @routes.get("/connections/{name}/items", dependencies=needs("source.discover"), response_model=Page[ConnectionItem])
    def items(name: Segment, inner: _Inner = "", limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        listed = [_item(each) for each in node.connections.items(name, inner=inner, limit=_LISTED)]
        rows, after = page(listed, lambda each: each["name"], limit=limit, cursor=cursor)
        return {"items": rows, "next": after}

    @routes.get("/connections/{name}/columns", dependencies=needs("source.discover"), response_model=TableColumns)
    def columns(name: Segment, table: _Table) -> dict[str, Any]:
        return {"items": node.connections.columns(name, table)}

    @routes.post("/connections/{name}/profile", dependencies=needs("dataset.profile"), response_model=Glance)
    def profile(name: Segment, body: ItemBody) -> dict[str, Any]:
        item = body.options | body.model_dump(include={"table", "query", "object"}, exclude_none=True)
        found = node.connections.profile(name, item, format=body.format, rows=body.rows)
        node.trail.record("connection.profiled", f"connection:{name}", {"rows": found["sample_rows"]}, actor="person")
        return found


def _plain(secrets: dict[str, SecretStr]) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in secrets.items()}


def _view(row: ConnectionRow, datasets: list[str]) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "options": row.options,
        "secrets": row.secrets["names"],
        "description": row.description,
        "created_at": iso(row.created_at),
        "changed_at": iso(row.changed_at),
        "tested_at": iso(row.tested_at),
        "test": row.test,
        "datasets": datasets,
    }


def _outcome(found: Outcome) -> dict[str, Any]:
    error = found.error
    return {
        "ok": error is None,
        "took_ms": found.took_ms,
        "server": found.server,
        "code": None if error is None else error.code,
        "message": None if error is None else error.message,
        "hint": None if error is None else error.hint,
    }


def _item(found: dict[str, Any]) -> dict[str, Any]:
    if "path" in found:
        return {"name": found["path"], "kind": "file", "size_bytes": found["size_bytes"], "format": found["format"]}
    name = f"{found['schema']}.{found['name']}"
    return {"name": name, "kind": found["kind"], "rows_estimated": found["rows_estimated"]}
