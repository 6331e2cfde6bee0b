"""Python programs as subprocesses that begin with everything imported: forked off a process that has (see nursery).

`Popen` and `run` are those of `subprocess`. What they start is a child like any other: its own process, folder,
environment, output and fork server. What is told in other ways than they know is started from nothing.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

NURSERY = Path(__file__).parent / "nursery.py"
PROGRAMS, COMMAND = ("tacit.node", "tacit.runtime"), "from tacit.cli"
# What an interpreter, a native module or a library reads once, at its start.
EARLY = ("PYTHON", "LC_", "LANG", "LD_", "TACIT_KERNEL", "TACIT_THREADS", "RAYON_", "OMP_", "OPENBLAS_", "ARROW_")
PLAIN = {
    "PYTHONUTF8": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
}
TOLD = 22  # what Python 3.11 to 3.13 tell `_execute_child` besides the words
_BECOME_PARENT_OF_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
_asking = threading.Lock()
_line: socket.socket | None = None
_spares: list[int] = []


def _early(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(EARLY) and PLAIN.get(name) != value}


def _nursery() -> socket.socket:
    """Started at the first question; it ends with this process."""
    global _line
    if _line is None:
        ctypes.CDLL(None, use_errno=True).prctl(_BECOME_PARENT_OF_ORPHANS, 1, 0, 0, 0)
        _line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        _line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(EARLY)}
        environment = {**plain, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        with theirs:
            words = [sys.executable, "-P", str(NURSERY), str(theirs.fileno())]
            process = subprocess.Popen(words, pass_fds=[theirs.fileno()], env=environment)
        atexit.register(_end, _line, process)
    return _line


def _end(line: socket.socket, process: subprocess.Popen[bytes]) -> None:
    line.close()
    process.wait()


def _program(words: Any) -> list[str] | None:
    """What follows `python` in words that the nursery knows to run."""
    if not isinstance(words, list) or words[0] != sys.executable:
        return None
    rest = [str(word) for word in words[1:] if word != "-P"]
    if rest[:1] == ["-c"]:
        return rest if rest[1].startswith(COMMAND) else None
    return rest if rest[:1] == ["-m"] and rest[1] in PROGRAMS else None


class Popen(subprocess.Popen[Any]):
    """See above."""

    def _execute_child(self, words: Any, *told: Any) -> None:
        if len(told) != TOLD:  # another Python tells it otherwise
            super()._execute_child(words, *told)  # type: ignore[misc]
            return
        _, before, _, passed, folder, environment, *_, taken, _, _, given, _, complained = told[:15]
        restore, *who, umask, session, group = told[15:]
        program = _program(words)
        environment = {str(name): str(value) for name, value in (environment or os.environ).items()}
        odd = before or passed or session or umask != -1 or not restore or any(each is not None for each in who)
        if program is None or odd or _early(environment) or sys.platform != "linux":
            super()._execute_child(words, *told)  # type: ignore[misc]
            return
        wanted = {"words": program, "cwd": os.path.abspath(folder or "."), "env": environment}
        wanted["group"] = None if group == -1 else group
        files = [file if file != -1 else place for place, file in enumerate((taken, given, complained))]
        self.pid = _ask(wanted, files)
        self._child_created = True
        self._close_pipe_fds(*told[9:15])  # type: ignore[attr-defined]


def _ask(wanted: dict[str, Any], files: list[int]) -> int:
    """The id of the new process."""
    with _asking:
        line = _nursery()
        socket.send_fds(line, [json.dumps(wanted).encode()], files)
        pid, spare = map(int, line.recv(40).split())
        _spares[:] = [each for each in _spares if not _reaped(each)] + [spare]
        return pid


def _reaped(orphan: int) -> bool:
    """A fork server that nobody asked for ends after its parent, as our child."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(orphan, os.WNOHANG)[0] != 0
    return not os.path.exists(f"/proc/{orphan}")  # where it does, its parent lives


def run(words: list[str], **told: Any) -> subprocess.CompletedProcess[Any]:
    """As `subprocess.run` with its output captured."""
    given, limit = told.pop("input", None), told.pop("timeout", None)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with Popen(words, **pipes, **told) as process:
        try:
            out, err = process.communicate(given, limit)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(words, process.returncode, out, err)
