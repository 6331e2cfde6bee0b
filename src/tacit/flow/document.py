"""The flow document as text: YAML, JSON or Python in and out, with nothing lost on the way. Python is never run.

The YAML read here is the core schema of YAML 1.2: `no` and `1e-3` mean what they look like. Anchors, aliases, tags
and repeated keys are refused, so a document has one reading and cannot grow when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

from pydantic import ValidationError

from tacit.errors import NotFoundError
from tacit.flow import json_text, python, python_text, yaml_text
from tacit.flow.problem import FlowCheckError, Path, Problem
from tacit.schema.flow import Flow

MAX_BYTES = 1 << 20
_FORMATS = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
Format = Literal["yaml", "json", "python"]


@dataclass(frozen=True, slots=True)
class Document:
    """A flow and where its parts stand in the text. `lines` is empty for JSON."""

    flow: Flow
    lines: Mapping[Path, int]

    def located(self, problem: Problem) -> Problem:
        """The same problem with the line of the nearest part of the document that its path leads to."""
        return problem.at_line(_line(self.lines, problem.path))


def load(source: str | FilePath) -> Flow:
    """A flow from a file (a Path) or from text (a str). Raises FlowCheckError, NotFoundError("flow.not_found")."""
    return read(source).flow


def read(source: str | FilePath, format: Format | None = None) -> Document:
    """As `load`, with line numbers. Without `format` the file's suffix decides, for text its first character, and
    Python is not looked for."""
    text = _file(source) if isinstance(source, FilePath) else source
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise FlowCheckError.one(
            "flow.too_large", "The flow document is too large.", expected=f"at most {MAX_BYTES} bytes"
        )
    value, lines = _parsed(text, _format(source, text, format))
    return Document(_flow(value, lines), lines)


def dump(flow: Flow, format: Format = "yaml") -> str:
    """The document as text; `read(dump(flow, format), format).flow == flow`."""
    if format == "python":
        return python.source(flow)
    if format == "json":
        return json.dumps(flow.document(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return yaml_text.render(flow.document())


def _parsed(text: str, format: str) -> tuple[Any, Mapping[Path, int]]:
    if format == "json":
        return json_text.parse(text), {}
    return python_text.parse(text) if format == "python" else yaml_text.parse(text)


def _file(path: FilePath) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFoundError(
            "flow.not_found", f"The flow document {path} cannot be read.", found=error.strerror
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) > MAX_BYTES:
            return " " * len(content)  # cut inside a character: too large is what is wrong with it
        raise FlowCheckError.one(
            "flow.bad_text", "The flow document is not UTF-8.", found=f"a stray byte at offset {error.start}"
        ) from error


def _format(source: str | FilePath, text: str, format: Format | None) -> str:
    if format is not None:
        return format
    if isinstance(source, FilePath) and source.suffix.lower() in _FORMATS:
        return _FORMATS[source.suffix.lower()]
    return "json" if text.lstrip().startswith("{") else "yaml"


def _flow(value: Any, lines: Mapping[Path, int]) -> Flow:
    if not isinstance(value, dict):
        raise FlowCheckError.one(
            "flow.bad_document", "A flow document is a mapping.", expected="tacit, name, parties, steps"
        )
    try:
        return Flow.model_validate(value)
    except ValidationError as error:
        found = [_shape_problem(value, detail) for detail in error.errors(include_url=False)]
        raise FlowCheckError([problem.at_line(_line(lines, problem.path)) for problem in found]) from error


def _shape_problem(value: Any, detail: Any) -> Problem:
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    step = None
    if len(path) > 1 and path[0] == "steps" and isinstance(path[1], int):
        raw = value["steps"][path[1]]
        step = raw.get("id") if isinstance(raw, dict) and isinstance(raw.get("id"), str) else None
    where = ".".join(str(part) for part in path)
    if detail["type"] == "extra_forbidden":
        return Problem("flow.unknown_field", f"The document has an unknown field {where}.", path=path, step=step)
    if detail["type"] == "missing":
        return Problem("flow.missing_field", f"The document lacks the field {where}.", path=path, step=step)
    return Problem(
        "flow.bad_field", f"The field {where} is not as it should be: {detail['msg']}.", path=path, step=step
    )


def _line(lines: Mapping[Path, int], path: Path) -> int | None:
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
