"""table.profile and table.split of the native engine."""

from __future__ import annotations

from tacit.algorithms.table.split import split
from tacit.data.profile import profile
from tacit.engines.engine import StepCall


def run_profile(call: StepCall) -> None:
    """The owner's table in figures."""
    report = profile(call.io.table("table"), on_column=lambda done, total: call.io.progress(done, total))
    call.io.put_document("report", report)


def run_split(call: StepCall) -> None:
    """Each side divides its own columns; the same seed and number of rows give the same rows at both."""
    train, test = split(
        call.io.table("aligned"),
        test_fraction=float(call.params.get("test_fraction", 0.25)),
        seed=int(call.params.get("seed", 0)),
    )
    call.io.put_table("train", train)
    call.io.put_table("test", test)
