"""From matched keys to rows of a result: multiplicities, rows without a partner, nulls where a side has nothing.

Pure. Both parties call these functions with their own rows and the counts that they exchanged; the results have
equally many rows, and row k here and row k there belong together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.errors import ResourceError
from tacit.protocols.psi.rows import Indices

ABSENT = -1  # in row numbers of a result: this side has no such row
MAX_ROWS = 1 << 31
_MORE = 256  # a result with repeated keys may have that many times the rows that both sides can account for
_ALWAYS = 1 << 22  # rows that are no matter in any case


@dataclass(frozen=True, slots=True)
class Groups:
    """Own rows of every matched key: key k has `rows[starts[k] : starts[k + 1]]`, ascending."""

    rows: Indices
    starts: Indices  # one more than keys

    @property
    def counts(self) -> Indices:
        return np.diff(self.starts)


def groups_of(matched: Indices, dropped: Indices, stays: Indices) -> Groups:
    """Groups of the matched rows (in common order) with the rows that repeat their keys.

    `dropped[i]` is a row whose key is that of row `stays[i]`; those of unmatched keys are left out.
    """
    if not len(dropped):
        return Groups(matched, np.arange(len(matched) + 1, dtype=np.int64))
    key_of = _positions(stays, matched)
    keys = np.concatenate([np.arange(len(matched), dtype=np.int64), key_of[key_of >= 0]])
    rows = np.concatenate([matched, dropped[key_of >= 0]])
    order = np.lexsort((rows, keys))
    counts = np.bincount(keys, minlength=len(matched))
    return Groups(rows[order], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def _positions(wanted: Indices, among: Indices) -> Indices:
    """Place of every wanted number in `among` (distinct), -1 where it is not."""
    if not len(among):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(among)
    places = np.searchsorted(among, wanted, sorter=order)
    found = order[np.minimum(places, len(among) - 1)]
    return np.where(among[found] == wanted, found, -1).astype(np.int64)


def combined(groups: Groups, peer_counts: Indices, *, outer: bool) -> Indices:
    """Own row of every pair of rows with a common key: key by key, the receiver's rows outside, the sender's inside.

    `outer`: whether I am the receiver. Raises ResourceError psi.result_too_large.
    """
    counts = groups.counts
    # Numbers of the peer: a sum of products could wrap, and a bound that grew with them would be none.
    check_rows(float(counts.astype(np.float64) @ peer_counts), min(int(counts.sum()), int(peer_counts.sum())))
    pairs = counts * peer_counts
    total = int(pairs.sum())
    number = np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    inner = np.repeat(peer_counts if outer else counts, pairs)
    within = number // inner if outer else number % inner
    rows: Indices = groups.rows[np.repeat(groups.starts[:-1], pairs) + within]
    return rows


def check_rows(rows: float, known: int) -> None:
    """Before a result takes memory. Both sides decide alike; `known`: rows or keys that the peer cannot invent.

    Raises ResourceError psi.result_too_large.
    """
    limit = min(MAX_ROWS, max(_MORE * known, _ALWAYS))
    if rows > limit:
        raise ResourceError(
            "psi.result_too_large",
            "Keys are repeated so often at both sides that the join would have too many rows.",
            found=f"{rows:.0f} rows",
            expected=f"at most {limit}",
            hint="Remove repeated keys, or set duplicates to 'first'.",
        )


def unmatched(taking_part: NDArray[np.bool_], groups: Groups) -> Indices:
    """Rows that take part and have no partner, in the order of the table."""
    rest = taking_part.copy()
    rest[groups.rows] = False
    return np.flatnonzero(rest).astype(np.int64, copy=False)


def outer_rows(matched: Indices, own: Indices | None, peer: int, *, receiver: bool) -> Indices:
    """The rows of a left, right or full join: pairs, rows that only the receiver has, rows that only the sender has.

    `own`: my rows without a partner that belong to the result (None: none do); `peer`: how many the other side has.
    """
    mine = np.empty(0, dtype=np.int64) if own is None else own
    nothing = np.full(peer, ABSENT, dtype=np.int64)
    return np.concatenate([matched, mine, nothing] if receiver else [matched, nothing, mine])


def take_rows(table: pa.Table, rows: Indices) -> pa.Table:
    """The rows with these numbers, nulls where a number is ABSENT; roles of columns stay."""
    missing = rows == ABSENT
    chosen = pa.array(rows, mask=missing) if missing.any() else pa.array(rows)
    return table.combine_chunks().take(chosen)


def with_peer_keys(table: pa.Table, columns: tuple[str, ...], keys: pa.Table, rows: slice) -> pa.Table:
    """The table with the key columns of `rows`, where this side has none, filled with the peer's (columns in order).

    Raises pa.ArrowInvalid where a key does not fit into the type of this side's column.
    """
    for name, given in zip(columns, keys.columns, strict=True):
        index = table.schema.get_field_index(name)
        field = table.field(index)
        before, after = table.column(index)[: rows.start], table.column(index)[rows.stop :]
        filled = pa.chunked_array([*before.chunks, *_cast(given, field.type).chunks, *after.chunks], type=field.type)
        table = table.set_column(index, field, filled)
    return table


def with_columns(table: pa.Table, given: pa.Table, names: tuple[str, ...], giver: str) -> pa.Table:
    """The table with the given columns appended: for its first rows, nulls below. A name that is taken gets the
    giver's role in front."""
    for name, column in zip(names, given.columns, strict=True):
        free = name if name not in table.column_names else f"{giver}_{name}"
        while free in table.column_names:
            free = f"{free}_"
        rest = pa.nulls(table.num_rows - len(column), column.type)
        table = table.append_column(free, pa.chunked_array([*column.chunks, rest], type=column.type))
    return table


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(kind):
        return pc.dictionary_encode(column.cast(kind.value_type)).cast(kind)
    return column.cast(kind)
