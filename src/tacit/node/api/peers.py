"""/peers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from tacit.node import home
from tacit.node.api import views
from tacit.node.api.app import Services


class MoveBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address: str


def router(services: Services) -> APIRouter:
    """Peers with their pinned keys; how they come and go."""
    routes, node = APIRouter(), services.parts

    @routes.get("/peers")
    def peers() -> dict[str, Any]:
        return {"items": [views.peer(row) for row in node.peers.all()]}

    @routes.get("/peers/{name}")
    def peer(name: str) -> dict[str, Any]:
        return views.peer(node.peers.get(name))

    @routes.delete("/peers/{name}")
    def terminate(name: str) -> dict[str, Any]:
        return views.peer(node.peering.terminate(name))

    @routes.patch("/peers/{name}")
    def move(name: str, body: MoveBody) -> dict[str, Any]:
        home.port_of(body.address)
        return views.peer(node.peering.move(name, body.address))

    @routes.post("/peers/{name}/ping")
    def ping(name: str) -> dict[str, Any]:
        health = node.peering.ping(name)
        return {
            "name": name,
            "reachable": health.error is None,
            "rtt_ms": None if health.seconds is None else round(health.seconds * 1000, 1),
            "clock_skew_s": health.skew_s,
            "version": health.version,
            "error": None if health.error is None else health.error.as_dict(),
        }

    @routes.get("/peers/{name}/datasets")
    def datasets(name: str) -> dict[str, Any]:
        page = node.forecasting.published(name)
        return {
            "items": [
                {
                    "name": record.dataset_id,
                    "description": record.description,
                    "rows": record.count,
                    "columns": [{"name": meta.name, "type": meta.data_type} for meta in record.column_metas],
                }
                for record in page.records
            ]
        }

    return routes
