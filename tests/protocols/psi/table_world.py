"""Small sealed tables, and both sides of their protocols, for the tests of this room."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from protocols.psi.psi_pair import SID, both
from tacit.protocols.psi import delivery, sealing, unbalanced
from tacit.protocols.psi.blinding import Mode
from tacit.protocols.psi.budget import QueryBudget
from tacit.protocols.psi.sealed import SealedTable
from tacit.protocols.psi.sealing import TableKey
from tacit.protocols.psi.wire import Terms

TERMS = Terms(sid=SID)
PAYLOAD = 7


def items(values: Iterable[object]) -> np.ndarray:
    """Digests of 16 bytes."""
    rows = [hashlib.sha256(repr(value).encode()).digest()[:16] for value in values]
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, 16)


def payloads(values: Iterable[object], note: str = "") -> np.ndarray:
    """PAYLOAD bytes for every value."""
    rows = [hashlib.sha256(f"{value!r}{note}".encode()).digest()[:PAYLOAD] for value in values]
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, PAYLOAD)


class World:
    """A server with a key and a table, and a client's folder."""

    def __init__(
        self, folder: Path, values: Sequence[object], *, mode: Mode = Mode.PLAIN, payload: int = 0, **more: Any
    ) -> None:
        self.server, self.client = folder / "server", folder / "client"
        self.key = TableKey.create(folder / "key", mode)
        batch = [(items(values), payloads(values) if payload else None)]
        limits = {"capacity": 10_000, "queries": 1000}
        self.table = sealing.build_table(self.server, self.key, batch, payload_bytes=payload, **limits | more)
        self.budget = QueryBudget(folder / "budget.json", per_client=1000, per_key=1500)

    def fetch(self, terms: Terms = TERMS) -> SealedTable:
        """The client's copy, brought up to date; errors are raised, the client's first."""
        return raised(
            *both(
                lambda channel: delivery.fetch(channel, self.client, terms),
                lambda channel: delivery.publish(channel, self.table, TERMS),
            )
        )

    def ask(self, values: Iterable[object], table: SealedTable | None = None) -> unbalanced.Found:
        """One query; errors are raised, the client's first."""
        return raised(*self.ask_both(values, table))

    def ask_both(self, values: Iterable[object], table: SealedTable | None = None) -> tuple[Any, Any]:
        """Both results, or errors."""
        mine = table if table is not None else SealedTable(self.client)
        return both(
            lambda channel: unbalanced.query(channel, mine, items(values), TERMS),
            lambda channel: unbalanced.answer(channel, self.table, self.key, self.budget, "client", TERMS),
        )


def raised(mine: Any, theirs: Any) -> Any:
    """My result."""
    for result in (mine, theirs):
        if isinstance(result, Exception):
            raise result
    return mine
