"""The audit trail of a node: every auditable act in one append-only chain of hashes.

Entry n holds the hash of entry n-1; the hash of an entry covers all of its fields (RFC 8785). Whoever knows the last
hash (it may be printed, or handed to a peer) can tell whether anything before it was changed, dropped or reordered.
Without a hash from outside, an owner of the database can still rewrite the whole chain; the trail does not claim more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from pydantic import Field

from tacit.errors import RefusedError
from tacit.schema.canonical import digest
from tacit.schema.wire import Code, Count, Digest, Millis, Shape

START = "0" * 64  # what the first entry names as its predecessor
Detail = str | int | bool | None


class AuditEntry(Shape):
    """One act. `subject`: what it was done to ("job:job-…", "dataset:patients"). `details`: facts, never data."""

    number: Count
    at: Millis
    act: Code
    actor: str = Field(min_length=1, max_length=256)
    subject: str = Field(min_length=1, max_length=256)
    details: dict[str, Detail] = Field(default_factory=dict)
    previous: Digest
    hash: Digest

    def computed_hash(self) -> str:
        """What `hash` must be."""
        fields = self.model_dump(mode="json", exclude={"hash"})
        return digest(fields)


class AuditStore(Protocol):
    """Where entries are kept. Entries are only ever added."""

    def last(self) -> AuditEntry | None:
        """The newest entry."""
        ...

    def append(self, entry: AuditEntry) -> None:
        """Durable when it returns. Raises when an entry of that number is there already."""
        ...

    def entries(self) -> Iterable[AuditEntry]:
        """All, oldest first."""
        ...


class MemoryAuditStore:
    """For tests and rehearsals."""

    def __init__(self, entries: Iterable[AuditEntry] = ()) -> None:
        self._entries = list(entries)

    def last(self) -> AuditEntry | None:
        """See AuditStore."""
        return self._entries[-1] if self._entries else None

    def append(self, entry: AuditEntry) -> None:
        """See AuditStore."""
        self._entries.append(entry)

    def entries(self) -> Iterable[AuditEntry]:
        """See AuditStore."""
        return tuple(self._entries)


class AuditTrail:
    """The one place where auditable acts are written down. Safe to call from several threads."""

    def __init__(self, store: AuditStore, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._store = store
        self._now_ms = now_ms
        self._lock = threading.Lock()

    def record(
        self, act: str, subject: str, details: dict[str, Detail] | None = None, *, actor: str = "node"
    ) -> AuditEntry:
        """Append one act, durably. `actor`: "node", a person's name, "rule:<id>" or "peer:<name>"."""
        with self._lock:
            last = self._store.last()
            entry = chain_entry(last, at=self._now_ms(), act=act, actor=actor, subject=subject, details=details or {})
            self._store.append(entry)
            return entry

    def verify(self, head: str | None = None) -> AuditHead:
        """See `verify_trail`."""
        return verify_trail(self._store.entries(), head)


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How long a trail is, and its last hash: what to print or hand out as an anchor."""

    length: int
    hash: str


def chain_entry(
    last: AuditEntry | None, *, at: int, act: str, actor: str, subject: str, details: dict[str, Detail]
) -> AuditEntry:
    """The entry that follows `last`. Pure."""
    draft = AuditEntry(
        number=last.number + 1 if last else 1,
        at=at,
        act=act,
        actor=actor,
        subject=subject,
        details=details,
        previous=last.hash if last else START,
        hash=START,
    )
    return draft.model_copy(update={"hash": draft.computed_hash()})


def verify_trail(entries: Iterable[AuditEntry], head: str | None = None) -> AuditHead:
    """Recompute the chain; `head` is a hash noted earlier, which must still occur in it.

    Raises RefusedError: audit.entry_missing, audit.entry_changed, audit.chain_broken, audit.head_missing. Each
    names the first entry that does not fit.
    """
    previous, number, head_seen = START, 0, head in (None, START)
    for entry in entries:
        number += 1
        if entry.number != number:
            raise _broken("entry_missing", number, "is missing or out of order")
        if entry.computed_hash() != entry.hash:
            raise _broken("entry_changed", number, "was changed after it was written")
        if entry.previous != previous:
            raise _broken("chain_broken", number, "does not follow the entry before it")
        previous = entry.hash
        head_seen = head_seen or entry.hash == head
    if not head_seen:
        raise RefusedError(
            "audit.head_missing",
            "The hash noted earlier does not occur in the audit trail.",
            found=f"{number} entries",
            hint="The trail was cut or rewritten since that hash was noted.",
        )
    return AuditHead(number, previous)


def _broken(code: str, number: int, what: str) -> RefusedError:
    return RefusedError(f"audit.{code}", f"Entry {number} of the audit trail {what}.", found=f"entry {number}")
