"""Who asks: every request passes here before anything else of the node sees it.

A request is let in by `Authorization: Bearer` with the node's token or an API key, or by the cookie of a sign-in
session; unsafe requests with the cookie also need the CSRF token. Only OPEN is answered to anybody. Requests under a
host name that is not this node's are refused: a web page elsewhere can give its own name to this address.
Sources: OWASP ASVS 5.0 V3.5, V7, V8; DNS rebinding: OWASP Web Security Testing Guide 4.11.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tacit.errors import RefusedError, TacitError
from tacit.node.access.clients import PREFIX as KEY_PREFIX
from tacit.node.access.clients import Clients
from tacit.node.access.secrets import csrf_of, same
from tacit.node.access.sessions import Sessions
from tacit.node.acting import LOCAL, NOBODY, Principal, acting
from tacit.node.api.cookies import CSRF_HEADER, read_cookie, session_cookie
from tacit.node.api.problems import problem

RECHECK_S = 4.0  # how soon a stream ends after its session or key has
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_PORT = re.compile(r":\d{1,5}$")


@dataclass(frozen=True, slots=True)
class Doors:
    """What lets somebody in. `token`: of the token file, None: switched off. `hosts`: names of this node besides
    loopback ones, without port. `url`: where browsers find it. `proxies`: whose X-Forwarded-For is believed."""

    sessions: Sessions
    clients: Clients
    token: str | None
    hosts: Iterable[str] = ()
    url: str | None = None
    proxies: Iterable[str] = ()


class Guard:
    """ASGI middleware. `is_open`: whether anybody may send this method to this path."""

    def __init__(self, app: ASGIApp, doors: Callable[[], Doors], is_open: Callable[[str, str], bool]) -> None:
        self._app, self._make_doors, self._is_open = app, doors, is_open
        self._doors: Doors | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            principal = await self._admit(scope)
        except TacitError as fault:
            await problem(fault)(scope, receive, send)
            return
        with acting(principal):
            await self._app(scope, self._watched(scope, principal, receive), send)

    def _watched(self, scope: Scope, principal: Principal, receive: Receive) -> Receive:
        """What streams to somebody ends when they may not ask any more. Only streams wait for a disconnection."""
        if principal.kind not in ("user", "client") or self._doors is None:
            return receive
        doors, headers = self._doors, _headers(scope)
        return until(lambda: _holds(principal, headers, doors), receive)

    async def _admit(self, scope: Scope) -> Principal:
        if self._doors is None:
            self._doors = self._make_doors()
        doors, headers = self._doors, _headers(scope)
        _check_host(headers.get("host", ""), doors)
        scope["state"] = {**(scope.get("state") or {}), "address": _address(scope, headers, doors)}
        unsafe = scope["method"] not in _READING
        if unsafe:
            _check_origin(headers, doors)
        if self._is_open(scope["method"], scope["path"]):
            return NOBODY
        if "authorization" in headers:
            return await _by_bearer(headers["authorization"], doors)
        return await _by_cookie(headers, doors, unsafe=unsafe)


def until(holds: Callable[[], bool], receive: Receive, every_s: float = RECHECK_S) -> Receive:
    """A `receive` that tells of a disconnection, too, once `holds` does not."""

    async def watching() -> Message:
        waiting = asyncio.ensure_future(receive())
        try:
            while not (await asyncio.wait({waiting}, timeout=every_s))[0]:
                if not await asyncio.to_thread(holds):
                    return {"type": "http.disconnect"}
            return waiting.result()
        finally:
            waiting.cancel()

    return watching


def _holds(principal: Principal, headers: dict[str, str], doors: Doors) -> bool:
    """Whether the same session or key still stands for the same person with the same roles."""
    if principal.kind == "client":
        return doors.clients.stands(headers["authorization"].partition(" ")[2], principal)
    secret = read_cookie(headers.get("cookie", ""), session_cookie(doors.url, headers.get("host", "")).name)
    return secret is not None and doors.sessions.stands(secret, principal)


async def _by_bearer(header: str, doors: Doors) -> Principal:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() == "bearer" and secret.startswith(KEY_PREFIX):
        known = doors.clients.known(secret)
        return known if known is not None else await asyncio.to_thread(doors.clients.find, secret)
    if scheme == "Bearer" and doors.token is not None and same(secret, doors.token):
        return LOCAL
    raise _stranger()


async def _by_cookie(headers: dict[str, str], doors: Doors, *, unsafe: bool) -> Principal:
    secret = read_cookie(headers.get("cookie", ""), session_cookie(doors.url, headers.get("host", "")).name)
    if secret is None:
        raise _stranger()
    principal = doors.sessions.known(secret)
    if principal is None:
        principal = await asyncio.to_thread(doors.sessions.find, secret)
    if principal is None:
        raise RefusedError("auth.session_over", "The session is over.", hint="Sign in again.")
    if unsafe and not same(headers.get(CSRF_HEADER, ""), csrf_of(secret)):
        raise RefusedError(
            "access.csrf_wrong",
            "The request does not bear the CSRF token of its session.",
            expected=f"a header {CSRF_HEADER} with the value that signing in gave",
        )
    return principal


def _check_host(host: str, doors: Doors) -> None:
    name = _PORT.sub("", host).lower()
    if name in _LOOPBACK or name in doors.hosts or (name[:1] == "[" and name[1:-1] in doors.hosts):
        return
    raise RefusedError(
        "access.host_unknown",
        "The request was sent to a host name that is not this node's.",
        found=host[:100],
        hint="Add the name to api_hosts in node.toml, if it is.",
    )


def _check_origin(headers: dict[str, str], doors: Doors) -> None:
    """A browser says from which page a request comes; it must be one of this node's."""
    origin = headers.get("origin")
    if origin is None or origin == _origin_of(doors.url):
        return
    if urlsplit(origin).netloc == headers.get("host") and not _is_downgraded(origin, doors.url):
        return
    raise RefusedError("access.origin_wrong", "The request comes from a page of another site.", found=origin[:100])


def _origin_of(url: str | None) -> str:
    """As browsers write it: without the path under which a proxy may have put the node."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}"


def _is_downgraded(origin: str, url: str | None) -> bool:
    """A page that came without TLS under the name of a node that has it."""
    parts, known = urlsplit(origin), urlsplit(url or "")
    return known.scheme == "https" and parts.scheme != "https" and parts.hostname == known.hostname


def _address(scope: Scope, headers: dict[str, str], doors: Doors) -> str:
    """Of whoever asks: behind a proxy that is believed, what it says."""
    client = scope.get("client")
    address = str(client[0]) if client else "unknown"
    if address in doors.proxies and "x-forwarded-for" in headers:
        return headers["x-forwarded-for"].rpartition(",")[2].strip()[:64]
    return address


def _headers(scope: Scope) -> dict[str, str]:
    """Names in lower case; of one that occurs twice the last, but no two hosts or authorizations."""
    made: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in made and key in ("host", "authorization", CSRF_HEADER):
            raise _stranger()
        text = value.decode("latin-1")
        made[key] = f"{made[key]}; {text}" if key == "cookie" and key in made else text
    return made


def _stranger() -> RefusedError:
    return RefusedError(
        "auth.token_wrong",
        "The request does not bear this node's token, an API key or a session.",
        hint="The token is in the file api.token in the node's folder; `tacit client add` makes an API key.",
    )
