"""Users, sign-in sessions and API clients of a node, as Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tacit.client.connection import Connection, segment


class People:
    """The users of this organisation. Reached as `client.people`."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def me(self) -> dict[str, Any]:
        """{kind, name, roles, actions …}: who this client is for the node, and what it may do."""
        return dict(self._node.get("/session"))

    def access(self) -> dict[str, Any]:
        """{roles, actions}: all there are, with titles in Chinese and English."""
        return dict(self._node.get("/access"))

    def all(self) -> list[dict[str, Any]]:
        return self._node.items("/users")

    def show(self, name: str) -> dict[str, Any]:
        """With links to identity providers and open sessions."""
        return dict(self._node.get(f"/users/{segment(name)}"))

    def add(
        self,
        name: str,
        roles: Sequence[str],
        *,
        display_name: str = "",
        password: str | None = None,
        must_change: bool = True,
    ) -> dict[str, Any]:
        """Without a password the user needs a one-time code: see `give_code`."""
        body = {"name": name, "roles": list(roles), "display_name": display_name, "must_change": must_change}
        return dict(self._node.post("/users", body | ({} if password is None else {"password": password})))

    def change(
        self,
        name: str,
        *,
        roles: Sequence[str] | None = None,
        display_name: str | None = None,
        disabled: bool | None = None,
    ) -> dict[str, Any]:
        given = {
            "roles": None if roles is None else list(roles),
            "display_name": display_name,
            "disabled": disabled,
        }
        body = {key: value for key, value in given.items() if value is not None}
        return dict(self._node.request("PATCH", f"/users/{segment(name)}", json=body))

    def remove(self, name: str) -> None:
        self._node.delete(f"/users/{segment(name)}")

    def give_code(self, name: str, *, reset: bool = False) -> dict[str, Any]:
        """{code, link, expires_at}: signs the user in once. `reset`: the old password ends."""
        return dict(self._node.post(f"/users/{segment(name)}/codes", {"reset": reset}))

    def end_sessions(self, name: str) -> int:
        """Sign a user out everywhere; how many sessions that were."""
        return int(self._node.delete(f"/users/{segment(name)}/sessions")["ended"])

    def link(self, name: str, issuer: str, subject: str) -> None:
        """Whoever signs in as `subject` at the identity provider `issuer` is this user from now on."""
        self._node.post(f"/users/{segment(name)}/links", {"issuer": issuer, "subject": subject})

    def unlink(self, name: str, issuer: str, subject: str) -> None:
        self._node.post(f"/users/{segment(name)}/links/remove", {"issuer": issuer, "subject": subject})


class ApiClients:
    """Programs with a key of their own. Reached as `client.api_clients`."""

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self) -> list[dict[str, Any]]:
        return self._node.items("/clients")

    def show(self, name: str) -> dict[str, Any]:
        return dict(self._node.get(f"/clients/{segment(name)}"))

    def add(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        note: str = "",
        expires_at: str | None = None,
        per_minute: int | None = None,
        per_day: int | None = None,
    ) -> dict[str, Any]:
        """With its `key`, which is never shown again. `scopes`: actions, such as "job.submit"."""
        given = {"expires_at": expires_at, "per_minute": per_minute, "per_day": per_day}
        body = {"name": name, "scopes": list(scopes), "note": note}
        return dict(self._node.post("/clients", body | {key: val for key, val in given.items() if val is not None}))

    def change(self, name: str, **values: Any) -> dict[str, Any]:
        """`scopes`, `note`, `expires_at`, `per_minute`, `per_day`."""
        return dict(self._node.request("PATCH", f"/clients/{segment(name)}", json=values))

    def renew(self, name: str) -> dict[str, Any]:
        """With a new `key`; the old one ends at once."""
        return dict(self._node.post(f"/clients/{segment(name)}/renew"))

    def revoke(self, name: str) -> dict[str, Any]:
        return dict(self._node.post(f"/clients/{segment(name)}/revoke"))

    def remove(self, name: str) -> None:
        self._node.delete(f"/clients/{segment(name)}")
