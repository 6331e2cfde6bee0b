"""The header Idempotency-Key: a POST that is sent again is answered again, and done once.

A request is known by who asks and by its key. It is claimed in the database before it runs and its answer is kept for
a day; the same key with another request, or from somebody whose rights have changed, is refused. Answers are sealed
under the idempotency key, which is not kept: they may hold what is shown only once. Of the request a keyed digest is
kept, because it may hold a password. Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tacit.errors import InputError, TacitError
from tacit.node.acting import current
from tacit.node.api.intake import MAX_BODY, read_body, whole
from tacit.node.api.problems import problem
from tacit.node.stores.requests import RequestStore, Sealed
from tacit.node.tables.idempotency import RequestRow

KEPT_S = 86_400.0
WAIT_S = 60.0  # for the same request that is still running
_KEY = re.compile(rb"^[\x21-\x7e]{1,200}$")
_NOTHING_DONE = frozenset({401, 403, 408, 413, 415, 429, 502, 503, 504})
_NONCE = 12


class Idempotency:
    """ASGI middleware; stands behind authentication and `Intake`. `secret`: of this node, not in its database."""

    def __init__(self, app: ASGIApp, store: RequestStore, secret: str) -> None:
        self._app, self._store, self._secret = app, store, secret.encode()
        self._running: dict[str, asyncio.Event] = {}  # only touched on the event loop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http" or scope["method"] != "POST" or current().kind in ("node", "nobody"):
            await self._app(scope, receive, send)
            return
        keys = [value for name, value in scope["headers"] if name == b"idempotency-key"]
        if not keys:
            await self._app(scope, receive, send)
        elif len(keys) > 1 or not _KEY.match(keys[0]):
            fault = InputError(
                "request.idempotency_key",
                "This cannot be an idempotency key.",
                expected="1 to 200 visible ASCII characters, for example a UUID",
            )
            await problem(fault)(scope, receive, send)
        else:
            body = await read_body(receive, MAX_BODY)
            asked = _Asked(keys[0], scope, body, self._secret)
            await (await self._answer(asked, scope, whole(body, receive)))(scope, receive, send)

    async def _answer(self, asked: _Asked, scope: Scope, receive: Receive) -> _Answer | Response:
        """Runs the request, or tells what was answered before."""
        try:
            while True:
                other = self._running.get(asked.id)
                if other is None:
                    break
                await asyncio.wait_for(other.wait(), WAIT_S)
            ended = self._running[asked.id] = asyncio.Event()
        except TimeoutError:
            return problem(_unfinished())
        try:
            known = await asyncio.to_thread(self._store.claim, asked.id, asked.fingerprint, KEPT_S)
            return await self._run(asked, scope, receive) if known is None else _again(asked, known)
        finally:
            del self._running[asked.id]
            ended.set()

    async def _run(self, asked: _Asked, scope: Scope, receive: Receive) -> _Answer:
        """A fault leaves the claim as it is: nobody knows what was done."""
        answer = _Answer()
        await self._app(scope, receive, answer.collect)
        if answer.status in _NOTHING_DONE:
            await asyncio.to_thread(self._store.release, asked.id)
        else:
            await asyncio.to_thread(self._store.keep, asked.id, asked.seal(answer))
        return answer


class _Asked:
    """A request with a key."""

    def __init__(self, key: bytes, scope: Scope, body: bytes, secret: bytes) -> None:
        self.id = _digest((b"request", current().actor.encode(), key)).hex()
        address = (scope["method"].encode(), scope["path"].encode(), scope["query_string"])
        self._key = hmac.digest(secret, _digest((b"answer", key)), "sha256")
        self.fingerprint = hmac.digest(self._key, _digest((*address, *_rights(), body)), "sha256").hex()

    def seal(self, answer: _Answer) -> Sealed:
        nonce = secrets.token_bytes(_NONCE)
        content = AESGCM(self._key).encrypt(nonce, answer.body, self.id.encode())
        return Sealed(answer.status, answer.media, nonce + content)

    def open(self, sealed: bytes) -> bytes:
        return AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], self.id.encode())


class _Answer:
    """An answer that is collected, kept, and only then sent."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def collect(self, message: Message) -> None:
        self._messages.append(message)

    @property
    def status(self) -> int:
        return int(self._messages[0]["status"])

    @property
    def media(self) -> str:
        headers = dict(self._messages[0].get("headers", ()))
        return bytes(headers.get(b"content-type", b"")).decode("latin-1")

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self._messages[1:])

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        for message in self._messages:
            await send(message)


def _again(asked: _Asked, known: RequestRow) -> Response:
    if known.fingerprint != asked.fingerprint:
        return problem(_conflict())
    if known.status is None or known.media is None or known.answer is None:
        return problem(_unfinished())
    try:
        body = asked.open(known.answer)
    except InvalidTag:  # the node's secret has changed since
        return problem(_unfinished())
    return Response(
        body, known.status, {"Idempotent-Replayed": "true"} | ({"Content-Type": known.media} if known.media else {})
    )


def _rights() -> list[bytes]:
    """What whoever asks may do: somebody who may do less by now is not shown what was answered before."""
    who = current()
    return [" ".join(sorted(names)).encode() for names in (who.roles, who.scopes or ())]


def _digest(parts: Iterable[bytes]) -> bytes:
    """Of several texts, each with its length."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def _conflict() -> TacitError:
    return InputError(
        "request.idempotency_conflict",
        "Another request was made with this idempotency key.",
        expected="a new key for each request; the same key only to send the same request again",
    )


def _unfinished() -> TacitError:
    return InputError(
        "request.idempotency_unfinished",
        "A request with this idempotency key was begun, and it is not known how it ended.",
        hint="Look whether it was done; if it was not, send it again with a new key.",
    )
