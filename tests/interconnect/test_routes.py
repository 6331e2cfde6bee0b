"""The router: limits, signatures, envelopes; whatever comes, no 5xx but for a fault of the node itself."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_double import PeerDouble, Ring
from tacit.errors import DataError, NotFoundError, PeerError, RefusedError, ResourceError
from tacit.interconnect import endpoints, shapes, signing
from tacit.interconnect.endpoints import ALL, Auth, Endpoint
from tacit.interconnect.projection import project
from tacit.interconnect.routes import MAX_BODY, MAX_BODY_UNSIGNED, MAX_QUERY, create_peer_app
from tacit.interconnect.signing import SOURCE, MemoryReplayCache, Request
from tacit.operators import all_specs
from trust_world import AGREEMENT, AGREEMENT_SIGNATURES, FLOW, JOB, NOW, OPERATORS, PRIVATE, STRANGER, signed_receipt

DAG, CONFIG = (part.document() for part in project(FLOW, all_specs(), "hospital"))
DEEP = "[" * 50_000 + "]" * 50_000
CARD = {
    "address": "https://h.example:1",
    "auth_credential": "pem",
    "auth_type": "x",
    "inst_id": "h",
    "institution": "H",
    "name": "h",
    "node_id": "hospital",
    "system": "tacit",
    "system_version": "1",
}
GOOD = {
    endpoints.CONTRACT_APPLY: CARD,
    endpoints.CONTRACT_CONFIRM: {"contract_id": "c1", "status": "APPROVED"},
    endpoints.CONTRACT_TERMINATE: {"contract_id": "c1"},
    endpoints.CONTRACT_QUERY: {"contract_id": "c1"},
    endpoints.DATASET_LIST: {"contract_id": "c1", "page_num": 2, "page_size": -1},
    endpoints.DATASET_QUERY: {"contract_id": "c1", "dataset_id": "values"},
    endpoints.DATASET_APPLY: {
        "audit_id": "a1",
        "contract_id": "c1",
        "dataset_id": "val*",
        "auth_scope": {"NODE": ["lab"], "PROJECT": ["p1"]},
        "times_limit": 3,
        "tacit": {"purpose": "research"},
    },
    endpoints.DATASET_CONFIRM: {"audit_id": "a1", "status": "REJECTED"},
    endpoints.DATASET_TERMINATE: {"audit_id": "a1"},
    endpoints.DATASET_AUDIT_QUERY: {"audit_id": "a1"},
    endpoints.PROJECT_APPLY: {"audit_id": "a1", "contract_id": "c1", "name": "n", "project_id": "p1"},
    endpoints.PROJECT_CONFIRM: {"audit_id": "a1", "status": "REJECTED", "tacit": {"refusal": {"code": "a.b"}}},
    endpoints.PROJECT_TERMINATE: {"audit_id": "a1"},
    endpoints.PROJECT_QUERY: {"audit_id": "a1"},
    endpoints.JOB_APPLY: {
        "audit_id": "a1",
        "job_id": JOB,
        "flow_id": "f1",
        "name": "n",
        "project_id": "",
        "dag": DAG,
        "conf": CONFIG,
        "tacit": {
            "flow": FLOW.document(),
            "flow_hash": FLOW.hash(),
            "operators": OPERATORS,
            "software": "0.1.0",
            "protocol": 1,
            "initiator": "hospital",
        },
    },
    endpoints.JOB_CONFIRM: {
        "audit_id": "a1",
        "status": "APPROVED",
        "tacit": {"job_id": JOB, "part": AGREEMENT.parts["hospital"].document()},
    },
    endpoints.JOB_TERMINATE: {"audit_id": "a1"},
    endpoints.JOB_CREATE: {
        "job_id": JOB,
        "dag": DAG,
        "config": CONFIG,
        "tacit": {"agreement": AGREEMENT.document(), "signatures": AGREEMENT_SIGNATURES},
    },
    endpoints.JOB_START: {
        "job_id": JOB,
        "tacit": {"agreement_hash": AGREEMENT.hash(), "signatures": AGREEMENT_SIGNATURES},
    },
    endpoints.JOB_STOP: {"job_id": JOB, "tacit": {"party": "lab", "code": "job.cancelled"}},
    endpoints.JOB_STATUS: {"job_id": JOB},
    endpoints.TASK_START: {
        "task_id": "t1",
        "job_id": JOB,
        "task_name": "match",
        "tacit": {"attempt": 1, "seed": "0" * 64},
    },
    endpoints.TASK_POLL: {"task_id": "t1", "role": "host.0"},
    endpoints.TASK_CALLBACK: {"task_id": "t1", "status": "RUNNING", "role": "host.0"},
    endpoints.COMPONENT_LIST: {},
    endpoints.COMPONENT_QUERY: {"code": "psi"},
    endpoints.RECEIPT_SIGN: {"receipt": signed_receipt().receipt.document()},
    endpoints.RECEIPT_PUT: {"receipt": signed_receipt().document()},
    endpoints.PRODUCT_LIST: {},
    endpoints.PRODUCT_QUERY: {"identifier": "retail"},
}


class World:
    """A router over a double, and a way to call it."""

    def __init__(self) -> None:
        self.service = PeerDouble()
        self.replay = MemoryReplayCache()
        self.app = create_peer_app(self.service, me="lab", keys=Ring(), replay=self.replay, now_ms=lambda: NOW)

    def send(self, method, path, *, content=b"", headers=None, params=None) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="https://lab.example") as client:
                return await client.request(method, path, content=content, headers=headers, params=params)

        return asyncio.run(go())

    def signed(self, endpoint: Endpoint, content=b"", *, params=None, signer=None, method=None, **changes):
        method = method or endpoint.method
        url = httpx.URL("https://lab.example" + endpoint.path, params=params)
        path, _, query = url.raw_path.decode().partition("?")
        fields = {
            "method": method,
            "path": path,
            "query": query,
            "source": "hospital",
            "target": "lab",
            "nonce": signing.new_nonce(),
            "timestamp": str(NOW),
            "trace": "t",
            "body": content,
            **changes,
        }
        headers = signing.signed_headers(Request(**fields), signer or PRIVATE["hospital"])
        return self.send(method, endpoint.path, content=content, headers=headers, params=params)

    def good(self, endpoint: Endpoint) -> httpx.Response:
        body = GOOD.get(endpoint, {})
        if endpoint.method == "GET":
            return self.signed(endpoint, params=body)
        return self.signed(endpoint, json.dumps(body).encode())


@pytest.mark.parametrize("endpoint", ALL, ids=lambda endpoint: endpoint.handler)
def test_each_endpoint_answers_a_good_call(endpoint):
    world = World()
    response = world.good(endpoint)
    assert response.status_code == 200, response.text
    envelope = response.json()
    assert (envelope["code"], envelope["msg"]) == (0, "")
    endpoint.answer.model_validate(envelope["data"])
    [(handler, caller, body)] = world.service.calls
    assert handler == endpoint.handler
    assert isinstance(body, endpoint.body)
    assert caller.verified == (endpoint.auth in (Auth.SIGNED, Auth.CANDIDATE))
    assert caller.node_id == ("" if endpoint.auth is Auth.OPEN else "hospital")


@pytest.mark.parametrize(
    "endpoint", [e for e in ALL if e.auth in (Auth.SIGNED, Auth.CANDIDATE)], ids=lambda endpoint: endpoint.handler
)
def test_nothing_reaches_the_node_unsigned(endpoint):
    world = World()
    content = json.dumps(GOOD[endpoint]).encode() if endpoint.method == "POST" else b""
    unsigned = world.send(endpoint.method, endpoint.path, content=content)
    assert (unsigned.status_code, unsigned.json()["msg"]) == (400, "request.header_missing")
    forged = world.signed(endpoint, content, signer=STRANGER)
    assert (forged.status_code, forged.json()["msg"], forged.json()["code"]) == (401, "request.signature_wrong", 615)
    assert world.service.calls == []


def test_refusals_say_their_code_and_nothing_else():
    for changes, number, code in (
        ({"target": "notary"}, 618, "request.wrong_target"),
        ({"source": "stranger"}, 618, "request.unknown_peer"),
        ({"timestamp": str(NOW - 10**6)}, 615, "request.clock_skew"),
        ({"nonce": "x"}, 400, "request.header_invalid"),
        ({"path": "/v1/interconn/other"}, 615, "request.signature_wrong"),
        ({"body": b"{}"}, 615, "request.signature_wrong"),
    ):
        envelope = World().signed(endpoints.JOB_STATUS, b'{"job_id":"' + JOB.encode() + b'"}', **changes).json()
        assert (envelope["code"], envelope["msg"]) == (number, code)
    skewed = World().signed(endpoints.JOB_STATUS, b"{}", timestamp="1").json()
    assert skewed["data"] == {"tacit": {"time": NOW}}


def test_replay_over_http():
    world = World()
    nonce = signing.new_nonce()
    body = json.dumps({"job_id": JOB}).encode()
    assert world.signed(endpoints.JOB_STATUS, body, nonce=nonce).json()["code"] == 0
    assert world.signed(endpoints.JOB_STATUS, body, nonce=nonce).json()["msg"] == "request.replayed"
    assert len(world.service.calls) == 1


def test_contract_apply_checks_target_and_clock_without_a_signature():
    content = json.dumps(CARD).encode()
    for changes, code in (({"target": "notary"}, "request.wrong_target"), ({"timestamp": "1"}, "request.clock_skew")):
        assert World().signed(endpoints.CONTRACT_APPLY, content, **changes).json()["msg"] == code


def test_status_all_is_asked_in_three_ways():
    body = json.dumps({"job_id": JOB}).encode()
    world = World()
    assert world.signed(endpoints.JOB_STATUS, params={"job_id": JOB}).json()["code"] == 0
    assert world.signed(endpoints.JOB_STATUS, params={"job_id": JOB}, method="GET").json()["code"] == 0
    assert world.signed(endpoints.JOB_STATUS, body, method="GET").json()["code"] == 0


@pytest.mark.parametrize(
    ("error", "status", "number"),
    [
        (RefusedError("rule.says_no", "secret text"), 403, 403),
        (NotFoundError("job.unknown", "secret text"), 404, 404),
        (DataError("data.bad", "secret text"), 400, 400),
        (ResourceError("disk.full", "secret text"), 409, 520),
        (PeerError("peer.version_mismatch", "secret text"), 409, 617),
        (ValueError("secret text"), 500, 500),
    ],
)
def test_errors_of_the_node_travel_as_codes_only(error, status, number):
    world = World()
    world.service.error = error
    response = world.good(endpoints.JOB_STATUS)
    assert (response.status_code, response.json()["code"]) == (status, number)
    assert response.json()["msg"] == getattr(error, "code", "internal.fault")
    assert "secret" not in response.text


def test_declared_length_is_judged_before_reading():
    world = World()
    read = []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": endpoints.JOB_START.path,
        "raw_path": endpoints.JOB_START.path.encode(),
        "query_string": b"",
        "headers": [(b"content-length", str(MAX_BODY + 1).encode())],
        "scheme": "https",
        "server": ("lab", 1),
        "root_path": "",
        "http_version": "1.1",
    }
    asyncio.run(world.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert read == []


@pytest.mark.parametrize("endpoint", [endpoints.CONTRACT_APPLY, endpoints.JOB_START, endpoints.NODE_HEALTH])
def test_strangers_get_little_memory(endpoint):
    response = World().send(endpoint.method, endpoint.path, content=bytes(MAX_BODY_UNSIGNED + 1))
    assert response.json()["msg"] == "request.too_large"


def test_a_body_in_a_strangers_name_is_not_read():
    async def unread():
        raise AssertionError("the body was read")
        yield b""

    response = World().send("POST", endpoints.JOB_START.path, content=unread(), headers={SOURCE: "stranger"})
    assert response.json()["msg"] == "request.unknown_peer"


def test_the_server_hears_of_peers_only():
    world, heard = World(), []
    inner = world.app

    async def served(scope, receive, send):
        await inner({**scope, "state": {"vouch": lambda: heard.append(scope["path"])}}, receive, send)

    world.app = served
    world.good(endpoints.CONTRACT_APPLY)
    world.good(endpoints.NODE_HEALTH)
    world.signed(endpoints.JOB_STATUS, b"{}", signer=STRANGER)
    assert heard == []
    world.good(endpoints.JOB_STATUS)
    assert heard == [endpoints.JOB_STATUS.path]


def test_undeclared_length_is_counted_while_reading():
    async def pieces():
        for _ in range(9):
            yield bytes(1024 * 1024)

    response = World().send("POST", endpoints.JOB_START.path, content=pieces())
    assert (response.status_code, response.json()["msg"]) == (413, "request.too_large")
    long_query = World().send("GET", endpoints.DATASET_LIST.path, params={"contract_id": "x" * MAX_QUERY})
    assert long_query.json()["msg"] == "request.too_large"


def test_further_endpoints_pass_the_same_gate():
    extra = Endpoint("POST", "/v1/interconn/tacit/extra", shapes.JobRef, shapes.Empty, "extra")
    world = World()
    world.app = create_peer_app(
        world.service, me="lab", keys=Ring(), replay=world.replay, now_ms=lambda: NOW, more=[extra]
    )
    body = json.dumps({"job_id": JOB}).encode()
    assert world.send("POST", extra.path, content=body).json()["msg"] == "request.header_missing"
    assert world.signed(extra, body).json()["code"] == 0
    assert [handler for handler, _, _ in world.service.calls] == ["extra"]


def test_unknown_places_and_methods_answer_in_the_envelope():
    for method, path in (("GET", "/"), ("GET", "/docs"), ("POST", "/v1/interconn/node/query"), ("PUT", "/v1/x")):
        response = World().send(method, path)
        assert (response.status_code, response.json()["msg"]) == (404, "request.unknown_endpoint")


FUZZED = World()  # one for all examples: building the application takes longer than a call
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
BYTES = st.binary(max_size=200) | st.sampled_from(
    [DEEP.encode(), b'{"job_id": "\\ud800"}', b"\xff", b"null", b"[]", b"1e999"]
)


def _replace(document, path, value):
    """A copy with the value at `path` (indices into keys, modulo) replaced."""
    if not path or not isinstance(document, (dict, list)) or not document:
        return value
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    chosen = keys[path[0] % len(keys)]
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[chosen] = _replace(document[chosen], path[1:], value)
    return copy


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ALL), st.lists(st.integers(0, 50), max_size=7), JSON)
def test_fuzzed_fields_never_make_a_fault(endpoint, path, value):
    body = _replace(GOOD.get(endpoint, {}), path, value)
    if endpoint.method == "POST":
        response = FUZZED.signed(endpoint, json.dumps(body).encode())
    else:
        flat = body if isinstance(body, dict) else {"contract_id": "c1"}
        response = FUZZED.signed(endpoint, params={str(k): str(v) for k, v in flat.items()})
    assert response.status_code < 500, response.text
    assert set(response.json()) == {"code", "msg", "data"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([e for e in ALL if e.method == "POST"]), BYTES)
def test_fuzzed_bytes_never_make_a_fault(endpoint, content):
    response = FUZZED.signed(endpoint, content)
    assert response.status_code < 500
    assert response.json()["code"] != 0 or not content


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(signing._FORMATS)), st.text(st.characters(max_codepoint=255), max_size=80))
)
def test_fuzzed_headers_never_make_a_fault(headers):
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    response = FUZZED.send("POST", endpoints.JOB_START.path, content=b"{}", headers=raw)
    assert response.status_code in (400, 401)
