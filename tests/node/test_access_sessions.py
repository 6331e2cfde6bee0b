"""Sessions: cookies, CSRF, time limits, ending them, and users as administrators manage them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from access_world import PASSWORD, TOKEN, AccessWorld
from tacit.node.access import sessions as sessions_module
from tacit.node.access.secrets import csrf_of
from tacit.node.api.cookies import CSRF_HEADER

COOKIE = "tacit_session_7300"


@pytest.fixture(scope="module")
def only_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessWorld]:
    made = AccessWorld(tmp_path_factory.mktemp("access"))
    yield made
    made.close()


@pytest.fixture
def world(only_world: AccessWorld) -> AccessWorld:
    only_world.reset()
    return only_world


# -- the cookie


def test_the_cookie_cannot_be_read_by_pages_nor_sent_from_elsewhere(world: AccessWorld) -> None:
    world.add("li.wei")
    told = world.browser().post("/session", json={"name": "li.wei", "password": PASSWORD})
    cookie = told.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert "Path=/" in cookie and "Max-Age=43" in cookie and "Domain" not in cookie and "Secure" not in cookie
    assert told.json()["csrf"] == csrf_of(cookie.split("=")[1].split(";")[0])


def test_who_asks_is_told_when_their_session_ends(world: AccessWorld) -> None:
    world.add("li.wei")
    browser = world.browser()
    told = browser.post("/session", json={"name": "li.wei", "password": PASSWORD}).json()
    me = browser.get("/session").json()
    assert (me["idle_s"], me["expires_at"]) == (1800.0, told["expires_at"])
    mine = world.local.get("/session").json()
    assert (mine["kind"], mine["idle_s"], mine["expires_at"]) == ("local", None, None)


def test_behind_https_the_cookie_belongs_to_this_host_alone(tmp_path: Path) -> None:
    world = AccessWorld(tmp_path, api_url="https://tacit.bank.example")
    world.add("li.wei")
    browser = world.browser(url="https://tacit.bank.example")
    told = browser.post("/session", json={"name": "li.wei", "password": PASSWORD})
    assert told.status_code == 201, told.text
    assert told.headers["set-cookie"].startswith("__Host-tacit_session=") and "Secure" in told.headers["set-cookie"]
    assert browser.get("/session").json()["name"] == "li.wei"
    world.close()


def test_every_sign_in_makes_a_new_session_whatever_cookie_came(world: AccessWorld) -> None:
    world.add("li.wei")
    browser = world.browser()
    browser.cookies.set(COOKIE, "chosen-by-somebody-else", domain="127.0.0.1")
    told = browser.post("/session", json={"name": "li.wei", "password": PASSWORD})
    made = told.headers["set-cookie"].split("=")[1].split(";")[0]
    assert made != "chosen-by-somebody-else" and len(made) == 43


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "ses-1", "%00", "'; drop table users; --"])
def test_what_is_no_session_lets_nobody_in(world: AccessWorld, cookie: str) -> None:
    told = world.browser().get("/session", headers={"Cookie": f"{COOKIE}={cookie}"})
    assert (told.status_code, told.json()["code"]) in ((401, "auth.session_over"), (401, "auth.token_wrong"))


def test_two_cookies_of_the_name_let_nobody_in(world: AccessWorld) -> None:
    secret = world.signed_in().cookies[COOKIE]
    told = world.browser().get("/session", headers={"Cookie": f"{COOKIE}={secret}; {COOKIE}={secret}"})
    assert told.status_code == 401


# -- CSRF


@pytest.mark.parametrize("token", [None, "", "0" * 64, "other"])
def test_an_unsafe_request_needs_the_csrf_token(world: AccessWorld, token: str | None) -> None:
    browser = world.signed_in("li.wei", "administrator")
    other = world.signed_in("wang.fang", "administrator").headers[CSRF_HEADER]
    del browser.headers[CSRF_HEADER]
    headers = {} if token is None else {CSRF_HEADER: other if token == "other" else token}
    for method, path in (("POST", "/users"), ("PATCH", "/users/li.wei"), ("DELETE", "/users/wang.fang")):
        told = browser.request(method, path, json={}, headers=headers)
        assert (told.status_code, told.json()["code"]) == (403, "access.csrf_wrong")
    assert len(world.access.people.store.all()) == 2
    assert browser.get("/users").status_code == 200


def test_a_page_that_was_loaded_anew_gets_its_csrf_token_again(world: AccessWorld) -> None:
    browser = world.signed_in()
    csrf = browser.headers.pop(CSRF_HEADER)
    assert browser.get("/session/csrf").json()["csrf"] == csrf
    assert world.local.get("/session/csrf").status_code == 404


# -- time


def test_a_session_ends_unused_and_in_any_case(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.time()
    clock = [begun]
    monkeypatch.setattr(world.access.sessions, "_clock", lambda: clock[0])
    idle, whole = world.signed_in(), world.sign_in("li.wei")
    for _ in range(30):
        clock[0] += 1500.0
        world.access.sessions.forget()
        if whole.get("/session").status_code != 200:
            break
        if clock[0] > begun + 1800:
            assert idle.get("/session").json()["code"] == "auth.session_over"
    assert 43_200 <= clock[0] - begun < 43_200 + 1500
    assert whole.get("/session").json()["code"] == "auth.session_over"
    assert world.access.sessions.store.of("li.wei") == []


def test_what_is_cached_is_believed_only_for_a_moment(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = world.signed_in()
    browser.get("/session")
    secret = browser.cookies[COOKIE]
    assert world.access.sessions.known(secret) is not None
    moment = sessions_module.monotonic() + sessions_module.FRESH_S + 0.1
    monkeypatch.setattr(sessions_module, "monotonic", lambda: moment)
    assert world.access.sessions.known(secret) is None


def test_a_reader_that_was_overtaken_by_the_end_of_a_session_keeps_nothing(world: AccessWorld) -> None:
    browser = world.signed_in()
    sessions, secret = world.access.sessions, browser.cookies[COOKIE]
    found, read, ended = sessions.store.find, threading.Event(), threading.Event()

    def slow(hash: str) -> object:
        row = found(hash)
        read.set()
        ended.wait(5)
        return row

    sessions.store.find = slow  # type: ignore[method-assign,assignment]
    thread = threading.Thread(target=lambda: sessions.find(secret))
    thread.start()
    read.wait(5)
    sessions.end_all("li.wei")
    ended.set()
    thread.join(5)
    sessions.store.find = found  # type: ignore[method-assign]
    assert sessions.known(secret) is None and sessions.find(secret) is None


def test_at_most_twenty_sessions_of_a_user(world: AccessWorld) -> None:
    first = world.signed_in()
    user = world.access.people.store.get("li.wei")
    for _ in range(sessions_module.AT_MOST):
        world.access.sessions.open(user, "password", "10.0.0.1", "")
    assert len(world.access.sessions.of("li.wei")) == sessions_module.AT_MOST
    assert first.get("/session").status_code == 401


# -- ending


def test_signing_out_ends_the_session_at_the_node(world: AccessWorld) -> None:
    browser = world.signed_in()
    secret = browser.cookies[COOKIE]
    told = browser.delete("/session")
    assert told.status_code == 204 and "Max-Age=0" in told.headers["set-cookie"]
    assert told.headers["clear-site-data"] == '"cache", "storage"'
    assert world.browser().get("/session", headers={"Cookie": f"{COOKIE}={secret}"}).status_code == 401


def test_one_sees_and_ends_ones_own_sessions_only(world: AccessWorld) -> None:
    browser, other = world.signed_in(), world.sign_in("li.wei")
    stranger = world.signed_in("wang.fang")
    listed = browser.get("/session/all").json()["items"]
    assert [item["current"] for item in listed].count(True) == 1 and len(listed) == 2
    mine = stranger.get("/session").json()["session"]
    assert browser.delete(f"/session/all/{mine}").status_code == 404
    assert stranger.get("/session").status_code == 200
    assert browser.delete("/session/all").json() == {"ended": 1}
    assert other.get("/session").status_code == 401 and browser.get("/session").status_code == 200
    own = browser.get("/session").json()["session"]
    assert browser.delete(f"/session/all/{own}").json() == {"ended": 1}
    assert browser.get("/session").status_code == 401


# -- users


def test_users_are_added_changed_and_removed(world: AccessWorld) -> None:
    admin = world.signed_in("admin.one", "administrator")
    body = {"name": "li.wei", "roles": ["data_owner", "data_scientist"], "display_name": "李伟"}
    assert admin.post("/users", json=body).status_code == 201
    assert admin.post("/users", json=body).json()["code"] == "user.name_taken"
    assert admin.patch("/users/li.wei", json={"roles": ["auditor"]}).json()["roles"] == ["auditor"]
    assert [item["name"] for item in admin.get("/users").json()["items"]] == ["admin.one", "li.wei"]
    assert admin.get("/users/li.wei").json()["links"] == []
    assert admin.delete("/users/li.wei").status_code == 204
    assert admin.get("/users/li.wei").json()["code"] == "user.unknown"
    acts = [act for act in world.acts() if act[2] == "user:li.wei"]
    assert [act[:2] for act in acts] == [(f"user.{verb}", "user:admin.one") for verb in ("added", "changed", "removed")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "Li", "roles": ["operator"]}, "user.name_invalid"),
        ({"name": "local:x", "roles": ["operator"]}, "user.name_invalid"),
        ({"name": "li", "roles": []}, "access.role_unknown"),
        ({"name": "li", "roles": ["local"]}, "access.role_unknown"),
        ({"name": "li", "roles": ["auditor", "data_owner"]}, "access.roles_conflict"),
        ({"name": "li", "roles": ["operator"], "password": "short"}, "password.too_short"),
        ({"name": "li", "roles": ["operator"], "hash": "x"}, "request.invalid"),
    ],
)
def test_users_that_cannot_be(world: AccessWorld, body: dict[str, object], code: str) -> None:
    assert world.local.post("/users", json=body).json()["code"] == code
    assert world.access.people.store.all() == []


def test_another_role_counts_at_once(world: AccessWorld) -> None:
    browser = world.signed_in("li.wei", "administrator")
    assert browser.get("/users").status_code == 200
    world.local.patch("/users/li.wei", json={"roles": ["operator"]})
    assert browser.get("/users").json()["code"] == "access.denied"


def test_disabling_and_removing_act_at_once(world: AccessWorld) -> None:
    browser = world.signed_in()
    assert browser.get("/session").status_code == 200
    world.local.patch("/users/li.wei", json={"disabled": True})
    assert browser.get("/session").status_code == 401
    assert world.browser().post("/session", json={"name": "li.wei", "password": PASSWORD}).status_code == 401
    world.local.patch("/users/li.wei", json={"disabled": False})
    assert browser.get("/session").status_code == 401
    again = world.sign_in("li.wei")
    world.local.delete("/users/li.wei")
    assert again.get("/session").status_code == 401


def test_an_administrator_signs_somebody_out(world: AccessWorld) -> None:
    browser = world.signed_in()
    assert world.local.delete("/users/li.wei/sessions").json() == {"ended": 1}
    assert browser.get("/session").status_code == 401


def test_without_the_local_token_the_last_administrator_stays(tmp_path: Path) -> None:
    world = AccessWorld(tmp_path, local_token=False)
    assert world.bearer(TOKEN).get("/session").status_code == 401
    admin = world.signed_in("admin.one", "administrator")
    for method, body in (("PATCH", {"roles": ["operator"]}), ("PATCH", {"disabled": True}), ("DELETE", None)):
        told = admin.request(method, "/users/admin.one", json=body)
        assert (told.status_code, told.json()["code"]) == (403, "user.last_administrator")
    assert admin.get("/users/admin.one").json()["roles"] == ["administrator"]
    world.add("admin.two", "administrator")
    assert admin.patch("/users/admin.one", json={"roles": ["operator"]}).status_code == 200
    world.close()


def test_signing_in_again_ends_the_session_that_the_browser_had(world: AccessWorld) -> None:
    browser = world.signed_in()
    assert browser.post("/session", json={"name": "li.wei", "password": PASSWORD}).status_code == 201
    assert [row.how for row in world.access.sessions.of("li.wei")] == ["password"]
    assert browser.get("/session").status_code == 200
