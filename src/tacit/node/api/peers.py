"""/peers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from tacit.node import home
from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Address, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.peers import Peer, PeerDataset, PeerOperators, Ping
from tacit.node.clock import iso


class MoveBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address: Address


def router(services: Services) -> APIRouter:
    """Peers with their pinned keys; how they come and go."""
    routes, node = APIRouter(), services.parts

    @routes.get("/peers", name="list", dependencies=needs("peer.read"), response_model=Page[Peer])
    def peers(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.peers.all(), lambda row: row.name, limit=limit, cursor=cursor)
        return {"items": [views.peer(row, node.contacts) for row in rows], "next": after}

    @routes.get("/peers/{name}", name="show", dependencies=needs("peer.read"), response_model=Peer)
    def peer(name: Segment) -> dict[str, Any]:
        return views.peer(node.peers.get(name), node.contacts)

    @routes.delete("/peers/{name}", dependencies=needs("peer.remove"), response_model=Peer)
    def terminate(name: Segment) -> dict[str, Any]:
        return views.peer(node.peering.terminate(name), node.contacts)

    @routes.patch("/peers/{name}", dependencies=needs("peer.change"), response_model=Peer)
    def move(name: Segment, body: MoveBody) -> dict[str, Any]:
        home.port_of(body.address)
        return views.peer(node.peering.move(name, body.address), node.contacts)

    @routes.post("/peers/{name}/ping", dependencies=needs("peer.ping"), response_model=Ping)
    def ping(name: Segment) -> dict[str, Any]:
        health = node.peering.ping(name)
        return {
            "name": name,
            "reachable": health.error is None,
            "rtt_ms": None if health.seconds is None else round(health.seconds * 1000, 1),
            "clock_skew_s": health.skew_s,
            "version": health.version,
            "error": None if health.error is None else health.error.as_dict(),
        }

    @routes.get("/peers/{name}/datasets", dependencies=needs("peer.explore"), response_model=Page[PeerDataset])
    def datasets(name: Segment, limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        known = node.forecasting.published(name).records
        records, after = page(known, lambda record: record.dataset_id, limit=limit, cursor=cursor)
        return {
            "items": [
                {
                    "name": record.dataset_id,
                    "description": record.description,
                    "rows": record.count,
                    "columns": [{"name": meta.name, "type": meta.data_type} for meta in record.column_metas],
                }
                for record in records
            ],
            "next": after,
        }

    @routes.get("/peers/{name}/operators", dependencies=needs("peer.read"), response_model=PeerOperators)
    def operators(name: Segment, limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        """By name and version; asked of the peer at most once a minute."""
        told = node.peer_operators.of(name)
        rows, after = page(told.records, lambda row: [row.code, row.version], limit=limit, cursor=cursor)
        return {
            "items": [{"name": row.code, "version": row.version, "group": row.category} for row in rows],
            "next": after,
            "as_of": iso(told.as_of),
            "error": None if told.error is None else told.error.code,
        }

    return routes
