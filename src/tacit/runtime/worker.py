"""The worker process: one step at one party. It sees its task, its sockets and nothing else of the node.

Talks to its parent over one pipe: it sends events as JSON, it receives "cancel" with a code.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import threading
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tacit.channel.channel import Channel, Session
from tacit.channel.line import connect
from tacit.engines.engine import StepCall
from tacit.engines.registry import engine_for
from tacit.errors import InternalError, PeerFailed, ResourceError, TacitError
from tacit.runtime import artifacts, limits
from tacit.runtime.step_io import FileStepIO
from tacit.runtime.task import StepReport, StepTask

_CONNECT_S = 30.0  # the other side's worker may start later


def work(task_json: str, parent: Connection, handed: Mapping[str, socket.socket]) -> None:
    """Entry point of the process. `handed`: role -> where the connections that this peer opened are handed over."""
    limits.die_with_parent()
    limits.leave_no_core()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    task = StepTask.model_validate_json(task_json)
    _Worker(task, parent, handed).run()


class _Worker:
    def __init__(self, task: StepTask, parent: Connection, handed: Mapping[str, socket.socket]) -> None:
        self._task = task
        self._parent = parent
        self._handed = handed
        self._sending = threading.Lock()
        self._told_end = False
        self._channels: dict[str, Channel] = {}
        self._last_progress = 0.0

    def run(self) -> None:
        threading.Thread(target=self._listen, name="parent", daemon=True).start()
        try:
            report = self._execute()
        except BaseException as error:
            self._end_with(_as_tacit_error(error))
            return
        self._tell({"event": "succeeded", "report": report.model_dump(mode="json")})

    def _execute(self) -> StepReport:
        started = time.monotonic()
        self._channels = self._connect_all()
        limits.apply(self._task.limits)
        io = FileStepIO(self._task, self._progress)
        engine_for(self._task.operator, self._task.version).run(self._call(io))
        report = self._report(io, started)
        for channel in self._channels.values():
            channel.close()
        return report

    def _connect_all(self) -> dict[str, Channel]:
        """All lines at once: a fixed order could make three parties wait for each other in a ring."""
        lines = self._task.lines

        def open_line(role: str) -> Channel:
            return connect(lines[role], self._handed.get(role), timeout_s=_CONNECT_S)

        if not lines:
            return {}
        with ThreadPoolExecutor(len(lines)) as pool:
            futures = {role: pool.submit(open_line, role) for role in lines}
            channels = {role: future.result() for role, future in futures.items()}
        for door in self._handed.values():
            door.close()  # who comes later is sent away
        return channels

    def _call(self, io: FileStepIO) -> StepCall:
        task = self._task
        session = Session(sid=bytes.fromhex(task.sid), me=task.role, channels=self._channels)
        return StepCall(
            operator=task.operator,
            version=task.version,
            params=task.params,
            role=task.role,
            parties=task.parties,
            session=session,
            io=io,
        )

    def _report(self, io: FileStepIO, started: float) -> StepReport:
        used = resource.getrusage(resource.RUSAGE_SELF)
        traffic = [channel.traffic() for channel in self._channels.values()]
        return StepReport(
            wall_s=time.monotonic() - started,
            cpu_s=used.ru_utime + used.ru_stime,
            rss_mb=used.ru_maxrss / 1024,
            bytes_sent=sum(count.bytes_sent for count in traffic),
            bytes_received=sum(count.bytes_received for count in traffic),
            rounds=max((count.rounds for count in traffic), default=0),
            transcripts={role: channel.transcript().hex() for role, channel in self._channels.items()},
            inputs={port: artifacts.digest_file(Path(path)) for port, path in self._task.inputs.items()},
            outputs=io.outputs,
        )

    def _end_with(self, error: TacitError) -> None:
        """Tell every peer the code (that of the first cause, if it came from a peer), then the parent the whole."""
        code = error.peer_code if isinstance(error, PeerFailed) else error.code
        for channel in self._channels.values():
            channel.fail(code)
        self._tell({"event": "failed", "error": error.as_dict()})

    def _progress(self, done: int, total: int, note: str) -> None:
        now = time.monotonic()
        if done < total and now - self._last_progress < 0.2:
            return
        self._last_progress = now
        self._tell({"event": "progress", "done": done, "total": total, "note": note})

    def _listen(self) -> None:
        """Waits for the parent's word and ends the process on it, whatever the step is busy with."""
        try:
            code = json.loads(self._parent.recv_bytes())["cancel"]
        except (EOFError, OSError):
            os._exit(70)  # the parent is gone and nobody reads what we would say
        self._end_with(ResourceError(code, "The step was stopped.", hint="See who stopped the job, and why."))
        os._exit(0)

    def _tell(self, event: dict[str, Any]) -> None:
        """At most one final event leaves: a cancel may cross the end of the step."""
        with self._sending:
            if not self._told_end:
                self._told_end = event["event"] != "progress"
                self._parent.send_bytes(json.dumps(event).encode())


def _as_tacit_error(error: BaseException) -> TacitError:
    if isinstance(error, TacitError):
        return error
    if isinstance(error, MemoryError):
        return ResourceError(
            "step.out_of_memory",
            "The step needs more memory than a worker may use.",
            hint="Raise the worker's memory limit, or use fewer rows or columns.",
        )
    where = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    place = f"{Path(where.filename).name}:{where.lineno}" if where else "an unknown place"
    # Only type and place: the text of a foreign exception may quote a cell.
    return InternalError("internal.step_failed", f"The step broke at {place}.", found=type(error).__name__)
