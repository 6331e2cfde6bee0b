"""Starts workers and listens to them. One fork server per process; a dead parent takes all workers with it."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any, TypeAlias

from tacit.channel.port import hand_over
from tacit.errors import ResourceError, TacitError, from_dict
from tacit.runtime.task import StepReport, StepTask
from tacit.runtime.worker import work

_PRELOAD = ["tacit.runtime.preload"]
_GRACE_S = 2.0  # between the word "cancel" and the kill


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    report: StepReport


@dataclass(frozen=True, slots=True)
class Failed:
    error: TacitError


WorkerEvent: TypeAlias = Progress | Succeeded | Failed


class Worker:
    """One running step. `on_event` is called from this worker's own thread, at last with Succeeded or Failed."""

    def __init__(self, task: StepTask, on_event: Callable[[WorkerEvent], None]) -> None:
        self.task = task
        self._on_event = on_event
        context = multiprocessing.get_context("forkserver")
        self._pipe, child_pipe = context.Pipe()
        pairs = {role: socket.socketpair() for role, line in task.lines.items() if line.side == "listen"}
        self._sockets = {role: ours for role, (ours, _) in pairs.items()}
        theirs = {role: child for role, (_, child) in pairs.items()}
        self._process = context.Process(
            target=work, args=(task.model_dump_json(), child_pipe, theirs), name=f"tacit {task.step}"
        )
        self._process.start()
        child_pipe.close()
        for child in theirs.values():
            child.close()
        self._ended = threading.Event()
        self._alarm = threading.Timer(task.limits.wall_s, self.cancel, args=("step.wall_limit",))
        self._alarm.daemon = True
        self._alarm.start()
        threading.Thread(target=self._listen, name=f"worker {task.step}", daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def hand_over(self, role: str, sock: socket.socket) -> None:
        """Give the worker the accepted connection of the peer in `role`. Closes our end of it."""
        with contextlib.suppress(OSError):  # the worker may have ended; its end is reported by its own thread
            hand_over(sock, self._sockets[role])

    def cancel(self, code: str = "job.cancelled") -> None:
        """Ask it to stop and tell its peers `code`; kill it if it does not within two seconds."""
        try:
            self._pipe.send_bytes(json.dumps({"cancel": code}).encode())
        except OSError:
            return
        killer = threading.Timer(_GRACE_S, self._kill)
        killer.daemon = True
        killer.start()

    def wait(self, timeout: float | None = None) -> bool:
        """True when it has ended within `timeout` seconds."""
        return self._ended.wait(timeout)

    def _kill(self) -> None:
        if self.alive:
            self._process.kill()

    def _listen(self) -> None:
        last: WorkerEvent | None = None
        while not isinstance(last, Succeeded | Failed):
            try:
                last = _read_event(self._pipe)
            except (EOFError, OSError):
                break
            if isinstance(last, Progress):
                self._on_event(last)
        self._process.join()
        self._alarm.cancel()
        for sock in self._sockets.values():
            sock.close()
        self._ended.set()
        if not isinstance(last, Succeeded | Failed):
            last = Failed(_death_of(self._process))
        self._pipe.close()
        self._on_event(last)


class WorkerPool:
    """All workers of one process."""

    def __init__(self) -> None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked children must not inherit a thread pool
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOAD)
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()

    def start(self, task: StepTask, on_event: Callable[[WorkerEvent], None]) -> Worker:
        with self._lock:
            self._workers = {worker for worker in self._workers if worker.alive}
            worker = Worker(task, on_event)
            self._workers.add(worker)
        return worker

    def close(self) -> None:
        """Stop all workers; returns when they are gone."""
        with self._lock:
            workers = list(self._workers)
        for worker in workers:
            worker.cancel("node.stopping")
        for worker in workers:
            worker.wait(_GRACE_S + 1)


def _read_event(pipe: Connection[Any, Any]) -> WorkerEvent:
    event = json.loads(pipe.recv_bytes())
    if event["event"] == "progress":
        return Progress(int(event["done"]), int(event["total"]), str(event["note"]))
    if event["event"] == "succeeded":
        return Succeeded(StepReport.model_validate(event["report"]))
    return Failed(from_dict(event["error"]))


def _death_of(process: ForkServerProcess) -> TacitError:
    """What the exit code says; negative is the number of a signal."""
    code = process.exitcode or 0
    if code == -signal.SIGXCPU:
        return ResourceError(
            "step.cpu_limit", "The step used more CPU time than a worker may.", hint="Raise the worker's CPU limit."
        )
    found = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return ResourceError(
        "worker.killed",
        "The worker process ended without a word.",
        found=found,
        hint="If nobody killed it, the machine ran out of memory: see the system log.",
    )
