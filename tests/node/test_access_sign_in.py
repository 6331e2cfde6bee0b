"""Signing in: passwords, one-time codes, lock-out, what strangers learn, and changing a password."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from access_world import PASSWORD, AccessWorld
from tacit.errors import ParameterError, RefusedError
from tacit.node.access import passwords
from tacit.node.access.attempts import FREE, LONGEST_S, Attempts
from tacit.node.access.passwords import check_password, hash_password, is_outdated, password_fits
from tacit.node.access.people import CODE_S
from tacit.node.api.cookies import CSRF_HEADER

OTHER = "green kettle nine mountains"


@pytest.fixture(scope="module")
def only_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessWorld]:
    made = AccessWorld(tmp_path_factory.mktemp("access"))
    yield made
    made.close()


@pytest.fixture
def world(only_world: AccessWorld) -> AccessWorld:
    only_world.reset()
    return only_world


def try_in(browser: httpx.Client, name: str = "li.wei", password: str = "wrong") -> tuple[int, str]:
    told = browser.post("/session", json={"name": name, "password": password})
    return told.status_code, told.json().get("code", "")


# -- passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kurz!", "password.too_short"),
        ("elevenchars", "password.too_short"),
        ("x" * 257, "password.too_long"),
        ("password1234", "password.common"),
        ("P@ssw0rd2024!", "password.common"),
        ("123456789012", "password.common"),
        ("qwertyuiop12", "password.common"),
        ("passwordpassword", "password.common"),
        ("aaaaaaaaaaaa", "password.common"),
        ("abcdefghijkl", "password.common"),
        ("zyxwvutsrqpo", "password.common"),
        ("woaini5201314", "password.common"),
        ("the li.wei of 1999", "password.holds_name"),
    ],
)
def test_passwords_that_are_refused(password: str, code: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check_password(password, "li.wei", "")
    assert caught.value.code == code
    assert password not in str(caught.value.as_dict())


@pytest.mark.parametrize("password", [PASSWORD, OTHER, "Tr0ub4dor&3 zebra", "海上生明月天涯共此时情人怨遥夜"])
def test_passwords_that_do(password: str) -> None:
    check_password(password, "li.wei")


def test_a_hash_is_argon2id_with_the_parameters_of_owasp() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_fits(kept, PASSWORD) and not password_fits(kept, PASSWORD + " ")
    assert kept != hash_password(PASSWORD) and not is_outdated(kept)
    assert is_outdated(kept.replace("m=19456", "m=8192"))
    assert not password_fits(None, "the password of nobody at all") and not password_fits("nonsense", PASSWORD)


def test_a_user_who_is_not_there_takes_as_long() -> None:
    kept = hash_password(PASSWORD)
    spent = {}
    for name, hash in (("there", kept), ("absent", None)):
        begun = time.process_time()
        for _ in range(5):
            password_fits(hash, "wrong")
        spent[name] = time.process_time() - begun
    assert 0.4 < spent["there"] / spent["absent"] < 2.5


# -- lock-out


def may_enter(attempts: Attempts, moment: float) -> bool:
    try:
        attempts._check("li.wei", "10.9.9.9", moment)
    except RefusedError as fault:
        assert fault.code == "auth.locked"
        return False
    return True


def test_delays_grow_for_an_account_and_end_with_success() -> None:
    clock = [1000.0]
    attempts = Attempts(lambda: clock[0])
    waits = []
    for turn in range(FREE["account"] + 12):
        attempts.enter("li.wei", f"10.0.0.{turn}")
        begun = clock[0]
        while not may_enter(attempts, clock[0]):
            clock[0] += 1.0
        waits.append(clock[0] - begun)
    assert waits[0] == 0.0 and waits == sorted(waits) and waits[-1] == LONGEST_S
    attempts.succeed("li.wei", "10.0.0.1")
    assert attempts.enter("li.wei", "10.0.0.200") is False


def test_an_address_is_delayed_whatever_names_it_tries() -> None:
    attempts = Attempts(lambda: 5.0)
    for turn in range(FREE["address"]):
        attempts.enter(f"user{turn}", "10.0.0.1")
    with pytest.raises(RefusedError):
        attempts.enter("somebody", "10.0.0.1")
    attempts.enter("somebody", "10.0.0.2")


def test_a_day_without_failure_is_forgiven_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    attempts = Attempts(lambda: clock[0])
    for turn in range(FREE["account"]):
        attempts.enter("li.wei", f"10.0.0.{turn}")
    clock[0] += 100_000
    assert attempts.enter("li.wei", "10.0.0.9") is False
    monkeypatch.setattr("tacit.node.access.attempts.KEPT", 10)
    for turn in range(50):
        attempts.enter(f"user{turn}", f"10.0.1.{turn}")
    assert len(attempts._known) <= 10


def test_after_some_failures_even_the_right_password_must_wait(world: AccessWorld) -> None:
    world.add("li.wei")
    browser = world.browser()
    answers = [try_in(browser) for _ in range(FREE["account"])]
    assert set(answers) == {(401, "auth.sign_in_failed")}
    assert try_in(browser, password=PASSWORD) == (429, "auth.locked")
    assert try_in(world.browser("10.7.7.7"), password=PASSWORD) == (429, "auth.locked")
    assert ("session.locked", "node", "user:li.wei") in world.acts()


def test_a_name_that_nobody_has_is_answered_like_any_other(world: AccessWorld) -> None:
    world.add("li.wei")
    known, unknown = world.browser("10.0.0.1"), world.browser("10.0.0.2")
    for _ in range(FREE["account"] + 1):
        one = known.post("/session", json={"name": "li.wei", "password": "wrong"})
        other = unknown.post("/session", json={"name": "nobody", "password": "wrong"})
        assert (one.status_code, one.json(), set(one.headers)) == (other.status_code, other.json(), set(other.headers))


def test_there_is_no_password_to_begin_with(world: AccessWorld) -> None:
    assert world.access.people.store.all() == []
    browser = world.browser()
    for password in ("admin", "password", "x"):
        assert try_in(browser, "admin", password) == (401, "auth.sign_in_failed")
    world.access.people.add("fresh", ["operator"])
    assert try_in(world.browser(), "fresh", "the password of nobody at all") == (401, "auth.sign_in_failed")


# -- codes and first sign-in


def test_a_code_signs_in_once_and_then_a_password_must_be_set(world: AccessWorld) -> None:
    made = world.local.post("/users", json={"name": "li.wei", "roles": ["operator"], "display_name": "李伟"})
    assert (made.status_code, made.json()["has_password"], made.json()["must_change"]) == (201, False, True)
    code = world.local.post("/users/li.wei/codes", json={}).json()
    assert code["link"].endswith(code["code"])
    browser = world.browser()
    told = browser.post("/session/code", json={"code": code["code"]})
    assert told.status_code == 201 and told.json()["must_change"]
    assert world.browser("10.0.0.3").post("/session/code", json={"code": code["code"]}).status_code == 401
    browser.headers[CSRF_HEADER] = told.json()["csrf"]
    assert browser.get("/session").json()["actions"] == ["session.change", "session.read"]
    assert browser.get("/node").json()["code"] == "access.denied"
    assert browser.post("/session/password", json={"new": "short"}).json()["code"] == "password.too_short"
    told = browser.post("/session/password", json={"new": PASSWORD})
    assert told.status_code == 200 and not told.json()["must_change"]
    browser.headers[CSRF_HEADER] = told.json()["csrf"]
    assert "node.diagnose" in browser.get("/session").json()["actions"]
    assert try_in(world.browser(), password=PASSWORD)[0] == 201


def test_a_code_ends_in_time_and_with_the_next_one(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.access.people.add("li.wei", ["operator"])
    first, second = (world.access.people.give_code("li.wei").code for _ in range(2))
    assert world.browser().post("/session/code", json={"code": first}).status_code == 401
    later = time.time() + CODE_S + 1
    monkeypatch.setattr(world.access.sign_in, "_clock", lambda: later)
    assert world.browser().post("/session/code", json={"code": second}).status_code == 401


def test_a_code_with_reset_ends_password_and_sessions(world: AccessWorld) -> None:
    browser = world.signed_in()
    code = world.local.post("/users/li.wei/codes", json={"reset": True}).json()["code"]
    assert browser.get("/session").json()["code"] == "auth.session_over"
    assert try_in(world.browser(), password=PASSWORD) == (401, "auth.sign_in_failed")
    assert world.browser().post("/session/code", json={"code": code}).json()["must_change"]


def test_codes_cannot_be_guessed_at_leisure(world: AccessWorld) -> None:
    browser = world.browser()
    answers = [
        browser.post("/session/code", json={"code": f"guess{n}"}).status_code for n in range(FREE["address"] + 1)
    ]
    assert answers == [401] * FREE["address"] + [429]


# -- changing the password


def test_a_changed_password_ends_all_other_sessions(world: AccessWorld) -> None:
    browser = world.signed_in()
    other = world.sign_in("li.wei")
    before = browser.cookies["tacit_session_7300"]
    body = {"old": PASSWORD, "new": OTHER}
    told = browser.post("/session/password", json=body)
    assert told.status_code == 200 and browser.cookies["tacit_session_7300"] != before
    assert browser.get("/session").status_code == 200
    assert other.get("/session").json()["code"] == "auth.session_over"
    assert try_in(world.browser(), password=PASSWORD)[0] == 401
    assert try_in(world.browser(), password=OTHER)[0] == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"new": OTHER}, 401, "auth.sign_in_failed"),
        ({"old": "wrong", "new": OTHER}, 401, "auth.sign_in_failed"),
        ({"old": PASSWORD, "new": PASSWORD}, 422, "password.unchanged"),
        ({"old": PASSWORD, "new": "password1234"}, 422, "password.common"),
        ({"old": PASSWORD}, 422, "request.invalid"),
    ],
)
def test_a_password_is_not_changed(world: AccessWorld, body: dict[str, str], status: int, code: str) -> None:
    browser = world.signed_in()
    told = browser.post("/session/password", json=body)
    assert (told.status_code, told.json()["code"]) == (status, code)
    assert browser.get("/session").status_code == 200


def test_guessing_the_old_password_locks_too(world: AccessWorld) -> None:
    browser = world.signed_in()
    for _ in range(FREE["account"]):
        browser.post("/session/password", json={"old": "wrong", "new": OTHER})
    assert browser.post("/session/password", json={"old": PASSWORD, "new": OTHER}).json()["code"] == "auth.locked"


def test_neither_token_nor_key_has_a_password(world: AccessWorld) -> None:
    assert world.local.post("/session/password", json={"new": OTHER}).status_code == 404
    key = world.bearer(world.key("session.read"))
    assert key.post("/session/password", json={"new": OTHER}).json()["code"] == "access.denied"


def test_no_secret_is_kept_nor_told(tmp_path: Path) -> None:
    world = AccessWorld(tmp_path)
    browser = world.signed_in()
    code = world.local.post("/users/li.wei/codes", json={}).json()["code"]
    key = world.key("job.read")
    secrets = (PASSWORD, code, key.rpartition("_")[2], browser.cookies["tacit_session_7300"])
    world.database.close()
    kept = b"".join(path.read_bytes() for path in Path(str(world.database.engine.url.database)).parent.iterdir())
    written = str([entry.model_dump() for entry in world.entries.entries()])
    for secret in secrets:
        assert secret.encode() not in kept and secret not in written


def test_a_flood_of_sign_ins_does_not_hold_all_threads(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add("li.wei")
    none_left = threading.BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "_WAITING", none_left)
    with none_left:
        assert try_in(world.browser()) == (429, "auth.busy")
    assert try_in(world.browser(), password=PASSWORD)[0] == 201


def test_one_ipv6_network_is_one_address() -> None:
    attempts = Attempts(lambda: 0.0)
    for number in range(20):
        attempts.enter(None, f"2001:db8:0:1::{number:x}")
    assert not may_enter_from(attempts, "2001:db8:0:1:ffff::1")
    assert may_enter_from(attempts, "2001:db8:0:2::1") and may_enter_from(attempts, "::ffff:10.0.0.1")


def may_enter_from(attempts: Attempts, address: str) -> bool:
    try:
        attempts.enter(None, address)
    except RefusedError:
        return False
    return True
