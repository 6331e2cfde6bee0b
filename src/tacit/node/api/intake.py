"""What may come in: paths and queries without control characters; bodies that are JSON, of bounded size and depth.

Stands behind authentication, so that strangers' bodies are never read. What passes can be kept in every database and
written out again as JSON: no NUL or other control characters but line ends and tabs, no halves of characters, no
infinite numbers, no integers beyond 64 bits, no name twice in an object. Sources: RFC 8259 section 4 and 8.2, RFC 7493.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tacit.errors import InputError
from tacit.node.api.problems import problem

MAX_BODY = 8 << 20  # bytes
LARGE = 64 << 10  # bytes that are looked at elsewhere than on the event loop
MAX_DEPTH = 64
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_IN_ADDRESS = re.compile(rb"[\x00-\x1f\x7f]")
_JSON = re.compile(r"^application/(?:[a-z0-9.+-]+\+)?json\s*(?:;\s*charset=\"?utf-8\"?\s*)?$", re.IGNORECASE)


class Intake:
    """ASGI middleware: answers 413, 415 or 422 by itself, and hands on what is in order."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_address(scope)
            if scope["method"] not in _READING:
                body = await read_body(receive, MAX_BODY)
                check_media(scope, body)
                if len(body) > LARGE:  # the event loop serves the peers, too
                    await asyncio.to_thread(check_json, body)
                else:
                    check_json(body)
                receive = whole(body, receive)
        except _Wrong as wrong:
            await problem(wrong.error, wrong.status)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class _Wrong(Exception):
    def __init__(self, status: int, error: InputError) -> None:
        super().__init__(error.code)
        self.status, self.error = status, error


def check_address(scope: Scope) -> None:
    """Neither path nor query holds control characters."""
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    if _IN_ADDRESS.search(unquote_to_bytes(raw)) or _IN_ADDRESS.search(unquote_to_bytes(scope["query_string"])):
        raise _invalid("The address holds control characters.")


async def read_body(receive: Receive, most: int) -> bytes:
    """The whole body, if it is at most `most` bytes."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(pieces)
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise _Wrong(
                413,
                InputError("request.too_large", "The body of the request is too large.", expected=f"{most} bytes"),
            )
        if not message.get("more_body", False):
            return b"".join(pieces)


def whole(body: bytes, rest: Receive) -> Receive:
    """A `receive` that gives this body once, and then what comes after it."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await rest()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def check_media(scope: Scope, body: bytes) -> None:
    """A body says that it is JSON."""
    media = next((value for name, value in scope["headers"] if name == b"content-type"), b"").decode("latin-1")
    if body and not _JSON.match(media.strip()):
        raise _Wrong(
            415,
            InputError(
                "request.media_type",
                "The body of the request is not of a type that is read here.",
                found=media[:80] or "none",
                expected="application/json",
            ),
        )


def check_json(body: bytes) -> None:
    """The body is JSON that can be kept and written out again."""
    if not body:
        return
    try:
        document = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_no_double)
    except RecursionError:
        raise _invalid("The body of the request is nested too deeply.") from None
    except (ValueError, UnicodeDecodeError) as fault:
        raise _invalid("The body of the request is not JSON.", str(fault)[:120]) from None
    _check_values(document)


def _check_values(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            else:
                _check_value(value)
        if not below:
            return
        level = below
    raise _invalid("The body of the request is nested too deeply.")


def _check_value(value: Any) -> None:
    if isinstance(value, str):
        if _CONTROL.search(value):
            raise _invalid("A text in the request holds control characters.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise _invalid("A number in the request is not finite.")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise _invalid("A number in the request is too large.")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _no_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name occurs twice in an object")
    return made


def _invalid(message: str, found: str | None = None) -> _Wrong:
    return _Wrong(422, InputError("request.invalid", message, found=found))
