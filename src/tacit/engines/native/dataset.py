"""dataset.read of the native engine: a registered dataset becomes a table."""

from __future__ import annotations

from tacit.data.labels import with_binary_label
from tacit.data.reading import NULL_VALUES, Reading
from tacit.data.sources import read_table
from tacit.engines.engine import StepCall


def run_read(call: StepCall) -> None:
    """Read, check and mark the columns; errors say what is wrong with which column, never a value."""
    params = call.params
    columns, positive = params.get("columns"), params.get("positive")
    types = dict(params.get("types", {}))
    if positive is not None:
        types[params["label"]] = "text"
    reading = Reading(
        columns=None if columns is None else tuple(columns),
        keys=tuple(params.get("keys", ())),
        label=params.get("label"),
        null_values=tuple(params.get("null_values", NULL_VALUES)),
        types=types,
        bad_cells=params.get("bad_cells", "refuse"),
    )
    source = call.io.dataset(params["dataset"])
    call.io.progress(0, 1, "reading")
    table = read_table(source, reading)
    if positive is not None:
        table = with_binary_label(table, params["label"], positive)
    call.io.put_table("table", table)
    call.io.progress(1, 1)
