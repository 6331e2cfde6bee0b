"""API clients: keys, scopes, expiry, quota, revocation."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from access_world import AccessWorld
from tacit.node.access import clients as clients_module
from tacit.node.clock import iso


@pytest.fixture(scope="module")
def only_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessWorld]:
    made = AccessWorld(tmp_path_factory.mktemp("access"))
    yield made
    made.close()


@pytest.fixture
def world(only_world: AccessWorld) -> AccessWorld:
    only_world.reset()
    return only_world


def test_a_key_is_shown_once_and_does_what_its_scopes_say(world: AccessWorld) -> None:
    body = {"name": "nightly", "scopes": ["job.submit", "session.read"], "note": "reports"}
    made = world.local.post("/clients", json=body).json()
    assert made["key"].startswith(f"tck_{made['id']}_") and made["state"] == "active" and made["created_by"] == "local"
    shown = world.local.get("/clients/nightly").json()
    assert "key" not in shown and made["key"].rpartition("_")[2] not in world.local.get("/clients").text
    me = world.bearer(made["key"]).get("/session").json()
    assert (me["kind"], me["name"], me["actions"]) == ("client", "nightly", ["job.submit", "session.read"])
    assert world.bearer(made["key"]).get("/operators").json()["code"] == "access.denied"
    assert ("client.added", "local", "client:nightly") in world.acts()


def test_a_key_acts_under_its_own_name(world: AccessWorld) -> None:
    admin = world.signed_in("admin.one", "administrator")
    made = admin.post("/clients", json={"name": "nightly", "scopes": ["session.read"]}).json()
    assert made["created_by"] == "user:admin.one"
    assert ("client.added", "user:admin.one", "client:nightly") in world.acts()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"scopes": ["user.add"]}, "access.scope_unknown"),
        ({"scopes": ["job.approve"]}, "access.scope_unknown"),
        ({"scopes": ["nothing.known"]}, "access.scope_unknown"),
        ({"scopes": []}, "access.scope_unknown"),
        ({"scopes": ["job.read"], "name": "A"}, "request.invalid"),
        ({"scopes": ["job.read"], "per_minute": 0}, "request.invalid"),
        ({"scopes": ["job.read"], "roles": ["administrator"]}, "request.invalid"),
    ],
)
def test_keys_that_cannot_be(world: AccessWorld, body: dict[str, object], code: str) -> None:
    assert world.local.post("/clients", json={"name": "nightly", **body}).json()["code"] == code
    assert world.access.clients.store.all() == []


def test_a_name_is_given_once_and_ends_with_removal(world: AccessWorld) -> None:
    body = {"name": "nightly", "scopes": ["session.read"]}
    key = world.local.post("/clients", json=body).json()["key"]
    assert world.local.post("/clients", json=body).json()["code"] == "client.name_taken"
    assert world.bearer(key).get("/session").status_code == 200
    assert world.local.delete("/clients/nightly").status_code == 204
    assert world.bearer(key).get("/session").json()["code"] == "auth.key_wrong"
    assert world.local.get("/clients/nightly").json()["code"] == "client.unknown"


def test_revoking_and_renewing_act_at_once(world: AccessWorld) -> None:
    key = world.key("session.read")
    program = world.bearer(key)
    assert program.get("/session").status_code == 200
    assert world.local.post("/clients/program0/revoke").json()["state"] == "revoked"
    assert program.get("/session").json()["code"] == "auth.key_wrong"
    renewed = world.local.post("/clients/program0/renew").json()
    assert renewed["state"] == "active"
    assert program.get("/session").status_code == 401
    assert world.bearer(renewed["key"]).get("/session").status_code == 200


def test_other_scopes_count_at_once(world: AccessWorld) -> None:
    program = world.bearer(world.key("session.read"))
    assert program.get("/session").json()["actions"] == ["session.read"]
    world.local.patch("/clients/program0", json={"scopes": ["job.read"]})
    assert program.get("/session").json()["code"] == "access.denied"


def test_a_key_ends_in_time(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    program = world.bearer(world.key("session.read", expires_at=time.time() + 60))
    assert program.get("/session").status_code == 200
    later = time.time() + 61
    monkeypatch.setattr(world.access.clients, "_clock", lambda: later)
    assert program.get("/session").json()["code"] == "auth.key_wrong"
    soon = iso(time.time() - 1)
    assert world.local.patch("/clients/program0", json={"expires_at": soon}).json()["state"] == "expired"


@pytest.mark.parametrize("change", ["secret", "id", "prefix", "empty", "cut", "longer"])
def test_a_key_that_is_not_quite_right_opens_nothing(world: AccessWorld, change: str) -> None:
    key = world.key("session.read")
    _, id, secret = key.split("_", 2)
    wrong = {
        "secret": f"tck_{id}_{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        "id": f"tck_{'0' * 16}_{secret}",
        "prefix": f"tcx_{id}_{secret}",
        "empty": "tck_",
        "cut": f"tck_{id}",
        "longer": key + "A",
    }[change]
    told = world.bearer(wrong).get("/session")
    assert told.status_code == 401 and told.headers["www-authenticate"] == "Bearer"
    assert secret not in told.text


def test_calls_a_minute_are_counted(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr(world.access.clients, "_clock", lambda: clock[0])
    program = world.bearer(world.key("session.read", per_minute=3))
    answers = [program.get("/session").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert program.get("/session").json()["code"] == "access.quota_used"
    clock[0] += 60
    assert program.get("/session").status_code == 200


def test_calls_a_day_are_counted_and_kept_over_a_restart(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr(world.access.clients, "_clock", lambda: clock[0])
    key = world.key("session.read", per_day=5)
    program = world.bearer(key)
    assert [program.get("/session").status_code for _ in range(4)] == [200] * 4
    world.access.clients.close()
    world.access.clients._known.clear()
    assert world.access.clients.store.all()[0].day_count == 4
    assert [program.get("/session").status_code for _ in range(2)] == [200, 429]
    world.local.patch("/clients/program0", json={"per_day": 6})
    assert [program.get("/session").status_code for _ in range(2)] == [200, 429]
    clock[0] += 86_400
    assert program.get("/session").status_code == 200


def test_wrong_keys_do_not_count(world: AccessWorld) -> None:
    key = world.key("session.read", per_minute=1)
    for _ in range(3):
        assert world.bearer(key + "x").get("/session").status_code == 401
    assert world.bearer(key).get("/session").status_code == 200


def test_calls_are_written_now_and_then(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    program = world.bearer(world.key("session.read"))
    program.get("/session")
    program.get("/session")
    moment = clients_module.monotonic() + clients_module.WRITE_S + 1
    monkeypatch.setattr(clients_module, "monotonic", lambda: moment)
    program.get("/session")
    shown = world.local.get("/clients/program0").json()
    assert shown["calls_today"] == 2 and shown["used_at"] is not None
