"""Nonces of requests that were answered: a request comes through once only, also across restarts."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

_SWEEP_S = 60.0
_TABLE = """CREATE TABLE IF NOT EXISTS nonces
    (source TEXT, nonce TEXT, until_ms INTEGER, PRIMARY KEY (source, nonce))"""


class NonceStore:
    """The replay cache of `tacit.interconnect.signing`, in a small SQLite file of its own.

    Each nonce is on file before the request is answered. The file is not synced to the disk each time: it survives
    a killed process, and after a power cut what is lost is a window of five minutes in which handlers that give the
    same answer to the same request stand alone.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=NORMAL",
            _TABLE,
        ):
            self._file.execute(statement)
        self._swept = 0.0

    def remember(self, source: str, nonce: str, until_ms: int) -> bool:
        """True the first time, False for a replay."""
        with self._lock:
            self._sweep()
            try:
                self._file.execute("INSERT INTO nonces VALUES (?, ?, ?)", (source, nonce, until_ms))
            except sqlite3.IntegrityError:
                return False
            return True

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > _SWEEP_S:
            self._swept = time.monotonic()
            self._file.execute("DELETE FROM nonces WHERE until_ms < ?", (int(time.time() * 1000),))
