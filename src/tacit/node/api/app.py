"""Puts the local API together: the token check in front, one router per noun behind."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response

from tacit.errors import RefusedError
from tacit.node.api import problems

if TYPE_CHECKING:
    from tacit.node.process import Node
    from tacit.node.wiring import Parts

PREFIX = "/api/v1"
OPEN = frozenset({f"{PREFIX}/health"})


@dataclass(frozen=True, slots=True)
class Services:
    """What the routers use."""

    node: Node
    parts: Parts
    started_at: float
    protocol: int


def make_api(services: Services, token: str) -> FastAPI:
    """The application for the node's owner. Every path but /health needs the bearer token."""
    from tacit.node.api import (
        agreements,
        audit,
        datasets,
        flows,
        follow,
        invitations,
        jobs,
        models,
        node,
        operators,
        peers,
        results,
        rules,
        schedules,
    )

    app = FastAPI(title="Tacit node", version="1", docs_url=None, redoc_url=None, openapi_url=f"{PREFIX}/openapi.json")
    problems.install(app)
    app.middleware("http")(_guard(token))
    rooms = (node, invitations, peers, datasets, operators, flows, jobs, follow, results, models, rules)
    for room in (*rooms, schedules, agreements, audit):
        app.include_router(room.router(services), prefix=PREFIX)
    return app


def _guard(token: str) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """Refuses requests without the token. No cookie stands for it, so that a web page, whatever name it reached this
    address by, has nothing to send."""
    expected = f"Bearer {token}".encode()

    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path not in OPEN and not hmac.compare_digest(
            request.headers.get("authorization", "").encode(), expected
        ):
            return problems.problem(
                RefusedError(
                    "auth.token_wrong",
                    "The request does not bear this node's token.",
                    hint="The token is in the file api.token in the node's folder.",
                )
            )
        return await call_next(request)

    return guard
