"""How many requests one peer may make: a bucket of tokens per peer that fills at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable

from tacit.errors import RefusedError

BURST_S = 2.0  # so many seconds' worth may come at once


class Pace:
    """Not shared between threads: asked on the server's loop. `rate`: requests per second of each source."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._left: dict[str, tuple[float, float]] = {}  # source -> tokens, and when they were counted

    def check(self, source: str) -> None:
        """Take a token. Raises RefusedError("request.rate_limited"): the caller is to come again later."""
        now, full = self._clock(), self._rate * BURST_S
        tokens, since = self._left.get(source, (full, now))
        tokens = min(full, tokens + (now - since) * self._rate)
        if tokens < 1:
            self._left[source] = tokens, now
            raise RefusedError(
                "request.rate_limited",
                "The peer sends more requests than this node takes.",
                expected=f"at most {self._rate:g} per second",
                hint="The call is repeated by itself; raise peer_requests_per_s in node.toml if it goes on.",
            )
        self._left[source] = tokens - 1, now
