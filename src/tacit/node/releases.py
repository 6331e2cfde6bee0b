"""Results of sensitive data leave the node only after somebody released them."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.errors import RefusedError, TacitError
from tacit.governance.inbox import ItemState, Kind
from tacit.node.acting import NODE, current
from tacit.node.blueprint import Planner
from tacit.node.desks import told
from tacit.node.inbox import Draft, Inbox
from tacit.node.rulebook import Rulebook
from tacit.node.signoff import Signoff
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.tables.inbox import InboxRow
from tacit.schema.states import TaskState
from tacit.schema.text import Text

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Releases:
    """A result counts as the highest level of what its job read at this node."""

    jobs: JobStore
    tasks: TaskStore
    planner: Planner
    rulebook: Rulebook
    inbox: Inbox
    signoff: Signoff

    def request(self, job_id: str, reason: str = "") -> InboxRow:
        """Ask for the release of all results of a job. Raises NotFoundError("job.unknown")."""
        row = self.jobs.get(job_id)
        known = self.inbox.store.latest_of(Kind.RESULT, job_id)
        if known is not None and self.released(job_id):
            return known
        why = reason or "—"
        disclosed = told({party: lines for party, lines in row.disclosures.items() if party == self.rulebook.me})
        item = self.inbox.put(
            Draft(
                Kind.RESULT,
                row.id,
                Text(f"结果放行：{row.name}", f"Release of results: {row.name}"),
                Text(f"理由：{why}\n{disclosed.zh}", f"Reason: {why}\n{disclosed.en}"),
                current().actor,
                self.level(job_id),
                own=True,
            )
        )
        self.signoff.settle(Kind.RESULT, job_id)
        return self.inbox.store.get(item.id)

    def check(self, job_id: str) -> None:
        """Whether the present principal may have results of a job. Raises RefusedError("result.not_released")."""
        if current() is NODE or not self.signoff.needs_second(self.level(job_id)) or self.released(job_id):
            return
        raise RefusedError(
            "result.not_released",
            "The results of this job rest on sensitive data and are not released.",
            found=f"level {self.level(job_id)}",
            expected=f"below {self.rulebook.settings.dual_approval_level}, or a release",
            hint="Ask for it with `tacit inbox release`.",
        )

    def released(self, job_id: str) -> bool:
        item = self.inbox.store.latest_of(Kind.RESULT, job_id)
        if item is None or item.state != ItemState.APPROVED:
            return False
        return not self._newer(job_id, item.ended_at or 0.0)

    def _newer(self, job_id: str, at: float) -> bool:
        """Whether a retry left results here after `at`: nobody has seen those who released the former ones."""
        mine = (row for row in self.tasks.of_job(job_id) if row.party == self.rulebook.me and row.retry)
        return any(row.state == TaskState.SUCCESS and (row.ended_at or 0.0) > at for row in mine)

    def level(self, job_id: str) -> int:
        """The highest if a dataset of the job is gone, so that nobody knows. Raises NotFoundError("job.unknown")."""
        row = self.jobs.get(job_id)
        try:
            return self.rulebook.level(self.planner.of_job(row))
        except TacitError:
            return HIGHEST
