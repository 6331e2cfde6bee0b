"""From a flow document to a Plan: everything that can be known to be wrong before a byte moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from tacit.flow.order import cycles, run_order
from tacit.flow.parameters import dataset_problems, read_params
from tacit.flow.plan import Plan, PlannedStep, Source
from tacit.flow.problem import FlowCheckError, Problem, did_you_mean
from tacit.flow.seats import dealer_problems, seat_problems
from tacit.flow.wiring import Declared, split_reference, unfilled_problems, wiring_problems
from tacit.schema.flow import Flow, Step
from tacit.schema.operator import Params, Spec

Datasets = Mapping[str, Collection[str]]  # party -> names of its datasets


def check(flow: Flow, specs: Mapping[str, Spec[Any]], datasets: Datasets | None = None) -> Plan:
    """The plan of a sound flow. Raises FlowCheckError (a FlowError) with every problem found.

    `specs` are the operators that can be used (`tacit.operators.all_specs()`, or those that all nodes have in common).
    `datasets` has an entry for each party whose catalogue is known; the datasets of the others are taken on trust.
    """
    plan, found = _examine(flow, specs, datasets)
    if plan is None:
        raise FlowCheckError(found)
    return plan


def problems(flow: Flow, specs: Mapping[str, Spec[Any]], datasets: Datasets | None = None) -> list[Problem]:
    """All problems in document order, parties first; empty when the flow can be planned."""
    return _examine(flow, specs, datasets)[1]


def _examine(
    flow: Flow, specs: Mapping[str, Spec[Any]], datasets: Datasets | None
) -> tuple[Plan | None, list[Problem]]:
    found = [*dealer_problems(flow), *_duplicates(flow)]
    known: dict[int, Spec[Any]] = {}
    for index, step in enumerate(flow.steps):
        spec, trouble = _operator(step, index, specs)
        found += trouble
        if spec is not None:
            known[index] = spec
    declared = Declared(flow, known)
    params: dict[str, Params] = {}
    for index, spec in known.items():
        step = flow.steps[index]
        read, trouble = read_params(step, index, spec)
        found += [*seat_problems(flow, index, spec), *wiring_problems(declared, index), *trouble]
        if read is not None:
            params[step.id] = read
            found += dataset_problems(step, index, spec, read, datasets or {})
    for index in known:
        found += unfilled_problems(declared, index, params)
    found += _cycles(flow)
    if found:
        return None, sorted(found, key=_document_order)
    return _plan(flow, known, params), []


def _document_order(problem: Problem) -> int:
    """Problems of the whole flow first, then step by step."""
    index = problem.path[1] if len(problem.path) > 1 else -1
    return index if isinstance(index, int) else -1


def _operator(step: Step, index: int, specs: Mapping[str, Spec[Any]]) -> tuple[Spec[Any] | None, list[Problem]]:
    spec = specs.get(step.operator)
    if spec is None:
        hint = did_you_mean(step.operator, specs) or "`tacit operator list` shows what is installed."
        problem = Problem(
            "flow.unknown_operator",
            f"Step {step.id} uses an operator {step.operator}, which is not installed.",
            path=("steps", index, "operator"),
            step=step.id,
            found=step.operator,
            hint=hint,
        )
        return None, [problem]
    if step.version in (None, spec.version):
        return spec, []
    problem = Problem(
        "flow.unknown_version",
        f"Step {step.id} asks for version {step.version} of {step.operator}, which is not installed.",
        path=("steps", index, "version"),
        step=step.id,
        found=step.version,
        expected=spec.version,
    )
    return spec, [problem]


def _duplicates(flow: Flow) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, step in enumerate(flow.steps):
        if step.id in seen:
            yield Problem(
                "flow.duplicate_step",
                f"Two steps have the id {step.id}.",
                path=("steps", index, "id"),
                step=step.id,
                found=step.id,
                expected="an id of its own for every step",
            )
        seen.add(step.id)


def _reads(flow: Flow) -> dict[str, list[str]]:
    """Step -> steps that it reads from, as far as they exist."""
    ids = {step.id for step in flow.steps}
    reads: dict[str, list[str]] = {step: [] for step in ids}
    for step in flow.steps:
        sources = (split_reference(reference)[0] for reference in step.inputs.values())
        reads[step.id] += [source for source in sources if source in ids]
    return reads


def _cycles(flow: Flow) -> Iterator[Problem]:
    """Cycles, unless ids are ambiguous: then wires are too."""
    ids = [step.id for step in flow.steps]
    if len(set(ids)) != len(ids):
        return
    for cycle in cycles(ids, _reads(flow)):
        round_trip = " → ".join((*cycle, cycle[0]))
        yield Problem(
            "flow.cycle",
            f"Steps wait for each other: {round_trip}.",
            path=("steps", ids.index(cycle[0])),
            step=cycle[0],
            found=round_trip,
            hint="Disconnect one of these inputs.",
        )


def _plan(flow: Flow, specs: Mapping[int, Spec[Any]], params: Mapping[str, Params]) -> Plan:
    reads = _reads(flow)
    order = run_order([step.id for step in flow.steps], reads)
    position = {id: place for place, id in enumerate(order)}
    planned = {}
    for index, step in enumerate(flow.steps):
        planned[step.id] = PlannedStep(
            id=step.id,
            spec=specs[index],
            params=params[step.id],
            at={role.name: step.at[role.name] for role in specs[index].roles if role.name in step.at},
            inputs={port: Source(*split_reference(reference)) for port, reference in step.inputs.items()},
            after=_in_order(reads[step.id], position),
        )
    return Plan(flow, flow.hash(), tuple(planned[id] for id in order))


def _in_order(steps: Iterable[str], position: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(set(steps), key=position.__getitem__))
