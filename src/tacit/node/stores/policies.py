"""Policies of datasets: every version is kept, at most one is in force."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tacit.errors import InputError, NotFoundError
from tacit.node.clock import now
from tacit.node.database import Database, Document
from tacit.node.tables.policies import PolicyHeadRow, PolicyRow


class PolicyStore:
    """A version never changes once it is written; what is in force is a pointer to one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_force(self, dataset: str) -> PolicyRow | None:
        with self._database.read() as session:
            head = session.get(PolicyHeadRow, dataset)
            if head is None or head.version is None:
                return None
            return session.get(PolicyRow, (dataset, head.version))

    def all_in_force(self) -> dict[str, PolicyRow]:
        """Dataset -> its policy."""
        joined = (PolicyHeadRow.dataset == PolicyRow.dataset) & (PolicyHeadRow.version == PolicyRow.version)
        with self._database.read() as session:
            rows = session.scalars(select(PolicyRow).join(PolicyHeadRow, joined))
            return {row.dataset: row for row in rows}

    def versions(self, dataset: str) -> list[PolicyRow]:
        """Newest first."""
        query = select(PolicyRow).where(PolicyRow.dataset == dataset).order_by(PolicyRow.version.desc())
        with self._database.read() as session:
            return list(session.scalars(query))

    def get(self, dataset: str, version: int) -> PolicyRow:
        """Raises NotFoundError("policy.unknown")."""
        with self._database.read() as session:
            row = session.get(PolicyRow, (dataset, version))
        if row is None:
            raise NotFoundError(
                "policy.unknown", "There is no such version of the policy.", found=f"{dataset} version {version}"
            )
        return row

    def draft(self, dataset: str, document: Document, hash: str, by: str) -> PolicyRow:
        """Keep a new version, not in force yet."""
        with self._database.write() as session:
            self._head(session, dataset)
            grown = update(PolicyHeadRow).where(PolicyHeadRow.dataset == dataset)
            session.execute(grown.values(latest=PolicyHeadRow.latest + 1))
            version = session.scalar(select(PolicyHeadRow.latest).where(PolicyHeadRow.dataset == dataset)) or 1
            row = PolicyRow(
                dataset=dataset,
                version=version,
                document=document,
                hash=hash,
                drafted_by=by,
                drafted_at=now(),
                activated_by=None,
                activated_at=None,
            )
            session.add(row)
        return row

    def activate(self, dataset: str, version: int, hash: str, by: str) -> PolicyRow:
        """Put a version into force in place of the one that is; a person does it who has seen this `hash`.

        Raises NotFoundError("policy.unknown"), InputError("policy.hash_differs").
        """
        if self.get(dataset, version).hash != hash:
            raise InputError(
                "policy.hash_differs",
                "This version of the policy is not the one that its hash names.",
                hint="Read the version again and activate it with the hash that it shows.",
            )
        with self._database.write() as session:
            session.execute(
                update(PolicyRow)
                .where(PolicyRow.dataset == dataset, PolicyRow.version == version)
                .values(activated_by=by, activated_at=now())
            )
            session.execute(update(PolicyHeadRow).where(PolicyHeadRow.dataset == dataset).values(version=version))
        return self.get(dataset, version)

    def withdraw(self, dataset: str) -> bool:
        """Nothing is in force any more but the level defaults. False if nothing was."""
        with self._database.write() as session:
            found = session.execute(
                update(PolicyHeadRow)
                .where(PolicyHeadRow.dataset == dataset, PolicyHeadRow.version.is_not(None))
                .values(version=None)
            )
            return bool(getattr(found, "rowcount", 0))

    @staticmethod
    def _head(session: Session, dataset: str) -> None:
        """Make the pointer if there is none; of two who try, both find it."""
        if session.get(PolicyHeadRow, dataset) is not None:
            return
        try:
            with session.begin_nested():
                session.add(PolicyHeadRow(dataset=dataset, version=None, latest=0))
        except IntegrityError:
            session.expire_all()
