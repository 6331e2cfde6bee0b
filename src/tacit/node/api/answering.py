"""Endpoints answer with bytes: one thread does the work, checks the answer against its shape and writes it as JSON.

FastAPI would use a thread for the work, another for the check, and write on the event loop, which serves the peers,
too. A route keeps what its answer is described by; its document stays the same.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import wraps
from typing import Any

from fastapi import APIRouter, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute

AT_ONCE = 40  # requests of one node's API that are worked on


def answer_in_threads(router: APIRouter, threads: ThreadPoolExecutor) -> APIRouter:
    """The same router: endpoints that are plain functions with a described answer run as above. Call it before the
    router is included."""
    for route in _routes(router):
        if _is_plain(route):
            route.endpoint = _answering(route, threads)
    return router


def _routes(router: APIRouter) -> list[APIRoute]:
    """Its own, and those of the routers that it includes."""
    found: list[APIRoute] = []
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            found += _routes(inner)
        elif isinstance(route, APIRoute):
            found.append(route)
    return found


def _is_plain(route: APIRoute) -> bool:
    """What sets headers or streams is left to FastAPI."""
    call = route.endpoint
    return (
        route.response_field is not None
        and isinstance(route.response_class, DefaultPlaceholder)
        and not inspect.iscoroutinefunction(call)
        and not inspect.isgeneratorfunction(call)
        and route.dependant.response_param_name is None
        and route.dependant.background_tasks_param_name is None
    )


def _answering(route: APIRoute, threads: ThreadPoolExecutor) -> Callable[..., Any]:
    call, write = route.endpoint, _writer(route)

    @wraps(call)
    async def endpoint(**values: Any) -> Response:
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(threads, lambda: context.run(lambda: write(call(**values))))

    return endpoint


def _writer(route: APIRoute) -> Callable[[Any], Response]:
    """Checks and writes what an endpoint gave. Raises ResponseValidationError."""
    field: Any = route.response_field
    status = route.status_code or 200
    unset = route.response_model_exclude_unset

    def write(given: Any) -> Response:
        if isinstance(given, Response):
            return given
        value, errors = field.validate(given, {}, loc=("response",))
        if errors:
            raise ResponseValidationError(errors=errors, body=given)
        return Response(field.serialize_json(value, exclude_unset=unset), status, media_type="application/json")

    return write
