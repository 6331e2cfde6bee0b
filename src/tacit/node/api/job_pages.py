"""A job as the API shows it: summary, detail, log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tacit.errors import TacitError
from tacit.flow.plan import Plan
from tacit.node.api import views
from tacit.node.database import EventRow, JobRow, TaskRow
from tacit.node.stores.jobs import Attempt, Brief
from tacit.node.workbench import new_task
from tacit.schema.states import JobState, TaskState

if TYPE_CHECKING:
    from tacit.node.wiring import Parts


_STATES = {
    "step.started": TaskState.RUNNING,
    "step.succeeded": TaskState.SUCCESS,
    "step.failed": TaskState.FAILED,
}


class JobPages:
    """Reads the stores of a node."""

    def __init__(self, node: Parts) -> None:
        self._node = node
        self._me = node.settings.name

    def summary(self, row: JobRow) -> dict[str, Any]:
        """For lists."""
        return self.summaries([row])[0]

    def summaries(self, rows: Sequence[JobRow | Brief]) -> list[dict[str, Any]]:
        """Of several jobs, with one question to each store."""
        said = self._node.jobs.words_of(row.id for row in rows)
        done = {row.id: len(row.flow["steps"]) for row in rows if row.state == JobState.FINISHED}
        left = [row for row in rows if row.id not in done]
        tasks = self._node.tasks.attempts_of(row.id for row in left) if left else {}
        told = self._told(row for row in left if row.initiator != self._me)
        done |= {row.id: _done(row, [*tasks[row.id], *told.get(row.id, ())]) for row in left}
        return [views.job(row, self._me, said[row.id], done[row.id]) for row in rows]

    def detail(self, job_id: str) -> dict[str, Any]:
        """Everything but artifacts, log and receipt."""
        node = self._node
        row = node.jobs.get(job_id)
        progress, tasks = node.workbench.progress(job_id), self._tasks(row)
        return {
            **views.job(row, self._me, node.jobs.parts(row.id), _done(row, tasks)),
            "flow": row.flow,
            "disclosures": row.disclosures,
            "forecast": row.forecast or None,
            "steps": views.steps(row.flow, self._plan(row), tasks, self._me, progress),
            "agreement": row.pact,
            "error": row.error,
            "has_receipt": row.receipt is not None,
            "retry": row.retry,
        }

    def log(self, job_id: str, after: int, limit: int) -> list[dict[str, Any]]:
        """Events of all parties as far as they are known here."""
        self._node.jobs.get(job_id)
        return [views.event(row) for row in self._node.events.after(job_id, after, limit)]

    def _tasks(self, row: JobRow) -> list[TaskRow]:
        """Attempts at all parties: from the records, and of other parties of a peer's job from what its log tells."""
        known = self._node.tasks.of_job(row.id)
        if row.initiator == self._me:
            return known
        return sorted([*known, *self._told([row])[row.id]], key=lambda task: task.attempt)

    def _told(self, rows: Iterable[JobRow | Brief]) -> dict[str, list[TaskRow]]:
        """By job."""
        wanted = [row.id for row in rows]
        found = self._node.events.of_codes(wanted, _STATES) if wanted else {}
        return {job_id: _told(events, self._me) for job_id, events in found.items()}

    def _plan(self, row: JobRow) -> Plan | None:
        """None for a job that was refused because it could not be planned here."""
        try:
            return self._node.planner.of_job(row).plan
        except TacitError:
            return None


def _done(row: JobRow | Brief, attempts: Iterable[TaskRow | Attempt]) -> int:
    """Number of steps that every party has done."""
    latest: dict[str, tuple[int, set[str]]] = {}
    for each in attempts:
        number, states = latest.get(each.step, (0, set()))
        if each.attempt > number:
            latest[each.step] = (each.attempt, {each.state})
        elif each.attempt == number:
            states.add(each.state)
    return sum(latest.get(step["id"], (0, set()))[1] == {TaskState.SUCCESS} for step in row.flow["steps"])


def _told(events: list[EventRow], me: str) -> list[TaskRow]:
    """Other parties' attempts, as their events tell."""
    found: dict[tuple[str, str, int], TaskRow] = {}
    for event in events:
        state, attempt = _STATES.get(event.code), event.data.get("attempt")
        if state is None or event.step is None or event.party == me or not isinstance(attempt, int):
            continue
        key = (event.party, event.step, attempt)
        row = found.setdefault(key, new_task(event.job_id, event.step, attempt, event.party, "", "", "", 0))
        row.state = state
        if state is TaskState.RUNNING:
            row.started_at = event.time
        else:
            row.ended_at, row.code = event.time, event.data.get("code")
    return list(found.values())
