"""A job as the API shows it: summary, detail, log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tacit.errors import TacitError
from tacit.flow.plan import Plan
from tacit.node.api import views
from tacit.node.database import EventRow, JobRow, TaskRow
from tacit.node.workbench import new_task
from tacit.schema.states import TaskState

if TYPE_CHECKING:
    from tacit.node.wiring import Parts


_MANY = 100_000
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
        steps = views.steps(row.flow, None, self._tasks(row), self._me, {})
        done = sum(step["state"] == TaskState.SUCCESS for step in steps)
        return views.job(row, self._me, self._node.jobs.parts(row.id), done)

    def detail(self, job_id: str) -> dict[str, Any]:
        """Everything but artifacts, log and receipt."""
        node = self._node
        row = node.jobs.get(job_id)
        progress = node.workbench.progress(job_id)
        return {
            **self.summary(row),
            "flow": row.flow,
            "disclosures": row.disclosures,
            "forecast": row.forecast or None,
            "steps": views.steps(row.flow, self._plan(row), self._tasks(row), self._me, progress),
            "agreement": row.pact,
            "error": row.error,
            "has_receipt": row.receipt is not None,
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
        told = _told(self._node.events.after(row.id, 0, _MANY), self._me)
        return sorted([*known, *told], key=lambda task: task.attempt)

    def _plan(self, row: JobRow) -> Plan | None:
        """None for a job that was refused because it could not be planned here."""
        try:
            return self._node.planner.of_job(row).plan
        except TacitError:
            return None


def _told(events: list[EventRow], me: str) -> list[TaskRow]:
    """Other parties' attempts, as their events tell."""
    found: dict[tuple[str, str, int], TaskRow] = {}
    for event in events:
        state, attempt = _STATES.get(event.code), event.data.get("attempt")
        if state is None or event.step is None or event.party == me or not isinstance(attempt, int):
            continue
        key = (event.party, event.step, attempt)
        row = found.setdefault(key, new_task(event.job_id, event.step, attempt, event.party, "", "", ""))
        row.state = state
        if state is TaskState.RUNNING:
            row.started_at = event.time
        else:
            row.ended_at, row.code = event.time, event.data.get("code")
    return list(found.values())
