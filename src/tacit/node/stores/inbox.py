"""What waits for a person, delegations, standing approvals, and how often approvals were used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tacit.errors import InputError, NotFoundError
from tacit.node.database import Database, Document
from tacit.node.tables.inbox import CounterRow, DelegationRow, InboxRow, StandingRow, UseRow

OPEN = "open"
Change = Callable[[InboxRow], None]


def open_key(kind: str, subject: str) -> str:
    """One open item per kind and subject."""
    return f"{kind} {subject}"


class InboxStore:
    """Every change of an item happens inside one transaction that has locked its row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: InboxRow) -> InboxRow:
        """Keep a new open item; the one that is open already for its subject, if there is one."""
        try:
            with self._database.write() as session:
                session.add(row)
            return row
        except IntegrityError:
            known = self.open_of(row.kind, row.subject)
            if known is None:
                raise
            return known

    def get(self, item: str) -> InboxRow:
        """Raises NotFoundError("inbox.unknown")."""
        with self._database.read() as session:
            row = session.get(InboxRow, item)
        if row is None:
            raise _unknown(item)
        return row

    def open_of(self, kind: str, subject: str) -> InboxRow | None:
        with self._database.read() as session:
            return session.scalar(select(InboxRow).where(InboxRow.open_key == open_key(kind, subject)))

    def latest_of(self, kind: str, subject: str) -> InboxRow | None:
        """The newest item of a subject, open or not."""
        query = select(InboxRow).where(InboxRow.kind == kind, InboxRow.subject == subject)
        with self._database.read() as session:
            return session.scalar(query.order_by(InboxRow.created_at.desc(), InboxRow.id.desc()).limit(1))

    def change(self, item: str, change: Change) -> InboxRow:
        """Lock the item, read it as it is now, and change it. Raises NotFoundError and what `change` raises."""
        with self._database.write() as session:
            lock = update(InboxRow).where(InboxRow.id == item).values(version=InboxRow.version + 1)
            if session.execute(lock).rowcount == 0:  # type: ignore[attr-defined]
                raise _unknown(item)
            row = session.get_one(InboxRow, item, populate_existing=True)
            change(row)
            return row

    def unapplied(self) -> list[InboxRow]:
        """Decided, but what was decided is not done."""
        query = select(InboxRow).where(InboxRow.applied.is_(False), InboxRow.state != OPEN)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(InboxRow.ended_at, InboxRow.id)))

    def open(self, kind: str | None = None) -> list[InboxRow]:
        query = select(InboxRow).where(InboxRow.state == OPEN)
        with self._database.read() as session:
            return list(session.scalars(query if kind is None else query.where(InboxRow.kind == kind)))

    def page(
        self, states: Sequence[str], kind: str | None, *, limit: int, before: tuple[float, str] | None
    ) -> list[InboxRow]:
        """Newest first; `before`: (created_at, id) of the last one that is known. `states` empty: all."""
        query: Select[tuple[InboxRow]] = select(InboxRow)
        if states:
            query = query.where(InboxRow.state.in_(states))
        if kind is not None:
            query = query.where(InboxRow.kind == kind)
        if before is not None:
            at, id = before
            query = query.where(
                or_(InboxRow.created_at < at, (InboxRow.created_at == at) & (InboxRow.id < id)),
            )
        with self._database.read() as session:
            return list(session.scalars(query.order_by(InboxRow.created_at.desc(), InboxRow.id.desc()).limit(limit)))

    def counts(self) -> dict[str, int]:
        """Kind -> open items."""
        query = select(InboxRow.kind, func.count()).where(InboxRow.state == OPEN).group_by(InboxRow.kind)
        with self._database.read() as session:
            return {row[0]: row[1] for row in session.execute(query)}


class DelegationStore:
    """Who may decide in whose name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: DelegationRow) -> None:
        with self._database.write() as session:
            session.add(row)

    def get(self, id: str) -> DelegationRow:
        """Raises NotFoundError("delegation.unknown")."""
        with self._database.read() as session:
            row = session.get(DelegationRow, id)
        if row is None:
            raise NotFoundError("delegation.unknown", "There is no such delegation.", found=id)
        return row

    def all(self) -> list[DelegationRow]:
        """Newest first."""
        query = select(DelegationRow).order_by(DelegationRow.created_at.desc(), DelegationRow.id)
        with self._database.read() as session:
            return list(session.scalars(query))

    def of_delegate(self, delegate: str, at: float) -> list[DelegationRow]:
        """Those that `delegate` can use now."""
        query = select(DelegationRow).where(
            DelegationRow.delegate == delegate,
            DelegationRow.revoked_at.is_(None),
            DelegationRow.from_at <= at,
            DelegationRow.until > at,
        )
        with self._database.read() as session:
            return list(session.scalars(query.order_by(DelegationRow.created_at)))

    def revoke(self, id: str, at: float) -> bool:
        """False if it was revoked before."""
        query = update(DelegationRow).where(DelegationRow.id == id, DelegationRow.revoked_at.is_(None))
        with self._database.write() as session:
            return bool(session.execute(query.values(revoked_at=at)).rowcount)  # type: ignore[attr-defined]


class StandingStore:
    """Flows that are approved again and again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: StandingRow) -> None:
        with self._database.write() as session:
            session.add(row)

    def get(self, id: str) -> StandingRow:
        """Raises NotFoundError("standing.unknown")."""
        with self._database.read() as session:
            row = session.get(StandingRow, id)
        if row is None:
            raise NotFoundError("standing.unknown", "There is no such standing approval.", found=id)
        return row

    def all(self) -> list[StandingRow]:
        """Newest first."""
        query = select(StandingRow).order_by(StandingRow.created_at.desc(), StandingRow.id)
        with self._database.read() as session:
            return list(session.scalars(query))

    def of_flow(self, flow_hash: str, initiator: str, agreement: str, at: float) -> list[StandingRow]:
        """In force for exactly this flow, oldest first."""
        query = select(StandingRow).where(
            StandingRow.flow_hash == flow_hash,
            StandingRow.initiator == initiator,
            StandingRow.agreement == agreement,
            StandingRow.state == "active",
            or_(StandingRow.until.is_(None), StandingRow.until > at),
        )
        with self._database.read() as session:
            return list(session.scalars(query.order_by(StandingRow.created_at, StandingRow.id)))

    def move(self, id: str, sources: Iterable[str], state: str, at: float | None = None) -> bool:
        """Change the state if it is one of `sources` now."""
        query = update(StandingRow).where(StandingRow.id == id, StandingRow.state.in_(list(sources)))
        with self._database.write() as session:
            return bool(session.execute(query.values(state=state, ended_at=at)).rowcount)  # type: ignore[attr-defined]


class UseStore:
    """Counts for which jobs a rule, a grant or a standing approval was used: never more than it allows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self,
        source: str,
        job_id: str,
        at: float,
        *,
        limit: int | None = None,
        rate: tuple[int, float] | None = None,
    ) -> bool:
        """Count one more job; True as well if it was counted before, False if there is no room for it.

        `rate`: (jobs, seconds).
        """
        self._open(source)
        with self._database.write() as session:
            session.execute(update(CounterRow).where(CounterRow.source == source).values(used=CounterRow.used))
            if session.get(UseRow, (source, job_id)) is not None:
                return True
            if not _has_room(session, source, at, limit, rate):
                return False
            session.add(UseRow(source=source, job_id=job_id, at=at))
            session.execute(update(CounterRow).where(CounterRow.source == source).values(used=CounterRow.used + 1))
            return True

    def used(self, source: str) -> int:
        with self._database.read() as session:
            return session.scalar(select(CounterRow.used).where(CounterRow.source == source)) or 0

    def times(self, source: str) -> list[float]:
        """When it was used, oldest first."""
        with self._database.read() as session:
            return list(session.scalars(select(UseRow.at).where(UseRow.source == source).order_by(UseRow.at)))

    def jobs(self, source: str) -> list[str]:
        with self._database.read() as session:
            return list(session.scalars(select(UseRow.job_id).where(UseRow.source == source).order_by(UseRow.at)))

    def sources(self, job_id: str) -> list[str]:
        """What was used for a job."""
        with self._database.read() as session:
            return list(session.scalars(select(UseRow.source).where(UseRow.job_id == job_id)))

    def _open(self, source: str) -> None:
        """The row that is locked; made once, whoever is first."""
        with self._database.read() as session:
            if session.get(CounterRow, source) is not None:
                return
        try:
            with self._database.write() as session:
                session.add(CounterRow(source=source, used=0))
        except IntegrityError:
            return


def _has_room(session: Session, source: str, at: float, limit: int | None, rate: tuple[int, float] | None) -> bool:
    used = session.scalar(select(CounterRow.used).where(CounterRow.source == source)) or 0
    if limit is not None and used >= limit:
        return False
    if rate is None:
        return True
    jobs, seconds = rate
    query = select(func.count()).select_from(UseRow).where(UseRow.source == source, UseRow.at > at - seconds)
    return (session.scalar(query) or 0) < jobs


def wrong_state(found: str) -> InputError:
    """For a decision about an item that is not open any more."""
    return InputError("inbox.wrong_state", "This has been decided already.", found=found, expected=OPEN)


def append(values: list[Any], more: Document) -> list[Any]:
    """A new list: JSON values are replaced, never changed in place."""
    return [*values, more]


def _unknown(item: str) -> NotFoundError:
    return NotFoundError("inbox.unknown", "There is no such item in the inbox.", found=item)
