"""Parameters of a step against the operator's declaration: pydantic's findings become Problems."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tacit.flow.problem import Path, Problem, did_you_mean, listed
from tacit.schema.flow import Step
from tacit.schema.operator import Params, Spec

_CODES = {"extra_forbidden": "flow.unknown_parameter", "missing": "flow.missing_parameter"}
_FOUND_LENGTH = 80


def read_params(step: Step, index: int, spec: Spec[Any]) -> tuple[Params | None, list[Problem]]:
    """The validated parameters, or what is wrong with them."""
    try:
        params: Params = spec.params.model_validate(step.params)
    except ValidationError as error:
        return None, [_problem(step, index, spec, detail) for detail in error.errors(include_url=False)]
    return params, []


def dataset_problems(
    step: Step, index: int, spec: Spec[Any], params: Params, datasets: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    """Datasets that their party's catalogue does not have. Parties without an entry are not looked at."""
    for name, role in dataset_fields(spec):
        party = step.at.get(role)
        wanted = getattr(params, name)
        if party is None or party not in datasets or wanted in datasets[party]:
            continue
        yield Problem(
            "flow.unknown_dataset",
            f"{party} has no dataset {wanted}, which step {step.id} reads.",
            path=("steps", index, "params", name),
            step=step.id,
            param=name,
            found=wanted,
            expected=listed(datasets[party]),
            hint=did_you_mean(wanted, datasets[party]),
        )


def dataset_fields(spec: Spec[Any]) -> Iterator[tuple[str, str]]:
    """(parameter, role) of every parameter that names a dataset."""
    for name, field in spec.params.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("x-widget") == "dataset":
            yield name, str(extra["x-role"])


def _problem(step: Step, index: int, spec: Spec[Any], detail: ErrorDetails) -> Problem:
    code = _CODES.get(detail["type"], "flow.bad_parameter")
    path = _path_in(step.params, detail["loc"])
    param = ".".join(str(part) for part in path) or None
    reason = detail["msg"].removeprefix("Value error, ")
    place: dict[str, Any] = {"path": ("steps", index, "params", *path), "step": step.id, "param": param}
    if code == "flow.unknown_parameter":
        known = _fields_at(spec.params, path[:-1])
        return Problem(
            code,
            f"{spec.name} in step {step.id} has no parameter {param}.",
            **place,
            found=param,
            expected=listed(known),
            hint=did_you_mean(str(path[-1]), known),
        )
    if code == "flow.missing_parameter":
        return Problem(code, f"{spec.name} in step {step.id} needs the parameter {param}.", **place, expected=param)
    subject = f"The parameter {param} of step {step.id}" if param else f"The parameters of step {step.id}"
    return Problem(
        code,
        f"{subject}: {reason}.",
        **place,
        found=None if param is None else _shown(detail["input"]),
        expected=reason,
    )


def _path_in(params: Any, loc: Path) -> Path:
    """The part of pydantic's location that exists in the document, plus one step where something is missing.

    Pydantic adds names of its own ("[key]", a union's branch), which mean nothing to a reader.
    """
    path: list[str | int] = []
    value = params
    for part in loc:
        inside = isinstance(value, dict) and part in value
        if inside or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            path.append(part)
            value = value[part]
        elif isinstance(value, dict) and part == loc[-1] and part != "[key]":
            path.append(part)
    return tuple(path)


def _fields_at(model: type[BaseModel], path: Path) -> list[str]:
    """Names of the parameters of `model`, or of the model nested in it at `path`."""
    for part in path:
        field = model.model_fields.get(str(part))
        nested = [] if field is None else list(_models(field.annotation))
        if not nested:
            return []
        model = nested[0]
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _FOUND_LENGTH else text[: _FOUND_LENGTH - 1] + "…"
