"""preprocess.fit and preprocess.apply of the native engine: each side on its own columns, without a word."""

from __future__ import annotations

from tacit.algorithms.preprocess.columns import apply, fit
from tacit.algorithms.preprocess.transform import read_transform
from tacit.engines.engine import StepCall


def run_fit(call: StepCall) -> None:
    """Learn from the rows and transform them."""
    table = call.io.table("aligned")
    transform = fit(
        table,
        missing=call.params.get("missing", "mean"),
        scale=call.params.get("scale", "standard"),
        constant=call.params.get("constant", "drop"),
    )
    call.io.put_table("aligned", apply(table, transform))
    call.io.put_document("transform", transform.as_document())


def run_apply(call: StepCall) -> None:
    """Transform other rows as was learned."""
    transform = read_transform(call.io.document("transform"))
    call.io.put_table("aligned", apply(call.io.table("aligned"), transform))
