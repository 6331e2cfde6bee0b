"""Errors as RFC 9457 problem details, with our code, what was found, what was expected, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tacit.errors import (
    InputError,
    InternalError,
    NotFoundError,
    PeerError,
    RefusedError,
    ResourceError,
    TacitError,
)

MEDIA = "application/problem+json"
_log = structlog.get_logger("api")
_CONFLICTS = (
    ".conflict",
    ".exists",
    ".wrong_state",
    ".name_taken",
    ".key_taken",
    ".idempotency_conflict",
    ".idempotency_unfinished",
)
_TOO_MANY = frozenset({"auth.busy", "auth.locked", "access.quota_used"})
_LONGEST = 300  # of what is shown of a request


def problem(error: TacitError, status: int | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer for an error."""
    told = error.as_dict()
    body: dict[str, Any] = {
        **told,
        "type": f"urn:tacit:error:{error.code}",
        "title": error.message,
        "status": status or status_of(error),
        "class": told["type"],
    }
    more = {"WWW-Authenticate": "Bearer"} if body["status"] == 401 else {}
    return JSONResponse(body, body["status"], {**(headers or {}), **more}, media_type=MEDIA)


def status_of(error: TacitError) -> int:
    """HTTP status of an error."""
    if error.code in _TOO_MANY:
        return 429
    if error.code.startswith("auth."):
        return 401
    if error.code.endswith(_CONFLICTS):
        return 409
    for kind, status in ((NotFoundError, 404), (InputError, 422), (RefusedError, 403), (PeerError, 502)):
        if isinstance(error, kind):
            return status
    return 503 if isinstance(error, ResourceError) else 500


def install(app: FastAPI) -> None:
    """Every error that leaves the API is a problem document."""
    app.add_exception_handler(TacitError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


async def _ours(_request: Request, fault: Exception) -> JSONResponse:
    return problem(fault if isinstance(fault, TacitError) else InternalError("internal.fault", "A fault of the node."))


async def _malformed(_request: Request, fault: Exception) -> JSONResponse:
    first = fault.errors()[0] if isinstance(fault, RequestValidationError) else {"loc": (), "msg": "?"}
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    found = str(first["msg"])[:_LONGEST]
    return problem(InputError("request.invalid", f"The request is not valid at '{place[:_LONGEST]}'.", found=found))


async def _http(_request: Request, fault: Exception) -> JSONResponse:
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    if status == 404:
        return problem(NotFoundError("request.unknown_endpoint", "There is no such endpoint."))
    headers = fault.headers if isinstance(fault, HTTPException) else None
    error = InputError("request.invalid", "The request cannot be answered.", found=f"HTTP {status}")
    return problem(error, status, headers)


async def _fault(request: Request, fault: Exception) -> JSONResponse:
    _log.error("api.fault", path=request.url.path, exc_info=fault)
    return problem(InternalError("internal.fault", "A fault of the node.", hint="See logs/node.log."))
