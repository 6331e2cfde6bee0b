"""How large the datasets of a rehearsal are, for the forecast."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.data.places import locate
from tacit.data.sources import describe
from tacit.engines.engine import DatasetSource
from tacit.errors import TacitError
from tacit.flow import DatasetSize
from tacit.runtime.task import DatasetEntry


def measure(entries: Mapping[str, Mapping[str, DatasetEntry]]) -> dict[str, dict[str, DatasetSize]]:
    """Party -> dataset -> size. A file that cannot be read counts as empty: the step that reads it says why."""
    return {party: {name: _size(entry) for name, entry in owned.items()} for party, owned in entries.items()}


def _size(entry: DatasetEntry) -> DatasetSize:
    try:
        source = DatasetSource(name=entry.name, path=locate(entry.path), format=entry.format, options=entry.options)
        description = describe(source)
    except TacitError:
        return DatasetSize(rows=0, columns=0)
    return DatasetSize(rows=description.rows, columns=len(description.columns))
