"""Project agreements: the present offer of each, all offers that were made, and the moves of their negotiations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tacit.errors import NotFoundError, RefusedError
from tacit.governance.negotiation import Move, Stage
from tacit.node.database import AgreementRow, Database, JobRow, OutboxRow
from tacit.node.stores.outbox import enqueue
from tacit.node.tables.agreements import MoveRow, OfferRow
from tacit.schema.agreement import ProjectAgreement
from tacit.schema.states import JOB_ENDED, JobState


@dataclass(slots=True)
class Edit:
    """One agreement inside a transaction, its row locked: read and set `row`, then add what goes with the change."""

    session: Session
    row: AgreementRow
    at: float
    mail: list[OutboxRow] = field(default_factory=list)

    @property
    def agreement(self) -> ProjectAgreement:
        return ProjectAgreement.model_validate(self.row.document)

    def keep(self, agreement: ProjectAgreement, author: str) -> None:
        """An offer, for the history."""
        self.session.merge(
            OfferRow(
                agreement_id=agreement.id,
                hash=agreement.hash(),
                version=agreement.number,
                author=author,
                document=agreement.document(),
                created_at=self.at,
            )
        )

    def note(self, move: Move, member: str, code: str | None = None) -> None:
        """A move, for the history; call it after the row was changed."""
        row = self.row
        self.session.add(
            MoveRow(
                agreement_id=row.id,
                move=move,
                member=member,
                version=row.version,
                hash=row.hash,
                stage=row.stage,
                code=code,
                at=self.at,
            )
        )

    def find(self, agreement: str) -> AgreementRow | None:
        """Another agreement, locked too."""
        return self.session.get(AgreementRow, agreement, with_for_update=True)

    def amendments(self, hashed: str) -> list[AgreementRow]:
        """What amends the agreement of this hash, ended negotiations included."""
        return list(self.session.scalars(select(AgreementRow).where(AgreementRow.amends_hash == hashed)))


class AgreementStore:
    """Rows of agreements that this node proposed or was asked to sign."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[AgreementRow]:
        with self._database.read() as session:
            return list(session.scalars(select(AgreementRow).order_by(AgreementRow.created_at.desc(), AgreementRow.id)))

    def find(self, agreement: str) -> AgreementRow | None:
        with self._database.read() as session:
            return session.get(AgreementRow, agreement)

    def get(self, agreement: str) -> AgreementRow:
        """Raises NotFoundError("agreement.unknown")."""
        row = self.find(agreement)
        if row is None:
            raise _unknown(agreement)
        return row

    @contextmanager
    def begin(self, row: AgreementRow, at: float) -> Iterator[Edit]:
        """Add an agreement; mail is queued in the same commit. Raises RefusedError("request.repeated") if it is known,
        as when the same offer comes twice at once: the sender will ask again."""
        with self._database.write() as session:
            if session.get(AgreementRow, row.id) is not None:
                raise RefusedError("request.repeated", "The same offer is just being taken in.")
            session.add(row)
            edit = Edit(session, row, at)
            yield edit
            enqueue(session, edit.mail)

    @contextmanager
    def edit(self, agreement: str, at: float) -> Iterator[Edit]:
        """Change an agreement; nobody else changes it meanwhile. Raises NotFoundError("agreement.unknown")."""
        with self._database.write() as session:
            row = session.get(AgreementRow, agreement, with_for_update=True)
            if row is None:
                raise _unknown(agreement)
            edit = Edit(session, row, at)
            yield edit
            enqueue(session, edit.mail)

    def change(self, agreement: str, also: Iterable[OutboxRow] = (), **values: Any) -> AgreementRow:
        """Set fields; a given `signatures` is merged into those that are there."""
        with self.edit(agreement, 0.0) as edit:
            for name, value in values.items():
                setattr(edit.row, name, {**edit.row.signatures, **value} if name == "signatures" else value)
            edit.mail.extend(also)
        return edit.row

    def amendments(self, hashed: str) -> list[AgreementRow]:
        """What amends the agreement of this hash, ended negotiations included."""
        query = select(AgreementRow).where(AgreementRow.amends_hash == hashed).order_by(AgreementRow.created_at)
        with self._database.read() as session:
            return list(session.scalars(query))

    def offers(self, agreement: str) -> list[OfferRow]:
        """Every offer that was made, oldest first."""
        query = select(OfferRow).where(OfferRow.agreement_id == agreement).order_by(OfferRow.version, OfferRow.hash)
        with self._database.read() as session:
            return list(session.scalars(query))

    def moves(self, agreement: str) -> list[MoveRow]:
        """What happened in the negotiation, as this node came to know it, oldest first."""
        query = select(MoveRow).where(MoveRow.agreement_id == agreement).order_by(MoveRow.number)
        with self._database.read() as session:
            return list(session.scalars(query))

    def jobs_under(self, agreements: Collection[str], begin_s: float, end_s: float, but: str | None) -> int:
        """How many jobs named one of these between two times and were not rejected, leaving out the job `but`."""
        query = (
            select(func.count())
            .select_from(JobRow)
            .where(JobRow.agreement_id.in_(list(agreements)), JobRow.created_at >= begin_s, JobRow.created_at < end_s)
            .where(JobRow.state != JobState.REJECTED, JobRow.id != (but or ""))
        )
        with self._database.read() as session:
            return int(session.scalar(query) or 0)

    def in_use(self) -> set[str]:
        """Agreements that jobs name which have not ended."""
        states = [state for state in JobState if state not in JOB_ENDED]
        query = select(JobRow.agreement_id).where(JobRow.state.in_(states), JobRow.agreement_id != "").distinct()
        with self._database.read() as session:
            return set(session.scalars(query))


def stage_of(row: AgreementRow) -> Stage:
    return Stage(row.stage)


def _unknown(agreement: str) -> NotFoundError:
    return NotFoundError("agreement.unknown", "There is no such agreement here.", found=agreement)
