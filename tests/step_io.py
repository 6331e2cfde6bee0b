"""A StepIO that lives in memory, and a StepCall around it, for tests of engine glue."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from tacit.channel.channel import Session
from tacit.engines.engine import DatasetSource, StepCall
from tacit.errors import NotFoundError, ResourceError
from tacit.privacy.caution import Caution


@dataclass
class MemoryIO:
    """Inputs in, outputs out. Documents pass through JSON, so that what cannot be stored fails here too.

    `models` may be shared by several MemoryIO of one party: save in one step, load in the next.
    """

    inputs: dict[str, Any] = field(default_factory=dict)
    datasets: dict[str, DatasetSource] = field(default_factory=dict)
    models: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[int, int, str]] = field(default_factory=list)
    cancelled: bool = False
    owner_caution: Caution = field(default_factory=Caution)
    notebook: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    shelves: Path | None = None

    def has_input(self, port: str) -> bool:
        return port in self.inputs

    def table(self, port: str) -> pa.Table:
        value = self.inputs[port]
        assert isinstance(value, pa.Table), f"{port} is not a table"
        return value

    def document(self, port: str) -> dict[str, Any]:
        value = self.inputs[port]
        assert isinstance(value, dict), f"{port} is not a document"
        return copy.deepcopy(value)

    def put_table(self, port: str, table: pa.Table) -> None:
        assert isinstance(table, pa.Table)
        assert port not in self.outputs, f"{port} was put twice"
        table.validate(full=True)
        self.outputs[port] = table

    def put_document(self, port: str, document: dict[str, Any]) -> None:
        assert port not in self.outputs, f"{port} was put twice"
        self.outputs[port] = json.loads(json.dumps(document, allow_nan=False))

    def dataset(self, name: str) -> DatasetSource:
        if name not in self.datasets:
            raise NotFoundError("dataset.unknown", f"There is no dataset '{name}' here.")
        return self.datasets[name]

    def save_model(self, name: str, document: dict[str, Any]) -> str:
        versions = self.models.setdefault(name, [])
        versions.append(json.loads(json.dumps(document, allow_nan=False)))
        return str(len(versions))

    def load_model(self, name: str, version: str | None) -> dict[str, Any]:
        versions = self.models.get(name, [])
        index = len(versions) if version is None else int(version)
        if not 1 <= index <= len(versions):
            raise NotFoundError("model.unknown", f"There is no model '{name}' here.")
        return copy.deepcopy(versions[index - 1])

    def caution(self) -> Caution:
        return self.owner_caution

    def recall(self, topic: str) -> list[dict[str, Any]]:
        return list(self.notebook.get(topic, []))

    def remember(self, topic: str, entry: dict[str, Any]) -> None:
        self.notebook.setdefault(topic, []).append(json.loads(json.dumps(entry, allow_nan=False)))

    def shelf(self, topic: str) -> Path | None:
        if self.shelves is not None:
            (self.shelves / topic).mkdir(parents=True, exist_ok=True)
        return None if self.shelves is None else self.shelves / topic

    def progress(self, done: int, total: int, note: str = "") -> None:
        if self.cancelled:
            raise ResourceError("step.cancelled", "The job was cancelled.")
        self.notes.append((done, total, note))


def step_call(
    operator: str,
    io: MemoryIO,
    params: Mapping[str, Any] | None = None,
    *,
    role: str = "owner",
    parties: Mapping[str, str] | None = None,
    session: Session | None = None,
    version: str = "1",
) -> StepCall:
    """A call as the runtime would make it; without `session` the step has no channels."""
    return StepCall(
        operator=operator,
        version=version,
        params=dict(params or {}),
        role=role,
        parties=parties or {role: "alpha"},
        session=session or Session(sid=bytes(32), me=role, channels={}),
        io=io,
    )
