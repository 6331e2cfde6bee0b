"""The owner's policies at work on this node: a job is held against them when it is proposed, approved, signed and
before each of its steps; what a step may still do wrong is given to its worker to keep; its result is looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tacit.errors import NotFoundError, RefusedError, TacitError
from tacit.flow.plan import PlannedStep
from tacit.governance.levels import Label
from tacit.governance.policies import Decision, Keep, Policy, Question, decide
from tacit.governance.uses import Known, ModelFacts, Use, uses
from tacit.ledger.audit import AuditTrail
from tacit.node.blueprint import Blueprint, Planner
from tacit.node.budget_book import BudgetBook
from tacit.node.catalogue import Catalogue
from tacit.node.clock import now
from tacit.node.database import JobRow
from tacit.node.model_shelf import ModelShelf
from tacit.node.result_checks import check_outputs
from tacit.node.settings import Settings
from tacit.node.stores.policies import PolicyStore
from tacit.runtime.task import CautionEntry, StepReport, StepTask

ENFORCE, OBSERVE, OFF = "enforce", "observe", "off"
_TOLD = 20  # reasons of one job in the audit trail
_REMEMBERED = 10_000  # jobs of which they were told


def _no_labels(_dataset: str) -> Mapping[str, Label]:
    return {}


def _no_purpose(_agreement: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants what, as far as policies ask about it. `id`: of the job, for the audit trail; none yet: none."""

    initiator: str
    agreement: str | None = None
    id: str | None = None


@dataclass(slots=True)
class Policing:
    """Thread-safe: all state is in the stores. `labels`, `purpose`: dataset -> labels, agreement -> its purpose."""

    settings: Settings
    store: PolicyStore
    book: BudgetBook
    catalogue: Catalogue
    models: ModelShelf
    planner: Planner
    trail: AuditTrail
    labels: Callable[[str], Mapping[str, Label]] = _no_labels
    purpose: Callable[[str], str | None] = _no_purpose
    _noted: set[str] = field(default_factory=set)

    @property
    def me(self) -> str:
        return self.settings.name

    @property
    def mode(self) -> str:
        return self.settings.policy

    # -- judging ---------------------------------------------------------------------------------------------

    def policies(self) -> dict[str, Policy]:
        """Dataset -> the policy in force."""
        return {name: Policy.model_validate(row.document) for name, row in self.store.all_in_force().items()}

    def uses(self, blueprint: Blueprint) -> tuple[Use, ...]:
        """What a job does with columns of this node."""
        return uses(blueprint.plan, self.me, self._known(blueprint))

    def judge(
        self, blueprint: Blueprint, asked: Asked, policies: Mapping[str, Policy] | None = None, at: float | None = None
    ) -> Decision:
        """The decision of this node, by the policies in force or by others instead."""
        names = blueprint.datasets_of(self.me)
        question = Question(
            initiator=asked.initiator,
            profile=blueprint.plan.profile,
            now_ms=int((now() if at is None else at) * 1000),
            agreement=asked.agreement or None,
            purpose=self._purpose(asked.agreement),
            labels={name: self._labels(name) for name in names},
            rows=self._rows(blueprint),
            default_level=self.settings.default_level,
        )
        return decide(self.policies() if policies is None else policies, self.uses(blueprint), question)

    def check(self, blueprint: Blueprint, asked: Asked) -> Decision:
        """Raises RefusedError("policy.refused"), whose text is for the owner alone; only the code travels."""
        if self.mode == OFF:
            return Decision()
        decision = self.judge(blueprint, asked)
        if decision.allowed:
            return decision
        if self.mode == OBSERVE:
            self._note("policy.would_refuse", asked, decision)
            return decision
        raise refusal(decision)

    def check_job(self, job: JobRow, blueprint: Blueprint) -> Decision:
        """As `check`, of a job that is known here."""
        return self.check(blueprint, Asked(job.initiator, job.agreement_id, job.id))

    def charge_job(self, job: JobRow, blueprint: Blueprint) -> None:
        """The job counts from now on, whatever becomes of it. Raises RefusedError("policy.rate_exceeded")."""
        if self.mode == OFF:
            return
        decision = self.judge(blueprint, Asked(job.initiator, job.agreement_id, job.id))
        self.book.charge_job(job.id, self._rows(blueprint), decision.quotas, enforce=self.mode == ENFORCE)

    # -- steps -----------------------------------------------------------------------------------------------

    def bind(self, job: JobRow, step: PlannedStep, attempt: int, task: StepTask) -> StepTask:
        """Before a step starts: check again, charge what its noise costs, and tell its worker what to keep.

        Raises RefusedError("policy.refused", "policy.budget_exceeded").
        """
        if self.mode == OFF:
            return task
        decision = self.check_job(job, self.planner.of_job(job))
        charges = [charge for charge in decision.charges if charge.step == step.id]
        self.book.charge_noise(job.id, step.id, attempt, charges, enforce=self.mode == ENFORCE)
        if self.mode == OBSERVE:
            return task
        keep = keep_of(decision, step, self.me)
        return task.model_copy(update={"caution": caution_of(task.caution, keep)})

    def refused_result(self, job: JobRow, step: str, report: StepReport) -> TacitError | None:
        """What is wrong with the results of a step that ended well; None: nothing. They are deleted if something is."""
        if self.mode == OFF:
            return None
        blueprint = self.planner.of_job(job)
        asked = Asked(job.initiator, job.agreement_id, job.id)
        try:
            keep = self.judge(blueprint, asked).keeps.get(step, Keep())
            check_outputs(report, keep)
        except TacitError as fault:
            if self.mode == OBSERVE:
                self.trail.record("policy.would_refuse", f"job:{job.id}", {"step": step, "code": fault.code})
                return None
            for output in report.outputs.values():
                with suppress(OSError):
                    Path(output.path).unlink()
            return fault
        return None

    # -- what is known here ----------------------------------------------------------------------------------

    def _known(self, blueprint: Blueprint) -> Known:
        columns = {}
        for name in blueprint.datasets_of(self.me):
            with suppress(NotFoundError):
                columns[name] = tuple(str(column["name"]) for column in self.catalogue.get(name).columns)
        return Known(columns, {key: facts for key in blueprint.models_of(self.me) if (facts := self._model(*key))})

    def _model(self, name: str, version: str | None) -> ModelFacts | None:
        """The features in this node's piece. What cannot be read counts as unknown."""
        try:
            document = json.loads(self.models.path(name, version).read_text())
            return ModelFacts(tuple(str(each) for each in document["model"]["features"]))
        except (OSError, ValueError, KeyError, TypeError, TacitError):
            return None

    def _purpose(self, agreement: str | None) -> str | None:
        """Without an agreement in force there is no purpose."""
        try:
            return self.purpose(agreement) if agreement else None
        except TacitError:
            return None

    def _labels(self, dataset: str) -> Mapping[str, Label]:
        try:
            return self.labels(dataset)
        except NotFoundError:
            return {}

    def _rows(self, blueprint: Blueprint) -> dict[str, int]:
        rows = {}
        for name in blueprint.datasets_of(self.me):
            with suppress(NotFoundError):
                rows[name] = self.catalogue.get(name).rows
        return rows

    def _note(self, act: str, asked: Asked, decision: Decision) -> None:
        """Once per job and node process: what would have been refused, by code, rule and place."""
        if asked.id is None or asked.id in self._noted:
            return
        if len(self._noted) >= _REMEMBERED:
            self._noted.clear()
        self._noted.add(asked.id)
        for reason in decision.reasons[:_TOLD]:
            details: dict[str, Any] = {"code": reason.code, "rule": reason.rule, "step": reason.step}
            self.trail.record(act, f"job:{asked.id}", {**details, "dataset": reason.dataset})


def keep_of(decision: Decision, step: PlannedStep, me: str) -> Keep:
    """What this node's worker has to keep: for its own columns and, where it alone knows the groups, for the other
    side's figures over them."""
    keep, group = decision.keeps.get(step.id, Keep()), getattr(step.params, "group", None)
    if step.spec.name == "stats.joint" and group is not None and step.at[group.role] == me:
        return replace(keep, min_group=max(keep.min_group, step.params.min_group_size))  # type: ignore[attr-defined]
    return keep


def caution_of(caution: CautionEntry, keep: Keep) -> CautionEntry:
    """The node's own caution, made stricter by what the policy asks of this step."""
    values: dict[str, Any] = {
        "min_result": max(caution.min_result, keep.min_result),
        "difference": keep.min_group,
        "dominance": keep.dominance,
        "rounding": keep.rounding,
    }
    if keep.probing is not None:
        runs = keep.probing.runs if caution.similar_runs is None else min(keep.probing.runs, caution.similar_runs)
        values |= {"similar_runs": runs, "similar_days": max(keep.probing.days, caution.similar_days)}
    return caution.model_copy(update=values)


def refusal(decision: Decision) -> RefusedError:
    """For the owner: the first reason, and how many there are."""
    first, more = decision.reasons[0], len(decision.reasons) - 1
    return RefusedError(
        "policy.refused",
        "The policy of this node's data does not allow the job.",
        found=first.text.en + (f" And {more} more reasons." if more else ""),
        hint="`tacit policy explain` shows every reason.",
    )
