"""What a flow will cost: seconds, bytes and memory per step and in all, from the sizes of its datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tacit.flow.parameters import dataset_fields
from tacit.flow.plan import Plan, PlannedStep
from tacit.flow.problem import FlowCheckError
from tacit.schema.operator import Cost, Size


@dataclass(frozen=True, slots=True)
class DatasetSize:
    """Rows and columns of a dataset, as its owner publishes them."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Cost of each step in plan order, and in all: seconds and bytes add up, memory is that of the hungriest step.

    The seconds of the whole are those of one step after the other; steps that run side by side end sooner.
    """

    steps: Mapping[str, Cost]
    total: Cost


DatasetSizes = Mapping[str, Mapping[str, DatasetSize]]  # party -> dataset -> size
_Pieces = dict[tuple[str, str], dict[str, tuple[int, int]]]  # (step, port) -> party -> rows, columns


def forecast(plan: Plan, datasets: DatasetSizes) -> Forecast:
    """Raises FlowError("flow.size_unknown") when a dataset that the plan reads has no size in `datasets`."""
    pieces: _Pieces = {}
    costs: dict[str, Cost] = {}
    for step in plan.steps:
        inputs = {**_dataset_inputs(step, datasets), **_step_inputs(step, pieces)}
        costs[step.id] = step.spec.cost(step.params, inputs)
        for port, size in step.spec.sizes(step.params, inputs).items():
            pieces[step.id, port] = {party: (size.rows, size.columns.get(role, 0)) for role, party in step.at.items()}
    total = Cost(
        seconds=sum(cost.seconds for cost in costs.values()),
        bytes_sent=sum(cost.bytes_sent for cost in costs.values()),
        memory_mb=max(cost.memory_mb for cost in costs.values()),
    )
    return Forecast(costs, total)


def _dataset_inputs(step: PlannedStep, datasets: DatasetSizes) -> dict[str, Size]:
    inputs = {}
    for param, role in dataset_fields(step.spec):
        party, name = step.at[role], getattr(step.params, param)
        size = datasets.get(party, {}).get(name)
        if size is None:
            raise FlowCheckError.one(
                "flow.size_unknown",
                f"The size of the dataset {name} of {party} is not known, so the cost cannot be forecast.",
                step=step.id,
                param=param,
                hint="Give its number of rows and columns.",
            )
        inputs[param] = Size(size.rows, {role: size.columns})
    return inputs


def _step_inputs(step: PlannedStep, pieces: _Pieces) -> dict[str, Size]:
    """Sizes of the connected inputs, with this step's roles in place of parties."""
    inputs = {}
    for port, source in step.inputs.items():
        held = pieces[source.step, source.port]
        holders = {role: held[step.at[role]] for role in step.spec.input(port).holders if role in step.at}
        rows = max(rows for rows, _ in holders.values())
        inputs[port] = Size(rows, {role: columns for role, (_, columns) in holders.items()})
    return inputs
