"""Where people write policies: drafts, trials against past jobs, putting into force, and explaining a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tacit.errors import InputError, NotFoundError, ParameterError, TacitError
from tacit.governance.budgets import EPSILON_UNITS, left
from tacit.governance.policies import Decision, DpBound, Exemption, Policy, Rule
from tacit.governance.uses import Use
from tacit.node.acting import current
from tacit.node.blueprint import Blueprint
from tacit.node.database import JobRow
from tacit.node.policing import Asked, Policing
from tacit.node.stores.jobs import JobStore
from tacit.node.tables.policies import PolicyRow
from tacit.schema.flow import Flow

POLICY_CHANGED = "policy.changed"
_LOOKED_AT = 10_000  # newest jobs that a trial chooses from


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would have said to a past job. `before`: what the policies in force say."""

    job: JobRow
    decision: Decision
    before: Decision


@dataclass(frozen=True, slots=True)
class Explained:
    """A flow before anybody proposes it. `uses`: of the columns of this node."""

    decision: Decision
    uses: tuple[Use, ...]
    datasets: tuple[str, ...]


@dataclass(slots=True)
class PolicyDesk:
    """Made by `tacit.node.wiring`. `recheck`: looks again at open jobs when what is in force has changed."""

    policing: Policing
    jobs: JobStore
    recheck: Callable[[str], Any] = lambda _reason: None

    def draft(self, dataset: str, document: Mapping[str, Any]) -> PolicyRow:
        """Keep a new version that is not in force. Raises NotFoundError("dataset.unknown"), ParameterError."""
        self.policing.catalogue.get(dataset)
        policy = self.read(dataset, document)
        row = self.policing.store.draft(dataset, policy.document(), policy.hash(), current().actor)
        self._record("policy.drafted", row)
        return row

    def activate(self, dataset: str, version: int, hash: str) -> PolicyRow:
        """Put a version into force. Open jobs that it does not allow are stopped."""
        row = self.policing.store.activate(dataset, version, hash, current().actor)
        self._record("policy.activated", row)
        self.recheck(POLICY_CHANGED)
        return row

    def withdraw(self, dataset: str) -> None:
        """Only the level defaults hold from now on. Raises NotFoundError("policy.unknown")."""
        if not self.policing.store.withdraw(dataset):
            raise NotFoundError("policy.unknown", "No policy is in force for this dataset.", found=dataset)
        self.policing.trail.record("policy.withdrawn", f"dataset:{dataset}", {}, actor="person")
        self.recheck(POLICY_CHANGED)

    def trial(self, dataset: str, document: Mapping[str, Any] | None, version: int | None, limit: int) -> list[Trial]:
        """A draft against the newest past jobs that read the dataset. Nothing is charged or changed."""
        if document is not None:
            policy = self.read(dataset, document)
        elif version is not None:
            policy = Policy.model_validate(self.policing.store.get(dataset, version).document)
        else:
            raise ParameterError("policy.invalid", "A trial needs a policy or the number of a version.")
        present = self.policing.policies()
        return [
            self._tried(job, blueprint, present, {**present, dataset: policy})
            for job, blueprint in self._past(dataset, limit)
        ]

    def _past(self, dataset: str, limit: int) -> list[tuple[JobRow, Blueprint]]:
        """Jobs whose operators are still there."""
        found: list[tuple[JobRow, Blueprint]] = []
        for job in self.jobs.all(limit=_LOOKED_AT):
            try:
                blueprint = self.policing.planner.of_job(job)
            except TacitError:
                continue
            if dataset in blueprint.datasets_of(self.policing.me):
                found.append((job, blueprint))
            if len(found) == limit:
                break
        return found

    def _tried(
        self, job: JobRow, blueprint: Blueprint, present: Mapping[str, Policy], draft: Mapping[str, Policy]
    ) -> Trial:
        """At the time of the job, so that validity is judged as it was then."""
        asked = Asked(job.initiator, job.agreement_id, job.id)
        decision = self.policing.judge(blueprint, asked, draft, at=job.created_at)
        return Trial(job, decision, self.policing.judge(blueprint, asked, present, at=job.created_at))

    def explain(self, flow: Flow, initiator: str | None, agreement: str | None) -> Explained:
        """What the policies in force say to a flow. Raises FlowProblems."""
        blueprint = self.policing.planner.draw(flow)
        decision = self.policing.judge(blueprint, Asked(initiator or self.policing.me, agreement))
        return Explained(decision, self.policing.uses(blueprint), tuple(blueprint.datasets_of(self.policing.me)))

    def budget(self, dataset: str) -> dict[str, Any]:
        """What noised queries have spent, and what the rules in force leave."""
        row, cost = self.policing.store.in_force(dataset), self.policing.book.spent(dataset)
        policy = None if row is None else Policy.model_validate(row.document)
        every = () if policy is None else (*_bounds(policy.rules), *_bounds(policy.exceptions))
        bounds = dict(every)
        return {
            "epsilon": cost.epsilon / EPSILON_UNITS,
            "left": {id: left(cost, bound) for id, bound in bounds.items() if bound is not None},
        }

    @staticmethod
    def read(dataset: str, document: Mapping[str, Any]) -> Policy:
        """Raises ParameterError("policy.invalid", "policy.too_wide")."""
        named = document.get("dataset", dataset)
        if named != dataset:
            raise ParameterError(
                "policy.invalid", "The policy is for another dataset.", found=str(named)[:128], expected=dataset
            )
        try:
            return Policy.model_validate({**document, "dataset": dataset})
        except ValidationError as fault:
            first = fault.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ParameterError(
                "policy.invalid", "The policy is not valid.", found=f"{place}: {first['msg']}", hint="See the guide."
            ) from fault
        except ValueError as fault:  # a number that JSON cannot keep
            raise InputError("policy.invalid", "The policy is not valid.") from fault

    def _record(self, act: str, row: PolicyRow) -> None:
        details: dict[str, Any] = {"version": row.version, "hash": row.hash}
        self.policing.trail.record(act, f"dataset:{row.dataset}", details, actor="person")


def _bounds(lines: tuple[Rule, ...] | tuple[Exemption, ...]) -> list[tuple[str, DpBound | None]]:
    return [(line.id, line.bounds.dp) for line in lines]
