"""Every action of the API is authorised here: a route names its action, the node's authority says yes or no."""

from __future__ import annotations

import re
from typing import Any, Protocol

from fastapi import Depends, Request

from tacit.node.acting import Principal, current

OPEN = (  # what anybody may call: method, path
    ("GET", "/api/v1/health"),
    ("POST", "/api/v1/session"),
    ("POST", "/api/v1/session/code"),
    ("GET", "/api/v1/session/providers"),
    ("GET", "/api/v1/session/oidc/{name}"),
    ("GET", "/api/v1/session/oidc/{name}/callback"),
)
_OPEN = tuple((method, re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", path))) for method, path in OPEN)


class Authority(Protocol):
    """Says whether somebody may do something."""

    def check(self, principal: Principal, action: str) -> None:
        """Raises RefusedError("access.denied")."""
        ...


class Needs:
    """A route's action, checked before the route runs. `app.state.authority` holds the Authority."""

    def __init__(self, action: str) -> None:
        self.action = action

    async def __call__(self, request: Request) -> None:
        request.app.state.authority.check(current(), self.action)


def needs(action: str) -> list[Any]:
    """For `dependencies=` of a route: who may do `action` ("dataset.register") may call it."""
    return [Depends(Needs(action))]


def is_open(method: str, path: str) -> bool:
    """Whether anybody may send `method` to `path`."""
    return any(method == known and pattern.fullmatch(path) for known, pattern in _OPEN)
