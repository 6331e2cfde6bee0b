"""How often clients may ask about items: a count on disk, taken down before any answer leaves."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tacit.errors import DataError, RefusedError


class QueryBudget:
    """Queries left for every client and key, in a file that several processes may share.

    Every query lets a client test one item, and whoever can ask for ever can list the table. A budget belongs to a key:
    a new key, which needs a new table, starts at nothing used. What was taken is never given back, not even when a
    run breaks off: the answers may have left.
    """

    def __init__(self, path: Path, per_client: int, per_key: int) -> None:
        if per_client < 1 or per_key < 1:
            raise ValueError("a budget is at least 1")
        self._path, self._per_client, self._per_key = path, per_client, per_key

    def left(self, key_id: bytes, client: str) -> int:
        """Queries that the client may still ask under this key."""
        with self._locked() as used:
            return self._left(used.get(key_id.hex(), {}), client)

    def take(self, key_id: bytes, client: str, count: int, at_most: int | None = None) -> int:
        """Count queries as asked; how many are left. Raises RefusedError psi.query_budget, and takes nothing then.

        `at_most`: what the table's tags are good for (`Header.queries`), a limit for the client besides the budget's.
        """
        if count < 0:
            raise ValueError("a count is at least 0")
        with self._locked() as used:
            clients = used.setdefault(key_id.hex(), {})
            left = self._left(clients, client)
            if at_most is not None:
                left = max(0, min(left, at_most - clients.get(client, 0)))
            if count > left:
                raise RefusedError(
                    "psi.query_budget",
                    "The budget of queries to this sealed table is used up.",
                    found=str(count),
                    expected=f"at most {left}",
                    hint="Seal a new table under a new key, or grant a larger budget.",
                )
            clients[client] = clients.get(client, 0) + count
            self._save(used)
            return left - count

    def _left(self, clients: dict[str, int], client: str) -> int:
        return max(0, min(self._per_client - clients.get(client, 0), self._per_key - sum(clients.values())))

    @contextmanager
    def _locked(self) -> Iterator[dict[str, dict[str, int]]]:
        path = self._path.with_name(self._path.name + ".lock")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._load()

    def _load(self) -> dict[str, dict[str, int]]:
        """A file that cannot be read is no reason to start again at nothing used."""
        if not self._path.exists():
            return {}
        try:
            used: dict[str, dict[str, int]] = json.loads(self._path.read_text("utf-8"))
            counts = [count for clients in used.values() for count in clients.values()]
            if not all(type(count) is int and count >= 0 for count in counts):
                raise ValueError("no count")
        except (ValueError, AttributeError, TypeError):
            raise DataError(
                "psi.budget_damaged",
                "The file with the used budget of queries cannot be read.",
                hint="Restore it, or seal a new table under a new key.",
            ) from None
        return used

    def _save(self, used: dict[str, dict[str, int]]) -> None:
        part = self._path.with_name(self._path.name + ".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(used, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # or the old count could be back after a crash
        finally:
            os.close(folder)
