"""A worker of a cluster: one process of one organisation that runs shards over a line of its own to the peer's."""

from __future__ import annotations

import contextlib
import os
import socket
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tacit.channel.channel import Traffic
from tacit.channel.line import Line, connect
from tacit.channel.port import PeerPort, hand_over
from tacit.channel.tls import TlsChannel
from tacit.errors import InternalError, ResourceError, TacitError
from tacit.kernel.arrays import Bytes
from tacit.protocols.psi.shards import Shard, intersect_shard
from tacit.protocols.psi.wire import Match, Side

MEET_S = 30.0  # for two workers that are both up
Ports: TypeAlias = "tuple[int, int] | None"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker reports of one shard: a match and the counters of its line so far, or the error as a dictionary."""

    match: Match | None
    traffic: Traffic | None
    error: dict[str, Any] | None = None


class Worker:
    """Lives in a process of its own and runs one shard after the other. Sees keys of its own organisation only.

    `threads`: of the kernel. Must be made before the kernel is used in this process.
    """

    def __init__(self, threads: int) -> None:
        os.environ["RAYON_NUM_THREADS"] = str(threads)
        self._port: PeerPort | None = None
        self._channel: TlsChannel | None = None

    def open(self, host: str | None, ports: Ports, listens: bool) -> tuple[str, dict[str, Any] | None]:
        """Ready: where the peer's worker reaches this one, "host:port" ("" for one that dials), or the error.

        `host`: the address to listen at, or that of this machine. `ports`: first and last that may be used, or any.
        """
        if not listens:
            return "", None
        try:
            self._port = _open_port(host or _own_address(), ports)
        except TacitError as error:
            return "", error.as_dict()
        address, port = self._port.address
        return (f"[{address}]:{port}" if ":" in address else f"{address}:{port}"), None

    def intersect(self, line: Line, shard: Shard, me: Side, keys: Bytes) -> Outcome:
        """Run the shard. Never raises: errors are told to the peer's worker and returned.

        The line is brought up for the first shard and kept for the others: a worker that dies between two shards is
        noticed at once.
        """
        try:
            if self._channel is None:
                self._channel = self._connect(line)
            return Outcome(intersect_shard(self._channel, shard, me, keys), self._channel.traffic())
        except TacitError as error:
            return Outcome(None, None, error.as_dict())
        except Exception as error:
            return Outcome(None, None, _broke(error).as_dict())

    def _connect(self, line: Line) -> TlsChannel:
        with self._source(line) as source:
            return connect(line, source, timeout_s=MEET_S)

    @contextlib.contextmanager
    def _source(self, line: Line) -> Iterator[socket.socket | None]:
        """Where the line's connection comes from: None for the side that dials."""
        if self._port is None:
            yield None
            return
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with here, there:
            self._port.expect(line.session, lambda sock: _pass_on(sock, there))
            try:
                yield here
            finally:
                self._port.forget(line.session)


def _pass_on(sock: socket.socket, over: socket.socket) -> None:
    with contextlib.suppress(OSError):  # more strangers than the system keeps, or the line is up already
        hand_over(sock, over)


def _open_port(host: str, ports: Ports) -> PeerPort:
    """The first free one. Connections that name no session are closed."""
    if ports is None:
        return PeerPort(host, 0, socket.socket.close)
    for port in range(ports[0], ports[1] + 1):
        try:
            return PeerPort(host, port, socket.socket.close)
        except ResourceError as error:
            if error.code != "port.taken" or port == ports[1]:
                raise
    raise ResourceError(
        "port.unusable", "There is no port to listen at.", found=f"{ports[0]} to {ports[1]}", expected="first to last"
    )


def _own_address() -> str:
    """As the other machines of the cluster know it."""
    import ray.util

    return str(ray.util.get_node_ip_address())


def _broke(error: Exception) -> InternalError:
    """Only type and place of a foreign exception: its text may quote a key."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return InternalError(
        "cluster.worker_broke",
        "A worker of the cluster broke.",
        found=f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}",
        hint="Please report it.",
    )
