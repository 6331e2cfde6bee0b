"""Looks at the results that a step left here, against what the policy asks: the second look after the plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tacit.errors import RefusedError
from tacit.governance.policies import Keep
from tacit.runtime.task import StepReport

_LARGEST = 64 << 20  # bytes of a report that is read


def check_outputs(report: StepReport, keep: Keep) -> None:
    """Raises RefusedError("policy.result_refused")."""
    for output in report.outputs.values():
        path = Path(output.path)
        if output.kind != "document" or not path.is_file():
            continue
        if path.stat().st_size > _LARGEST:
            raise _refused("a report that is too large to be looked at")
        document = json.loads(path.read_bytes())
        check_document(document if isinstance(document, dict) else {}, keep)


def check_document(document: dict[str, Any], keep: Keep) -> None:
    """One report. Raises RefusedError("policy.result_refused")."""
    kind = document.get("kind")
    if kind == "joint_statistics" and keep.min_group > 1:
        if min(_rows_behind(document), default=keep.min_group) < keep.min_group:
            raise _refused(f"figures over fewer than {keep.min_group} rows")
    elif kind == "psi" and document.get("reveal") in ("count", "sum"):
        matched = document.get("matched")
        if matched is not None and document.get("epsilon") is None and matched < keep.min_result:
            raise _refused(f"a match of fewer than {keep.min_result} keys")


def _rows_behind(document: dict[str, Any]) -> Iterator[int]:
    """The number of rows, and of values, behind every figure of joint statistics."""
    for line in (document["overall"], *document["groups"]):
        shown = [cell for cell in line["cells"] if cell is not None]
        if shown or line is not document["overall"]:
            yield int(line["rows"])
        yield from (int(cell["count"]) for cell in shown if cell.get("count") is not None)


def _refused(found: str) -> RefusedError:
    return RefusedError(
        "policy.result_refused",
        "The result shows more than the policy of this node's data allows; it was deleted.",
        found=found,
    )
