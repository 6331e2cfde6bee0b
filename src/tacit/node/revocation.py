"""Stops jobs that rest on what was taken back: an agreement, a peer, a dataset, a grant, a policy, a label.

At this node at once, whether or not a peer can be reached; every other party hears of it by message, and finds out by
itself where it was told of the same thing. What a job rests on is looked at with the checks of its approval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tacit.errors import RefusedError, TacitError
from tacit.node.blueprint import Blueprint, Planner
from tacit.node.causes import REVOKED, Cause
from tacit.node.clock import now
from tacit.node.contribution import Contribution
from tacit.node.database import AgreementRow, JobRow
from tacit.node.keys import Keys
from tacit.node.participant import Participant
from tacit.node.projects import ACTIVE, Projects
from tacit.node.scheduler import Scheduler
from tacit.node.stores.jobs import JobStore
from tacit.node.ticker import Ticker
from tacit.node.words import REASONS
from tacit.schema.states import JobState

TICK_S = 1.0
Check = Callable[[JobRow, Blueprint], None]  # raises TacitError when the job may not go on
_BY_CODE = {"policy": "policy.changed", "budget": "policy.changed", "grant": "grant.revoked", "label": "label.raised"}


@dataclass(slots=True)
class Revocation:
    """Wired by `tacit.node.wiring`. `checks`: further checks of others, as at approval, over every open job."""

    me: str
    jobs: JobStore
    scheduler: Scheduler
    participant: Participant
    planner: Planner
    projects: Projects
    contribution: Contribution
    keys: Keys
    checks: list[Check] = field(default_factory=list)
    clock: Callable[[], float] = now
    ends: list[Callable[[float, float], bool]] = field(default_factory=list)  # whether something ran out in between
    _looked: float | None = None
    _ticker: Ticker = field(default_factory=lambda: Ticker("revocation"))

    # -- what others call ------------------------------------------------------------------------------------

    def recheck(self, reason: str) -> list[str]:
        """Look again at all open jobs and stop those that may not go on; returns their ids.

        `reason`: what changed, a key of `words.REASONS`; told as the cause where a check of `checks` fails. Empty: not
        known; the code of the failed check says.
        """
        stopped = []
        for row in self.jobs.open():
            what = self._failing(row, reason)
            if what is not None and self.stop(row, what):
                stopped.append(row.id)
        return stopped

    def stop_jobs(self, rests: Callable[[JobRow, Blueprint], bool], what: str) -> list[str]:
        """Stop the open jobs for which `rests` is true; returns their ids."""
        rows = [row for row in self.jobs.open() if rests(row, self.planner.of_job(row))]
        return [row.id for row in rows if self.stop(row, what)]

    def stop(self, row: JobRow, what: str) -> bool:
        """Stop one job at all its parties, here at once. False if it had ended."""
        if what not in REASONS:
            raise ValueError(f"{what} has no words in node.words.REASONS")
        if row.initiator == self.me:
            return self.scheduler.end(row.id, JobState.FAILED, Cause(self.me, REVOKED, what=what))
        return self.participant.revoke(row.id, what)

    # -- what happens here -----------------------------------------------------------------------------------

    def agreement_changed(self, agreement: str, what: str) -> None:
        """An agreement ended or was amended."""
        self.recheck(what)

    def peer_ended(self, name: str) -> None:
        """The contract with a peer ended: no job goes on with it."""
        self.recheck("peer.terminated")

    def dataset_removed(self, name: str) -> None:
        """A dataset of this node is gone, or not for others any more."""
        self.stop_jobs(lambda row, blueprint: name in blueprint.datasets_of(self.me), "dataset.removed")

    # -- the check -------------------------------------------------------------------------------------------

    def _failing(self, row: JobRow, reason: str) -> str | None:
        """What the job rests on and no longer can; None if all is well."""
        try:
            blueprint = self.planner.of_job(row)
        except TacitError:
            return None  # an operator was taken away: that is not a revocation
        checks: tuple[tuple[Check, str], ...] = (
            (self._check_peers, "peer.terminated"),
            (self._check_datasets, "dataset.removed"),
            (self._check_agreement, "agreement.terminated"),
            *((check, "") for check in self.checks),
        )
        for check, what in checks:
            try:
                check(row, blueprint)
            except TacitError as fault:
                return _what(fault, what, reason)
        return None

    def _check_peers(self, _row: JobRow, blueprint: Blueprint) -> None:
        self.keys.of(blueprint.plan.parties)

    def _check_datasets(self, _row: JobRow, blueprint: Blueprint) -> None:
        self.contribution.check(blueprint, anew=False)

    def _check_agreement(self, row: JobRow, blueprint: Blueprint) -> None:
        rows = self.contribution.rows(blueprint)
        self.projects.check_covers(row.agreement_id, blueprint, rows=rows, job=row)

    # -- the clock -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Watch for agreements that run out: a job does not outlive the agreement that allows it. What was taken back
        just before the node went down is made up for now."""
        self.recheck("")
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()

    def look(self) -> list[str]:
        """Stop jobs whose agreement has run out; returns their ids."""
        expired = [agreement for agreement in self.projects.store.in_use() if self._has_run_out(agreement)]
        stopped = self.stop_jobs(lambda row, _: row.agreement_id in expired, "agreement.expired") if expired else []
        return stopped + self._look_at_ends()

    def _look_at_ends(self) -> list[str]:
        """Grants that ran out since the last look."""
        since, self._looked = self._looked, self.clock()
        ended = since is not None and any(each(since, self._looked) for each in self.ends)
        return self.recheck("grant.revoked") if ended else []

    def _has_run_out(self, agreement: str) -> bool:
        try:
            row: AgreementRow = self.projects.in_force(agreement)
        except TacitError:
            return False
        return row.state == ACTIVE and float(row.document["valid_until"]) < self.clock() * 1000


def _what(fault: TacitError, what: str, reason: str) -> str:
    """The word for what is gone, as precise as the failed check tells."""
    if what == "agreement.terminated":
        if fault.code == "project.expired":
            return "agreement.expired"
        return (
            what if fault.code == "project.not_active" or not isinstance(fault, RefusedError) else "agreement.amended"
        )
    if what:
        return what
    return reason if reason in _OTHERS else _BY_CODE.get(fault.code.partition(".")[0], "policy.changed")


_OTHERS: Iterable[str] = frozenset(_BY_CODE.values())
