"""/flows: checking and explaining a flow before anything is stored or sent."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from tacit.errors import ParameterError
from tacit.flow import Document, FlowCheckError, dump, problems, read
from tacit.flow.document import Format
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import FlowText
from tacit.node.api.shapes.flows import Checked, Converted, Explained
from tacit.node.blueprint import Blueprint

CONVERTED = 1 << 19  # characters: writing YAML takes seconds for a large document


class FlowBody(BaseModel):
    """A flow as a JSON object, or as text. `format` of the text: without it YAML or JSON, as its first character says.

    Python is parsed and never run: Draft(…), .step(…) with literals, .build(), and nothing else.
    """

    model_config = ConfigDict(extra="forbid")

    flow: dict[str, Any] | None = None
    text: FlowText | None = None
    format: Format | None = None

    def document(self) -> Document:
        """Raises FlowCheckError, ParameterError("request.invalid")."""
        if (self.flow is None) == (self.text is None):
            raise ParameterError("request.invalid", "The request must hold either a flow or its text.")
        if self.text is not None:
            return read(self.text, self.format)
        return read(json.dumps(self.flow, ensure_ascii=False), "json")


def router(services: Services) -> APIRouter:
    """Problems, disclosures, forecast."""
    routes, node = APIRouter(prefix="/flows"), services.parts

    def own_datasets() -> dict[str, list[str]]:
        return {node.settings.name: [row.name for row in node.catalogue.all()]}

    @routes.post("/check", dependencies=needs("flow.check"), response_model=Checked)
    def check(body: FlowBody) -> dict[str, Any]:
        try:
            document = body.document()
        except FlowCheckError as fault:
            return _checked(None, None, fault.as_dict()["problems"])
        found = [document.located(p).as_dict() for p in problems(document.flow, node.planner.specs, own_datasets())]
        return _checked(document.flow.name, document.flow.hash(), found)

    @routes.post("/convert", dependencies=needs("flow.check"), response_model=Converted)
    def convert(body: FlowBody) -> dict[str, Any]:
        """The same flow as document and as text in every form; it may be unsound, but must have the form of a flow."""
        flow = body.document().flow
        written = dump(flow, "json")
        if len(written) > CONVERTED:
            raise FlowCheckError.one(
                "flow.too_large",
                "The flow is too large to be written in every form.",
                expected=f"at most {CONVERTED} characters of JSON",
            )
        texts = {"yaml": dump(flow, "yaml"), "json": written, "python": dump(flow, "python")}
        return {"flow": flow.document(), "flow_hash": flow.hash(), **texts}

    @routes.post("/explain", dependencies=needs("flow.explain"), response_model=Explained)
    def explain(body: FlowBody) -> dict[str, Any]:
        blueprint = node.planner.draw(body.document().flow, own_datasets())
        return explained(blueprint, node.forecasting.of(blueprint, ask=True))

    return routes


def explained(blueprint: Blueprint, forecast: dict[str, Any]) -> dict[str, Any]:
    """A flow for people: who does what, who learns what, what it costs."""
    plan = blueprint.plan
    return {
        "flow_hash": plan.hash,
        "name": plan.flow.name,
        "profile": plan.profile.value,
        "parties": {party: kind.value for party, kind in plan.parties.items()},
        "steps": [
            {
                "id": step.id,
                "operator": step.spec.name,
                "version": step.spec.version,
                "at": dict(step.at),
                "inputs": {port: f"{source.step}.{source.port}" for port, source in step.inputs.items()},
                "params": step.params_document(),
                "talks": step.spec.talks,
            }
            for step in plan.steps
        ],
        "disclosures": {party: [line.document() for line in lines] for party, lines in blueprint.disclosures.items()},
        "forecast": forecast or None,
    }


def _checked(name: str | None, flow_hash: str | None, found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"ok": not found, "name": name, "flow_hash": flow_hash, "problems": found}
