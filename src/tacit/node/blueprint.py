"""A job as this node works it out itself from the flow document: plan, disclosures, what of ours it uses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tacit.errors import RefusedError
from tacit.flow import check, disclosures
from tacit.flow.parameters import dataset_fields
from tacit.flow.plan import Plan
from tacit.ledger.agreement import Proposal
from tacit.node.database import JobRow
from tacit.schema.flow import Flow
from tacit.schema.job import DisclosureLine, Disclosures
from tacit.schema.operator import Spec

KEPT = 128  # blueprints in memory
MODEL_SOURCE = "model.load"  # the one operator that brings a stored model into a job


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Pure function of the flow and the installed operators: equal at all parties, or they do not agree."""

    plan: Plan
    disclosures: Disclosures

    @property
    def versions(self) -> dict[str, str]:
        """Operator -> version, of all steps."""
        return {step.spec.name: step.spec.version for step in self.plan.steps}

    def datasets_of(self, party: str) -> dict[str, str]:
        """Dataset -> first step that reads it, of what `party` brings."""
        used: dict[str, str] = {}
        for step in self.plan.steps:
            for parameter, role in dataset_fields(step.spec):
                if step.at.get(role) == party:
                    used.setdefault(str(getattr(step.params, parameter)), step.id)
        return used

    def models_of(self, party: str) -> list[tuple[str, str | None]]:
        """(name, version) of the stored models that `party` brings."""
        steps = [step for step in self.plan.steps if step.spec.name == MODEL_SOURCE and party in step.parties]
        documents = [step.params_document() for step in steps]
        return [(str(document["name"]), document.get("version")) for document in documents]

    def operators_of(self, party: str) -> list[str]:
        """Operators of the steps in which `party` takes part."""
        return sorted({step.spec.name for step in self.plan.steps_of(party)})

    def proposal(self, job_id: str, initiator: str, project: str | None) -> Proposal:
        """What agreements of this job are held against."""
        return Proposal(
            job_id=job_id,
            initiator=initiator,
            flow=self.plan.flow,
            disclosures=self.disclosures,
            operators=self.versions,
            project=project,
        )


class Planner:
    """Makes blueprints with the operators that are installed here."""

    def __init__(self, specs: Mapping[str, Spec[Any]]) -> None:
        self.specs = dict(specs)
        self._kept: OrderedDict[str, Blueprint] = OrderedDict()
        self._lock = threading.Lock()

    def draw(self, flow: Flow, datasets: Mapping[str, Collection[str]] | None = None) -> Blueprint:
        """Raises FlowProblems."""
        plan = check(flow, self.specs, datasets)
        return Blueprint(plan, _lines(plan))

    def of_job(self, row: JobRow) -> Blueprint:
        """The blueprint of a stored job, whose flow never changes; kept, because every step asks for it."""
        with self._lock:
            known = self._kept.get(row.id)
        if known is None:
            known = self.draw(Flow.model_validate(row.flow))
            with self._lock:
                self._kept[row.id] = known
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return known


def proposal_of(row: JobRow, blueprint: Blueprint) -> Proposal:
    """The proposal of a stored job."""
    return blueprint.proposal(row.id, row.initiator, row.agreement_id or None)


def check_versions(blueprint: Blueprint, versions: Mapping[str, str]) -> None:
    """The initiator's operators are ours. Raises RefusedError("job.operator_version_differs")."""
    for operator, ours in sorted(blueprint.versions.items()):
        if versions.get(operator) != ours:
            raise RefusedError(
                "job.operator_version_differs",
                f"The initiator has another version of {operator} than this node.",
                found=versions.get(operator, "none"),
                expected=ours,
                hint="Bring both nodes to the same software version.",
            )


def _lines(plan: Plan) -> Disclosures:
    return {
        party: tuple(DisclosureLine(step=item.step, code=item.code, zh=item.what.zh, en=item.what.en) for item in items)
        for party, items in disclosures(plan).items()
    }
