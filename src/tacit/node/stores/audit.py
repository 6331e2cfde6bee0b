"""Where the audit trail lies: an append-only table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from tacit.ledger.audit import AuditEntry
from tacit.node.database import AuditRow, Database

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What a search of the trail is limited to; None does not limit. `act`: whole ("job.approved"), or its area, what
    stands before the dot ("job")."""

    subject: str | None = None
    actor: str | None = None
    act: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Read from the entries themselves, which the hashes cover: a copy beside them could say something else."""
        given = [(name, getattr(self, name)) for name in ("subject", "actor")]
        found: list[ColumnElement[bool]] = [_text(name) == value for name, value in given if value is not None]
        if self.act is not None:
            act = _text("act")
            found.append(act == self.act if "." in self.act else act.startswith(f"{self.act}.", autoescape=True))
        return found


EVERYTHING = TrailFilter()


class AuditTable:
    """The AuditStore of `tacit.ledger.audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> AuditEntry | None:
        """The newest entry."""
        with self._database.read() as session:
            row = session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
        return None if row is None else AuditEntry.model_validate(row.entry)

    def append(self, entry: AuditEntry) -> None:
        """Durable when it returns; the primary key refuses a number that is taken."""
        with self._database.write() as session:
            session.add(AuditRow(number=entry.number, entry=entry.model_dump(mode="json")))

    def entries(self, after: int = 0, limit: int | None = None) -> Iterable[AuditEntry]:
        """Entries with a greater number, oldest first."""
        return self.search(EVERYTHING, limit, after=after)

    def search(
        self,
        wanted: TrailFilter,
        limit: int | None = None,
        *,
        after: int = 0,
        before: int | None = None,
        newest_first: bool = False,
    ) -> list[AuditEntry]:
        """Entries that fit and whose numbers lie between `after` and `before`, both excluded."""
        number = AuditRow.number
        query = select(AuditRow).where(number > after, *wanted.conditions()).limit(limit)
        if before is not None:
            query = query.where(number < before)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(number.desc() if newest_first else number))
            return [AuditEntry.model_validate(row.entry) for row in rows]

    def walk(self) -> Iterator[AuditEntry]:
        """All, oldest first, some at a time: a trail may be longer than memory."""
        after = 0
        while found := list(self.entries(after, _AT_ONCE)):
            yield from found
            after = found[-1].number


def _text(name: str) -> Any:
    return AuditRow.entry[name].as_string()
