"""A flow as the standard pictures it (DAG and Config), and back.

Another vendor's console can show the job from the standard's own fields. What the standard has no place for (the seats
of a step, input port names, the security profile, the canvas) stands in `tacit` objects, so nothing is lost. A node of
ours never runs the projection: it plans the flow document, and refuses a proposal whose projection says otherwise.

Roles: the initiator is guest (or the first data party, when a dealer initiates), other data parties are hosts, dealers
are arbiters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tacit.errors import RefusedError
from tacit.interconnect.shapes import Config, ConfigInitiator, Dag, DagComponent, DagPort
from tacit.schema.canonical import canonical_json
from tacit.schema.flow import Flow, PartyKind, Step
from tacit.schema.operator import Spec

VERSION = "2.0.0"  # of the standard's DAG and Config documents
PROVIDER = "tacit"


def project(flow: Flow, specs: Mapping[str, Spec[Any]], initiator: str) -> tuple[Dag, Config]:
    """DAG and Config. Raises RefusedError "job.operator_unknown", "job.initiator_not_a_party"."""
    _check_known(flow, specs, initiator)
    roles = party_roles(flow, initiator)
    ports = {f"{step.id}.{port.name}": port.kind.value for step in flow.steps for port in specs[step.operator].outputs}
    document = flow.document()
    steps = document.pop("steps")
    dag = Dag(
        version=VERSION,
        components=tuple(
            _component(step, extra, specs[step.operator], ports) for step, extra in zip(flow.steps, steps, strict=True)
        ),
        tacit=document,
    )
    return dag, _config(flow, roles, initiator)


def party_roles(flow: Flow, initiator: str) -> dict[str, list[str]]:
    """Standard role -> parties."""
    data = [party for party, kind in flow.parties.items() if kind is PartyKind.DATA]
    dealers = [party for party, kind in flow.parties.items() if kind is PartyKind.DEALER]
    first = initiator if initiator in data else (data or dealers)[0]
    return {
        "guest": [first],
        "host": [party for party in data if party != first],
        "arbiter": [party for party in dealers if party != first],
    }


def restore(dag: Dag, config: Config) -> Flow:
    """The flow that was projected. Raises RefusedError "job.foreign_flow" for a DAG that is not of this software."""
    if dag.tacit is None or any(component.tacit is None for component in dag.components):
        raise RefusedError(
            "job.foreign_flow",
            "This job description does not come from a Tacit node, and cannot be run as a Tacit flow.",
        )
    common = config.task_params.get("common", {})
    try:
        steps = [_step(component, common) for component in dag.components]
        return Flow.model_validate({**dag.tacit, "steps": steps})
    except (ValidationError, AttributeError, TypeError, ValueError) as fault:
        raise RefusedError("job.foreign_flow", "The tacit part of this job description is damaged.") from fault


def check_projection(dag: Dag, config: Config, *, flow: Flow, specs: Mapping[str, Spec[Any]], initiator: str) -> None:
    """DAG and Config are those of `flow`. Raises RefusedError "job.projection_differs"."""
    expected = project(flow, specs, initiator)
    for name, mine, theirs in (("dag", expected[0], dag), ("config", expected[1], config)):
        if _canonical(mine) != _canonical(theirs):
            raise RefusedError(
                "job.projection_differs",
                f"The {name} of the proposal does not describe the flow that comes with it.",
                hint="Compare the software versions of both nodes.",
            )


def _check_known(flow: Flow, specs: Mapping[str, Spec[Any]], initiator: str) -> None:
    unknown = sorted({step.operator for step in flow.steps} - set(specs))
    if unknown:
        raise RefusedError("job.operator_unknown", "The flow uses an operator that is not installed.", found=unknown[0])
    sitting = {party for step in flow.steps for party in step.at.values()} | {initiator}
    if not sitting <= set(flow.parties):
        raise RefusedError("job.initiator_not_a_party", "The flow names somebody who is not among its parties.")


def _component(step: Step, extra: dict[str, Any], spec: Spec[Any], ports: Mapping[str, str]) -> DagComponent:
    return DagComponent(
        name=step.id,
        component_name=step.operator,
        provider=PROVIDER,
        version=step.version or spec.version,
        input=tuple(DagPort(type=ports.get(ref, "unknown"), key=ref, tacit=port) for port, ref in step.inputs.items()),
        output=tuple(DagPort(type=port.kind.value, key=port.name) for port in spec.outputs),
        tacit={name: extra[name] for name in ("at", "version", "layout") if name in extra},
    )


def _step(component: DagComponent, common: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": component.name,
        "operator": component.component_name,
        "inputs": {port.tacit: port.key for port in component.input},
        "params": common.get(component.name, {}),
        **(component.tacit or {}),
    }


def _config(flow: Flow, roles: Mapping[str, list[str]], initiator: str) -> Config:
    seat = {party: (role, str(index)) for role, parties in roles.items() for index, party in enumerate(parties)}
    task_params: dict[str, Any] = {"common": {}, **{role: {} for role in roles}}
    for step in flow.steps:
        if step.params:
            task_params["common"][step.id] = dict(step.params)
        dataset = step.params.get("dataset")
        if isinstance(dataset, str):
            for party in step.at.values():
                role, index = seat[party]
                task_params[role].setdefault(index, {})[step.id] = {"dataset_id": dataset}
    return Config(
        version=VERSION,
        initiator=ConfigInitiator(role=seat[initiator][0], node_id=initiator),
        role={role: tuple(parties) for role, parties in roles.items()},
        job_params={"common": {"sync_type": "callback"}, **{role: {} for role in roles}},
        task_params=task_params,
    )


def _canonical(document: Dag | Config) -> bytes:
    try:
        return canonical_json(document.document())
    except ValueError as fault:
        raise RefusedError("job.projection_differs", "The proposal holds a number that JSON cannot keep.") from fault
