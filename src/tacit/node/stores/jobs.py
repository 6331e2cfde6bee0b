"""Jobs, the parts that parties gave to them, and the attempts of their steps."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Select, String, and_, bindparam, cast, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tacit.errors import InputError, NotFoundError
from tacit.node.clock import now
from tacit.node.database import Database, EventRow, JobRow, OutboxRow, PartRow, TaskRow
from tacit.node.stores.outbox import enqueue
from tacit.schema.states import JOB_ENDED, JOB_MOVES, TASK_ENDED, JobState, TaskState

Also: TypeAlias = "OutboxRow | EventRow"  # what is committed together with a change


@dataclass(frozen=True, slots=True)
class Circle:
    """Who takes part in a job."""

    initiator: str
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """What a party said to a job, without its signed part."""

    decision: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt of a step at a party stands."""

    step: str
    attempt: int
    state: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What a list shows of a job: fields of JobRow."""

    id: str
    name: str
    initiator: str
    agreement_id: str
    flow: dict[str, Any]
    flow_hash: str
    state: str
    decision: str
    decided_by: str | None
    waiting: dict[str, Any] | None
    cause: dict[str, Any] | None
    created_at: float
    started_at: float | None
    ended_at: float | None


_jobs, _parts, _tasks = JobRow.__table__.c, PartRow.__table__.c, TaskRow.__table__.c
_BRIEF = select(*(_jobs[field.name] for field in fields(Brief))).order_by(_jobs.created_at.desc(), _jobs.id)
_WORDS = select(_parts.job_id, _parts.party, _parts.decision, _parts.code).where(
    _parts.job_id.in_(bindparam("jobs", expanding=True))
)
_RETRIABLE = frozenset({JobState.RUNNING, JobState.FAILED})
_UNSAID: dict[str, Any] = dict.fromkeys(("cause", "error", "waiting", "statement"))  # of a run that begins
_ATTEMPTS = (
    select(_tasks.job_id, _tasks.step, _tasks.attempt, _tasks.state)
    .where(_tasks.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(_tasks.attempt)
)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list of jobs is limited to; None does not limit. `decision`: of this node; `name`: a part of it, in any
    case; `since`: seconds since 1970."""

    states: tuple[str, ...] | None = None
    decision: str | None = None
    agreement: str | None = None
    initiator: str | None = None
    name: str | None = None
    since: float | None = None

    def given(self) -> dict[str, Any]:
        """Those that limit."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value is not None}


ALL = JobFilter()
_LIMITS = {
    "states": _jobs.state.in_(bindparam("states", expanding=True)),
    "decision": _jobs.decision == bindparam("decision"),
    "agreement": _jobs.agreement_id == bindparam("agreement"),
    "initiator": _jobs.initiator == bindparam("initiator"),
    "name": _jobs.name.ilike(bindparam("name", type_=_jobs.name.type), escape="\\"),
    "since": _jobs.created_at >= bindparam("since", type_=_jobs.created_at.type),
}


@cache
def _page(limits: tuple[str, ...], before: bool) -> Select[Any]:
    """Built once, because building a statement costs more than asking it."""
    query = _BRIEF.limit(bindparam("limit")).where(*(_LIMITS[name] for name in limits))
    if before:
        time, job_id = bindparam("time", type_=_jobs.created_at.type), bindparam("job", type_=_jobs.id.type)
        query = query.where(or_(_jobs.created_at < time, and_(_jobs.created_at == time, _jobs.id > job_id)))
    return query


class JobStore:
    """A job changes its state by `move`, which knows which moves there are; a retry begins by `reopen`, and ends by
    `close` where its end is heard from elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._circles: dict[str, Circle] = {}
        self._lock = threading.Lock()

    def add(self, row: JobRow, parts: Iterable[PartRow], also: Iterable[Also] = ()) -> bool:
        """Keep a new job; False if one of this id is there, as when the same proposal comes twice at once."""
        try:
            with self._database.write() as session:
                if session.get(JobRow, row.id) is not None:
                    return False
                session.add(row)
                session.add_all(parts)
                enqueue(session, also)
        except IntegrityError:  # another thread was quicker, on a database that lets several write
            if self.find(row.id) is None:
                raise
            return False
        return True

    def find(self, job_id: str) -> JobRow | None:
        with self._database.read() as session:
            return session.get(JobRow, job_id)

    def get(self, job_id: str) -> JobRow:
        """Raises NotFoundError("job.unknown")."""
        row = self.find(job_id)
        if row is None:
            raise _unknown(job_id)
        return row

    def state(self, job_id: str) -> JobState:
        """Only the state: what is asked most often. Raises NotFoundError("job.unknown")."""
        with self._database.read() as session:
            found = session.scalar(select(JobRow.state).where(JobRow.id == job_id))
        if found is None:
            raise _unknown(job_id)
        return JobState(found)

    def is_open(self, job_id: str, retry: int) -> bool:
        """Whether this run of the job has not ended. Raises NotFoundError("job.unknown")."""
        with self._database.read() as session:
            found = session.execute(select(JobRow.state, JobRow.retry).where(JobRow.id == job_id)).one_or_none()
        if found is None:
            raise _unknown(job_id)
        return found.retry == retry and JobState(found.state) not in JOB_ENDED

    def waiting(self, job_id: str) -> dict[str, Any] | None:
        """For whom the job waits, and why."""
        with self._database.read() as session:
            return session.scalar(select(JobRow.waiting).where(JobRow.id == job_id))

    def circle(self, job_id: str) -> Circle:
        """Who takes part; never changes, so it is remembered. Raises NotFoundError("job.unknown")."""
        with self._lock:
            known = self._circles.get(job_id)
        if known is None:
            row = self.get(job_id)
            known = Circle(row.initiator, tuple(row.flow["parties"]))
            with self._lock:
                self._circles[job_id] = known
        return known

    def all(self, states: Iterable[str] | None = None, limit: int = 100) -> list[JobRow]:
        """Newest first."""
        query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id).limit(limit)
        if states is not None:
            query = query.where(JobRow.state.in_(list(states)))
        with self._database.read() as session:
            return list(session.scalars(query))

    def with_operator(self, operator: str, limit: int) -> list[JobRow]:
        """Those whose flow has a step with this operator, newest first."""
        query = select(JobRow).where(cast(JobRow.flow, String).contains(f'"{operator}"', autoescape=True))
        with self._database.read() as session:
            return list(session.scalars(query.order_by(JobRow.created_at.desc(), JobRow.id).limit(limit)))

    def page(self, wanted: JobFilter = ALL, *, limit: int, before: tuple[float, str] | None = None) -> list[Brief]:
        """Newest first, beginning after the job with this time and id."""
        given = wanted.given()
        values: dict[str, Any] = {"limit": limit, **given}
        if "name" in given:
            values["name"] = f"%{_escaped(given['name'])}%"
        if before is not None:
            values["time"], values["job"] = before
        with self._database.look() as connection:
            return [Brief(*row) for row in connection.execute(_page(tuple(given), before is not None), values)]

    def open(self) -> list[JobRow]:
        """All that have not ended."""
        return self.all((s for s in JobState if s not in JOB_ENDED), limit=100_000)

    def update(self, job_id: str, also: Iterable[Also] = (), **values: Any) -> None:
        """Set fields other than the state."""
        with self._database.write() as session:
            _set(_row(session, job_id), values)
            enqueue(session, also)

    def move(
        self,
        job_id: str,
        state: JobState,
        also: Iterable[Also] = (),
        *,
        parts: Iterable[PartRow] = (),
        of_retry: int | None = None,
        **values: Any,
    ) -> bool:
        """Change the state and `values` in one commit; False if the job may not go there from where it is.

        `of_retry`: only if this is still that retry; news of an earlier run must not end a later one.
        """
        with self._database.write() as session:
            row = _row(session, job_id)
            if state not in JOB_MOVES[JobState(row.state)] or of_retry not in (None, row.retry):
                return False
            _enter(row, state, values)
            for part in parts:
                session.merge(part)
            enqueue(session, also)
            return True

    def reopen(self, job_id: str, state: JobState, retry: int, also: Iterable[Also] = (), **values: Any) -> bool:
        """Begin a retry; False if the job did not begin before, ended otherwise than by failing, or is as far.

        A party that has not heard yet how the former run ended may still count it as running.
        """
        with self._database.write() as session:
            row = _row(session, job_id)
            if row.state not in _RETRIABLE or row.pact is None or row.retry >= retry:
                return False
            row.retry = retry
            _enter(row, state, {**_UNSAID, **values})
            enqueue(session, also)
            return True

    def close(self, job_id: str, states: Iterable[JobState], retry: int, **values: Any) -> bool:
        """Take over from elsewhere how a retry ended, in the first of `states` that is possible; False if none is.

        A retry whose end is heard of before its beginning counts as begun: its beginning then begins nothing.
        """
        with self._database.write() as session:
            row = _row(session, job_id)
            if retry < row.retry:
                return False
            row.retry = retry
            state = next((each for each in states if each in JOB_MOVES[JobState(row.state)]), None)
            if state is None:
                return False
            _enter(row, state, values)
            return True

    def parts(self, job_id: str) -> dict[str, PartRow]:
        with self._database.read() as session:
            return {row.party: row for row in session.scalars(select(PartRow).where(PartRow.job_id == job_id))}

    def words_of(self, job_ids: Iterable[str]) -> dict[str, dict[str, Word]]:
        """What each party said, of several jobs at once."""
        wanted = list(job_ids)
        found: dict[str, dict[str, Word]] = {job_id: {} for job_id in wanted}
        with self._database.look() as connection:
            for job_id, party, decision, code in connection.execute(_WORDS, {"jobs": wanted}):
                found[job_id][party] = Word(decision, code)
        return found

    def decide(self, part: PartRow, also: Iterable[Also] = (), **values: Any) -> bool:
        """Keep a party's decision (and `values` of the job). False if it had decided before."""
        with self._database.write() as session:
            known = session.get(PartRow, (part.job_id, part.party))
            if known is not None and known.decision != "waiting":
                return False
            session.merge(part)
            _set(_row(session, part.job_id), values)
            enqueue(session, also)
            return True


class TaskStore:
    """Attempts of steps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_job(self, job_id: str) -> list[TaskRow]:
        """Oldest attempt first."""
        query = select(TaskRow).where(TaskRow.job_id == job_id).order_by(TaskRow.attempt, TaskRow.step, TaskRow.party)
        with self._database.read() as session:
            return list(session.scalars(query))

    def attempts_of(self, job_ids: Iterable[str]) -> dict[str, list[Attempt]]:
        """Of several jobs at once, the oldest attempt first."""
        wanted = list(job_ids)
        found: dict[str, list[Attempt]] = {job_id: [] for job_id in wanted}
        with self._database.look() as connection:
            for job_id, step, attempt, state in connection.execute(_ATTEMPTS, {"jobs": wanted}):
                found[job_id].append(Attempt(step, attempt, state))
        return found

    def find(self, job_id: str, step: str, attempt: int, party: str) -> TaskRow | None:
        with self._database.read() as session:
            return session.get(TaskRow, (job_id, step, attempt, party))

    def by_id(self, task_id: str, party: str) -> TaskRow | None:
        with self._database.read() as session:
            return session.scalar(select(TaskRow).where(TaskRow.task_id == task_id, TaskRow.party == party))

    def last_attempt(self, job_id: str, step: str) -> int:
        """0 if there was none."""
        query = select(func.max(TaskRow.attempt)).where(TaskRow.job_id == job_id, TaskRow.step == step)
        with self._database.read() as session:
            return session.scalar(query) or 0

    def add(self, rows: Iterable[TaskRow], also: Iterable[Also] = ()) -> None:
        """Keep new attempts."""
        with self._database.write() as session:
            session.add_all(rows)
            enqueue(session, also)

    def end(self, key: tuple[str, str, int, str], state: TaskState, also: Iterable[Also] = (), **values: Any) -> bool:
        """Set the final state; False if it had ended before or is unknown."""
        with self._database.write() as session:
            row = session.get(TaskRow, key)
            if row is None or TaskState(row.state) in TASK_ENDED:
                return False
            row.state, row.ended_at = state, now()
            _set(row, values)
            enqueue(session, also)
            return True

    def run(self, row: TaskRow, also: Iterable[Also] = ()) -> None:
        """Keep an attempt as RUNNING, whether it is new or was PENDING."""
        with self._database.write() as session:
            row.state, row.started_at = TaskState.RUNNING, now()
            session.merge(row)
            enqueue(session, also)

    def unfinished(self, party: str) -> list[TaskRow]:
        """Attempts at `party` without a final state, in any job."""
        states = [state for state in TaskState if state not in TASK_ENDED]
        with self._database.read() as session:
            return list(session.scalars(select(TaskRow).where(TaskRow.party == party, TaskRow.state.in_(states))))


def wrong_state(row: JobRow, wanted: str) -> InputError:
    """For a request that does not fit the job's state."""
    return InputError(
        "job.wrong_state",
        f"The job cannot be {wanted} any more.",
        found=row.state,
        hint="Look at it with `tacit job show`.",
    )


def _escaped(text: str) -> str:
    """As LIKE takes it for itself."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text


def _row(session: Session, job_id: str) -> JobRow:
    row = session.get(JobRow, job_id)
    if row is None:
        raise _unknown(job_id)
    return row


def _unknown(job_id: str) -> NotFoundError:
    return NotFoundError("job.unknown", "There is no such job here.", found=job_id)


def _enter(row: JobRow, state: JobState, values: dict[str, Any]) -> None:
    """The one way into a state: what it says of times, and then `values`."""
    row.state = state
    if state is JobState.RUNNING and row.started_at is None:
        row.started_at = now()
    row.ended_at = now() if state in JOB_ENDED else None
    if state in JOB_ENDED:
        row.waiting = None
    _set(row, values)


def _set(row: JobRow | TaskRow, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
