"""Schedules: flows that this node submits again and again, and how their last runs came out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tacit.errors import InputError, NotFoundError
from tacit.node.database import Database, ScheduleRow


class ScheduleStore:
    """A run is claimed before it is submitted, under the number that its job will have: so it is submitted once,
    whenever the node goes down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ScheduleRow]:
        with self._database.read() as session:
            return list(session.scalars(select(ScheduleRow).order_by(ScheduleRow.name)))

    def get(self, name: str) -> ScheduleRow:
        """Raises NotFoundError("schedule.unknown")."""
        with self._database.read() as session:
            return _row(session, name)

    def add(self, row: ScheduleRow) -> None:
        """Raises InputError("schedule.exists")."""
        with self._database.write() as session:
            if session.get(ScheduleRow, row.name) is not None:
                raise InputError(
                    "schedule.exists",
                    "There is a schedule of this name already.",
                    found=row.name,
                    hint="Give another --name, or remove it with `tacit job unschedule`.",
                )
            session.add(row)

    def remove(self, name: str) -> None:
        """Raises NotFoundError("schedule.unknown")."""
        with self._database.write() as session:
            session.delete(_row(session, name))

    def change(self, name: str, **values: Any) -> ScheduleRow:
        """Set fields. Raises NotFoundError("schedule.unknown")."""
        with self._database.write() as session:
            row = _row(session, name)
            for field, value in values.items():
                setattr(row, field, value)
            return row

    def due(self, moment: float) -> list[ScheduleRow]:
        """Those whose time has come, the longest waiting first."""
        query = select(ScheduleRow).where(ScheduleRow.paused.is_(False), ScheduleRow.due_at <= moment)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(ScheduleRow.due_at, ScheduleRow.name)))

    def claimed(self) -> list[ScheduleRow]:
        """Those with a run of which it is not written what became of it."""
        with self._database.read() as session:
            return list(session.scalars(select(ScheduleRow).where(ScheduleRow.claim.is_not(None))))

    def claim(self, row: ScheduleRow, next_at: float, number: str) -> bool:
        """Take the run that is due, and set the next time. False if somebody changed the schedule meanwhile."""
        with self._database.write() as session:
            known = session.get(ScheduleRow, row.name)
            if known is None or known.paused or known.due_at != row.due_at or known.claim is not None:
                return False
            known.claim, known.claimed_due_at, known.due_at = number, row.due_at, next_at
            return True

    def settle(self, name: str, number: str, last: dict[str, Any]) -> None:
        """Write what became of a claimed run; nothing if the schedule is gone."""
        with self._database.write() as session:
            row = session.get(ScheduleRow, name)
            if row is None or row.claim != number:
                return
            row.claim, row.claimed_due_at, row.last = None, None, last
            if last["job_id"] is not None and last["outcome"] == "submitted":
                row.last_job = last["job_id"]


def _row(session: Session, name: str) -> ScheduleRow:
    row = session.get(ScheduleRow, name)
    if row is None:
        raise NotFoundError(
            "schedule.unknown", "There is no such schedule.", found=name, hint="`tacit job schedules` lists them."
        )
    return row
