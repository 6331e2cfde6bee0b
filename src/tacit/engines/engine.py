"""The door every engine comes through: the native one, and any other found by the entry point `tacit.engines`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from tacit.channel.channel import Session
from tacit.privacy.caution import Caution


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """Where a registered dataset of this party lies, and how it is to be read."""

    name: str
    path: Path | str  # a str is an address: s3://bucket/key, postgresql://user@host/database
    format: str  # "csv" | "parquet" | "arrow" | "postgresql" | "mysql"
    options: Mapping[str, Any]
    access: Mapping[str, str] = field(default_factory=dict, repr=False)  # what the node adds and shows nobody


class StepIO(Protocol):
    """What a step may touch at this party, and nothing else. Ports are those of the operator's Spec."""

    def has_input(self, port: str) -> bool: ...

    def table(self, port: str) -> pa.Table:
        """The table piece of an input port."""
        ...

    def document(self, port: str) -> dict[str, Any]:
        """The JSON piece of an input port (model, transform, report)."""
        ...

    def put_table(self, port: str, table: pa.Table) -> None: ...

    def put_document(self, port: str, document: dict[str, Any]) -> None: ...

    def dataset(self, name: str) -> DatasetSource:
        """A dataset of this party. Raises NotFoundError("dataset.unknown")."""
        ...

    def save_model(self, name: str, document: dict[str, Any]) -> str:
        """Keep this party's piece of a model under `name`; returns its version."""
        ...

    def load_model(self, name: str, version: str | None) -> dict[str, Any]:
        """This party's piece. Raises NotFoundError("model.unknown")."""
        ...

    def caution(self) -> Caution:
        """What the owner of this side allows in matches."""
        ...

    def recall(self, topic: str) -> list[dict[str, Any]]:
        """What earlier steps of this party noted under `topic` (a name), oldest first."""
        ...

    def remember(self, topic: str, entry: dict[str, Any]) -> None:
        """Note something for later steps of this party; it stays on this node."""
        ...

    def shelf(self, topic: str) -> Path | None:
        """A folder that stays, for what later steps of this party read; it is private to this node.

        None where nothing is kept, as in a rehearsal."""
        ...

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Report progress. Notes carry no data."""
        ...


@dataclass(frozen=True, slots=True)
class StepCall:
    """One step at one party: what to run and with whom."""

    operator: str
    version: str
    params: Mapping[str, Any]
    role: str  # my role
    parties: Mapping[str, str]  # role -> party
    session: Session
    io: StepIO


class Engine(Protocol):
    """An X of 1+X."""

    name: str
    version: str

    def operators(self) -> Mapping[str, str]:
        """Operator name -> version that this engine executes."""
        ...

    def run(self, call: StepCall) -> None:
        """Execute a step. Outputs go through `call.io`; any error is a TacitError."""
        ...


StepFunction = Callable[[StepCall], None]
