"""stats.joint of the native engine: from a step's parameters to joint statistics and back to its report."""

from __future__ import annotations

from functools import partial

from tacit.algorithms.stats.guard import Guard
from tacit.algorithms.stats.joint import joint_statistics
from tacit.algorithms.stats.query import DEALER, MEASURES, GroupBy, Query
from tacit.engines.engine import StepCall

RELEASES = "releases"


def run_joint(call: StepCall) -> None:
    """Both data parties get the same report; the dealer gets nothing."""
    query, caution = _query(call), call.io.caution()
    table = None if call.role == DEALER else call.io.table("aligned")
    if table is not None and table.num_rows:
        recall, remember = partial(call.io.recall, RELEASES), partial(call.io.remember, RELEASES)
        Guard(caution, recall, remember, dict(call.parties)).check(query, table, call.role)
    report = joint_statistics(call.session, query, table, progress=call.io.progress, rounding=caution.rounding)
    if report is not None:
        call.io.put_document("report", report)


def _query(call: StepCall) -> Query:
    columns, group = call.params.get("columns"), call.params.get("group")
    return Query(
        columns=None if columns is None else {role: tuple(names) for role, names in columns.items()},
        group=None if group is None else GroupBy(role=group["role"], column=group["column"]),
        measures=tuple(call.params.get("measures", MEASURES)),
        minimum=int(call.params.get("min_group_size", 10)),
    )
