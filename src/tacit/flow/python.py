"""Flows written in Python: a small builder whose result equals the YAML, and the way back to Python source.

flow = Draft("joint-risk", profile="2pc-dealer", parties={"hospital": "data", "lab": "data", "notary": "dealer"})
rows = flow.step("rows", "dataset.read", at={"owner": "hospital"}, params={"dataset": "patients"})
flow.step("profile", "table.profile", at={"owner": "hospital"}, inputs={"table": rows["table"]})
document = flow.build()
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tacit.flow.problem import FlowCheckError
from tacit.schema.flow import Flow, Profile, Step


@dataclass(frozen=True, slots=True)
class Placed:
    """A step that stands in a draft; `placed["port"]` is a source for the inputs of others."""

    id: str

    def __getitem__(self, port: str) -> str:
        return f"{self.id}.{port}"


class Draft:
    """Collects steps. Owns the list; `build` may be called at any time and changes nothing."""

    def __init__(
        self,
        name: str,
        *,
        parties: Mapping[str, str],
        profile: str = Profile.TWO_PARTY.value,
        title: Mapping[str, str] | None = None,
    ) -> None:
        self._head: dict[str, Any] = {"name": name, "profile": profile, "parties": dict(parties)}
        if title is not None:
            self._head["title"] = dict(title)
        self._steps: list[dict[str, Any]] = []

    def step(
        self,
        id: str,
        operator: str,
        *,
        at: Mapping[str, str],
        inputs: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        version: str | None = None,
        layout: Mapping[str, float] | None = None,
    ) -> Placed:
        """Add a step; the arguments are the fields of the document."""
        fields = {"at": at, "inputs": inputs, "params": params, "layout": layout}
        given = {name: _plain(value) for name, value in fields.items() if value is not None}
        self._steps.append({"id": id, "operator": operator, "version": version, **given})
        return Placed(id)

    def build(self) -> Flow:
        """The flow document. Raises FlowCheckError if a field is not as it should be."""
        try:
            return Flow.model_validate({**self._head, "steps": self._steps})
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in detail["loc"])
            raise FlowCheckError.one(
                "flow.bad_field", f"The field {where} is not as it should be: {detail['msg']}.", path=detail["loc"]
            ) from error


def _plain(value: Any) -> Any:
    """Mappings and tuples as the dicts and lists that a document has."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def source(flow: Flow) -> str:
    """Python that builds this flow: the code view. Running it leaves the result in `flow`."""
    head = [json.dumps(flow.name), f"parties={_literal(_kinds(flow))}", f"profile={_literal(flow.profile.value)}"]
    if flow.title is not None:
        head.append(f"title={_literal(dict(flow.title))}")
    lines = ["from tacit.flow.python import Draft", "", f"draft = Draft({', '.join(head)})"]
    return "\n".join([*lines, *(_step_source(step) for step in flow.steps), "flow = draft.build()"]) + "\n"


def _kinds(flow: Flow) -> dict[str, str]:
    return {party: kind.value for party, kind in flow.parties.items()}


def _step_source(step: Step) -> str:
    fields: dict[str, Any] = {"at": dict(step.at), "inputs": dict(step.inputs), "params": dict(step.params)}
    lines = [f"    {name}={_literal(value)}," for name, value in fields.items() if value]
    if step.version is not None:
        lines.append(f"    version={_literal(step.version)},")
    if step.layout is not None:
        lines.append(f"    layout={_literal(dict(step.layout))},")
    return "\n".join(["draft.step(", f"    {_literal(step.id)},", f"    {_literal(step.operator)},", *lines, ")"])


def _literal(value: Any) -> str:
    """Python source of a JSON value, with double quotes as in the rest of the code."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(inner) for inner in value) + "]"
    return repr(value)
