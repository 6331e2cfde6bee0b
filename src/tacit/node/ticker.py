"""A thread that does one thing again and again until it is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog


class Ticker:
    """A fault of one round is logged as `<name>.fault`; the next round comes all the same."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def closed(self) -> bool:
        """For rounds that take long: whether to stop in the middle."""
        return self._closed.is_set()

    def start(self, look: Callable[[], object], every_s: float) -> None:
        """Call `look` every so many seconds, the first time after so many."""
        self._thread = threading.Thread(target=self._run, args=(look, every_s), name=self._name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Returns when the thread has ended, or after a second."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def _run(self, look: Callable[[], object], every_s: float) -> None:
        log = structlog.get_logger(self._name)
        while not self._closed.wait(every_s):
            try:
                look()
            except Exception:
                if not self._closed.is_set():
                    log.exception(f"{self._name}.fault")
