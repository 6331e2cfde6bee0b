"""Times as the node keeps them (seconds since 1970, UTC) and as people and machines read them (ISO 8601)."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> float:
    """Seconds since 1970, to the millisecond."""
    return round(time.time(), 3)


def iso(seconds: float | None) -> str | None:
    """`2026-11-20T23:10:00.123Z`, or None for None."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def seconds_of(text: str) -> float:
    """The reverse of `iso`. A time without a zone is read as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
