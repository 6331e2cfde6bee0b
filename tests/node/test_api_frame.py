"""What holds for every endpoint: bodies, addresses, headers, errors, idempotency keys, pages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from structlog.testing import capture_logs

from local_api import LocalApi, app_of, client_of
from small_world import SmallWorld
from tacit.errors import PeerError
from tacit.node.api import intake
from tacit.node.api.intake import MAX_BODY
from tacit.node.stores.requests import RequestStore
from tacit.node.tables.idempotency import RequestRow

RULE = {"initiators": ["beta"]}


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    return client_of(app_of(world.parts["alpha"]))


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalApi]:
    """For tests that leave nothing behind."""
    made = SmallWorld(tmp_path_factory.mktemp("frame"))
    made.add_tables()
    yield client_of(app_of(made.parts["alpha"]))
    made.close()


def send(api: LocalApi, body: bytes, media: str = "application/json") -> Any:
    return api.post("/rules", content=body, headers={"Content-Type": media})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"note": "a\\u0000b", "initiators": ["beta"]}', 422),
        (b'{"note": "\\ud800", "initiators": ["beta"]}', 422),
        (b'{"note": "\\u001b[31m", "initiators": ["beta"]}', 422),
        (b'{"initiators": ["beta"], "max_rows": 1e999}', 422),
        (b'{"initiators": ["beta"], "max_rows": NaN}', 422),
        (b'{"initiators": ["beta"], "max_rows": 99999999999999999999}', 422),
        (b'{"initiators": ["beta"], "initiators": ["gamma"]}', 422),
        (b'{"initiators": ' + b"[" * 70 + b"]" * 70 + b"}", 422),
        (b"[" * 200_000, 422),
        (b'{"initiators"', 422),
        (b"\xff\xfe", 422),
        (b" " * (MAX_BODY + 1), 413),
    ],
    ids=["nul", "surrogate", "escape", "infinite", "nan", "big", "double", "deep", "stack", "cut", "bytes", "large"],
)
def test_bodies_that_cannot_be_kept_are_refused(lasting: LocalApi, body: bytes, status: int) -> None:
    answer = send(lasting, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == ("request.too_large" if status == 413 else "request.invalid")
    assert lasting.get("/rules").json()["items"] == []


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
def test_bodies_are_json_and_say_so(lasting: LocalApi, media: str) -> None:
    answer = send(lasting, json.dumps(RULE).encode(), media)
    assert answer.status_code == 415 and answer.json()["code"] == "request.media_type"


@pytest.mark.parametrize("path", ["/jobs/a%00b", "/jobs/%0d%0aSet-Cookie:x", "/jobs?state=%00", "/datasets/%1b"])
def test_addresses_hold_no_control_characters(lasting: LocalApi, path: str) -> None:
    answer = lasting.get(path)
    assert answer.status_code == 422 and answer.json()["code"] == "request.invalid"


def test_large_bodies_are_looked_at_off_the_event_loop(lasting: LocalApi, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    real = intake.check_json
    monkeypatch.setattr(
        intake, "check_json", lambda body: (seen.append(threading.current_thread().name[:4] == "Main"), real(body))
    )
    for size in (10, 100_000):
        assert send(lasting, b'"' + b"x" * size + b'\\u0000"').status_code == 422
    assert seen == [True, False]


def test_every_answer_says_what_browsers_may_not_do(lasting: LocalApi) -> None:
    for answer in (
        lasting.get("/node"),
        lasting.get("/health"),
        lasting.get("/nothing"),
        lasting.get("/node", headers={"Authorization": ""}),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_wrong_method_names_the_right_ones(lasting: LocalApi) -> None:
    answer = lasting.call("PUT", "/node", json={})
    assert answer.status_code == 405 and answer.headers["allow"] == "GET"
    assert answer.json()["status"] == 405


def test_a_fault_tells_nothing_of_the_inside(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = world.parts["alpha"]

    def broken() -> list[Any]:
        raise RuntimeError("secret of /some/where")

    monkeypatch.setattr(parts.rules, "all", broken)
    with capture_logs():
        answer = client_of(app_of(parts)).get("/rules")
    assert answer.status_code == 500 and answer.json()["code"] == "internal.fault"
    assert "secret" not in answer.text and "Traceback" not in answer.text


# -- idempotency keys --------------------------------------------------------------------------------------------


def add(api: LocalApi, key: str, body: dict[str, Any] = RULE) -> Any:
    return api.post("/rules", json=body, headers={"Idempotency-Key": key})


def test_the_same_request_is_done_once_and_answered_alike(api: LocalApi) -> None:
    first, again = add(api, "k-1"), add(api, "k-1")
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers
    assert [rule["id"] for rule in api.get("/rules").json()["items"]] == [first.json()["id"]]
    assert add(api, "k-2").json()["id"] != first.json()["id"]


def test_a_key_belongs_to_one_request(api: LocalApi) -> None:
    add(api, "k")
    other = add(api, "k", {"initiators": ["gamma"]})
    assert other.status_code == 409 and other.json()["code"] == "request.idempotency_conflict"
    assert api.post("/rules?x=1", json=RULE, headers={"Idempotency-Key": "k"}).status_code == 409


def test_a_refusal_of_the_input_is_an_answer_too(api: LocalApi) -> None:
    first, again = add(api, "bad", {}), add(api, "bad", {})
    assert first.status_code == again.status_code == 422 and first.json() == again.json()
    assert again.headers["content-type"] == "application/problem+json"


def test_answers_that_did_nothing_may_be_tried_again(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = world.parts["alpha"]
    api = client_of(app_of(parts))

    def away(*_: Any) -> None:
        raise PeerError("peer.unreachable", "It is down.")

    monkeypatch.setattr(type(parts.peering), "accept", away)
    told = [api.post("/invitations/accept", json={"code": "x"}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in told] == [502, 502]
    assert all("idempotent-replayed" not in answer.headers for answer in told)


def test_requests_at_the_same_time_run_once(world: SmallWorld) -> None:
    api = client_of(app_of(world.parts["alpha"]))
    same = ("POST", "/rules", {"json": RULE, "headers": {"Idempotency-Key": "same"}})
    answers = api.together([same] * 6)
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(api.get("/rules").json()["items"]) == 1


def test_what_was_cut_off_is_not_done_again(world: SmallWorld, api: LocalApi, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = world.parts["alpha"]
    real = parts.rules.add

    def dies(row: Any) -> None:
        real(row)
        raise RuntimeError("the node goes down")

    monkeypatch.setattr(parts.rules, "add", dies)
    with capture_logs():
        assert add(api, "k").status_code == 500
    monkeypatch.setattr(parts.rules, "add", real)
    again = add(api, "k")
    assert again.status_code == 409 and again.json()["code"] == "request.idempotency_unfinished"
    assert len(api.get("/rules").json()["items"]) == 1


def test_kept_answers_are_sealed_and_expire(world: SmallWorld, api: LocalApi) -> None:
    database = world.parts["alpha"].ground.database
    made = api.post("/invitations", json={}, headers={"Idempotency-Key": "very-secret-key"})
    with database.read() as session:
        (row,) = session.query(RequestRow).all()
    kept = b"".join(str(value).encode() for value in vars(row).values()) + row.answer
    assert made.json()["code"].encode() not in kept and b"very-secret-key" not in kept
    with database.write() as session:
        session.merge(
            RequestRow(id=row.id, fingerprint=row.fingerprint, status=201, media="", answer=b"", expires_at=1.0)
        )
    assert RequestStore(database).claim(row.id, "other", 60.0) is None


def test_who_may_do_less_by_now_is_not_answered_again(world: SmallWorld) -> None:
    parts = world.parts["alpha"]
    clients, app = parts.access.clients, app_of(parts)
    secret = clients.add("nightly", ["flow.check", "job.read"])[1]
    api, body = LocalApi(app, secret), {"flow": "x", "name": None}
    told = [api.post("/flows/check", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert told[0].status_code not in (401, 403, 409) and told[1].headers["idempotent-replayed"] == "true"
    clients.change("nightly", scopes=["job.read"])
    after = api.post("/flows/check", json=body, headers={"Idempotency-Key": "k"})
    assert (after.status_code, after.json()["code"]) == (409, "request.idempotency_conflict")


def test_no_plain_digest_of_a_request_is_kept(world: SmallWorld, api: LocalApi) -> None:
    """A body may hold a password, which a digest without a key would let somebody guess."""
    with world.parts["alpha"].ground.database.read() as session:
        before = {row.id for row in session.query(RequestRow).all()}
    add(api, "one")
    add(api, "two")
    with world.parts["alpha"].ground.database.read() as session:
        kept = [row.fingerprint for row in session.query(RequestRow).all() if row.id not in before]
    assert len(set(kept)) == 2


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
def test_a_key_is_short_and_visible(lasting: LocalApi, key: str) -> None:
    answer = add(lasting, key)
    assert answer.status_code == 422 and answer.json()["code"] == "request.idempotency_key"


def test_database_refuses_a_second_claim(world: SmallWorld) -> None:
    store = RequestStore(world.parts["alpha"].ground.database)
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: store.claim("r", "f", 60.0), range(8)))
    assert sum(claim is None for claim in claims) == 1


# -- pages -------------------------------------------------------------------------------------------------------


def pages(api: LocalApi, path: str, limit: int, **params: Any) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        told = api.get(path, params={"limit": limit, **params, **more})
        assert told.status_code == 200, told.text
        found.append(told.json()["items"])
        cursor = told.json()["next"]
        if cursor is None:
            return found


def test_rules_come_in_pages(api: LocalApi) -> None:
    made = [api.post("/rules", json=RULE).json()["id"] for _ in range(5)]
    found = pages(api, "/rules", 2)
    assert [len(page) for page in found] == [2, 2, 1]
    assert sorted(rule["id"] for page in found for rule in page) == sorted(made)


def test_the_audit_trail_comes_in_pages(api: LocalApi) -> None:
    for _ in range(5):
        api.post("/rules", json=RULE)
    whole = api.get("/audit").json()
    assert whole["next"] is None
    assert [entry for page in pages(api, "/audit", 2) for entry in page] == whole["items"]
    assert pages(api, "/audit", 2, after=3)[0][0]["number"] == 4
    assert api.post("/audit/verify").json()["entries"] == len(whole["items"])


def test_jobs_come_in_pages_newest_first(world: SmallWorld, api: LocalApi) -> None:
    from real_nodes import reading_flow

    for number in range(5):
        body = {"flow": reading_flow(f"job{number}")}
        assert api.post("/jobs", json=body).status_code == 201
    whole = api.get("/jobs").json()["items"]
    found = pages(api, "/jobs", 2)
    assert [job["id"] for page in found for job in page] == [job["id"] for job in whole]
    assert [len(page) for page in found] == [2, 2, 1]
    assert [job["created_at"] for job in whole] == sorted((job["created_at"] for job in whole), reverse=True)


def test_a_jobs_log_comes_in_pages(api: LocalApi) -> None:
    from real_nodes import reading_flow

    job = api.post("/jobs", json={"flow": reading_flow()}).json()["id"]
    whole = api.get(f"/jobs/{job}/log").json()["items"]
    assert len(whole) >= 1
    assert [event for page in pages(api, f"/jobs/{job}/log", 1) for event in page][: len(whole)] == whole


@pytest.mark.parametrize("path", ["/jobs", "/audit", "/rules", "/operators", "/peers", "/datasets"])
@pytest.mark.parametrize("cursor", ["!!", "bnVsbA", "eyJhIjoxfQ", "WzFd", "LTE", "W1tdXQ", "A" * 500])
def test_a_foreign_cursor_is_refused_or_ends_the_list(lasting: LocalApi, path: str, cursor: str) -> None:
    answer = lasting.get(path, params={"cursor": cursor})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["code"] == "request.cursor_invalid"
