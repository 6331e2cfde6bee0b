"""Ties a worker to its limits and to its parent's life."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from tacit.runtime.task import Limits

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """On Linux the kernel kills this process when its parent ends, so that no worker outlives its node."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def leave_no_core() -> None:
    """A core file would hold keys and data."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def apply(limits: Limits) -> None:
    """Memory counts private data (RLIMIT_DATA) on top of what the interpreter has already; on CPU time the kernel
    sends SIGXCPU, then SIGKILL.

    Called when the worker's own threads run: CPython waits for ever for a thread that has no memory to start.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    with contextlib.suppress(ValueError, OSError):  # a lower hard limit set by the operator of the machine stays
        allowed = _data_bytes() + (limits.memory_mb << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (spent + limits.cpu_s, spent + limits.cpu_s + 5))


def _data_bytes() -> int:
    """Private data of this process now (the sixth figure of /proc/self/statm, in pages); 0 where unknown."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0
