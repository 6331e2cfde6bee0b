"""What leaves through the outbox, and what a final refusal of it means."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from pydantic import BaseModel

from tacit.errors import PeerError, TacitError
from tacit.interconnect import endpoints
from tacit.interconnect.endpoints import Endpoint
from tacit.interconnect.shapes import Empty
from tacit.node.asking import code_of, is_silence
from tacit.node.courier import Courier
from tacit.node.database import OutboxRow
from tacit.node.diary import Diary, as_notice
from tacit.node.notices import BATCH, JOB_NOTICES, Notices, Waiting
from tacit.node.stores.events import EventStore
from tacit.node.stores.jobs import JobStore

_ENDPOINTS: dict[str, Endpoint] = {endpoint.path: endpoint for endpoint in (*endpoints.ALL, JOB_NOTICES)}
_AWAITED = (endpoints.JOB_APPLY, endpoints.JOB_CONFIRM)  # without these the job cannot go on
_log = structlog.get_logger("mail")

OnRefused = Callable[[OutboxRow, str], None]


@dataclass(slots=True)
class Mail:
    """The Carrier of `tacit.node.outbox`. How far each peer has read each job's log is kept in memory only."""

    me: str
    courier: Courier
    jobs: JobStore
    events: EventStore
    diary: Diary
    on_refused: OnRefused = lambda _row, _code: None
    _told: dict[tuple[str, str], int] = field(default_factory=dict)
    _silent: set[tuple[str, int]] = field(default_factory=set)  # (peer, message)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, row: OutboxRow) -> None:
        """Send one message; the answer holds nothing that is needed."""
        endpoint = _ENDPOINTS[row.path]
        body = endpoint.body.model_validate(row.body)
        try:
            self.courier.call(row.peer, endpoint, body, BaseModel)
        except PeerError as fault:
            if endpoint in _AWAITED and is_silence(fault):
                self._show_silence(row, code_of(fault))
            raise
        if (row.peer, row.number) in self._silent:
            self._show_return(row)

    def _show_silence(self, row: OutboxRow, code: str) -> None:
        """A proposal or a decision that does not reach its party: say for whom the job waits."""
        if row.job_id is not None and (row.peer, row.number) not in self._silent:
            self._silent.add((row.peer, row.number))
            self.jobs.update(row.job_id, waiting={"party": row.peer, "code": code})
            self.diary.write(row.job_id, "job.waiting", level="warning", peer=row.peer, code=code)

    def _show_return(self, row: OutboxRow) -> None:
        self._silent.discard((row.peer, row.number))
        if row.job_id is not None:
            self.jobs.update(row.job_id, waiting=None)
            self.diary.write(row.job_id, "job.resumed", peer=row.peer)

    def refused(self, row: OutboxRow, error: TacitError) -> None:
        """The peer said no for good."""
        code = code_of(error) if isinstance(error, PeerError) else error.code
        _log.warning("mail.refused", peer=row.peer, path=row.path, job=row.job_id, code=code)
        self.on_refused(row, code)

    def send_news(self, peer: str, job_id: str) -> None:
        """Send the part of a job's log that `peer` has not seen: all of it that is not its own, or what is ours."""
        circle = self.jobs.circle(job_id)
        initiated = circle.initiator == self.me
        with self._lock:
            told = self._told.get((peer, job_id), 0)
        while True:
            rows = self.events.after(job_id, told, limit=BATCH)
            wanted = [row for row in rows if row.party != peer and (initiated or row.party == self.me)]
            if wanted or initiated:
                waiting = self._waiting(job_id) if initiated else None
                self._send(peer, Notices(job_id=job_id, events=tuple(map(as_notice, wanted)), waiting=waiting))
            told = rows[-1].number if rows else told
            with self._lock:
                self._told[peer, job_id] = told
            if len(rows) < BATCH:
                return

    def _send(self, peer: str, body: Notices) -> None:
        try:
            self.courier.call(peer, JOB_NOTICES, body, Empty)
        except TacitError as fault:
            if isinstance(fault, PeerError) and fault.code != "peer.refused":
                raise
            _log.info("news.refused", peer=peer, job=body.job_id, code=getattr(fault, "found", None) or fault.code)

    def _waiting(self, job_id: str) -> Waiting | None:
        waiting = self.jobs.waiting(job_id)
        return None if waiting is None else Waiting.model_validate(waiting)
