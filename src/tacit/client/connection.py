"""Finds a node's local API and speaks HTTP to it; every failure becomes a TacitError."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tacit.client.rebuilding import rebuild
from tacit.errors import InternalError, ParameterError, PeerError, RefusedError, TacitError

DEFAULT_HOME = "~/.tacit"
PAGE = 100  # items that a node gives without being asked for more


def node_home(home: str | Path | None = None) -> Path:
    """The node's folder: the argument, else TACIT_HOME, else ~/.tacit."""
    return Path(home or os.environ.get("TACIT_HOME") or DEFAULT_HOME).expanduser()


class Connection:
    """One node's local API. Not shared between threads."""

    def __init__(self, url: str, token: str, *, timeout_s: float = 30.0) -> None:
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout_s, connect=5.0),
            trust_env=False,
        )

    @classmethod
    def to_home(cls, home: str | Path | None = None) -> Connection:
        """Connect to the node that runs from a folder on this machine."""
        folder = node_home(home)
        try:
            running = json.loads((folder / "run.json").read_text())
            token = os.environ.get("TACIT_API_KEY") or (folder / "api.token").read_text().strip()
        except FileNotFoundError:
            raise _not_running(folder) from None
        except PermissionError:
            raise RefusedError(
                "node.no_access",
                f"You may not read {folder}.",
                hint="Use the account that runs the node, or give the address and an API token.",
            ) from None
        except (OSError, ValueError):
            running, token = {}, ""
        if not (isinstance(running, dict) and isinstance(running.get("api"), str) and token):
            raise _damaged(folder)
        if not _is_alive(running.get("pid")):
            raise _not_running(folder)
        return cls(running["api"], token)

    def get(self, path: str, **params: Any) -> Any:
        return self.request("GET", path, params={key: value for key, value in params.items() if value is not None})

    def items(self, path: str, *, limit: int | None = None, **params: Any) -> list[dict[str, Any]]:
        """A list, page by page until its end, or at most `limit` items of it."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            size = PAGE if limit is None else min(limit - len(found), 1000)
            told = self.get(path, **params, limit=size if size != PAGE else None, cursor=cursor)
            page = told if isinstance(told, dict) else {}
            found += page.get("items", [])
            cursor = page.get("next")
            if cursor is None or (limit is not None and len(found) >= limit):
                return found[:limit]  # some lists give more than PAGE where nothing is said

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.request("POST", path, json=body or {})

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path)

    def request(self, method: str, path: str, **options: Any) -> Any:
        """The JSON answer (None for an empty one)."""
        response = self._send(method, path, **options)
        try:
            return response.json() if response.content else None
        except ValueError:
            raise _not_understood(response) from None

    def content(self, path: str, **params: Any) -> bytes:
        """The answer as bytes."""
        return self._send("GET", path, params=params).content

    def events(self, path: str, **params: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """(event name, data) of a stream of server-sent events, until it closes."""
        timeout = httpx.Timeout(30.0, connect=5.0)
        try:
            with self._http.stream("GET", path, params=params, timeout=timeout) as response:
                if not response.is_success:
                    response.read()
                    raise _problem(response)
                yield from _parse_events(response.iter_lines())
        except httpx.HTTPError as error:
            raise _unreachable(error) from None

    def close(self) -> None:
        self._http.close()

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise _unreachable(error) from None
        if not response.is_success:
            raise _problem(response)
        return response


def segment(name: str) -> str:
    """A name as one segment of a path, whatever is in it: none may lead to another resource."""
    if name in ("", ".", ".."):
        raise ParameterError("command.bad_name", "This cannot be a name.", found=repr(name))
    return quote(name, safe="")


def _parse_events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = "message"
    for line in lines:
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])
            name = "message"


def _problem(response: httpx.Response) -> TacitError:
    try:
        fields = response.json()
        return rebuild({**fields, "type": fields["class"]})
    except (ValueError, KeyError, TypeError):
        return _not_understood(response)


def _not_understood(response: httpx.Response) -> InternalError:
    return InternalError(
        "node.bad_answer",
        "The node's answer is not understood.",
        found=f"HTTP {response.status_code}",
        hint="Does another program answer at this address, or a node of another release?",
    )


def _unreachable(error: httpx.HTTPError) -> PeerError:
    return PeerError(
        "node.unreachable",
        "The node does not answer.",
        found=type(error).__name__,
        hint="Is it running? Start it with `tacit node run`.",
    )


def _is_alive(pid: object) -> bool:
    """Whether the node's process lives: a token must not go to whatever took over the port of a dead one."""
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _damaged(folder: Path) -> PeerError:
    return PeerError(
        "node.damaged_run_file",
        f"What the node wrote about itself in {folder} cannot be read.",
        hint="Restart it with `tacit node run`; it writes run.json and api.token anew.",
    )


def _not_running(folder: Path) -> PeerError:
    if (folder / "node.toml").exists():
        return PeerError(
            "node.not_running", f"No node runs from {folder}.", hint=f"Start it: `tacit node run --home {folder}`."
        )
    return PeerError(
        "node.no_home",
        f"There is no node in {folder}.",
        hint="Make one with `tacit node init`, or name its folder with --home or TACIT_HOME.",
    )
