"""Life of a job and of its tasks: the states of the interconnection standard (BFIA v1.2, control layer)."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """PENDING: waits for approvals. READY: agreed by all. FINISHED: ended well.

    A job leaves FAILED only by a retry of its initiator, which is no move of the table below: every party checks first.
    """

    PENDING = "PENDING"
    READY = "READY"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class TaskState(StrEnum):
    """One step of a job at one party."""

    PENDING = "PENDING"
    READY = "READY"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


MAX_RETRIES = 1000  # of one job
JOB_ENDED = frozenset({JobState.FINISHED, JobState.REJECTED, JobState.FAILED, JobState.CANCELLED})
TASK_ENDED = frozenset({TaskState.SUCCESS, TaskState.FAILED})

JOB_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.PENDING: frozenset({JobState.READY, JobState.REJECTED, JobState.CANCELLED, JobState.FAILED}),
    JobState.READY: frozenset({JobState.RUNNING, JobState.FINISHED, JobState.CANCELLED, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.FINISHED, JobState.FAILED, JobState.CANCELLED}),
    JobState.FINISHED: frozenset(),
    JobState.REJECTED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
