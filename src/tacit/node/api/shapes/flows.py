"""Flows, checked and explained."""

from __future__ import annotations

from pydantic import Field

from tacit.node.api.shapes.base import Answer, Document, Time


class FlowProblem(Answer):
    """A fault of a flow and its place; `line` counts from 1."""

    code: str
    message: str
    path: list[str | int]
    step: str | None
    port: str | None
    role: str | None
    param: str | None
    found: str | None
    expected: str | None
    hint: str | None
    line: int | None


class Checked(Answer):
    """`ok` when there is no problem."""

    ok: bool
    name: str | None
    flow_hash: str | None
    problems: list[FlowProblem]


class Converted(Answer):
    """One flow in every form; each of the texts reads back as the same document with the same hash."""

    flow: Document
    flow_hash: str
    yaml: str
    json_: str = Field(alias="json")
    python: str


class FlowDraftSummary(Answer):
    """A draft in lists. `name`, `title` and the number of `steps` are told from its document, as far as it has them.

    `version` grows with every change; `template`: what it was begun from.
    """

    id: str
    name: str
    title: dict[str, str] | None
    agreement: str | None
    template: str | None
    version: int
    steps: int
    created_by: str
    created_at: Time
    updated_by: str
    updated_at: Time


class FlowDraft(FlowDraftSummary):
    """With the document as it was written, sound or not."""

    document: Document


class Disclosed(Answer):
    """Something that a party learns from a step."""

    step: str
    code: str
    zh: str
    en: str


class Cost(Answer):
    """Seconds, bytes that all parties send together, and MB of the largest party."""

    seconds: int | float
    bytes_sent: int | float
    memory_mb: int | float


class Forecast(Cost):
    """Of the whole flow, and of each step."""

    steps: dict[str, Cost]


class ExplainedStep(Answer):
    """A step as it is planned: seats, sources of its inputs, parameters in full."""

    id: str
    operator: str
    version: str
    at: dict[str, str]
    inputs: dict[str, str]
    params: Document
    talks: bool


class Explained(Answer):
    """Who does what, who learns what, what it costs; `forecast` is null when the size of a dataset is not known."""

    flow_hash: str
    name: str
    profile: str
    parties: dict[str, str]
    steps: list[ExplainedStep]
    disclosures: dict[str, list[Disclosed]]
    forecast: Forecast | None
