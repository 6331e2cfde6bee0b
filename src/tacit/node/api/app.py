"""Puts the local API together: the guard in front, one router per noun behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI

from tacit.node.api import frame, problems, reference
from tacit.node.api.answering import AT_ONCE, answer_in_threads
from tacit.node.api.authority import is_open
from tacit.node.api.console import Console, Files
from tacit.node.api.guard import Doors, Guard

if TYPE_CHECKING:
    from tacit.node.process import Node
    from tacit.node.wiring import Parts

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Services:
    """What the routers use."""

    node: Node
    parts: Parts
    started_at: float
    protocol: int


def make_api(services: Services, token: str) -> FastAPI:
    """The application for the node's own organisation. `token`: what the owner's programs bear."""
    from tacit.node.api import (
        agreements,
        applications,
        audit,
        clients,
        connections,
        datasets,
        delegations,
        drafts,
        flows,
        follow,
        grants,
        inbox,
        invitations,
        jobs,
        labels,
        models,
        negotiations,
        node,
        operators,
        peers,
        policies,
        products,
        results,
        rules,
        schedules,
        session,
        standing,
        usage,
        users,
    )

    app = FastAPI(title="Tacit node", version="1", docs_url=None, redoc_url=None, openapi_url=f"{PREFIX}/openapi.json")
    app.router.generate_unique_id_function = reference.operation_id
    reference.install(app)
    app.state.authority = services.parts.access.authority
    problems.install(app)
    frame.add_inner(app, services, token)
    console = Files(lambda: services.parts.settings.console, lambda: services.parts.settings.demo)
    app.add_middleware(Console, files=console)
    app.add_middleware(
        Guard,
        doors=lambda: _doors(services, token),
        is_open=lambda method, path: is_open(method, path) or console.serves(method, path),
    )
    frame.add_outer(app)
    threads = ThreadPoolExecutor(AT_ONCE, "api")
    rooms = (node, invitations, peers, datasets, operators, flows, drafts, jobs, follow, results, models, rules)
    approving = (inbox, grants, delegations, standing)
    for room in (
        *rooms,
        connections,
        labels,
        *approving,
        policies,
        schedules,
        agreements,
        negotiations,
        audit,
        session,
        users,
        clients,
        usage,
        applications,
        products,
    ):
        app.include_router(answer_in_threads(room.router(services), threads), prefix=PREFIX)
    return app


def _doors(services: Services, token: str) -> Doors:
    """Asked for at the first request, when the node is whole."""
    access, settings = services.parts.access, services.parts.settings
    hosts = (*settings.api_hosts, settings.api_host, urlsplit(settings.api_url or "").hostname or "")
    return Doors(
        sessions=access.sessions,
        clients=access.clients,
        token=token if settings.local_token else None,
        hosts=frozenset(host.lower() for host in hosts if host),
        url=settings.api_url,
        proxies=frozenset(settings.api_proxies),
    )
