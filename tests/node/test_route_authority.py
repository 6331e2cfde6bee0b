"""Every route of the API names exactly one action that there is, or is one of the few that anybody may call."""

from __future__ import annotations

from pathlib import Path

from access_world import AccessWorld, needed
from tacit.governance.access import ACTIONS
from tacit.node.api.authority import OPEN, is_open


def test_every_route_names_one_known_action(tmp_path: Path) -> None:
    world = AccessWorld(tmp_path)
    found = needed(world.app)
    world.close()
    assert len(found) > 60
    opened = {(method, path) for method, path, _ in found if is_open(method, path)}
    assert opened == set(OPEN)
    for method, path, actions in found:
        expected = 0 if (method, path) in opened else 1
        assert len(actions) == expected, f"{method} {path} needs {expected} action, it has {actions}"
        assert set(actions) <= set(ACTIONS), f"{actions} is not in tacit.governance.access.ACTIONS"


def test_only_what_is_written_is_open() -> None:
    assert is_open("POST", "/api/v1/session") and is_open("GET", "/api/v1/session/oidc/x/callback")
    for method, path in (
        ("GET", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("POST", "/api/v1/session/code/x"),
        ("GET", "/api/v1/session/oidc/x/y/callback"),
        ("GET", "/api/v1/health/"),
        ("GET", "/API/v1/health"),
        ("GET", "/api/v1/jobs/../health"),
        ("GET", "/api/v1/openapi.json"),
    ):
        assert not is_open(method, path), path
