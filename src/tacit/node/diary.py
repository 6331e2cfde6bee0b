"""Writes the log of a job and the audit trail: one place that knows what an event may hold and who hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

from tacit.ledger.audit import AuditTrail
from tacit.node.bell import Bell
from tacit.node.clock import now
from tacit.node.database import EventRow
from tacit.node.notices import Level, Notice
from tacit.node.stores.events import EventStore
from tacit.node.words import FIELDS, say

MAX_EVENTS = 100_000  # of one party in one job
_log = structlog.get_logger("job")
_LEVELS = {"info": 20, "warning": 30, "error": 40}


class Diary:
    """Appends events and rings. `spread(job_id)` is called when there is news for the other parties."""

    def __init__(self, me: str, events: EventStore, trail: AuditTrail, bell: Bell) -> None:
        self._me = me
        self._events = events
        self._trail = trail
        self._bell = bell
        self.spread: Callable[[str], None] = lambda _job_id: None

    def event(
        self, job_id: str, event: str, /, *, step: str | None = None, level: Level = "info", **data: str | int
    ) -> EventRow:
        """An own event, to be committed with the change that it tells of; then call `announce`."""
        return self._event(job_id, event, step, level, data)

    def announce(self, job_id: str) -> None:
        """After a commit: wake listeners, tell the other parties."""
        self._bell.ring(job_id)
        self.spread(job_id)

    def write(
        self, job_id: str, event: str, /, *, step: str | None = None, level: Level = "info", **data: str | int
    ) -> None:
        """An own event that stands alone. `data` may hold peer, code, attempt."""
        self._events.append(self._event(job_id, event, step, level, data))
        self.announce(job_id)

    def note(
        self, job_id: str, event: str, /, *, actor: str = "node", level: Level = "info", **data: str | int
    ) -> None:
        """An event that is also an auditable act."""
        self._trail.record(event, f"job:{job_id}", dict(data), actor=actor)
        self._events.append(self._event(job_id, event, None, level, data))
        self.announce(job_id)

    def _event(
        self, job_id: str, event: str, step: str | None, level: Level, data: Mapping[str, str | int]
    ) -> EventRow:
        _log.log(_LEVELS[level], event, job=job_id, step=step, **data)
        return event_row(job_id, self._me, event, step=step, level=level, data=data)

    def audit(self, job_id: str, act: str, /, *, actor: str = "node", **details: str | int) -> None:
        """An auditable act that needs no event."""
        self._trail.record(act, f"job:{job_id}", dict(details), actor=actor)

    def ring(self, job_id: str) -> None:
        """Wake listeners only."""
        self._bell.ring(job_id)

    def receive(self, job_id: str, notices: Iterable[Notice], parties: Iterable[str]) -> None:
        """Keep events of other parties of the job, and pass them on."""
        others = set(parties) - {self._me}
        rows = [
            event_row(job_id, n.party, n.code, n.time, n.serial, step=n.step, level=n.level, data=dict(n.data))
            for n in notices
            if n.party in others and n.serial <= MAX_EVENTS
        ]
        if self._events.merge(rows):
            self.announce(job_id)


def event_row(
    job_id: str,
    party: str,
    code: str,
    time: float | None = None,
    serial: int = 0,
    *,
    step: str | None,
    level: str,
    data: Mapping[Any, Any],
) -> EventRow:
    """A row whose text is made here, from code and safe data. `serial` 0: an own event, numbered when stored."""
    safe = {key: value for key, value in data.items() if key in FIELDS}
    return EventRow(
        job_id=job_id,
        party=party,
        serial=serial,
        time=now() if time is None else time,
        step=step,
        level=level,
        code=code,
        text=say(code, party, safe).as_dict(),
        data=safe,
    )


def as_notice(row: EventRow) -> Notice:
    """An event as it travels."""
    names = ("party", "serial", "time", "step", "level", "code", "data")
    return Notice.model_validate({name: getattr(row, name) for name in names})
