"""evaluation.binary of the native engine: scores against labels at their owner."""

from __future__ import annotations

import pyarrow as pa

from tacit.algorithms.evaluate.binary import evaluate
from tacit.data.columns import LABEL, columns_with_role, require_columns
from tacit.engines.engine import StepCall
from tacit.errors import DataError


def run_binary(call: StepCall) -> None:
    """Report on one score column."""
    table = call.io.table("scores")
    label, score = call.params.get("label") or _label_of(table), call.params.get("score", "score")
    require_columns(table.column_names, [label, score])
    report = evaluate(
        table.column(label),
        table.column(score),
        threshold=float(call.params.get("threshold", 0.5)),
        points=int(call.params.get("points", 100)),
    )
    call.io.put_document("report", {**report, "label": label, "score": score})


def _label_of(table: pa.Table) -> str:
    labels = columns_with_role(table, LABEL)
    if len(labels) != 1:
        raise DataError(
            "data.label_missing",
            "The table has no column marked as label.",
            expected="one label column",
            hint="Name it in the parameter `label`, or mark it in dataset.read.",
        )
    return labels[0]
