"""Delivers messages that must arrive: one thread per peer, in order, again and again until the peer has answered.

A message is in the outbox table before anybody acts on its being sent (see `stores.outbox.enqueue`), so it survives
a crash. Log events of jobs go the same way out but are not kept in the table: after a restart they are sent anew
from the log, and the receiver knows which it has.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

import structlog

from tacit.errors import PeerError, TacitError
from tacit.node.clock import now
from tacit.node.database import Document, OutboxRow
from tacit.node.stores.outbox import OutboxStore

LIFETIME_S = 7 * 24 * 3600.0
NEWS_S = 0.15
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)
_log = structlog.get_logger("outbox")


def message(
    peer: str, path: str, body: Document, *, key: str, job_id: str | None = None, lifetime_s: float = LIFETIME_S
) -> OutboxRow:
    """A row to be committed together with the change that it announces. `key` names the intent."""
    return OutboxRow(
        key=key, peer=peer, job_id=job_id, path=path, body=body, created_at=now(), expires_at=now() + lifetime_s
    )


class Carrier(Protocol):
    """How messages leave."""

    def deliver(self, row: OutboxRow) -> None:
        """Returns when the peer has answered well. Raises PeerError, RefusedError."""
        ...

    def refused(self, row: OutboxRow, error: TacitError) -> None:
        """The peer has it and says no: it will not be sent again."""
        ...

    def send_news(self, peer: str, job_id: str) -> None:
        """Send what `peer` has not heard of the job's log. Raises PeerError."""
        ...


class Outbox:
    """`poke(peer)` after a commit that enqueued something; `spread(peer, job)` when there are new log events."""

    def __init__(self, store: OutboxStore, carrier: Carrier) -> None:
        self._store = store
        self._carrier = carrier
        self._lock = threading.Lock()
        self._mailmen: dict[str, _Mailman] = {}
        self._closed = False

    def start(self) -> None:
        """Send what was left over."""
        self._store.drop_expired()
        for peer in self._store.peers():
            self.poke(peer)

    def post(self, row: OutboxRow) -> None:
        """Keep and send a message that announces nothing."""
        self._store.add([row])
        self.poke(row.peer)

    def poke(self, peer: str) -> None:
        mailman = self._mailman(peer)
        if mailman is not None:
            mailman.wake()

    def spread(self, peer: str, job_id: str) -> None:
        mailman = self._mailman(peer)
        if mailman is not None:
            mailman.news(job_id)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            mailmen = list(self._mailmen.values())
        for mailman in mailmen:
            mailman.close()
        for mailman in mailmen:
            mailman.thread.join(timeout=1.0)

    def _mailman(self, peer: str) -> _Mailman | None:
        with self._lock:
            if self._closed:
                return None
            if peer not in self._mailmen:
                self._mailmen[peer] = _Mailman(peer, self._store, self._carrier)
            return self._mailmen[peer]


class _Mailman:
    """The thread of one peer."""

    def __init__(self, peer: str, store: OutboxStore, carrier: Carrier) -> None:
        self._peer = peer
        self._store = store
        self._carrier = carrier
        self._condition = threading.Condition()
        self._work = True
        self._jobs: dict[str, float] = {}  # job -> when its news is to be sent, oldest first
        self._closed = False
        self._failures = 0
        self.thread = threading.Thread(target=self._run, name=f"outbox {peer}", daemon=True)
        self.thread.start()

    def wake(self) -> None:
        with self._condition:
            self._work = True
            self._condition.notify()

    def news(self, job_id: str) -> None:
        """News is sent a moment later, so that several events travel together."""
        with self._condition:
            self._jobs.setdefault(job_id, time.monotonic() + NEWS_S)
            self._condition.notify()

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify()

    def _run(self) -> None:
        while self._wait_for_work():
            try:
                self._send_all()
                self._failures = 0
            except PeerError as fault:
                if self._failures == 0:
                    _log.warning("outbox.waiting", peer=self._peer, code=fault.code)
                self._pause()
            except TacitError as fault:  # a fault of this message only; never stop the mail of a peer
                _log.error("outbox.fault", peer=self._peer, code=fault.code)
                self._pause()
            except Exception:
                if self._closed:
                    return
                _log.exception("outbox.fault", peer=self._peer)
                self._pause()

    def _wait_for_work(self) -> bool:
        with self._condition:
            while not (self._work or self._closed or self._due()):
                first = next(iter(self._jobs.values()), None)
                self._condition.wait(None if first is None else max(0.001, first - time.monotonic()))
            self._work = False
            return not self._closed

    def _due(self) -> bool:
        first = next(iter(self._jobs.values()), None)
        return first is not None and first <= time.monotonic()

    def _send_all(self) -> None:
        while not self._closed and (row := self._store.first(self._peer)) is not None:
            self._send(row)
        while (job_id := self._next_news()) is not None:
            try:
                self._carrier.send_news(self._peer, job_id)
            except PeerError:
                with self._condition:
                    self._jobs.setdefault(job_id, 0.0)
                raise

    def _next_news(self) -> str | None:
        """A job whose news is due; taken off the list."""
        with self._condition:
            if self._closed or not self._due():
                return None
            job_id = next(iter(self._jobs))
            del self._jobs[job_id]
            return job_id

    def _send(self, row: OutboxRow) -> None:
        if row.expires_at < now():
            self._store.remove(row.number)
            return
        try:
            self._carrier.deliver(row)
        except PeerError as fault:
            if not is_final(fault):
                raise
            self._carrier.refused(row, fault)
        except TacitError as fault:
            self._carrier.refused(row, fault)
        self._store.remove(row.number)

    def _pause(self) -> None:
        delay = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
        self._failures += 1
        until = time.monotonic() + delay
        with self._condition:
            self._work = True
            while not self._closed and (left := until - time.monotonic()) > 0:
                self._condition.wait(left)


def is_final(error: PeerError) -> bool:
    """Whether the peer has read the request and refused it, so that asking again is no use."""
    return error.code in ("peer.refused", "peer.failed") and not (error.found or "").startswith(
        ("request.", "node.", "internal.")
    )
