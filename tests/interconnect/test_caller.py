"""The caller: real pinned TLS on loopback, and every way in which a peer can fail, told apart."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from aged_certificate import aged_identity
from peer_double import PeerDouble
from tacit.channel.contexts import https_server_context
from tacit.channel.identity import NodeIdentity
from tacit.errors import PeerError, RefusedError
from tacit.interconnect import endpoints
from tacit.interconnect.caller import PeerCaller, PeerTarget, fetch_certificate
from tacit.interconnect.certificates import certificate_key
from tacit.interconnect.invitation import (
    IssuedInvitation,
    check_application,
    issue_invitation,
    make_application,
    read_invitation,
)
from tacit.interconnect.routes import create_peer_app
from tacit.interconnect.shapes import (
    ContractApplied,
    ContractApply,
    ContractExtra,
    ContractStatus,
    JobRef,
    JobStatus,
    NodeInfo,
    NodeQuery,
    TaskPoll,
    TaskStatus,
)
from tacit.interconnect.signing import MemoryReplayCache
from tacit.schema.states import JobState
from trust_world import JOB, NOW

HOSPITAL = NodeIdentity.generate("hospital")
LAB = NodeIdentity.generate("lab")
EVIL = NodeIdentity.generate("lab")
BODY = JobRef(job_id=JOB)


class Ring:
    def public_key(self, node_id: str) -> Any:
        return certificate_key(HOSPITAL.certificate_pem) if node_id == "hospital" else None


def _app(service: PeerDouble, now_ms: int = NOW) -> Any:
    return create_peer_app(service, me="lab", keys=Ring(), replay=MemoryReplayCache(), now_ms=lambda: now_ms)


@asynccontextmanager
async def _served(app: Any, identity: NodeIdentity = LAB) -> AsyncIterator[str]:
    """The app over TLS on a loopback port; the queue of the listening socket makes waiting needless."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", http="h11")
    config.load()
    config.ssl = https_server_context(identity)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving
        listening.close()


def _caller(**more: Any) -> PeerCaller:
    return PeerCaller("hospital", HOSPITAL, **{"now_ms": lambda: NOW, **more})


def _target(address: str = "https://lab.example:7304", identity: NodeIdentity = LAB) -> PeerTarget:
    return PeerTarget("lab", address, identity.certificate_pem)


async def _call(caller: PeerCaller, target: PeerTarget, endpoint=endpoints.JOB_STATUS, body=BODY) -> Any:
    try:
        return await caller.call(target, endpoint, body)
    finally:
        await caller.aclose()


def _error(call) -> PeerError:
    with pytest.raises(PeerError) as caught:
        asyncio.run(call)
    assert caught.value.hint
    return caught.value


def _in_memory(app: Any, **more: Any) -> PeerCaller:
    return _caller(transport=httpx.ASGITransport(app), **more)


def test_round_trip_over_pinned_tls():
    service = PeerDouble()

    async def go() -> None:
        async with _served(_app(service)) as address:
            caller = _caller()
            answer = await caller.call(_target(address), endpoints.JOB_STATUS, BODY)
            assert isinstance(answer, JobStatus)
            assert answer.job_status is JobState.RUNNING
            query = NodeQuery(node_id="lab")
            assert (await caller.call(_target(address), endpoints.NODE_QUERY, query)).node_id == "lab"
            page = endpoints.DATASET_LIST.body(contract_id="a:b.c", page_size=-1)
            assert (await caller.call(_target(address), endpoints.DATASET_LIST, page)).total == 0
            await caller.forget(_target(address))
            task = await caller.call(_target(address), endpoints.TASK_POLL, TaskPoll(task_id="t1"))
            assert isinstance(task, TaskStatus)
            await caller.aclose()

    asyncio.run(go())
    assert [caller.node_id for _, caller, _ in service.calls] == ["hospital", "", "hospital", "hospital"]


def test_wrong_key_is_told_and_nothing_is_sent():
    service = PeerDouble()

    async def go() -> None:
        async with _served(_app(service), EVIL) as address:
            await _call(_caller(), _target(address))

    error = _error(go())
    assert error.code == "peer.wrong_key"
    assert "new invitation" in str(error)
    assert service.calls == []


def test_session_leaf_does_not_pass_for_the_node():
    """A worker's leaf, signed by the pinned node key, must not be taken for the node."""

    async def go() -> None:
        leaf = LAB.issue_session("a" * 64, "listen")
        context = https_server_context(LAB)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(leaf.key_pem + leaf.certificate_pem)
            file.flush()
            context.load_cert_chain(file.name)
        server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await _call(_caller(), _target(f"https://127.0.0.1:{port}"))

    assert _error(go()).code == "peer.wrong_key"


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error = _error(_call(_caller(), _target(f"https://127.0.0.1:{port}")))
    assert (error.code, error.found) == ("peer.unreachable", "no connection")


def test_silent_peer_times_out():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        caller = _caller(connect_s=0.05, read_s=0.05)
        error = _error(_call(caller, _target(f"https://127.0.0.1:{port}")))
    assert (error.code, error.found) == ("peer.unreachable", "no answer in time")


def test_something_else_at_the_address():
    async def go() -> None:
        async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-nothing here for you\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await _call(_caller(), _target(f"https://127.0.0.1:{port}"))

    assert _error(go()).code == "peer.unreachable"


def test_certificate_is_fetched_by_fingerprint_only():
    async def go() -> None:
        async with _served(_app(PeerDouble())) as address:
            assert await fetch_certificate(address, LAB.fingerprint) == LAB.certificate_pem
            with pytest.raises(PeerError) as caught:
                await fetch_certificate(address, EVIL.fingerprint, node_id="lab")
            assert caught.value.code == "peer.wrong_key"
            assert (caught.value.found, caught.value.expected) == (LAB.fingerprint, EVIL.fingerprint)

    asyncio.run(go())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert _error(fetch_certificate(f"https://127.0.0.1:{port}", LAB.fingerprint)).code == "peer.unreachable"


class Inviter(PeerDouble):
    """Answers one invitation as a node does."""

    def __init__(self, issued: IssuedInvitation) -> None:
        super().__init__()
        self.issued = issued

    async def contract_apply(self, caller: Any, body: ContractApply) -> ContractApplied:
        pinned = check_application(body, self.issued, own_fingerprint=LAB.fingerprint, now_ms=NOW)
        self.issued = self.issued.model_copy(update={"used_by": pinned})
        extra = ContractExtra(status=ContractStatus.APPROVED, protocol=1, software="0.1.0")
        return ContractApplied(contract_id="contract-1", tacit=extra)


async def _accept(code: str, identity: NodeIdentity) -> ContractApplied:
    """What the invited node does with a code."""
    invitation = read_invitation(code, now_ms=NOW)
    certificate = await fetch_certificate(invitation.address, invitation.fingerprint, node_id=invitation.node_id)
    card = NodeInfo(
        address="https://h:1", inst_id="h", institution="H", name="hospital", node_id="hospital", system_version="0.1"
    )
    body = make_application(invitation, card, identity.certificate_pem, "0.1.0")
    target = PeerTarget(invitation.node_id, invitation.address, certificate)
    return await _call(PeerCaller("hospital", identity, now_ms=lambda: NOW), target, endpoints.CONTRACT_APPLY, body)


def _invite(address: str) -> tuple[str, IssuedInvitation]:
    invitation, issued = issue_invitation(
        node_id="lab", institution="Lab", address=address, fingerprint=LAB.fingerprint, now_ms=NOW
    )
    return invitation.code(), issued


def test_invitation_from_code_to_contract():
    async def go() -> None:
        service = Inviter(_invite("https://unused")[1])
        async with _served(_app(service)) as address:
            code, service.issued = _invite(address)
            answer = await _accept(code, HOSPITAL)
            assert answer.tacit is not None
            assert answer.tacit.status == "APPROVED"
            assert service.issued.used_by == HOSPITAL.fingerprint
            await _accept(code, HOSPITAL)  # the first answer may have been lost
            with pytest.raises(PeerError) as caught:
                await _accept(code, EVIL)
            assert (caught.value.code, caught.value.found) == ("peer.refused", "invitation.used")

    asyncio.run(go())


def test_invited_node_says_nothing_to_somebody_in_between():
    service = PeerDouble()

    async def go() -> None:
        async with _served(_app(service), EVIL) as address:
            await _accept(_invite(address)[0], HOSPITAL)

    assert _error(go()).code == "peer.wrong_key"
    assert service.calls == []


def test_expired_certificate_is_told_from_a_wrong_one():
    old = aged_identity("lab", begin_days=-20, end_days=-1)

    async def go() -> None:
        async with _served(_app(PeerDouble()), old) as address:
            await _call(_caller(), _target(address, old))

    assert _error(go()).code == "peer.certificate_expired"


def test_refusal_of_the_peer_keeps_its_code():
    service = PeerDouble()
    service.error = RefusedError("rule.says_no", "a secret text")
    error = _error(_call(_in_memory(_app(service)), _target()))
    assert (error.code, error.found) == ("peer.refused", "rule.says_no")
    assert "secret" not in str(error)


def test_refusals_of_the_gate_have_their_own_hints():
    service = PeerDouble()
    stranger = PeerCaller("stranger", EVIL, now_ms=lambda: NOW, transport=httpx.ASGITransport(_app(service)))
    assert "invitation" in (_error(_call(stranger, _target())).hint or "")
    wrong = PeerTarget("notary", "https://lab.example", LAB.certificate_pem)
    assert "address" in (_error(_call(_in_memory(_app(service)), wrong)).hint or "")


@pytest.mark.parametrize(("offset", "word"), [(-500_000, "ahead of"), (500_000, "behind")])
def test_clock_skew_says_whose_clock(offset, word):
    error = _error(_call(_in_memory(_app(PeerDouble(), NOW + offset)), _target()))
    assert error.code == "peer.clock_skew"
    assert word in error.message
    assert error.found == "500 s apart"


def test_version_mismatch():
    service = PeerDouble()
    service.error = PeerError("peer.version_mismatch", "x")
    error = _error(_call(_in_memory(_app(service)), _target()))
    assert error.code == "peer.version_mismatch"
    assert error.found == "version 1"


def _answering(status: int, content: bytes) -> PeerCaller:
    return _caller(transport=httpx.MockTransport(lambda request: httpx.Response(status, content=content)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>bad gateway</html>",
        b'{"code": 0, "msg": "", "data": {"job_status": "DANCING"}}',
        b'{"code": "x"}',
        b'{"code": 0, "data": []}',
        b"x" * (17 * 1024 * 1024),
    ],
)
def test_bad_answers(content):
    assert _error(_call(_answering(502, content), _target())).code == "peer.bad_answer"


def test_a_body_that_is_not_what_it_says_it_is_encoded_in():
    def answer(request):
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))

    caller = _caller(transport=httpx.MockTransport(answer))
    assert _error(_call(caller, _target())).code == "peer.bad_answer"


def test_foreign_error_without_our_code():
    error = _error(_call(_answering(200, '{"code": 605, "msg": "节点组网时间已过期"}'.encode()), _target()))
    assert (error.code, error.found) == ("peer.refused", "standard.605")


def test_broken_call_is_made_once_more_with_another_nonce():
    nonces = []

    def answer(request: httpx.Request) -> httpx.Response:
        nonces.append(request.headers["x-nonce"])
        if len(nonces) == 1:
            raise httpx.RemoteProtocolError("gone")
        return httpx.Response(200, json={"code": 0, "msg": "", "data": {"job_status": "READY"}})

    answered = asyncio.run(_call(_caller(transport=httpx.MockTransport(answer)), _target()))
    assert answered.job_status is JobState.READY
    assert len(set(nonces)) == 2


def test_refusal_is_not_repeated():
    calls = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(403, json={"code": 403, "msg": "rule.says_no", "data": {}})

    assert _error(_call(_caller(transport=httpx.MockTransport(answer)), _target())).code == "peer.refused"
    assert len(calls) == 1
