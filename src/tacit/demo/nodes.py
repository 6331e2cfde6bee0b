"""Three real nodes as child processes: made, introduced to each other, stopped together."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tacit.client.client import Client
from tacit.errors import RefusedError, ResourceError

_STOP_S = 5.0
_MARK = ".tacit-demo"  # in a folder that the demo made, and may empty
_ENVIRONMENT = {
    "TACIT_DEMO": "true",
    "TACIT_SESSION_IDLE_S": "43200",  # who takes part for the first time may read for long
}


class DemoNodes:
    """Owns the processes and, below `folder`, the nodes' homes, which it makes anew; use as a context manager."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        self.names = names
        self.clients: dict[str, Client] = {}
        self.addresses: dict[str, dict[str, str]] = {}
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def introduce_all(self) -> None:
        """Every pair: one invites, the other accepts."""
        for host, guest in itertools.combinations(self.names, 2):
            self.clients[guest].accept(self.clients[host].invite())

    def stop(self) -> None:
        for client in self.clients.values():
            client.close()
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()

    def _start(self) -> None:
        self._clear()
        ports = iter(_free_ports(2 * len(self.names)))
        for name in self.names:
            home = self.folder / name
            address, api_port = f"127.0.0.1:{next(ports)}", str(next(ports))
            _run_node_command("init", name, "--home", str(home), "--peer-address", address, "--api-port", api_port)
        for name in self.names:
            self._processes[name] = _launch(self.folder / name)
        for name in self.names:
            self.addresses[name] = _wait_until_ready(name, self._processes[name], self.folder / name)
            self.clients[name] = Client(self.folder / name)

    def _clear(self) -> None:
        """Remove the homes of an earlier demo, and nothing else. Raises RefusedError."""
        homes = [self.folder / name for name in self.names]
        for home in homes:
            if not (_is_the_demos(home) or (self.folder / _MARK).exists()):
                raise RefusedError(
                    "demo.folder_in_use",
                    f"{home} was not made by the demo and stays as it is.",
                    hint="Name another folder with --dir.",
                )
            if _runs(home):
                raise RefusedError(
                    "demo.already_running",
                    f"A demo's node runs from {home}.",
                    hint="Stop that demo first, or name another folder with --dir.",
                )
        for home in homes:
            shutil.rmtree(home, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / _MARK).touch()


def _is_the_demos(home: Path) -> bool:
    return not home.exists() or (home / "demo.log").exists()


def _runs(home: Path) -> bool:
    """Whether a node runs from this folder now."""
    try:
        os.kill(int(json.loads((home / "run.json").read_text())["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _run_node_command(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-P", "-m", "tacit.node", *arguments], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise ResourceError("demo.node_failed", "A node could not be made.", found=done.stderr.strip()[-400:])


def _launch(home: Path) -> subprocess.Popen[str]:
    with (home / "demo.log").open("w") as log:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "tacit.node", "run", "--home", str(home)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **_ENVIRONMENT},
        )


def _wait_until_ready(name: str, process: subprocess.Popen[str], home: Path) -> dict[str, str]:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        process.wait()
        raise ResourceError(
            "demo.node_failed", f"The node of {name} did not start.", hint=f"Its log: {home / 'demo.log'}"
        )
    ready: dict[str, str] = json.loads(line)
    return ready


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; held open together so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]
    finally:
        for sock in sockets:
            sock.close()
