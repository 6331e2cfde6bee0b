"""`tacit user` and `tacit client` against a real node, and the SDK with an API key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

import tacit as package
from cli_process import Said
from real_nodes import Group, RunningNode
from tacit.errors import RefusedError

Tacit = Callable[..., Said]
PASSWORD = "violet anchor seventy boats"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    made = Group(tmp_path_factory.mktemp("one"))
    made.add("alpha")
    yield made["alpha"]
    made.close()


@pytest.fixture
def tacit(inside: Tacit, node: RunningNode) -> Tacit:
    return lambda *arguments, **options: inside(*arguments, "--home", node.home, **options)


def test_a_user_from_the_command_to_the_browser(tacit: Tacit, node: RunningNode) -> None:
    said = tacit("user", "add", "li.wei", "--role", "administrator", "--display-name", "李伟")
    assert said.code == 0 and len(said.out.strip()) == 43 and "/#/sign-in?code=" in said.err
    with httpx.Client(base_url=node.info["api"] + "/api/v1") as browser:
        told = browser.post("/session/code", json={"code": said.out.strip()})
        assert told.status_code == 201 and told.json()["must_change"]
        headers = {"X-CSRF-Token": told.json()["csrf"]}
        told = browser.post("/session/password", json={"new": PASSWORD}, headers=headers)
        headers = {"X-CSRF-Token": told.json()["csrf"]}
        assert browser.get("/users").json()["items"][0]["display_name"] == "李伟"
        assert tacit("user", "list").out.splitlines()[1].startswith("li.wei")
        assert tacit("user", "show", "li.wei", "--json").data["sessions"][0]["how"] == "password"
        assert tacit("user", "disable", "li.wei").code == 0
        assert browser.get("/users").status_code == 401
        assert tacit("user", "enable", "li.wei").code == 0
        assert browser.post("/session", json={"name": "li.wei", "password": PASSWORD}).status_code == 201
        assert tacit("user", "sign-out", "li.wei", "--json").data == {"name": "li.wei", "ended": 1}
        assert browser.get("/session").status_code == 401
    assert tacit("user", "code", "li.wei", "--reset", "--json").data["user"] == "li.wei"
    changed = tacit("user", "change", "li.wei", "--role", "data_owner", "--role", "data_scientist")
    assert changed.out == "li.wei: data_owner, data_scientist\n"
    link = ("li.wei", "--issuer", "https://login.bank.example", "--subject", "4711")
    assert tacit("user", "link", *link).code == 0 and tacit("user", "unlink", *link).code == 0
    assert tacit("user", "unlink", *link, "--json").error["code"] == "user.link_unknown"
    assert tacit("user", "remove", "li.wei").code == 0
    assert tacit("user", "remove", "li.wei", "--json").error["code"] == "user.unknown"


def test_a_password_is_asked_for_only_on_a_terminal(tacit: Tacit) -> None:
    said = tacit("user", "add", "wang.fang", "--role", "operator", "--password", "--json")
    assert (said.code, said.error["code"]) == (30, "command.no_terminal")
    assert tacit("user", "show", "wang.fang").code == 11


def test_roles_and_oneself_are_shown(tacit: Tacit) -> None:
    roles = {row["role"]: row["actions"] for row in tacit("user", "roles", "--json").data}
    assert "job.submit" in roles["data_scientist"] and "job.approve" not in roles["data_scientist"]
    assert tacit("user", "me", "--json").data["kind"] == "local"


def test_an_api_client_from_its_key_to_its_end(
    tacit: Tacit, inside: Tacit, node: RunningNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "job.submit" in tacit("client", "scopes").out
    said = tacit("client", "add", "nightly", "--scope", "operator.read", "--scope", "session.read", "--per-day", "5000")
    key = said.out.strip()
    assert said.code == 0 and key.startswith("tck_")
    assert key not in tacit("client", "list").out
    with package.connect(node.info["api"], key=key) as program:
        assert program.operators() and program.people.me()["name"] == "nightly"
        with pytest.raises(RefusedError) as caught:
            program.jobs()
        assert caught.value.code == "access.denied"
    monkeypatch.setenv("TACIT_API_KEY", key)
    assert tacit("user", "me", "--json").data["name"] == "nightly"
    monkeypatch.setenv("TACIT_URL", node.info["api"])
    monkeypatch.delenv("TACIT_HOME", raising=False)
    assert inside("user", "me", "--json").data["kind"] == "client"
    monkeypatch.delenv("TACIT_API_KEY")
    monkeypatch.delenv("TACIT_URL")
    assert tacit("client", "change", "nightly", "--scope", "job.read", "--json").data["scopes"] == ["job.read"]
    renewed = tacit("client", "renew", "nightly").out.strip()
    assert renewed != key and renewed.startswith("tck_")
    assert tacit("client", "revoke", "nightly").code == 0
    assert tacit("client", "list", "--json").data[0]["state"] == "revoked"
    assert tacit("client", "remove", "nightly").code == 0
    assert tacit("client", "remove", "nightly", "--json").error["code"] == "client.unknown"
