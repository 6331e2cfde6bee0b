"""The folder of a node: what lies where, how it is made, and the lock that keeps a second process out."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tacit.channel.identity import NodeIdentity
from tacit.errors import InputError, ParameterError, RefusedError
from tacit.node import settings as node_settings
from tacit.node.settings import Settings

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below a node's folder. Only this node's process writes here; commands beside it leave notes for it."""

    path: Path

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def database(self) -> Path:
        return self.path / "node.db"

    @property
    def artifacts(self) -> Path:
        return self.path / "artifacts"

    @property
    def history(self) -> Path:
        """What steps note for later ones."""
        return self.path / "history"

    @property
    def models(self) -> Path:
        return self.path / "models"

    @property
    def log(self) -> Path:
        return self.path / "logs" / "node.log"

    @property
    def token_file(self) -> Path:
        return self.path / "api.token"

    @property
    def run_file(self) -> Path:
        """Exists while the node runs: where it listens."""
        return self.path / "run.json"

    def token(self) -> str:
        return self.token_file.read_text().strip()

    def settings(self) -> Settings:
        return node_settings.load(self.path)

    def identity(self) -> NodeIdentity:
        return NodeIdentity.load(self.keys)


def initialise(
    home: Path,
    name: str,
    institution: str = "",
    *,
    peer_address: str = "127.0.0.1:7304",
    api_port: int = 7300,
    peer_port: int | None = None,
) -> Settings:
    """Make a node's folder: settings, keys, token. `peer_port` defaults to the port of `peer_address`.

    Raises InputError("node.home_exists"), ParameterError("node.name_invalid", "node.address_invalid").
    """
    if not _NAME.match(name):
        raise ParameterError(
            "node.name_invalid",
            "This cannot be the name of a node.",
            found=name,
            expected="a lower-case letter, then letters, digits, - or _, at most 63 in all",
        )
    port = peer_port if peer_port is not None else port_of(peer_address)
    if (home / node_settings.FILE).exists():
        raise InputError(
            "node.home_exists",
            "There is a node in this folder already.",
            found=str(home),
            hint="Choose another folder.",
        )
    values: dict[str, Any] = {
        "name": name,
        "institution": institution or name,
        "peer_address": peer_address,
        "peer_port": port,
        "api_port": api_port,
    }
    settings = node_settings.check(values, "the command")
    _make_folders(Home(home))
    NodeIdentity.create(Home(home).keys, name)
    write_private(Home(home).token_file, secrets.token_urlsafe(32) + "\n")
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    (home / node_settings.FILE).write_text(
        "# Settings of this node. All of them: docs/guides/operate.md\n" + "\n".join(lines) + "\n"
    )
    return settings


def port_of(address: str) -> int:
    """Port of "host:port". Raises ParameterError("node.address_invalid")."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ParameterError(
            "node.address_invalid", "This is not an address of a node.", found=address, expected="host:port"
        )
    return int(port)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _make_folders(home: Home) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    home.path.chmod(0o700)
    for folder in (home.keys, home.artifacts, home.models, home.history, home.log.parent):
        folder.mkdir(mode=0o700, exist_ok=True)


class HomeLock:
    """Held by the one process that runs the node. The operating system lets go of it when the process dies."""

    def __init__(self, home: Home) -> None:
        self._descriptor = os.open(home.path / "node.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(self._descriptor)
            raise RefusedError(
                "node.already_running",
                "A process runs the node in this folder already.",
                found=str(home.path),
                hint="Stop it first; its process id is in run.json.",
            ) from fault

    def release(self) -> None:
        os.close(self._descriptor)
