"""What flows where: inputs of a step against the outputs they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tacit.flow.problem import Problem, did_you_mean, listed
from tacit.schema.flow import Flow, Step
from tacit.schema.operator import Params, Placement, Port, Spec


class Declared:
    """The steps of a flow by id, with the operators that are known (index of the step -> Spec)."""

    def __init__(self, flow: Flow, specs: Mapping[int, Spec[Any]]) -> None:
        self.steps = flow.steps
        self.specs = specs
        self.index = {step.id: place for place, step in reversed(list(enumerate(flow.steps)))}


def split_reference(reference: str) -> tuple[str, str]:
    """Step and port of "step.port"."""
    step, _, port = reference.partition(".")
    return step, port


def wiring_problems(declared: Declared, index: int) -> Iterator[Problem]:
    """Every fault in the `inputs` of one step, whose own operator is known."""
    step, spec = declared.steps[index], declared.specs[index]
    ports = {port.name: port for port in spec.inputs}
    for name in step.inputs:
        if name in ports:
            yield from _connection(declared, index, ports[name])
        else:
            yield Problem(
                "flow.unknown_input",
                f"{spec.name} in step {step.id} has no input {name}.",
                path=("steps", index, "inputs", name),
                step=step.id,
                port=name,
                found=name,
                expected=listed(ports),
                hint=did_you_mean(name, ports),
            )
    for port in spec.inputs:
        if not port.optional and port.name not in step.inputs:
            yield Problem(
                "flow.missing_input",
                f"The input {port.name} of step {step.id} is not connected.",
                path=("steps", index, "inputs"),
                step=step.id,
                port=port.name,
                expected=f"an output of kind {_kinds(port)}",
            )


def unfilled_problems(declared: Declared, index: int, params: Mapping[str, Params]) -> Iterator[Problem]:
    """Inputs from outputs that their operator has, but does not fill under its parameters (step -> those)."""
    step = declared.steps[index]
    for name, reference in step.inputs.items():
        source_id, port = split_reference(reference)
        spec = declared.specs.get(declared.index.get(source_id, -1))
        if spec is None or spec.produces is None or source_id not in params:
            continue
        filled = spec.produces(params[source_id])
        if port in {output.name for output in spec.outputs} - filled:
            yield Problem(
                "flow.output_not_filled",
                f"{spec.name} in step {source_id} does not fill its output {port} with these parameters.",
                path=("steps", index, "inputs", name),
                step=step.id,
                port=name,
                found=reference,
                expected=listed(sorted(filled)),
                hint=f"Change the parameters of step {source_id}, or connect another output.",
            )


def _kinds(port: Port) -> str:
    return " or ".join((port.kind.value, *(kind.value for kind in port.accepts)))


def _connection(declared: Declared, index: int, port: Port) -> Iterator[Problem]:
    step = declared.steps[index]
    reference = step.inputs[port.name]
    source_id, source_port = split_reference(reference)
    place: dict[str, Any] = {
        "path": ("steps", index, "inputs", port.name),
        "step": step.id,
        "port": port.name,
        "found": reference,
    }
    at = declared.index.get(source_id)
    if at is None:
        yield Problem(
            "flow.unknown_step",
            f"The input {port.name} of step {step.id} comes from a step {source_id}, which does not exist.",
            **place,
            expected=listed(declared.index),
            hint=did_you_mean(source_id, declared.index),
        )
        return
    source = declared.specs.get(at)
    if source is None:
        return  # the unknown operator is reported where it stands
    outputs = {output.name: output for output in source.outputs}
    if source_port not in outputs:
        yield Problem(
            "flow.unknown_output",
            f"{source.name} in step {source_id} has no output {source_port}.",
            **place,
            expected=listed(outputs),
            hint=did_you_mean(source_port, outputs),
        )
        return
    yield from _mismatch(step, port, declared.steps[at], outputs[source_port], (source, declared.specs[index]), place)


def _mismatch(
    step: Step, port: Port, source: Step, output: Port, specs: tuple[Spec[Any], Spec[Any]], place: dict[str, Any]
) -> Iterator[Problem]:
    if output.kind is not port.kind and output.kind not in port.accepts:
        yield Problem(
            "flow.type_mismatch",
            f"The input {port.name} of step {step.id} takes a {_kinds(port)}, but {source.id}.{output.name} is a "
            f"{output.kind.value}.",
            **{**place, "found": output.kind.value},
            expected=_kinds(port),
        )
        return
    if output.placement is not port.placement:
        yield Problem(
            "flow.placement_mismatch",
            f"The input {port.name} of step {step.id} takes data placed {port.placement.value}, but "
            f"{source.id}.{output.name} is placed {output.placement.value}.",
            **{**place, "found": output.placement.value},
            expected=port.placement.value,
        )
        return
    held, needed = _parties(source, output, specs[0]), _parties(step, port, specs[1])
    pieces = port.placement is Placement.EACH  # a party that is not asked may hold a piece too
    if held is not None and needed is not None and not (needed <= held if pieces else held == needed):
        yield Problem(
            "flow.holder_mismatch",
            f"The input {port.name} of step {step.id} is needed at {listed(needed)}, but {source.id}.{output.name} is "
            f"held by {listed(held)}.",
            **{**place, "found": listed(held)},
            expected=listed(needed),
            hint="Seat the parties that hold it, or connect the output of another step.",
        )
    elif port.placement is Placement.SHARED:
        yield from _swapped(step, port, source, output, place)


def _swapped(step: Step, port: Port, source: Step, output: Port, place: dict[str, Any]) -> Iterator[Problem]:
    """A share belongs to its role: roles of the same name at both steps must be the same party."""
    for role in port.holders:
        before, now = source.at.get(role), step.at.get(role)
        if role in output.holders and None not in (before, now) and before != now:
            yield Problem(
                "flow.seat_mismatch",
                f"{now} sits on the role {role} of step {step.id}, but {before} did in step {source.id}, where the "
                f"{output.kind.value} comes from.",
                **{**place, "found": now},
                expected=before,
                role=role,
                hint="Give the parties the same roles in both steps.",
            )
            return


def _parties(step: Step, port: Port, spec: Spec[Any]) -> set[str] | None:
    """Who holds a port; None while a seat that must be taken is empty, which is reported on its own."""
    if any(role not in step.at and not spec.role(role).optional for role in port.holders):
        return None
    return {step.at[role] for role in port.holders if role in step.at}
