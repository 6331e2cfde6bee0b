"""Wakes whoever waits for news of jobs: threads of the node, and streams to browsers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Ear:
    """One listener of the event loop. `news` is set whenever a job rang."""

    def __init__(self, job_id: str | None) -> None:
        self.job_id = job_id
        self.news = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.news.set)


class Bell:
    """`ring(job)` after every visible change of a job. Carries no content: listeners read the stores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: set[Ear] = set()
        self.closed = False  # the node stops: listeners leave

    def ring(self, job_id: str) -> None:
        with self._lock:
            ears = [ear for ear in self._ears if ear.job_id in (None, job_id)]
        for ear in ears:
            ear.wake()

    @contextmanager
    def listen(self, job_id: str | None) -> Iterator[Ear]:
        """Inside a coroutine: an ear for one job, or for all."""
        ear = Ear(job_id)
        with self._lock:
            self._ears.add(ear)
        try:
            yield ear
        finally:
            with self._lock:
                self._ears.discard(ear)

    def close(self) -> None:
        """Wake everybody a last time."""
        self.closed = True
        with self._lock:
            ears = list(self._ears)
        for ear in ears:
            ear.wake()
