"""What the kernel found on this machine, and how many threads it uses."""

from __future__ import annotations

from typing import Any

from tacit.kernel import _native
from tacit.kernel.arrays import check_count


def features() -> dict[str, Any]:
    """Processor and path: {"cpu": {flag: bool}, "best", "path", "group_backend": str, "threads": int}."""
    return _native.features()


def set_threads(count: int) -> None:
    """Use `count` threads from now on in this process. ValueError if 0."""
    check_count(count, "count", 1 << 10)
    _native.set_threads(int(count))
