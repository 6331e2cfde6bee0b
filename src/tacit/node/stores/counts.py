"""How many there are of what: one question to the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from tacit.node.database import Database, DatasetRow, JobRow, PeerRow, Table
from tacit.schema.states import JobState


@dataclass(frozen=True, slots=True)
class Counts:
    """Of peers only those whose contract holds. `waiting`: jobs that wait for this node."""

    peers: int
    datasets: int
    running: int
    waiting: int


def _question() -> Select[Any]:
    wanted: tuple[tuple[type[Table], tuple[ColumnElement[bool], ...]], ...] = (
        (PeerRow, (PeerRow.state == "APPROVED",)),
        (DatasetRow, ()),
        (JobRow, (JobRow.state == JobState.RUNNING,)),
        (JobRow, (JobRow.state == JobState.PENDING, JobRow.decision == "waiting")),
    )
    return select(
        *(select(func.count()).select_from(row.__table__).where(*limits).scalar_subquery() for row, limits in wanted)
    )


_QUESTION = _question()


def count(database: Database) -> Counts:
    """As of now."""
    with database.look() as connection:
        peers, datasets, running, waiting = connection.execute(_QUESTION).one()
    return Counts(peers, datasets, running, waiting)
