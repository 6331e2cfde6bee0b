"""Parties as processes on this machine, all pairs joined by TLS 1.3, that begin together. For `bench/psi.py`."""

from __future__ import annotations

import os
import queue
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from psi_network import Relay

Channels = dict[str, Any]
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What every party is told. Both functions stand at the top of a module, so that a new process finds them.

    `prepare(task, place)` runs before the clock starts; `play(channels, sid, place, prepared, task)` is measured and
    returns what the party reports.
    """

    names: tuple[str, ...]
    prepare: Callable[[Task, int], Any]
    play: Callable[[Channels, bytes, int, Any, Task], Report]
    check: Callable[[Report, Any, Task], Report]  # after the clock stopped
    settings: dict[str, Any] = field(default_factory=dict)
    latency_ms: float = 0.0
    mbit: float = 0.0


def run_processes(task: Task) -> tuple[float, list[Report]]:
    """Wall seconds from the common start to the last result, and every party's report with its costs."""
    context = get_context("spawn")
    sid = os.urandom(32)
    pipes, processes = [], []
    for place in range(len(task.names)):
        near, far = context.Pipe()
        pipes.append(near)
        processes.append(context.Process(target=_party, args=(task, place, sid, far)))
        processes[-1].start()
        far.close()
    try:
        contacts = dict(zip(task.names, (_hear(pipe) for pipe in pipes), strict=True))
        with _Relays(task, contacts) as dialled:
            _say(pipes, dialled)
            for pipe in pipes:
                _hear(pipe)  # connected and prepared
            begin = time.perf_counter()
            _say(pipes, "go")
            for pipe in pipes:
                _hear(pipe)  # has its result
            wall = time.perf_counter() - begin
            reports = [_hear(pipe) for pipe in pipes]
            _say(pipes, "end")
    finally:
        for process in processes:
            process.join(10)
            if process.is_alive():
                process.kill()
    return wall, reports


class _Relays:
    """Addresses to dial: the parties' own, or those of relays in front of them."""

    def __init__(self, task: Task, contacts: dict[str, tuple[int, str]]) -> None:
        slow = task.latency_ms or task.mbit
        self._contacts = contacts
        self._relays = {
            name: Relay("127.0.0.1", port, latency_ms=task.latency_ms, mbit=task.mbit)
            for name, (port, _) in (contacts.items() if slow else ())
        }

    def __enter__(self) -> dict[str, tuple[int, str]]:
        return {
            name: (self._relays[name].port if name in self._relays else port, certificate)
            for name, (port, certificate) in self._contacts.items()
        }

    def __exit__(self, *_: object) -> None:
        for relay in self._relays.values():
            relay.__exit__()


def _say(pipes: list[Connection], word: Any) -> None:
    for pipe in pipes:
        pipe.send(word)


def _hear(pipe: Connection) -> Any:
    try:
        said = pipe.recv()
    except EOFError:
        raise SystemExit("a party's process ended without a word: out of memory?") from None
    if isinstance(said, BaseException):
        raise said
    return said


def _party(task: Task, place: int, sid: bytes, parent: Connection) -> None:
    try:
        _take_part(task, place, sid, parent)
    except BaseException as error:
        parent.send(RuntimeError(f"{task.names[place]}: {type(error).__name__}: {error}"))


def _take_part(task: Task, place: int, sid: bytes, parent: Connection) -> None:
    from tacit.algorithms.alignment.streams import peak_mb
    from tacit.channel.identity import NodeIdentity
    from tacit.channel.port import PeerPort

    identity = NodeIdentity.generate(task.names[place])
    with PeerPort("127.0.0.1", 0, on_control=lambda sock: sock.close()) as port:
        parent.send((port.address[1], identity.certificate_pem))
        channels = _connect_all(task, place, sid, identity, port, parent.recv())
        prepared = task.prepare(task, place)
        parent.send("ready")
        parent.recv()
        before = resource.getrusage(resource.RUSAGE_SELF)
        report = task.play(channels, sid, place, prepared, task)
        after = resource.getrusage(resource.RUSAGE_SELF)
        parent.send("done")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        sent = sum(channel.traffic().bytes_sent for channel in channels.values())
        costs = {"cpu_s": cpu, "rss_mb": peak_mb(), "bytes_sent": sent}
        parent.send(task.check(report, prepared, task) | costs)
        parent.recv()
        for channel in channels.values():
            channel.close()


def _connect_all(task: Task, place: int, sid: bytes, identity: Any, port: Any, contacts: Any) -> Channels:
    from tacit.channel.line import connect
    from tacit.runtime.lines import PeerContact, resolve_lines

    known = {name: PeerContact(f"127.0.0.1:{number}", pem) for name, (number, pem) in contacts.items()}
    lines = resolve_lines(sid, task.names[place], {name: name for name in task.names}, identity, known)
    arriving: dict[str, queue.SimpleQueue[Any]] = {}
    for other, line in lines.items():
        if line.side == "listen":
            arriving[other] = queue.SimpleQueue()
            port.expect(line.session, arriving[other].put)
    channels: Channels = {}

    def come_up(other: str) -> None:
        sock = arriving[other].get(timeout=60) if other in arriving else None
        channels[other] = connect(lines[other], sock)

    threads = [threading.Thread(target=come_up, args=(other,)) for other in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(channels) != len(lines):
        raise RuntimeError("not all lines came up")
    return channels
