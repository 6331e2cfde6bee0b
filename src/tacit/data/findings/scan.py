"""Scan a sample of a table: what each column probably holds."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from tacit.data.findings import contacts, documents, people
from tacit.data.findings.columns import column_sample
from tacit.data.findings.decision import judge
from tacit.data.findings.finding import Finding
from tacit.data.findings.names import words_of

DETECTORS = (*documents.DETECTORS, *contacts.DETECTORS, *people.DETECTORS)


def scan_table(table: pa.Table, *, on_column: Callable[[int, int], None] | None = None) -> list[Finding]:
    """All findings, column by column, the surest first. `on_column(done, total)` is called after each column.

    What only the name of a column tells is left out where its content tells something.
    """
    siblings = tuple(words_of(name) for name in table.column_names)
    findings: list[Finding] = []
    for index, name in enumerate(table.column_names):
        column = column_sample(name, table.column(index), siblings)
        found = [each for each in (judge(detector, column) for detector in DETECTORS) if each is not None]
        seen = [each for each in found if each.by != "name"]
        findings += sorted(seen or found, key=lambda each: -each.confidence)
        if on_column is not None:
            on_column(index + 1, table.num_columns)
    return findings
