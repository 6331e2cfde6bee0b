"""The node's database: tables, the short sessions around them, and the migration at start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Engine, Index, UniqueConstraint, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Document = dict[str, Any]


class Table(DeclarativeBase):
    """Parent of all tables. JSON values are replaced, never changed in place."""

    type_annotation_map = {Document: JSON(none_as_null=True), list[Any]: JSON(none_as_null=True)}  # noqa: RUF012


class PeerRow(Table):
    __tablename__ = "peers"
    name: Mapped[str] = mapped_column(primary_key=True)
    institution: Mapped[str]
    address: Mapped[str]
    certificate: Mapped[str]
    fingerprint: Mapped[str]
    contract_id: Mapped[str]
    state: Mapped[str]
    version: Mapped[str]
    added_at: Mapped[float]
    last_seen_at: Mapped[float | None]


class InvitationRow(Table):
    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[str]
    state: Mapped[str]
    expires_at: Mapped[float]
    used_by: Mapped[str | None]


class DatasetRow(Table):
    __tablename__ = "datasets"
    name: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    format: Mapped[str]
    options: Mapped[Document]
    description: Mapped[str]
    published: Mapped[bool]
    rows: Mapped[int]
    columns: Mapped[list[Any]]
    digest: Mapped[str]
    size_bytes: Mapped[int]
    stamp: Mapped[str]  # size, time and inode of the file when the digest was taken
    registered_at: Mapped[float]


class JobRow(Table):
    """A job as this node knows it; the same table at the initiator and at the other parties."""

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(primary_key=True)
    audit_id: Mapped[str]
    name: Mapped[str]
    initiator: Mapped[str]
    agreement_id: Mapped[str]
    flow: Mapped[Document]
    flow_hash: Mapped[str]
    disclosures: Mapped[Document]
    forecast: Mapped[Document]
    state: Mapped[str]
    decision: Mapped[str]
    decided_by: Mapped[str | None]
    salt: Mapped[str]  # of this node's commitments in this job, hex; never leaves the node
    pact: Mapped[Document | None]  # the job agreement
    pact_hash: Mapped[str | None]
    signatures: Mapped[Document | None]
    statement: Mapped[Document | None]
    receipt: Mapped[Document | None]
    cause: Mapped[Document | None]  # why it ended badly: party, step, code
    error: Mapped[Document | None]  # the same in full, where this node caused it
    waiting: Mapped[Document | None]
    created_at: Mapped[float]
    started_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    __table_args__ = (Index("jobs_by_state", "state"), Index("jobs_by_time", "created_at"))


class PartRow(Table):
    """What one party said to a job: its signed part of the agreement, or its refusal."""

    __tablename__ = "parts"
    job_id: Mapped[str] = mapped_column(primary_key=True)
    party: Mapped[str] = mapped_column(primary_key=True)
    decision: Mapped[str]
    code: Mapped[str | None]
    part: Mapped[Document | None]  # with its signature


class TaskRow(Table):
    """One attempt of one step at one party. The initiator keeps rows of all parties, the others their own."""

    __tablename__ = "tasks"
    job_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str]
    role: Mapped[str]
    state: Mapped[str]
    seed: Mapped[str]
    code: Mapped[str | None]
    error: Mapped[Document | None]  # only of this node's own tasks
    report: Mapped[Document | None]
    started_at: Mapped[float | None]
    ended_at: Mapped[float | None]


class EventRow(Table):
    """A line of a job's log. `serial` counts per job and party that wrote it, so that a copy is known as such."""

    __tablename__ = "events"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[str]
    party: Mapped[str]
    serial: Mapped[int]
    time: Mapped[float]
    step: Mapped[str | None]
    level: Mapped[str]
    code: Mapped[str]
    text: Mapped[Document]
    data: Mapped[Document]
    __table_args__ = (UniqueConstraint("job_id", "party", "serial"), {"sqlite_autoincrement": True})


class RuleRow(Table):
    __tablename__ = "rules"
    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[Document]
    note: Mapped[str]
    created_at: Mapped[float]


class AgreementRow(Table):
    __tablename__ = "agreements"
    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[Document]
    hash: Mapped[str]
    proposer: Mapped[str]
    state: Mapped[str]
    decision: Mapped[str]
    signatures: Mapped[Document]
    created_at: Mapped[float]


class OutboxRow(Table):
    """A message that its peer must get, kept until it has. `key` makes one message of two equal intents."""

    __tablename__ = "outbox"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    peer: Mapped[str]
    job_id: Mapped[str | None]
    path: Mapped[str]
    body: Mapped[Document]
    created_at: Mapped[float]
    expires_at: Mapped[float]
    __table_args__ = (Index("outbox_by_peer", "peer", "number"), {"sqlite_autoincrement": True})


class ScheduleRow(Table):
    """A flow that this node submits at set times. `claim`: number of the job of a run that is being submitted."""

    __tablename__ = "schedules"
    name: Mapped[str] = mapped_column(primary_key=True)
    flow: Mapped[Document]
    flow_hash: Mapped[str]
    agreement_id: Mapped[str]
    cron: Mapped[str]
    timezone: Mapped[str]
    paused: Mapped[bool]
    due_at: Mapped[float]
    claim: Mapped[str | None]
    claimed_due_at: Mapped[float | None]
    last: Mapped[Document | None]  # due_at, at, outcome, job_id, code, message, found, hint
    last_job: Mapped[str | None]  # the last that was submitted, whatever came after
    created_at: Mapped[float]


class AuditRow(Table):
    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[Document]


class Database:
    """Short sessions over one engine. `write` lets one thread at a time through, which SQLite needs anyway."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _open(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = threading.RLock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading. Rows stay readable after it."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error."""
        with self._writing, self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def open_database(folder: Path, url: str | None) -> Database:
    """Open and bring to the newest version: `url`, or node.db in the node's folder."""
    database = Database(url or f"sqlite:///{folder / 'node.db'}")
    migrate(database)
    return database


def migrate(database: Database) -> None:
    """Bring the tables to the newest version; does nothing if they are."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _open(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30.0})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
