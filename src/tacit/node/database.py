"""The node's database: tables, the short sessions around them, and the migration at start."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import JSON, URL, Connection, Engine, Index, UniqueConstraint, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from tacit.errors import ParameterError, RefusedError, ResourceError

Document = dict[str, Any]
_IDLE_S = 1.0  # after which a connection may have died unnoticed
_CLAIM = 0x7461636974  # of the lock that a running node holds in its PostgreSQL database


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
    connection: Mapped[str | None]  # name of the connection behind which it lies


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
    retry: Mapped[int] = mapped_column(default=0, server_default="0")  # which retry this is; 0: the first run
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
    retry: Mapped[int] = mapped_column(default=0, server_default="0")  # of the job, that the attempt belongs to
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
    stage: Mapped[str] = mapped_column(default="OFFERED")  # of the negotiation; `state` is its short form for people
    version: Mapped[int] = mapped_column(default=1)  # number of the present offer
    author: Mapped[str] = mapped_column(default="")  # who made it
    verified: Mapped[Document] = mapped_column(default=dict)  # member -> signed verification
    amends_id: Mapped[str | None]
    amends_hash: Mapped[str | None]
    reason: Mapped[str | None]  # code of its end
    final_at: Mapped[float | None]


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
        self._reader = _reader(url, self.engine)
        self._reading = sessionmaker(self._reader, expire_on_commit=False)
        self._writing = threading.RLock()
        self._claim: Connection | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading. Rows stay readable after it."""
        with self._reading() as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A connection for reading columns of `__table__`: a quarter of the work of a session."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error."""
        with self._writing, self._sessions.begin() as session:
            yield session

    def claim(self) -> None:
        """Keep every other node away from this database while it is open; SQLite files lie in the node's own folder.

        Raises RefusedError("node.database_in_use").
        """
        if self.engine.dialect.name != "postgresql":
            return
        self._claim = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not self._claim.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": _CLAIM}):
            raise RefusedError(
                "node.database_in_use",
                "Another node uses this database.",
                hint="Give each node a database of its own.",
            )

    def close(self) -> None:
        if self._claim is not None:
            self._claim.close()
        self._reader.dispose()
        self.engine.dispose()


def open_database(folder: Path, url: str | None) -> Database:
    """Open and bring to the newest version: `url`, or node.db in the node's folder.

    Raises ParameterError("node.database_unknown"), ResourceError("node.driver_missing", "node.database_unreachable").
    """
    database = reach_database(folder, url)
    migrate(database)
    return database


def reach_database(folder: Path, url: str | None) -> Database:
    """The same, as it is: nothing is migrated."""
    database = Database(url or f"sqlite:///{folder / 'node.db'}")
    try:
        database.engine.connect().close()
    except (DBAPIError, OSError) as fault:
        raise ResourceError(
            "node.database_unreachable",
            "The node's database cannot be reached.",
            found=type(getattr(fault, "orig", None) or fault).__name__,
            expected=make_url(database.url).render_as_string(hide_password=True),
            hint="Is the server up, and may this account sign in? See database_url in node.toml.",
        ) from fault
    return database


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the tables up to a version, the newest if none is named; does nothing if they are."""
    from alembic import command

    config = _migrations()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def known_revisions() -> set[str]:
    """The versions of the tables that this software knows."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_migrations()).walk_revisions()}


def _migrations() -> Any:
    from alembic.config import Config

    import tacit.node.tables  # noqa: F401  makes every table known

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _open(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return _open_postgresql(url)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30.0}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _reader(url: str, writer: Engine) -> Engine:
    """For statements that only read: PostgreSQL is not told of a transaction around each."""
    return writer if writer.dialect.name == "sqlite" else _open_postgresql(url, isolation_level="AUTOCOMMIT")


def _check_idle(engine: Engine) -> None:
    """A connection that was not used for a while is tried before it is given out; if it is dead, another takes its
    place. Trying each time would cost a round trip for every statement."""

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info["used_at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _try(connection: Any, record: Any, _proxy: Any) -> None:
        if monotonic() - record.info.get("used_at", monotonic()) < _IDLE_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as fault:
            raise DisconnectionError() from fault


def _open_postgresql(url: str, **options: Any) -> Engine:
    """`postgresql://user@host/name`, or with `?host=/folder` of the server's socket file; the password also from
    PGPASSWORD. Raises ParameterError("node.database_unknown"), ResourceError("node.driver_missing")."""
    try:
        given = make_url(url)
    except ArgumentError:
        given = None
    if given is None or given.get_backend_name() != "postgresql":
        raise ParameterError(
            "node.database_unknown",
            "The setting database_url names no database that a node can use.",
            found=url.split(":", 1)[0],
            expected="sqlite:///… or postgresql://user@host/name",
        )
    socket_folder = given.query.get("host")
    arguments: dict[str, Any] = {"application_name": "tacit"}
    if isinstance(socket_folder, str) and socket_folder.startswith("/"):
        arguments["unix_sock"] = f"{socket_folder}/.s.PGSQL.{given.port or 5432}"
        given = given.difference_update_query(["host"])
    given = _protect(given, arguments)
    if given.password is None and "PGPASSWORD" in os.environ:
        arguments["password"] = os.environ["PGPASSWORD"]
    try:
        engine = create_engine(
            given.set(drivername="postgresql+pg8000"),
            connect_args=arguments,
            hide_parameters=True,  # of faults, in the log
            pool_size=20,
            max_overflow=20,
            **options,
        )
    except ModuleNotFoundError as fault:
        raise ResourceError(
            "node.driver_missing",
            "The driver of the database is not installed.",
            found=fault.name,
            hint="Install it: pip install 'tacit[postgresql]'.",
        ) from fault
    _check_idle(engine)
    return engine


def _protect(given: URL, arguments: dict[str, Any]) -> URL:
    """TLS with a certificate that is checked, unless the server is on this machine. `sslmode` in the address says
    otherwise (disable, verify-full); `sslrootcert` names a file of authorities. Raises as `_open_postgresql`."""
    near = "unix_sock" in arguments or given.host in (None, "localhost", "127.0.0.1", "::1")
    mode = given.query.get("sslmode", "disable" if near else "verify-full")
    authorities = given.query.get("sslrootcert")
    try:
        if mode not in ("disable", "verify-full") or isinstance(authorities, tuple):
            raise ValueError(mode)
        arguments["ssl_context"] = ssl.create_default_context(cafile=authorities) if mode == "verify-full" else False
    except (OSError, ValueError) as fault:
        raise ParameterError(
            "node.database_unknown",
            "The setting database_url does not say how the way to the database is protected.",
            found=f"sslmode {mode}",
            expected="sslmode=verify-full, with a file that can be read as sslrootcert, or sslmode=disable",
        ) from fault
    return given.difference_update_query(["sslmode", "sslrootcert"])
