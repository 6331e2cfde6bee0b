"""The local API of a node in this process, without a network: what tests of endpoints call."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import httpx
from fastapi import FastAPI

from tacit.node.api.app import Services, make_api
from tacit.node.wiring import Parts

TOKEN = "a-token-of-the-tests"
BASE = "/api/v1"


def app_of(parts: Parts) -> FastAPI:
    """The application over these parts."""
    node = SimpleNamespace(run_info={"api": "http://127.0.0.1:1"}, home=parts.ground.home)
    return make_api(Services(cast(Any, node), parts, started_at=0.0, protocol=1), TOKEN)


class LocalApi:
    """Calls an application; a fault of the node is an answer with status 500."""

    def __init__(self, app: FastAPI, token: str = TOKEN) -> None:
        self._app = app
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._call([(method, path, options)]))[0]

    def together(self, calls: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """All at the same time."""
        return asyncio.run(self._call(calls))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.call("POST", path, **options)

    async def _call(self, calls: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://localhost{BASE}", headers=self.headers
        ) as http:
            return await asyncio.gather(*(http.request(method, path, **options) for method, path, options in calls))


def client_of(app: FastAPI) -> LocalApi:
    return LocalApi(app)
