"""How often strangers may call, and from where the present one calls."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from time import monotonic

from tacit.errors import RefusedError

WINDOW_S = 60.0
KEPT = 10_000  # callers that are remembered
HOST: ContextVar[str] = ContextVar("host", default="")  # network address of a caller that is not verified


class Turnstile:
    """At most `most` calls of each caller in a minute. Counts in this process; a restart forgets. Thread-safe."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock = most, clock
        self._known: OrderedDict[str, tuple[float, int]] = OrderedDict()  # caller -> begin of its minute, calls in it
        self._lock = threading.Lock()

    def step(self, caller: str) -> None:
        """Count a call. Raises RefusedError("application.too_often")."""
        at = self._clock()
        with self._lock:
            begin, calls = self._known.pop(caller, (at, 0))
            if at - begin >= WINDOW_S:
                begin, calls = at, 0
            self._known[caller] = (begin, calls + 1)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        if calls >= self._most:
            raise RefusedError(
                "application.too_often",
                "Too many calls about applications came from here.",
                expected=f"at most {self._most} in a minute",
                hint="It is sent again by itself.",
            )
