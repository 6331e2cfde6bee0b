"""The calling side: signed requests over TLS that trusts one pinned certificate, and errors that say what to do."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, ValidationError

from tacit.channel.contexts import https_client_context
from tacit.errors import InternalError, PeerError
from tacit.interconnect import faults
from tacit.interconnect.certificates import certificate_fingerprint
from tacit.interconnect.endpoints import Auth, Endpoint
from tacit.interconnect.shapes import Envelope
from tacit.interconnect.signing import Request, new_nonce, plain_headers, signed_headers
from tacit.ledger.signature import Signer

CONNECT_S = 5.0
READ_S = 15.0
MAX_ANSWER = 16 * 1024 * 1024
TRIES = 2


@dataclass(frozen=True, slots=True)
class PeerTarget:
    """Whom to call: its name, "https://host:port", and its pinned certificate (PEM)."""

    node_id: str
    address: str
    certificate: str


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class PeerCaller:
    """Calls peers from one event loop; keeps connections open. One per node.

    A kept connection may have died in the meantime. A call on which it breaks is made once more, with a fresh nonce:
    receivers answer the same content alike. `transport` replaces the network in tests.
    """

    def __init__(
        self,
        me: str,
        signer: Signer,
        *,
        now_ms: Callable[[], int] = _now_ms,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._me = me
        self._signer = signer
        self._now_ms = now_ms
        self._timeout = httpx.Timeout(read_s, connect=connect_s)
        self._transport = transport
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def call(self, target: PeerTarget, endpoint: Endpoint, body: BaseModel, *, trace: str = "") -> BaseModel:
        """The peer's answer, of type `endpoint.answer`.

        Raises PeerError: peer.unreachable, peer.wrong_key, peer.certificate_expired, peer.clock_skew,
        peer.version_mismatch, peer.bad_answer, peer.refused (then `found` is the peer's own code).
        """
        for tries_left in reversed(range(TRIES)):
            try:
                envelope = await self._once(target, endpoint, body, trace or new_nonce())
            except PeerError as error:
                if error.found != faults.BROKEN or not tries_left:
                    raise
                continue
            return _answer(target, endpoint, envelope, self._now_ms())
        raise InternalError("internal.fault", "A call ended without an answer.")

    async def aclose(self) -> None:
        """Close all connections."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def forget(self, target: PeerTarget) -> None:
        """Close the connections to one peer: its contract ended or its certificate changed."""
        client = self._clients.pop(target.certificate, None)
        if client is not None:
            await client.aclose()

    async def _once(self, target: PeerTarget, endpoint: Endpoint, body: BaseModel, trace: str) -> Envelope:
        client = self._client(target)
        request = self._request(client, target, endpoint, body, trace)
        try:
            response = await client.send(request, stream=True)
            try:
                content = await _read_limited(response, target.node_id)
            finally:
                await response.aclose()
        except httpx.DecodingError as fault:
            raise faults.bad_answer(target.node_id, "a body that is not in the encoding it names") from fault
        except httpx.TransportError as fault:
            raise faults.connection_error(target.node_id, target.address, fault) from fault
        try:
            return Envelope.model_validate_json(content)
        except ValidationError as fault:
            raise faults.bad_answer(target.node_id, f"HTTP status {response.status_code}, no envelope") from fault

    def _request(
        self, client: httpx.AsyncClient, target: PeerTarget, endpoint: Endpoint, body: BaseModel, trace: str
    ) -> httpx.Request:
        document = body.model_dump(mode="json", exclude_none=True, by_alias=True)
        url = target.address.rstrip("/") + endpoint.path
        if endpoint.method == "GET":
            query = urlencode({name: _query_text(value) for name, value in document.items()})
            request = client.build_request("GET", f"{url}?{query}" if query else url)
        else:
            request = client.build_request("POST", url, json=document)
        path, _, query = request.url.raw_path.decode().partition("?")
        facts = Request(
            method=endpoint.method,
            path=path,
            query=query,
            source=self._me,
            target=target.node_id,
            nonce=new_nonce(),
            timestamp=str(self._now_ms()),
            trace=trace,
            body=request.content,
        )
        signed = endpoint.auth in (Auth.SIGNED, Auth.CANDIDATE)
        request.headers.update(signed_headers(facts, self._signer) if signed else plain_headers(facts))
        return request

    def _client(self, target: PeerTarget) -> httpx.AsyncClient:
        client = self._clients.get(target.certificate)
        if client is None:
            client = httpx.AsyncClient(
                verify=https_client_context(target.certificate),
                transport=self._transport,
                timeout=self._timeout,
                trust_env=False,  # no proxy: the line goes straight to the peer
                follow_redirects=False,
            )
            self._clients[target.certificate] = client
        return client


async def fetch_certificate(address: str, fingerprint: str, *, node_id: str = "the node") -> str:
    """The certificate (PEM) shown at `address`, if its key has this fingerprint. Sends nothing.

    Raises PeerError "peer.unreachable", "peer.wrong_key".
    """
    url = httpx.URL(address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # what is shown is held against the fingerprint below
    context.set_alpn_protocols(["http/1.1"])
    try:
        connecting = asyncio.open_connection(url.host, url.port or 443, ssl=context, server_hostname=url.host)
        _, writer = await asyncio.wait_for(connecting, CONNECT_S)
    except (OSError, TimeoutError) as fault:
        raise faults.connection_error(node_id, address, fault) from fault
    shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()  # a stranger's goodbye is not worth waiting for
    pem = ssl.DER_cert_to_PEM_cert(shown)
    try:
        found = certificate_fingerprint(pem)
    except Exception as fault:
        raise faults.wrong_key(node_id, address) from fault
    if found != fingerprint:
        raise faults.wrong_key(node_id, address, found=found, expected=fingerprint)
    return pem


async def _read_limited(response: httpx.Response, node_id: str) -> bytes:
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > MAX_ANSWER:
            raise faults.bad_answer(node_id, f"more than {MAX_ANSWER} bytes")
    return bytes(content)


def _answer(target: PeerTarget, endpoint: Endpoint, envelope: Envelope, now_ms: int) -> BaseModel:
    if envelope.code != 0:
        raise faults.peer_error(target.node_id, envelope, now_ms)
    try:
        return endpoint.answer.model_validate(envelope.data)
    except ValidationError as fault:
        raise faults.bad_answer(target.node_id, f"an unexpected answer to {endpoint.path}") from fault


def _query_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
