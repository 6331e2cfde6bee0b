"""What this node says to the initiator about a job: its state, its latest attempts, and at the end its statement."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.errors import RefusedError
from tacit.interconnect.shapes import JobRef, JobStatus, JobStatusExtra, StopCause, TaskExtra, TaskPoll, TaskStatus
from tacit.node.database import TaskRow
from tacit.node.statements import Statements
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.workbench import task_extra
from tacit.schema.states import JobState, TaskState


@dataclass(frozen=True, slots=True)
class Standing:
    """Reads only."""

    me: str
    jobs: JobStore
    tasks: TaskStore
    statements: Statements

    def of_job(self, source: str, body: JobRef) -> JobStatus:
        """Raises NotFoundError("job.unknown"), RefusedError("job.not_initiator")."""
        job = self.jobs.get(body.job_id)
        if job.initiator != source:
            raise RefusedError("job.not_initiator", "Only the initiator of a job may do this.", found=source)
        latest = {row.step: row for row in self.tasks.of_job(job.id) if row.party == self.me}
        running = job.state == JobState.RUNNING
        return JobStatus(
            job_status=JobState(job.state),
            status={step: TaskState(row.state) for step, row in latest.items()},
            tacit=JobStatusExtra(
                tasks={step: _extra(row) for step, row in latest.items()},
                statement=self.statements.of(job) if running else None,
                cause=StopCause.model_validate(job.cause) if job.cause is not None else None,
            ),
        )

    def of_task(self, source: str, body: TaskPoll) -> TaskStatus:
        """Raises RefusedError("task.unknown")."""
        row = self.tasks.by_id(body.task_id, self.me)
        if row is None or self.jobs.get(row.job_id).initiator != source:
            raise RefusedError("task.unknown", "No such attempt was started.")
        return TaskStatus(status=TaskState(row.state), tacit=_extra(row))


def _extra(row: TaskRow) -> TaskExtra:
    return task_extra(row, row.code, row.report if row.state == TaskState.SUCCESS else None)
