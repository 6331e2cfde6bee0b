"""The only hands a step has: its inputs, its outputs, its party's datasets and models."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from tacit.data.places import locate
from tacit.data.sources import Access
from tacit.engines.engine import DatasetSource
from tacit.errors import InternalError, NotFoundError, ParameterError
from tacit.privacy.caution import Caution
from tacit.runtime import artifacts
from tacit.runtime.history import History
from tacit.runtime.task import OutputEntry, StepTask

_MODEL_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_MODEL_VERSION = re.compile(r"^[0-9a-f]{12}$")


class FileStepIO:
    """`StepIO` over the files named by a task. Owned by one worker, used from its main thread."""

    def __init__(self, task: StepTask, report_progress: Callable[[int, int, str], None]) -> None:
        self._task = task
        self._report_progress = report_progress
        self.outputs: dict[str, OutputEntry] = {}

    def has_input(self, port: str) -> bool:
        return port in self._task.inputs

    def table(self, port: str) -> pa.Table:
        return artifacts.read_table(self._input(port, artifacts.TABLE_SUFFIX))

    def document(self, port: str) -> dict[str, Any]:
        return artifacts.read_document(self._input(port, artifacts.DOCUMENT_SUFFIX))

    def put_table(self, port: str, table: pa.Table) -> None:
        self._note(port, artifacts.write_table(Path(self._task.output_dir), port, table), "table", table.num_rows)

    def put_document(self, port: str, document: dict[str, Any]) -> None:
        self._note(port, artifacts.write_document(Path(self._task.output_dir), port, document), "document", None)

    def dataset(self, name: str) -> DatasetSource:
        entry = self._task.datasets.get(name)
        if entry is None:
            raise NotFoundError(
                "dataset.unknown",
                f"This party has no dataset called {name!r} for this job.",
                found=", ".join(sorted(self._task.datasets)) or "none",
                hint="Register it with `tacit data add`, or give it to the rehearsal with --data PARTY.DATASET=PATH.",
            )
        return DatasetSource(
            name=entry.name,
            path=locate(entry.path),
            format=entry.format,
            options=entry.options,
            access=Access(entry.access),
        )

    def save_model(self, name: str, document: dict[str, Any]) -> str:
        """Version = the pieces' common `model_id` if there is one, so that all owners name it alike."""
        folder = self._model_folder(name)
        version = _version_of(document)
        artifacts.write_document(folder, version, document)
        artifacts.write_document(folder, "latest", {"version": version})
        return version

    def load_model(self, name: str, version: str | None) -> dict[str, Any]:
        folder = self._model_folder(name)
        if version is None and (folder / "latest.json").exists():
            version = str(artifacts.read_document(folder / "latest.json")["version"])
        if version is None or not _MODEL_VERSION.match(version) or not (folder / f"{version}.json").exists():
            raise NotFoundError(
                "model.unknown",
                f"This party holds no piece of the model {name!r}" + (f", version {version}." if version else "."),
                hint="Train and save it first, or name a version that exists here.",
            )
        return artifacts.read_document(folder / f"{version}.json")

    def caution(self) -> Caution:
        return Caution(**self._task.caution.model_dump())

    def recall(self, topic: str) -> list[dict[str, Any]]:
        return [] if self._task.history_dir is None else History(Path(self._task.history_dir)).read(topic)

    def remember(self, topic: str, entry: dict[str, Any]) -> None:
        if self._task.history_dir is not None:
            History(Path(self._task.history_dir)).append(topic, entry)

    def shelf(self, topic: str) -> Path | None:
        return None if self._task.history_dir is None else History(Path(self._task.history_dir)).shelf(topic)

    def progress(self, done: int, total: int, note: str = "") -> None:
        self._report_progress(done, total, note)

    def _input(self, port: str, suffix: str) -> Path:
        path = Path(self._task.inputs[port]) if port in self._task.inputs else None
        if path is None or path.suffix != suffix:
            raise InternalError("step.wrong_input", f"The input {port!r} is missing or of another kind.")
        return path

    def _note(self, port: str, path: Path, kind: str, rows: int | None) -> None:
        self.outputs[port] = OutputEntry(
            path=str(path), digest=artifacts.digest_file(path), kind=kind, rows=rows, bytes=path.stat().st_size
        )

    def _model_folder(self, name: str) -> Path:
        if not _MODEL_NAME.match(name):
            raise ParameterError(
                "model.bad_name",
                "A model's name has 1 to 63 lower-case letters, digits, '-' or '_', and begins with a letter.",
                found=repr(name[:80]),
            )
        return Path(self._task.models_dir) / name


def _version_of(document: dict[str, Any]) -> str:
    model = document.get("model")
    identity = model.get("model_id") if isinstance(model, dict) else None
    text = str(identity) if identity else json.dumps(document, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
