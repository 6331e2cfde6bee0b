"""Signing in at a real identity provider (Canaille) that runs as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from access_world import URL, AccessWorld
from oidc_provider import ProviderProcess
from real_nodes import free_port
from tacit.errors import PeerError
from tacit.node.access import oidc as oidc_module
from tacit.node.access.providers import ProviderSettings

BACK = f"{URL}/api/v1/session/oidc/bank/callback"
OTHER = f"{URL}/api/v1/session/oidc/other/callback"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderProcess]:
    made = ProviderProcess(tmp_path_factory.mktemp("provider"), free_port(), BACK)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def only_world(provider: ProviderProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessWorld]:
    folder = tmp_path_factory.mktemp("access")
    (folder / "secret").write_text(provider.secret + "\n")
    bank: dict[str, Any] = {
        "name": "bank",
        "title": "Bank account",
        "issuer": provider.issuer,
        "client_id": provider.client,
        "client_secret_file": folder / "secret",
        "scopes": ("openid", "profile", "email", "groups"),
        "roles": {"analysts": "data_scientist", "owners": "data_owner"},
        "join": True,
    }
    closed = {**bank, "name": "closed", "join": False}
    stranger = {**bank, "name": "stranger", "client_id": "somebody-else"}
    made = AccessWorld(folder, oidc=(bank, closed, stranger))
    yield made
    made.close()


@pytest.fixture
def world(only_world: AccessWorld) -> AccessWorld:
    only_world.reset()
    return only_world


def go(world: AccessWorld, browser: httpx.Client, name: str = "bank") -> tuple[dict[str, str], str]:
    """Start, go to the provider, and come back: the query with which it sends the browser to this node."""
    started = browser.get(f"/session/oidc/{name}")
    assert started.status_code == 303, started.text
    sent = started.headers["location"]
    told = httpx.get(sent)
    assert told.status_code == 302, told.text[:2000]
    return {key: values[0] for key, values in parse_qs(urlsplit(told.headers["location"]).query).items()}, sent


def come_back(browser: httpx.Client, answer: dict[str, str], name: str = "bank") -> tuple[int, str]:
    told = browser.get(f"/session/oidc/{name}/callback", params=answer)
    return told.status_code, told.json()["code"] if told.status_code != 303 else told.headers["location"]


def test_a_browser_is_told_on_the_sign_in_page(world: AccessWorld) -> None:
    told = world.browser().get(
        "/session/oidc/bank/callback",
        params={"state": "unknown", "error": "access_denied"},
        headers={"Accept": "text/html,application/xhtml+xml"},
    )
    assert told.status_code == 303 and told.headers["location"] == "/#/sign-in?error=auth.oidc_refused"
    assert "set-cookie" not in told.headers


def test_somebody_signs_in_and_has_the_role_of_the_group(world: AccessWorld, provider: ProviderProcess) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    listed = browser.get("/session/providers").json()["items"]
    assert listed[0] == {"name": "bank", "title": "Bank account", "start": "/api/v1/session/oidc/bank"}
    answer, sent = go(world, browser)
    query = parse_qs(urlsplit(sent).query)
    assert query["code_challenge_method"] == ["S256"] and query["redirect_uri"] == [BACK]
    assert len(query["state"][0]) == len(query["nonce"][0]) == len(query["code_challenge"][0]) == 43
    assert come_back(browser, answer) == (303, "/")
    me = browser.get("/session").json()
    assert (me["name"], me["roles"], me["must_change"]) == ("wang.fang", ["data_scientist"], False)
    user = world.local.get("/users/wang.fang").json()
    assert user["origin"] == provider.issuer and not user["has_password"]
    assert [link["issuer"] for link in user["links"]] == [provider.issuer]
    assert ("session.opened", "user:wang.fang", "user:wang.fang") in world.acts()


def test_the_second_time_it_is_the_same_user(world: AccessWorld, provider: ProviderProcess) -> None:
    provider.sign_in("wang.fang")
    for _ in range(2):
        browser = world.browser()
        assert come_back(browser, go(world, browser)[0])[0] == 303
    assert [row.name for row in world.access.people.store.all()] == ["wang.fang"]
    world.access.people.store.change("wang.fang", roles=["administrator"])
    browser = world.browser()
    come_back(browser, go(world, browser)[0])
    assert browser.get("/session").json()["roles"] == ["data_scientist"]


def test_a_code_counts_once(world: AccessWorld, provider: ProviderProcess) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    answer, _ = go(world, browser)
    assert come_back(browser, answer)[0] == 303
    assert come_back(browser, answer) == (401, "auth.oidc_state")
    fresh = parse_qs(urlsplit(browser.get("/session/oidc/bank").headers["location"]).query)["state"][0]
    assert come_back(browser, {**answer, "state": fresh}) == (401, "auth.oidc_refused")


def test_somebody_elses_journey_signs_nobody_in(world: AccessWorld, provider: ProviderProcess) -> None:
    provider.sign_in("wang.fang")
    attacker, victim = world.browser(), world.browser()
    answer, _ = go(world, attacker)
    assert come_back(victim, answer) == (401, "auth.oidc_state")
    go(world, victim)
    again, _ = go(world, attacker)
    assert come_back(victim, again) == (401, "auth.oidc_state")
    assert come_back(attacker, {**answer, "state": "x" * 43}) == (401, "auth.oidc_state")
    assert come_back(attacker, {"state": again["state"], "error": "access_denied"}) == (401, "auth.oidc_refused")


def test_an_answer_of_another_issuer_or_provider_is_refused(world: AccessWorld, provider: ProviderProcess) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    answer, _ = go(world, browser)
    assert come_back(browser, {**answer, "iss": "https://evil.example"}) == (401, "auth.oidc_refused")
    answer, _ = go(world, browser)
    assert come_back(browser, answer, "closed") == (401, "auth.oidc_state")
    assert browser.get("/session/oidc/unknown").json()["code"] == "oidc.provider_unknown"


def test_a_journey_takes_ten_minutes_at_most(
    world: AccessWorld, provider: ProviderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    answer, _ = go(world, browser)
    later = oidc_module.now() + oidc_module.PENDING_S + 1
    monkeypatch.setattr(world.access.oidc, "_clock", lambda: later)
    assert come_back(browser, answer) == (401, "auth.oidc_state")


def test_without_pkce_verifier_the_provider_gives_nothing(
    world: AccessWorld, provider: ProviderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    answer, _ = go(world, browser)
    fetch = oidc_module._fetch

    def forgetful(method: str, place: str, **options: Any) -> dict[str, Any]:
        return fetch(method, place, **{**options, "data": {**options["data"], "code_verifier": "x" * 43}})

    monkeypatch.setattr(oidc_module, "_fetch", forgetful)
    assert come_back(browser, answer) == (401, "auth.oidc_refused")


def test_a_token_for_another_client_is_refused(
    world: AccessWorld, provider: ProviderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    answer, _ = go(world, browser)
    bank = world.access.oidc.providers["bank"]
    check = bank.check
    stranger = world.access.oidc.providers["stranger"]
    monkeypatch.setattr(bank, "check", lambda token, nonce: stranger.check(token, nonce))
    assert come_back(browser, answer) == (401, "auth.oidc_refused")
    monkeypatch.setattr(bank, "check", lambda token, nonce: check(token, "another nonce"))
    answer, _ = go(world, browser)
    assert come_back(browser, answer) == (401, "auth.oidc_refused")


def test_keys_of_the_provider_may_change(
    world: AccessWorld, provider: ProviderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.sign_in("wang.fang")
    browser = world.browser()
    assert come_back(browser, go(world, browser)[0])[0] == 303
    provider.rotate()
    assert come_back(browser, go(world, browser)[0]) == (401, "auth.oidc_refused")  # fetched a moment ago
    monkeypatch.setattr(oidc_module, "KEYS_S", 0.0)
    assert come_back(browser, go(world, browser)[0])[0] == 303


def test_without_a_role_nobody_becomes_a_user(world: AccessWorld, provider: ProviderProcess) -> None:
    provider.sign_in("zhao.lei")
    browser = world.browser()
    assert come_back(browser, go(world, browser)[0]) == (401, "auth.no_role")
    assert world.access.people.store.all() == []


def test_where_nobody_may_join_accounts_are_linked(world: AccessWorld, provider: ProviderProcess) -> None:
    world.add("sun.li", "compliance_officer")
    provider.sign_in("sun.li")
    browser = world.browser()
    assert come_back(browser, go(world, browser)[0]) == (409, "user.name_taken")  # never by the name alone
    identity: dict[str, str] = {}
    linked = world.access.people.store.linked

    def seen(issuer: str, subject: str) -> Any:
        identity.update(issuer=issuer, subject=subject)
        return linked(issuer, subject)

    world.access.people.store.linked = seen  # type: ignore[method-assign]
    world.access.sign_in.store.linked = seen  # type: ignore[method-assign]
    come_back(browser, go(world, browser)[0])
    assert world.local.post("/users/sun.li/links", json=identity).status_code == 204
    assert world.local.post("/users/sun.li/links", json=identity).json()["code"] == "user.link_exists"
    assert come_back(browser, go(world, browser)[0])[0] == 303
    assert browser.get("/session").json()["roles"] == ["compliance_officer"]
    world.local.patch("/users/sun.li", json={"disabled": True})
    assert come_back(browser, go(world, browser)[0]) == (401, "auth.sign_in_failed")
    assert world.local.post("/users/sun.li/links/remove", json=identity).status_code == 204
    assert world.local.post("/users/sun.li/links/remove", json=identity).json()["code"] == "user.link_unknown"
    del world.access.people.store.linked


def test_a_silent_provider_is_not_waited_for_by_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def silent(_method: str, place: str, **_options: object) -> None:
        asked.append(place)
        raise PeerError("oidc.provider_failed", "It does not answer.")

    monkeypatch.setattr(oidc_module, "_fetch", silent)
    provider = oidc_module.Provider(ProviderSettings(name="bank", issuer="https://bank.example", client_id="tacit"))
    for _ in range(5):
        with pytest.raises(PeerError):
            provider.place("authorization_endpoint")
    assert len(asked) == 1
