"""What a job left at this node: lists the pieces and hands them to their owner."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tacit.data.columns import role_of
from tacit.data.sources import type_name
from tacit.errors import InputError, NotFoundError, ParameterError
from tacit.node.database import JobRow
from tacit.node.home import Home
from tacit.node.preparation import Preparation
from tacit.node.stores.jobs import JobStore
from tacit.runtime import artifacts
from tacit.runtime.task import OutputEntry
from tacit.schema.operator import Placement
from tacit.schema.states import JOB_ENDED

MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.file",
}
_BATCH_ROWS = 65_536
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Results:
    """Reads artifacts; deletes those of a whole job."""

    home: Home
    preparation: Preparation
    jobs: JobStore

    def all(self, job_id: str) -> list[dict[str, Any]]:
        """My pieces of every finished step, in the order of the plan."""
        job = self.jobs.get(job_id)
        return [_described(*found) for found in self._pieces(job)]

    def document(self, job_id: str, step: str, port: str) -> dict[str, Any]:
        """A report, model or transform. Raises NotFoundError("result.unknown")."""
        return artifacts.read_document(self._find(job_id, step, port, "document"))

    def page(self, job_id: str, step: str, port: str, *, limit: int, offset: int) -> dict[str, Any]:
        """Some rows of a table, as JSON values."""
        table = artifacts.read_table(self._find(job_id, step, port, "table"))
        rows = table.slice(offset, limit)
        columns = [rows.column(index).to_pylist() for index in range(rows.num_columns)]
        return {
            "columns": [
                {"name": field.name, "type": type_name(field.type), "role": role_of(field)} for field in table.schema
            ],
            "rows": [[_json(value) for value in row] for row in zip(*columns, strict=True)],
            "total": table.num_rows,
        }

    def file(self, job_id: str, step: str, port: str, format: str) -> Iterator[bytes]:
        """A whole table as a file, in pieces. Raises ParameterError("result.format_unknown")."""
        path = self._find(job_id, step, port, "table")
        if format == "arrow":
            return _file_pieces(path)
        if format == "csv":
            return _csv_pieces(artifacts.read_table(path))
        if format == "parquet":
            return _parquet_pieces(artifacts.read_table(path))
        raise ParameterError(
            "result.format_unknown", "There is no such format.", found=format, expected="json, parquet, csv, arrow"
        )

    def is_table(self, job_id: str, step: str, port: str) -> bool:
        """Raises NotFoundError("result.unknown")."""
        return self._entry(job_id, step, port).kind == "table"

    def remove(self, job_id: str) -> None:
        """Delete all artifacts of an ended job. Raises InputError("job.wrong_state")."""
        job = self.jobs.get(job_id)
        if job.state not in JOB_ENDED:
            raise InputError("job.wrong_state", "The job has not ended.", found=job.state, hint="Cancel it first.")
        shutil.rmtree(self.home.artifacts / job.id, ignore_errors=True)

    def _pieces(self, job: JobRow) -> Iterator[tuple[str, str, OutputEntry, bool, str]]:
        if job.pact is None:
            return
        reports = self.preparation.reports(job.id)
        for step in self.preparation.steps(job):
            if step.id not in reports:
                continue
            for port, output in sorted(reports[step.id][1].outputs.items()):
                spec = step.spec.output(port)
                if Path(output.path).is_file():
                    yield step.id, port, output, spec.placement is not Placement.SHARED, spec.kind.value

    def _entry(self, job_id: str, step: str, port: str) -> OutputEntry:
        job = self.jobs.get(job_id)
        for found_step, found_port, output, _, _ in self._pieces(job):
            if (found_step, found_port) == (step, port):
                return output
        raise NotFoundError(
            "result.unknown",
            f"This node holds no result {step}.{port} of the job.",
            hint="See `tacit result list`; another party may hold it.",
        )

    def _find(self, job_id: str, step: str, port: str, kind: str) -> Path:
        entry = self._entry(job_id, step, port)
        if entry.kind != kind:
            raise ParameterError("result.other_kind", f"The result is a {entry.kind}.", found=kind, expected=entry.kind)
        return Path(entry.path)


def _described(step: str, port: str, output: OutputEntry, readable: bool, kind: str) -> dict[str, Any]:
    columns = None
    if output.kind == "table":
        with pa.ipc.open_file(pa.memory_map(output.path, "r")) as reader:
            columns = [{"name": field.name, "type": type_name(field.type)} for field in reader.schema]
    return {
        "step": step,
        "port": port,
        "kind": kind,
        "form": output.kind,
        "rows": output.rows,
        "bytes": output.bytes,
        "digest": output.digest,
        "readable": readable,
        "columns": columns,
    }


def _json(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return str(value)


def _file_pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def _csv_pieces(table: pa.Table) -> Iterator[bytes]:
    first = True
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS) or table.schema.empty_table().to_batches():
        sink = io.BytesIO()
        pacsv.write_csv(pa.Table.from_batches([batch]), sink, pacsv.WriteOptions(include_header=first))
        first = False
        yield sink.getvalue()


def _parquet_pieces(table: pa.Table) -> Iterator[bytes]:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    yield sink.getvalue()
