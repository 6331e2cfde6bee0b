"""The web application for peers: the standard's endpoints and our additions, each answered on a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import FastAPI

from tacit.interconnect import endpoints
from tacit.interconnect.endpoints import Endpoint
from tacit.interconnect.pace import Pace
from tacit.interconnect.routes import create_peer_app
from tacit.interconnect.signing import Caller, KeyRing, ReplayCache
from tacit.node import notices
from tacit.node.peer_handlers import PeerHandlers
from tacit.node.strangers import HOST

_HANDLERS = {endpoint.handler: endpoint for endpoint in (*endpoints.ALL, *notices.ALL)}


class ThreadedService:
    """The PeerService of `tacit.interconnect.routes`: every call runs on a thread of its own pool.

    Each peer has its pace, and so have all strangers together.
    """

    def __init__(self, handlers: PeerHandlers, threads: ThreadPoolExecutor, pace: Pace) -> None:
        self._handlers = handlers
        self._pace = pace
        self._threads = threads

    def __getattr__(self, name: str) -> Callable[[Caller, Any], Awaitable[Any]]:
        """One method per endpoint, all alike."""
        if name not in _HANDLERS:
            raise AttributeError(name)
        endpoint = _HANDLERS[name]

        async def answer(caller: Caller, body: Any) -> Any:
            return await self.handle(endpoint, caller, body)

        return answer

    async def handle(self, endpoint: Endpoint, caller: Caller, body: Any) -> Any:
        source = caller.node_id if caller.verified else ""
        self._pace.check(source)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._answer, endpoint, source, caller.host, body)

    def _answer(self, endpoint: Endpoint, source: str, host: str, body: Any) -> Any:
        """On a thread of the pool, which remembers nothing of the call before."""
        HOST.set(host)
        return self._handlers.handle(endpoint, source, body)


def make_peer_app(
    handlers: PeerHandlers,
    threads: ThreadPoolExecutor,
    *,
    me: str,
    keys: KeyRing,
    replay: ReplayCache,
    candidates: KeyRing | None = None,
) -> FastAPI:
    """To be served over TLS with this node's certificate. `candidates`: also of nodes that this one has applied to."""
    service: Any = ThreadedService(handlers, threads, Pace(handlers.peering.settings.peer_requests_per_s))
    return create_peer_app(service, me=me, keys=keys, replay=replay, more=notices.ALL, candidates=candidates)
