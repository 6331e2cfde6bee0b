"""What is known of the versions of models."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from tacit.node.clock import now
from tacit.node.database import Database
from tacit.node.tables.models import ModelVersionRow

DRAFT, RELEASED, RETIRED = "draft", "released", "retired"
STATES = (DRAFT, RELEASED, RETIRED)


class ModelVersionStore:
    """A version of which nothing is written down is a draft. `move` is the only way to another state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str, version: str) -> ModelVersionRow | None:
        with self._database.read() as session:
            return session.get(ModelVersionRow, (name, version))

    def of(self, names: Iterable[str]) -> dict[tuple[str, str], ModelVersionRow]:
        """By name and version."""
        query = select(ModelVersionRow).where(ModelVersionRow.name.in_(list(names)))
        with self._database.read() as session:
            return {(row.name, row.version): row for row in session.scalars(query)}

    def saved(self, name: str, version: str, *, digest: str, job_id: str, step: str) -> None:
        """A step has saved it, perhaps again. Its state stays."""
        with self._database.write() as session:
            row = _kept(session.get(ModelVersionRow, (name, version)), name, version)
            row.digest, row.job_id, row.step, row.saved_at = digest, job_id, step, now()
            session.add(row)

    def move(self, name: str, version: str, sources: Iterable[str], state: str, by: str) -> bool:
        """Change the state; False if it is in none of `sources`."""
        query = update(ModelVersionRow).where(ModelVersionRow.name == name, ModelVersionRow.version == version)
        with self._database.write() as session:
            if session.get(ModelVersionRow, (name, version)) is None:
                session.add(_kept(None, name, version))
                session.flush()
            moved = query.where(ModelVersionRow.state.in_(list(sources)))
            done = session.execute(moved.values(state=state, changed_by=by, changed_at=now()))
            return bool(done.rowcount)  # type: ignore[attr-defined]

    def forget(self, name: str, version: str) -> None:
        """The file is gone. A retired version stays retired, should the same be saved again."""
        gone = delete(ModelVersionRow).where(ModelVersionRow.name == name, ModelVersionRow.version == version)
        with self._database.write() as session:
            session.execute(gone.where(ModelVersionRow.state != RETIRED))


def _kept(row: ModelVersionRow | None, name: str, version: str) -> ModelVersionRow:
    return ModelVersionRow(name=name, version=version, state=DRAFT) if row is None else row
