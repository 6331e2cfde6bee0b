"""Joint statistics: count, sum, mean and variance of both parties' columns, by groups that one of them defines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.algorithms.stats.columns import Groups, Measured, group_rows, measured_columns
from tacit.algorithms.stats.moments import (
    Layout,
    Moments,
    Scaled,
    cell_moments,
    figures,
    grouped_sums,
    layout_for,
    scale_columns,
)
from tacit.algorithms.stats.query import COUNT, DEALER, FIRST, MEASURES, SECOND, Query
from tacit.algorithms.stats.secure import Task, open_cells
from tacit.algorithms.stats.shape import Message, Names, Shape, agree_on_shape, exchange_names, malformed
from tacit.channel.arrays import recv_array, send_array
from tacit.channel.channel import Channel, Session
from tacit.errors import DataError, InternalError
from tacit.privacy.thresholds import published_cells
from tacit.protocols.mpc import Mpc

Report = dict[str, Any]
Figures = NDArray[np.float64]  # (1 + shown groups, columns, 1 + asked measures): see `_own_figures`
Cells = dict[tuple[int, int], Moments]
Progress = Callable[[int, int], None]


def joint_statistics(
    session: Session,
    query: Query,
    table: pa.Table | None,
    *,
    progress: Progress | None = None,
    rounding: float | None = None,
) -> Report | None:
    """The same report at first and second; None at the dealer. Roles of the session: first, second, dealer.

    Inputs: first and second each an aligned table (the same rows in the same order); the dealer none. With `rounding`
        a party rounds the figures of its own columns, but counts, to multiples of it, before it shows them.
    Learns: first and second the report: column names, number of rows, labels and sizes of the groups that are large
        enough, the number of the others, and the asked measures overall and per shown group; which cells are withheld
        because fewer than `minimum` rows have a value. The owner of a measured column in addition: count, sum and,
        if variance is asked, sum of squares of its columns per shown cell, of which the measures are made: with few
        rows, few missing values or values made for it, these tell which of its rows are in which group.
        The dealer: numbers of rows, columns and groups.
    Assumes: semi-honest parties; the dealer colludes with neither.
    Messages: sizes; names and labels; masked membership and value blocks; two comparisons; cells; figures.
    Cost: 8 (k n + 5 c n) bytes for k groups, n rows, c columns of the party that does not define the groups.
    Raises: DataError of `measured_columns` and `group_rows`, data.no_rows, data.not_aligned, stats.no_columns,
        stats.too_few_rows; ProtocolError stats.malformed.
    """
    measured, groups = _own_part(session.me, query, table)
    mpc = Mpc(session, FIRST, SECOND, DEALER)
    shape = agree_on_shape(mpc, query, measured, groups)
    layout = layout_for(shape.rows, sums=query.wants_sums, squares=query.wants_squares)
    if measured is None:
        _secure(mpc, query, shape, layout, _Side(), progress)
        return None
    peer = session.channels[SECOND if session.me == FIRST else FIRST]
    names = exchange_names(peer, session.me, query, shape, measured, groups)
    side = _Side(scale_columns(measured, layout), groups, names.rows)
    opened = _secure(mpc, query, shape, layout, side, progress)
    mine = _rounded(_own_figures(query, shape, side, opened), query, rounding)
    return _report(query, shape, names, _swap_figures(peer, session.me, shape, mine))


@dataclass(frozen=True, slots=True)
class _Side:
    """What a data party holds; nothing at the dealer."""

    scaled: Scaled | None = None
    groups: Groups | None = None
    rows: NDArray[np.int64] | None = None


def _own_part(me: str, query: Query, table: pa.Table | None) -> tuple[Measured | None, Groups | None]:
    if me == DEALER:
        return None, None
    if table is None:
        raise InternalError("stats.no_table", "A data party came without a table.")
    if not table.num_rows:
        raise DataError("data.no_rows", "There are no rows to measure.", hint="Look at the step that made the table.")
    groups = None
    if query.group is not None and query.group.role == me:
        groups = group_rows(table, query.group, query.minimum)
    return measured_columns(table, query, me), groups


def _secure(
    mpc: Mpc, query: Query, shape: Shape, layout: Layout, side: _Side, progress: Progress | None
) -> Cells | None:
    """Cells of the columns of the party that does not know the groups, at that party; None elsewhere."""
    if query.group is None:
        return None
    owner, other = query.group.role, SECOND if query.group.role == FIRST else FIRST
    if not shape.shown or not shape.columns[other]:
        return {} if mpc.me == other else None
    task = Task(mpc, owner, other, shape, layout, query.minimum, progress)
    return open_cells(task, side.groups, side.scaled if mpc.me == other else None, side.rows)


def _own_figures(query: Query, shape: Shape, side: _Side, opened: Cells | None) -> Figures:
    """Of my own columns: overall by myself; per group from what was opened to me, or by myself if I have the groups.

    Row 0 is overall. The first number of a cell says whether it is shown (1 or 0), then come the asked measures
    only, NaN where undefined or withheld: this array goes to the peer as it is.
    """
    scaled = side.scaled
    if scaled is None:
        raise InternalError("stats.no_columns", "A data party came without columns.")
    asked = [MEASURES.index(measure) for measure in _asked(query)]
    result = np.full((1 + shape.shown, scaled.columns, 1 + len(asked)), np.nan)
    result[:, :, 0] = 0.0
    grouped = opened
    if grouped is None and side.groups is not None:
        grouped = _local_cells(query, scaled, side.groups)
    for first_row, cells in ((0, _local_cells(query, scaled, None)), (1, grouped or {})):
        for (group, column), moments in cells.items():
            result[first_row + group, column, 0] = 1.0
            result[first_row + group, column, 1:] = np.take(figures(moments, scaled, column), asked)
    return result


def _rounded(mine: Figures, query: Query, rounding: float | None) -> Figures:
    if rounding is not None:
        for place, measure in enumerate(_asked(query), start=1):
            if measure != COUNT:
                mine[:, :, place] = np.round(mine[:, :, place] / rounding) * rounding
    return mine


def _asked(query: Query) -> list[str]:
    """The asked measures in their standard order."""
    return [measure for measure in MEASURES if measure in query.measures]


def _local_cells(query: Query, scaled: Scaled, groups: Groups | None) -> Cells:
    """The cells of my columns that may be shown: over my groups, or over all rows as one group."""
    count = len(scaled.measured.values)
    rows = np.array([count], dtype=np.int64) if groups is None else groups.rows
    codes = np.zeros(count, dtype=np.int64) if groups is None else groups.codes
    withheld = groups is not None and groups.total > len(groups.labels)
    sums = grouped_sums(scaled, codes, len(rows) + withheld)
    valid = sums[:, : scaled.columns]
    outside = valid[len(rows)] if withheld else None
    shown = published_cells(valid[: len(rows)], rows, outside, query.minimum)
    return {
        (group, column): cell_moments(sums, scaled.layout, scaled.columns, group, column)
        for group, column in np.argwhere(shown).tolist()
    }


def _swap_figures(peer: Channel, me: str, shape: Shape, mine: Figures) -> dict[str, Figures]:
    other = SECOND if me == FIRST else FIRST
    send_array(peer, Message.FIGURES, mine)
    theirs = recv_array(peer, Message.FIGURES, np.float64, (1 + shape.shown, shape.columns[other], mine.shape[2]))
    if np.isinf(theirs).any() or not np.isin(theirs[:, :, 0], (0.0, 1.0)).all():
        raise malformed("figures that cannot be")
    return {me: mine, other: theirs}


def _report(query: Query, shape: Shape, names: Names, found: dict[str, Figures]) -> Report:
    table = np.concatenate([found[FIRST], found[SECOND]], axis=1)
    group = None
    if query.group is not None:
        group = {
            "role": query.group.role,
            "column": query.group.column,
            "groups": shape.groups,
            "withheld": shape.withheld,
        }
    return {
        "kind": "joint_statistics",
        "rows": shape.rows,
        "measures": _asked(query),
        "min_group_size": query.minimum,
        "group": group,
        "columns": [{"role": role, "name": name} for role in (FIRST, SECOND) for name in names.columns[role]],
        "overall": {"rows": shape.rows, "cells": _cells(query, table[0])},
        "groups": [
            {"label": label, "rows": int(rows), "cells": _cells(query, cells)}
            for label, rows, cells in zip(names.labels, names.rows, table[1:], strict=True)
        ],
    }


def _cells(query: Query, row: Figures) -> list[dict[str, float | int | None] | None]:
    """One entry per column; None where the cell is withheld."""
    return [_cell(query, cell[1:].tolist()) if cell[0] else None for cell in row]


def _cell(query: Query, values: list[float]) -> dict[str, float | int | None]:
    named: dict[str, float | int | None] = {}
    for measure, value in zip(_asked(query), values, strict=True):
        named[measure] = None if np.isnan(value) else int(value) if measure == "count" else value
    return named
