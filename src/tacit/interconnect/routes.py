"""The receiving side of the interconnection standard: limits, checks, one call into the node, one envelope back."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tacit.errors import InputError, InternalError, RefusedError, TacitError
from tacit.interconnect import shapes, signing
from tacit.interconnect.answers import error_envelope, http_status
from tacit.interconnect.endpoints import ALL, JOB_STATUS, Auth, Endpoint
from tacit.interconnect.signing import Caller, KeyRing, ReplayCache
from tacit.schema.product import Product
from tacit.schema.wire import PROTOCOL_VERSION

MAX_BODY = 8 * 1024 * 1024
MAX_BODY_UNSIGNED = 64 * 1024  # where no signature is asked for
MAX_QUERY = 8 * 1024

_log = logging.getLogger(__name__)


class PeerService(Protocol):
    """What the node answers. One method per endpoint; raises TacitError, of which only the code travels.

    `caller.verified` is True but in `node_query`, `node_health` and `contract_apply`. A method must give the same
    answer to the same content again, because a caller whose answer got lost repeats its call.
    """

    async def node_query(self, caller: Caller, body: shapes.NodeQuery) -> shapes.NodeInfo: ...
    async def node_health(self, caller: Caller, body: shapes.Empty) -> shapes.NodeHealth: ...
    async def contract_apply(self, caller: Caller, body: shapes.ContractApply) -> shapes.ContractApplied: ...
    async def contract_confirm(self, caller: Caller, body: shapes.ContractConfirm) -> shapes.Empty: ...
    async def contract_terminate(self, caller: Caller, body: shapes.ContractRef) -> shapes.Empty: ...
    async def contract_query(self, caller: Caller, body: shapes.ContractRef) -> shapes.ContractState: ...
    async def dataset_list(self, caller: Caller, body: shapes.DatasetList) -> shapes.DatasetPage: ...
    async def dataset_query(self, caller: Caller, body: shapes.DatasetQuery) -> shapes.DatasetRecord: ...
    async def dataset_apply(self, caller: Caller, body: shapes.DatasetApply) -> shapes.AuditApplied: ...
    async def dataset_confirm(self, caller: Caller, body: shapes.DatasetConfirm) -> shapes.Empty: ...
    async def dataset_terminate(self, caller: Caller, body: shapes.AuditRef) -> shapes.Empty: ...
    async def dataset_audit_query(self, caller: Caller, body: shapes.AuditRef) -> shapes.AuditState: ...
    async def project_apply(self, caller: Caller, body: shapes.ProjectApply) -> shapes.AuditApplied: ...
    async def project_confirm(self, caller: Caller, body: shapes.ProjectConfirm) -> shapes.Empty: ...
    async def project_terminate(self, caller: Caller, body: shapes.ProjectEnd) -> shapes.Empty: ...
    async def project_query(self, caller: Caller, body: shapes.AuditRef) -> shapes.AuditState: ...
    async def job_apply(self, caller: Caller, body: shapes.JobApply) -> shapes.AuditApplied: ...
    async def job_confirm(self, caller: Caller, body: shapes.JobConfirm) -> shapes.Empty: ...
    async def job_terminate(self, caller: Caller, body: shapes.AuditRef) -> shapes.Empty: ...
    async def job_create(self, caller: Caller, body: shapes.JobCreate) -> shapes.Signed: ...
    async def job_start(self, caller: Caller, body: shapes.JobStart) -> shapes.Empty: ...
    async def job_stop(self, caller: Caller, body: shapes.JobStop) -> shapes.Empty: ...
    async def job_status(self, caller: Caller, body: shapes.JobRef) -> shapes.JobStatus: ...
    async def task_start(self, caller: Caller, body: shapes.TaskStart) -> shapes.Empty: ...
    async def task_poll(self, caller: Caller, body: shapes.TaskPoll) -> shapes.TaskStatus: ...
    async def task_callback(self, caller: Caller, body: shapes.TaskCallback) -> shapes.Empty: ...
    async def component_list(self, caller: Caller, body: shapes.ComponentList) -> shapes.ComponentPage: ...
    async def component_query(self, caller: Caller, body: shapes.ComponentQuery) -> shapes.ComponentDetail: ...
    async def receipt_sign(self, caller: Caller, body: shapes.ReceiptSign) -> shapes.Signed: ...
    async def receipt_put(self, caller: Caller, body: shapes.ReceiptPut) -> shapes.Empty: ...
    async def product_list(self, caller: Caller, body: shapes.ProductList) -> shapes.ProductPage: ...
    async def product_query(self, caller: Caller, body: shapes.ProductQuery) -> Product: ...


class Gate:
    """Lets a request through when every check of `tacit.interconnect.signing` passes."""

    def __init__(
        self,
        *,
        me: str,
        keys: KeyRing,
        replay: ReplayCache,
        now_ms: Callable[[], int],
        candidates: KeyRing | None = None,
    ) -> None:
        self.me = me
        self.now_ms = now_ms
        self._keys = keys
        self._candidates = candidates or keys
        self._replay = replay

    def body_limit(self, request: Request, auth: Auth) -> int:
        """Bytes that the body may have. Who does not even name a peer gets no memory.

        Raises RefusedError "request.unknown_peer".
        """
        if auth is not Auth.SIGNED:
            return MAX_BODY_UNSIGNED
        source = request.headers.get(signing.SOURCE)
        if source is not None and self._keys.public_key(source) is None:
            raise signing.unknown_peer(source)
        return MAX_BODY if source is not None else MAX_BODY_UNSIGNED

    def admit(self, request: Request, body: bytes, auth: Auth) -> Caller:
        """Raises RefusedError "request.…"."""
        headers = signing.collect_headers(request.headers.items())
        if auth is Auth.OPEN:
            return Caller("", "", verified=False)
        path = request.scope.get("raw_path") or request.scope["path"].encode()
        facts = signing.read_request(
            request.method,
            path.decode("latin-1"),
            request.scope["query_string"].decode("latin-1"),
            headers,
            body,
            signed=auth is not Auth.HEADERS,
        )
        if auth is Auth.HEADERS:
            signing.check_target_and_clock(facts, me=self.me, now_ms=self.now_ms())
            host = request.client.host if request.client is not None else ""
            return Caller(facts.source, facts.trace, verified=False, host=host)
        return signing.verify_request(
            facts,
            headers[signing.SIGN],
            me=self.me,
            keys=self._keys if auth is Auth.SIGNED else self._candidates,
            replay=self._replay,
            now_ms=self.now_ms(),
        )


def create_peer_app(
    service: PeerService,
    *,
    me: str,
    keys: KeyRing,
    replay: ReplayCache,
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    more: Iterable[Endpoint] = (),
    candidates: KeyRing | None = None,
) -> FastAPI:
    """The application that peers talk to; to be served over TLS with this node's certificate.

    `more`: further endpoints, answered by the method of `service` that each one names. `candidates`: keys of peers and
    of nodes that this one has applied to.
    """
    app = FastAPI(title="Tacit peer", openapi_url=None, docs_url=None, redoc_url=None)
    gate = Gate(me=me, keys=keys, replay=replay, now_ms=now_ms, candidates=candidates)
    for endpoint in (*ALL, *more):
        answer = _answer(service, endpoint, gate)
        # The standard's text says POST here, its first implementations ask with GET.
        methods = ["GET", "POST"] if endpoint is JOB_STATUS else [str(endpoint.method)]
        app.add_api_route(endpoint.path, answer, methods=methods, include_in_schema=False)
    app.add_exception_handler(HTTPException, _unknown_endpoint)
    return app


def _answer(service: PeerService, endpoint: Endpoint, gate: Gate) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            body = await read_body(request, gate.body_limit(request, endpoint.auth))
            caller = gate.admit(request, body, endpoint.auth)
            if caller.verified:
                _vouch(request)
            content = _parse(endpoint, request, body)
            result = await getattr(service, endpoint.handler)(caller, content)
            return _envelope(shapes.Envelope(data=result.model_dump(mode="json", exclude_none=True, by_alias=True)))
        except TacitError as error:
            _log.info("answered %s with %s", endpoint.path, error.code)
            return _envelope(error_envelope(error, _facts(error, gate.now_ms())))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception:
            _log.exception("a fault while answering %s", endpoint.path)
            return _envelope(error_envelope(InternalError("internal.fault", "A fault of this node.")))

    return answer


def _vouch(request: Request) -> None:
    """Tell the server, if it asks, that this connection is a peer's."""
    vouch = request.scope.get("state", {}).get("vouch")
    if vouch is not None:
        vouch()


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """At most `limit` bytes; a declared length is judged before anything is read. Raises "request.too_large"."""
    if len(request.scope["query_string"]) > MAX_QUERY:
        raise _too_large(f"{MAX_QUERY} bytes in the query")
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared[:20]) > limit:
        raise _too_large(f"{limit} bytes")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise _too_large(f"{limit} bytes")
    return bytes(body)


def _parse(endpoint: Endpoint, request: Request, body: bytes) -> BaseModel:
    """The JSON body, or the query where there is no body. Raises InputError "request.body_invalid"."""
    try:
        if body:
            return endpoint.body.model_validate_json(body)
        return endpoint.body.model_validate(dict(request.query_params))
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        raise InputError(
            "request.body_invalid",
            f"The request to {endpoint.path} is not as the standard and its tacit part say.",
            found=f"{first['type']} at {'.'.join(str(place) for place in first['loc'])}",
        ) from None


def _facts(error: TacitError, now_ms: int) -> dict[str, int] | None:
    if error.code == "request.clock_skew":
        return {"time": now_ms}
    if error.code == "peer.version_mismatch":
        return {"protocol": PROTOCOL_VERSION}
    return None


def _envelope(envelope: shapes.Envelope) -> Response:
    return Response(envelope.model_dump_json(), http_status(envelope.code), media_type="application/json")


async def _unknown_endpoint(request: Request, fault: Exception) -> Response:
    return _envelope(error_envelope(RefusedError("request.unknown_endpoint", "There is no such endpoint.")))


def _too_large(limit: str) -> RefusedError:
    return RefusedError("request.too_large", "The request is too large.", expected=f"at most {limit}")
