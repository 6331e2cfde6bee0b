"""The processes of a private set intersection: start them, hear them, and see that none is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tacit.client.rebuilding import rebuild
from tacit.errors import InternalError, PeerError, TacitError

Event = dict[str, Any]
OnEvent = Callable[[Event], None]
Confirm = Callable[[Event], bool]

_PROGRAM = [sys.executable, "-P", "-m", "tacit.runtime"]
_STOP_S = 3.0
_SETTLE_S = 5.0  # for the other party to notice that one has ended


class _Child:
    """One party's process. Its events go to `events` as (name, event); None is its end."""

    def __init__(
        self,
        request: dict[str, Any],
        events: queue.SimpleQueue[tuple[str, Event | None]],
        fds: Sequence[int] = (),
        program: str = "psi",
    ):
        self.name = str(request["me"])
        self._events = events
        self.process = subprocess.Popen(  # noqa: S603
            [*_PROGRAM, program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("TACIT_DEBUG") else subprocess.DEVNULL,  # a trace may quote a cell
            pass_fds=fds,
            process_group=0,
        )
        self._say(request)
        threading.Thread(target=self._follow, daemon=True).start()

    def answer(self, yes: bool) -> None:
        self._say({"yes": yes})

    def _say(self, words: dict[str, Any]) -> None:
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it has ended, and says why on the other pipe
                self.process.stdin.write(json.dumps(words).encode() + b"\n")
                self.process.stdin.flush()

    def _follow(self) -> None:
        for line in self.process.stdout or ():
            self._events.put((self.name, json.loads(line)))
        self._events.put((self.name, None))

    def end(self) -> None:
        """Whatever state it is in, it is gone afterwards."""
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
            self.process.wait(_STOP_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def broken(self) -> InternalError:
        """The process ended without a word: killed, or never started."""
        code = self.process.wait()
        return InternalError(
            "psi.ended_early",
            f"The process of {self.name} ended without a result.",
            found=f"signal {-code}" if code < 0 else f"exit code {code}",
            hint="If nobody killed it, the machine may have run out of memory: set `memory`.",
        )


def run_pair(requests: Mapping[str, dict[str, Any]], on_event: OnEvent | None) -> dict[str, dict[str, Any]]:
    """Both parties here. They meet on a socket that the left one inherits, by a secret that nobody else knows."""
    secret = os.urandom(16).hex()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        meet = {
            "left": {"how": "listen", "fd": listener.fileno(), "secret": secret},
            "right": {"how": "dial", "address": address, "secret": secret},
        }
        fds = {"left": [listener.fileno()], "right": []}
        events: queue.SimpleQueue[tuple[str, Event | None]] = queue.SimpleQueue()
        children: dict[str, _Child] = {}
        try:
            for side, request in requests.items():
                children[side] = _Child({**request, "meet": meet[side]}, events, fds[side])
            return _collect(children, events, on_event, None)
        finally:
            for child in children.values():
                child.end()


def run_one(
    request: dict[str, Any], on_event: OnEvent | None, confirm: Confirm | None, *, program: str = "psi"
) -> dict[str, Any]:
    """One process of `python -m tacit.runtime` and what it reports. `confirm` answers its questions."""
    events: queue.SimpleQueue[tuple[str, Event | None]] = queue.SimpleQueue()
    child = _Child(request, events, program=program)
    try:
        return _collect({child.name: child}, events, on_event, confirm)[child.name]
    finally:
        child.end()


class _Collected:
    """What the parties' processes said so far."""

    def __init__(self, children: Mapping[str, _Child], on_event: OnEvent | None, confirm: Confirm | None) -> None:
        self._children, self._on_event, self._confirm = children, on_event, confirm
        self.reports: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, TacitError] = {}

    def missing(self) -> bool:
        """Whether a party has not ended yet."""
        return len(self.reports) + len(self.errors) < len(self._children)

    def take(self, name: str, event: Event | None) -> None:
        if event is None:
            if name not in self.reports and name not in self.errors:
                self.errors[name] = self._children[name].broken()
        elif event["event"] == "finished":
            self.reports[name] = event["report"]
        elif event["event"] == "refused":
            self.errors[name] = _placed(rebuild(event["error"]), name if len(self._children) > 1 else None)
        elif event["event"] == "confirm" and self._confirm is not None:
            self._children[name].answer(self._confirm(event))
        elif self._on_event is not None:
            self._on_event({**event, "party": name})

    def cause(self) -> TacitError | None:
        """An error that is not the echo of another party's."""
        return next((error for error in self.errors.values() if not isinstance(error, PeerError)), None)


def _collect(
    children: Mapping[str, _Child],
    events: queue.SimpleQueue[tuple[str, Event | None]],
    on_event: OnEvent | None,
    confirm: Confirm | None,
) -> dict[str, dict[str, Any]]:
    """Every party's report. Raises the error that stopped the run; after an echo the cause has a moment to arrive."""
    said = _Collected(children, on_event, confirm)
    deadline: float | None = None
    while said.missing() and said.cause() is None:
        try:
            said.take(*events.get(timeout=None if deadline is None else max(0.0, deadline - time.monotonic())))
        except queue.Empty:
            break
        if said.errors and deadline is None:
            deadline = time.monotonic() + _SETTLE_S
    if said.errors:
        raise said.cause() or next(iter(said.errors.values()))
    return said.reports


def _placed(error: TacitError, party: str | None) -> TacitError:
    if party is not None and not isinstance(error, PeerError):
        error.message = f"{party.capitalize()}: {error.message}"
        error.args = (error.message,)
    return error
