"""What jobs of the last days came to, day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tacit.node.database import Database, JobRow
from tacit.node.tables.metering import MeteredJobRow, UseRow
from tacit.schema.states import JOB_ENDED, JobState

_DAY_S = 86_400


@dataclass(slots=True)
class Day:
    """Jobs that ended on this day, in UTC, by how they ended. `wall_s`: from start to end. CPU seconds and bytes are of
    this node's workers; `rows`: of all datasets that finished jobs read, of whichever party."""

    day: str
    ended: dict[JobState, int] = field(default_factory=lambda: dict.fromkeys(sorted(JOB_ENDED), 0))
    wall_s: float = 0.0
    cpu_s: float = 0.0
    bytes_sent: int = 0
    bytes_received: int = 0
    rows: int = 0


def activity(database: Database, days: int, moment: float) -> list[Day]:
    """The last `days` days up to `moment` (seconds since 1970), the oldest first, also those without jobs."""
    last = int(moment // _DAY_S)
    first = last - days + 1
    found = {number: Day(_written(number)) for number in range(first, last + 1)}
    since = float(first * _DAY_S)
    jobs, metered, uses = JobRow.__table__.c, MeteredJobRow.__table__.c, UseRow.__table__.c
    with database.look() as connection:
        ended = select(jobs.state, jobs.started_at, jobs.ended_at).where(jobs.ended_at >= since)
        for state, started_at, ended_at in connection.execute(ended):
            day = found.get(int(ended_at // _DAY_S))
            if day is not None:
                day.ended[JobState(state)] += 1
                day.wall_s += max(0.0, ended_at - started_at) if started_at is not None else 0.0
        costs = select(metered.at, metered.cpu_s, metered.bytes_sent, metered.bytes_received)
        for at, cpu_s, sent, received in connection.execute(costs.where(metered.at >= since)):
            day = found.get(int(at // _DAY_S))
            if day is not None:
                day.cpu_s += cpu_s
                day.bytes_sent += sent
                day.bytes_received += received
        for at, rows in connection.execute(select(uses.at, uses.rows).where(uses.at >= since)):
            day = found.get(int(at // _DAY_S))
            if day is not None:
                day.rows += rows
    return list(found.values())


def _written(number: int) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(days=number)).date().isoformat()
