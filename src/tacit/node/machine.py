"""What the machine of a node has, and how much of it is free."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

_MEMORY = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """Sizes in bytes; those of the disk are of the one that the node's folder lies on. `load`: processes that run or
    wait for a processor, over the last minute. None: this system does not tell."""

    cpus: int
    load: float | None
    memory_bytes: int
    memory_free_bytes: int | None
    disk_bytes: int
    disk_free_bytes: int


def look(folder: Path, memory: Path = _MEMORY) -> Machine:
    """As it is now."""
    disk = shutil.disk_usage(folder)
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(os.cpu_count() or 1, _load(), total, _free_memory(memory), disk.total, disk.free)


def _load() -> float | None:
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None


def _free_memory(file: Path) -> int | None:
    """What programs can still get without swapping, as Linux estimates it."""
    try:
        lines = file.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
