"""Role x action, and role x route: what a role has not is refused, at the authority and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from access_world import AccessWorld, needed
from tacit.errors import RefusedError
from tacit.governance.access import ACTIONS, CLIENT, PERSON_ROLES, ROLES, SCOPES
from tacit.node.access.authority import RoleAuthority
from tacit.node.acting import LOCAL, NOBODY, NODE, Principal

AUTHORITY = RoleAuthority()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessWorld]:
    made = AccessWorld(tmp_path_factory.mktemp("matrix"))
    yield made
    made.close()


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_role_has_its_actions_and_no_other(role: str, action: str) -> None:
    who = Principal("user", "li.wei", frozenset({role}))
    if role in ACTIONS[action].roles:
        AUTHORITY.check(who, action)
        return
    with pytest.raises(RefusedError) as caught:
        AUTHORITY.check(who, action)
    assert (caught.value.code, caught.value.found) == ("access.denied", action)


def test_local_may_everything_and_nobody_nothing() -> None:
    assert AUTHORITY.actions_of(LOCAL) == sorted(ACTIONS)
    for who in (NODE, NOBODY, Principal("user", "x"), Principal("nobody", "x", frozenset(ROLES))):
        assert AUTHORITY.actions_of(who) == []


def test_an_action_that_is_not_listed_is_refused_to_everybody() -> None:
    with pytest.raises(RefusedError):
        AUTHORITY.check(LOCAL, "job.dance")


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_key_has_its_scopes_and_no_other(scope: str) -> None:
    who = Principal("client", "nightly", frozenset({CLIENT}), frozenset({scope}))
    assert AUTHORITY.actions_of(who) == [scope]


def test_scopes_never_widen_roles() -> None:
    who = Principal("user", "li.wei", frozenset({"operator"}), frozenset(ACTIONS))
    assert AUTHORITY.actions_of(who) == AUTHORITY.actions_of(Principal("user", "li.wei", frozenset({"operator"})))


def routes_of(world: AccessWorld) -> list[tuple[str, str, str]]:
    """(method, path below /api/v1, action) of every route that needs one."""
    return [
        (method, re.sub(r"\{[^}]+\}", "x", path).removeprefix("/api/v1"), actions[0])
        for method, path, actions in needed(world.app)
        if actions
    ]


@pytest.mark.parametrize("role", sorted(PERSON_ROLES))
def test_every_route_is_refused_to_a_role_without_its_action(world: AccessWorld, role: str) -> None:
    browser = world.signed_in(role.replace("_", "-"), role)
    refused = [(m, path, action) for m, path, action in routes_of(world) if role not in ACTIONS[action].roles]
    assert refused
    for method, path, action in refused:
        told = browser.request(method, path, json={} if method != "GET" else None)
        assert (told.status_code, told.json()["code"], told.json()["found"]) == (403, "access.denied", action), path


def test_every_route_is_refused_to_a_key_of_another_scope(world: AccessWorld) -> None:
    browser = world.bearer(world.key("operator.read"))
    for method, path, action in routes_of(world):
        if action != "operator.read":
            told = browser.request(method, path, json={} if method != "GET" else None)
            assert (told.status_code, told.json()["code"]) == (403, "access.denied"), path


def test_every_route_is_refused_to_strangers(world: AccessWorld, tmp_path: Path) -> None:
    browser = world.browser()
    for method, path, _ in routes_of(world):
        assert browser.request(method, path).status_code == 401, path


def test_a_refused_action_is_logged(world: AccessWorld) -> None:
    who = Principal("user", "li.wei", frozenset({"auditor"}))
    with capture_logs() as logs, pytest.raises(RefusedError):
        world.access.authority.check(who, "job.approve")
    assert [(line["event"], line["actor"], line["action"]) for line in logs] == [
        ("access.denied", "user:li.wei", "job.approve")
    ]
