"""After a start: what was running when the node went down is over, and the records must say so."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from tacit.errors import ResourceError
from tacit.node.scheduler import Scheduler
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.workbench import Workbench
from tacit.schema.states import JOB_ENDED, TaskState

_log = structlog.get_logger("recovery")


@dataclass(frozen=True, slots=True)
class Recovery:
    """Runs once, before peers can reach the node."""

    me: str
    jobs: JobStore
    tasks: TaskStore
    workbench: Workbench
    scheduler: Scheduler

    def close_attempts(self) -> int:
        """Workers die with their node: attempts without an end have failed. Their initiators hear of it."""
        rows = self.tasks.unfinished(self.me)
        for row in rows:
            if self.jobs.get(row.job_id).state in JOB_ENDED:
                self.tasks.end((row.job_id, row.step, row.attempt, row.party), TaskState.FAILED, code="node.restarted")
                continue
            fault = ResourceError("node.restarted", "The node was restarted while the step ran.")
            self.workbench.end((row.job_id, row.step, row.attempt, row.party), TaskState.FAILED, error=fault)
        if rows:
            _log.warning("recovery.attempts_closed", count=len(rows))
        return len(rows)

    def spread_news(self) -> None:
        """What others may have missed of the logs of open jobs is sent again."""
        for row in self.jobs.open():
            self.scheduler.diary.spread(row.id)
