"""Deletes the results of jobs at this node when the policy of the data in them says that they are old enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tacit.errors import TacitError
from tacit.node.clock import now
from tacit.node.home import Home
from tacit.node.policing import OFF, Asked, Policing
from tacit.node.results import Results
from tacit.node.stores.jobs import JobStore
from tacit.node.ticker import Ticker
from tacit.schema.states import JOB_ENDED

TICK_S = 600.0
DAY_S = 86_400.0


@dataclass(slots=True)
class Retention:
    """Wired by `tacit.node.wiring`. Goes by the policies in force when it looks, and by the end of each job."""

    home: Home
    jobs: JobStore
    policing: Policing
    results: Results
    clock: Callable[[], float] = now
    _ticker: Ticker = field(default_factory=lambda: Ticker("retention"))

    def look(self) -> list[str]:
        """Delete what is due; returns the ids of the jobs. Only results are deleted: agreement and receipt stay."""
        if self.policing.mode == OFF or not self.home.artifacts.is_dir():
            return []
        return [path.name for path in sorted(self.home.artifacts.iterdir()) if self._delete_if_due(path.name)]

    def _delete_if_due(self, job_id: str) -> bool:
        job = self.jobs.find(job_id)
        if job is None or job.state not in JOB_ENDED or job.ended_at is None:
            return False
        try:
            blueprint = self.policing.planner.of_job(job)
        except TacitError:
            return False  # an operator was taken away: what it used is not known any more
        days = self.policing.judge(blueprint, Asked(job.initiator, job.agreement_id, job.id)).retention_days
        if days is None or job.ended_at + days * DAY_S > self.clock():
            return False
        self.results.remove(job_id)
        self.policing.trail.record("results.expired", f"job:{job_id}", {"days": days})
        return True

    def start(self) -> None:
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()
