"""What the programs of private set intersection have in common: a request in, events out, an end in good time.

The first line of stdin is the request, one JSON object; the answer to a question is a line {"yes": true|false}; the end
of stdin ends the process. Events are JSON lines on stdout, the last one finished or refused.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

from tacit.errors import InternalError, PeerFailed, ResourceError, TacitError
from tacit.runtime.without_pandas import leave_out_pandas

BEGIN = time.perf_counter()
_EVERY_S = 0.1  # between two reports of progress


class Program:
    """One run; `run` is the work. The main thread works; a second one waits for answers and for the parent's end."""

    def __init__(self, request: dict[str, Any], lines: Iterator[bytes]) -> None:
        self.request = request
        self.channel: Any = None
        self._lines = lines
        self._answers: SimpleQueue[bool] = SimpleQueue()
        self._last, self._phase = 0.0, ""
        self._saying = threading.Lock()
        self._out = sys.stdout  # stays, whatever a library is given for its own words
        threading.Thread(target=self._listen, name="parent", daemon=True).start()

    def run(self) -> dict[str, Any]:
        """The report."""
        raise NotImplementedError

    def ask(self, event: dict[str, Any]) -> bool:
        """Tell the parent, and wait for what the person says."""
        self.tell(event)
        return self._answers.get()

    def progress(self, phase: str, done: int, total: int) -> None:
        """Tell how far a phase is, not too often."""
        now = time.monotonic()
        if done < total and phase == self._phase and now - self._last < _EVERY_S:
            return
        self._last, self._phase = now, phase
        self.tell({"event": "progress", "phase": phase, "done": done, "total": total})

    def tell(self, event: dict[str, Any]) -> None:
        """One event for the parent."""
        with self._saying:
            self._out.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._out.flush()

    def stop(self, error: TacitError) -> None:
        """The peer hears the code, the parent everything."""
        self.fail(error)
        self.tell({"event": "refused", "error": error.as_dict()})

    def fail(self, error: TacitError) -> None:
        """The peer hears the code."""
        if self.channel is not None:
            self.channel.fail(error.peer_code if isinstance(error, PeerFailed) else error.code)

    def abandon(self) -> None:
        """The parent is gone: end what would outlive this process."""

    def _listen(self) -> None:
        for line in self._lines:
            self._answers.put(bool(json.loads(line).get("yes")))
        self.abandon()
        os._exit(70)  # the parent is gone and nobody reads what we would say


def run_program(kind: type[Program]) -> NoReturn:
    """Never returns: the process ends without taking the libraries down first, which would cost as much as a small
    run. Files are closed and private folders removed by then."""
    leave_out_pandas()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored
    code = _run(kind)
    sys.stdout.flush()
    os._exit(code)


def _run(kind: type[Program]) -> int:
    lines = _stdin_lines()
    program = kind(json.loads(next(lines)), lines)
    try:
        report = program.run()
    except TacitError as error:
        program.stop(error)
        return error.exit_code
    except KeyboardInterrupt:
        program.stop(ResourceError("psi.stopped", "The run was stopped here."))
        return 130
    except BaseException as error:
        fault = as_tacit_error(error)
        program.stop(fault)
        return fault.exit_code
    program.tell({"event": "finished", "report": report})
    return 0


def _stdin_lines() -> Iterator[bytes]:
    """Without Python's buffer, whose lock a thread that waits would hold at the end of the process."""
    kept = b""
    while piece := os.read(0, 1 << 16):
        *whole, kept = (kept + piece).split(b"\n")
        yield from whole


def as_tacit_error(error: BaseException) -> TacitError:
    """Only type and place of a foreign exception: its text may quote a cell."""
    if isinstance(error, MemoryError):
        return ResourceError(
            "psi.out_of_memory",
            "The run needs more memory than there is.",
            hint="Set --memory, so that keys go to disk.",
        )
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
    if os.environ.get("TACIT_DEBUG"):
        traceback.print_exception(error)
    return InternalError("psi.broke", "The run broke.", found=place, hint="Please report it.")
