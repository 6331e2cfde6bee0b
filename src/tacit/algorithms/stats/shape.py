"""The public side of joint statistics: sizes that all three roles agree on, names and labels that the two exchange."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.stats.columns import MAX_GROUPS, Groups, Label, Measured
from tacit.algorithms.stats.query import FIRST, OWNERS, SECOND, Query
from tacit.channel.channel import Channel
from tacit.errors import DataError, ProtocolError
from tacit.protocols.mpc import Mpc

MAX_COLUMNS = 512
# A party that sees sums of its own columns over secret groups has linear equations in 0/1 unknowns, one per row. With
# half as many equations as rows, or several times as many as a group has rows, linear programming finds the rows of
# the group (Donoho, Tanner 2010). These bounds keep a distance of about two from both.
ROWS_PER_NUMBER = 4
NUMBERS_PER_GROUP_ROW = 2
_NAMES_LIMIT = 4 << 20  # bytes of the longest list of names and labels


class Message(IntEnum):
    """Message numbers beside those of the secure computation."""

    NAMES = 0x5101
    FIGURES = 0x5102


@dataclass(frozen=True, slots=True)
class Shape:
    """Rows, columns per role, groups that are shown and all groups. Without grouping both are 0."""

    rows: int
    columns: dict[str, int]
    shown: int
    groups: int

    @property
    def withheld(self) -> int:
        """Number of groups that are not shown."""
        return self.groups - self.shown


@dataclass(frozen=True, slots=True)
class Names:
    """What the report calls things: column names per role; labels and sizes of the shown groups."""

    columns: dict[str, tuple[str, ...]]
    labels: tuple[Label, ...]
    rows: NDArray[np.int64]


def agree_on_shape(mpc: Mpc, query: Query, measured: Measured | None, groups: Groups | None) -> Shape:
    """Sizes of both sides, told to all three. Raises DataError data.not_aligned, stats.no_columns, stats.too_few_rows
    at all of them, ProtocolError stats.malformed for sizes that cannot be."""
    mine = (0, 0, 0, 0)
    if measured is not None:
        shown, total = (len(groups.labels), groups.total) if groups else (0, 0)
        mine = (len(measured.values), len(measured.names), shown, total)
    told = mpc.publish(mine)
    if told[FIRST][0] != told[SECOND][0]:
        raise DataError(
            "data.not_aligned",
            "The two tables have different numbers of rows.",
            found=f"{told[FIRST][0]} and {told[SECOND][0]}",
            hint="Take both pieces from the same psi step.",
        )
    shown, total = told[query.group.role][2:] if query.group else (0, 0)
    shape = Shape(told[FIRST][0], {role: told[role][1] for role in OWNERS}, shown, total)
    _check(shape, query)
    return shape


def _check(shape: Shape, query: Query) -> None:
    sane = shape.rows > 0 and 0 <= shape.shown <= shape.groups <= MAX_GROUPS and shape.groups <= shape.rows
    if not sane or not all(0 <= count <= MAX_COLUMNS for count in shape.columns.values()):
        raise malformed("sizes that cannot be")
    if not any(shape.columns.values()) and query.group is None:
        raise DataError(
            "stats.no_columns",
            "Neither side has a numeric feature column to measure.",
            hint="Name columns in the step, or group by a column to count its rows.",
        )
    _check_numbers(shape, query)


def _numbers(shape: Shape, query: Query) -> int:
    """How many sums per group are opened to the party that does not define the groups."""
    if query.group is None or not shape.shown:
        return 0
    columns = shape.columns[SECOND if query.group.role == FIRST else FIRST]
    return columns * (1 + query.wants_sums + query.wants_squares)


def _check_numbers(shape: Shape, query: Query) -> None:
    """Not so many sums of one party's columns that they say which of its rows are in which group of the other."""
    least = ROWS_PER_NUMBER * _numbers(shape, query)
    if shape.rows < least:
        raise _too_few(f"{shape.rows} rows", f"at least {least} rows")


def _check_smallest(rows: NDArray[np.int64], shape: Shape, query: Query) -> None:
    """The same for the smallest shown group, which both know from now on."""
    least = -(-_numbers(shape, query) // NUMBERS_PER_GROUP_ROW)
    if len(rows) and rows.min() < least:
        raise _too_few(f"{rows.min()} rows in the smallest shown group", f"at least {least} rows in every shown group")


def _too_few(found: str, expected: str) -> DataError:
    return DataError(
        "stats.too_few_rows",
        "So many sums over so few rows would tell which row belongs to which group.",
        found=found,
        expected=expected,
        hint="Measure fewer columns, leave out the variance, or raise the minimum group size.",
    )


def exchange_names(
    peer: Channel, me: str, query: Query, shape: Shape, measured: Measured, groups: Groups | None
) -> Names:
    """Column names of both; labels and sizes from the owner of the groups. Raises ProtocolError stats.malformed, at
    both DataError stats.too_few_rows."""
    mine = {"columns": measured.names, "labels": groups.labels if groups else (), "rows": []}
    if groups:
        mine["rows"] = groups.rows.tolist()
    peer.send(Message.NAMES, json.dumps(mine, ensure_ascii=False).encode())
    theirs = _parse(bytes(peer.recv(Message.NAMES, _NAMES_LIMIT)))
    other = SECOND if me == FIRST else FIRST
    columns = {me: measured.names, other: _strings(theirs["columns"], shape.columns[other])}
    if query.group is None or query.group.role == me:
        labels, rows = (groups.labels, groups.rows) if groups else ((), np.empty(0, np.int64))
    else:
        labels, rows = _labels(theirs["labels"], shape.shown), _sizes(theirs["rows"], shape, query)
    _check_smallest(rows, shape, query)
    return Names(columns, labels, rows)


def _parse(payload: bytes) -> dict[str, list[object]]:
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        raise malformed("names that are not JSON") from None
    if not isinstance(document, dict) or set(document) != {"columns", "labels", "rows"}:
        raise malformed("a list of names with other fields")
    if not all(isinstance(part, list) for part in document.values()):
        raise malformed("names that are no list")
    return document


def _strings(values: list[object], count: int) -> tuple[str, ...]:
    if len(values) != count or not all(isinstance(value, str) for value in values):
        raise malformed("another number of column names than announced")
    return tuple(str(value) for value in values)


def _labels(values: list[object], count: int) -> tuple[Label, ...]:
    kept = tuple(value for value in values if value is None or isinstance(value, (str, int)))
    if len(values) != count or len(kept) != count or len({(type(value), value) for value in kept}) != count:
        raise malformed("other group labels than announced")
    return kept


def _sizes(values: list[object], shape: Shape, query: Query) -> NDArray[np.int64]:
    rows = [value for value in values if isinstance(value, int) and query.minimum <= value <= shape.rows]
    if len(rows) != shape.shown or len(values) != shape.shown or sum(rows) > shape.rows:
        raise malformed("impossible group sizes")
    return np.array(rows, dtype=np.int64)


def malformed(found: str) -> ProtocolError:
    """The error for bytes that this computation never sends."""
    return ProtocolError(
        "stats.malformed",
        "The peer sent a message that joint statistics do not know.",
        found=found,
        hint="Both nodes must run the same release of Tacit.",
    )
