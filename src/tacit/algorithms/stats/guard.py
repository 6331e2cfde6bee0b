"""The owner's caution in joint statistics: no figures that, subtracted from earlier ones, are figures of a few rows.

Looked at before a message is sent, at every data party that has a policy, by what that party knows: the rows of its
own table, and its own groups. A side that does not know the other's groups relies on the other's node to look at
them, which is the same trust as in the whole of this semi-honest computation.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tacit.algorithms.stats.columns import Groups, Measured, group_rows, measured_columns
from tacit.algorithms.stats.query import OWNERS, Query
from tacit.data.columns import KEY, columns_with_role
from tacit.errors import RefusedError
from tacit.kernel.hashes import blake3_strings
from tacit.privacy.caution import Caution
from tacit.privacy.dominance import largest_share, worst_share
from tacit.privacy.releases import MOST, Ids, Sketch, difference, read_sketch, sketch_of

ANY = "*"  # a side that measures all its numeric features
GUARDED_GROUPS = 200  # groups whose rows are looked at one by one
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Guard:
    """`recall`, `remember`: the notes of this party's steps. `parties`: role -> party."""

    caution: Caution
    recall: Callable[[], list[dict[str, Any]]]
    remember: Callable[[dict[str, Any]], None]
    parties: dict[str, str]

    def check(self, query: Query, table: pa.Table, me: str) -> None:
        """Raises RefusedError policy.difference, policy.dominance; then nothing was told to anybody. A release that is
        let through is noted before it is made."""
        groups = None
        if query.group is not None and query.group.role == me:
            groups = group_rows(table, query.group, query.minimum)
        if self.caution.dominance is not None and query.wants_sums:
            _check_dominance(measured_columns(table, query, me), groups, query, self.caution.dominance)
        if self.caution.difference > 0:
            self._check_difference(query, table, groups)

    def _check_difference(self, query: Query, table: pa.Table, groups: Groups | None) -> None:
        past = self.recall()
        salt = next((entry["salt"] for entry in reversed(past) if "salt" in entry), secrets.token_hex(32))
        units = units_of(table, bytes.fromhex(salt))
        sets = [units.of(rows) for rows in _unit_sets(table.num_rows, groups)]
        mine = secrets.token_hex(8)
        columns = _columns(query, self.parties)
        noted = {"id": mine, "salt": salt, "columns": columns, "by": units.by, "sets": [each.note() for each in sets]}
        self.remember(noted)
        least = min(max(self.caution.difference, query.minimum), MOST)
        if _too_close(self.recall(), noted, sets, least):
            self.remember({"void": mine})
            raise RefusedError(
                "policy.difference",
                "These figures and earlier ones together would be figures of a few rows.",
                found=f"rows that differ by fewer than {least} from those of an earlier release",
                expected=f"the same rows as before, or at least {least} others",
                hint="Repeat the earlier ones with the same rows and keys, or wait until enough rows have changed.",
            )


@dataclass(frozen=True, slots=True)
class UnitSet:
    """The rows behind a figure. `content`: of all their cells where keys repeat, so that a key does not name a row."""

    rows: int
    content: str
    sketch: Sketch

    def note(self) -> list[Any]:
        """For a line of JSON."""
        return [self.rows, self.content, self.sketch.text()]


@dataclass(frozen=True, slots=True)
class Units:
    """What names the rows of a table: `by` its key columns with their types, or all columns where there is no key.

    The flow says which columns are keys, and so may say something else every time: two releases whose rows are named
    by different columns cannot be compared row by row.
    """

    by: list[str]
    ids: Ids
    cells: Ids | None

    def of(self, rows: np.ndarray[Any, Any]) -> UnitSet:
        """A set of rows, given by their places."""
        if self.cells is None:
            return UnitSet(len(rows), "", sketch_of(self.ids[rows]))
        content = int(np.bitwise_xor.reduce(_counted(self.cells[rows]))) if len(rows) else 0
        return UnitSet(len(rows), f"{content:016x}", sketch_of(_counted(self.ids[rows])))


def units_of(table: pa.Table, salt: bytes) -> Units:
    """(by, ids, cells) of a table; `cells` only where keys repeat: rows are then told apart by counting."""
    names = columns_with_role(table, KEY) or table.column_names
    ids = unit_ids(table, names, salt)
    by = sorted(f"{name}:{table.schema.field(name).type}" for name in names)
    if len(np.unique(ids)) == len(ids):
        return Units(by, ids, None)
    return Units(by, ids, unit_ids(table, table.column_names, salt))


def _counted(ids: Ids) -> Ids:
    """The second row of the same id gets another one, the third a third."""
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    starts = np.flatnonzero(first)
    number = np.empty(len(ids), np.uint64)
    number[order] = np.arange(len(ids)) - starts[np.cumsum(first) - 1]
    with np.errstate(over="ignore"):
        mixed = ids ^ (number * _SPREAD)
        return np.where(number == 0, ids, (mixed ^ (mixed >> np.uint64(31))) * _SPREAD)


def unit_ids(table: pa.Table, names: list[str], salt: bytes) -> Ids:
    """(rows,) a hash of every row's cells in these columns."""
    texts = [pc.fill_null(_text(table.column(name)), "\x00") for name in names]
    joined = pc.binary_join_element_wise(*texts, pa.scalar("\x1f", pa.large_string()))
    whole = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.large_string())
    _, offsets, data = whole.buffers()
    places = np.frombuffer(offsets, np.int64)[whole.offset : whole.offset + len(whole) + 1]
    hashes = blake3_strings(data if data is not None else b"", places, salt, 8)
    return np.ascontiguousarray(hashes).view(np.uint64).reshape(-1)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    plain = column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column
    return plain.cast(pa.large_string())


def _unit_sets(rows: int, groups: Groups | None) -> Iterator[np.ndarray[Any, Any]]:
    """The rows behind the figures overall and of every shown group."""
    yield np.arange(rows)
    if groups is None:
        return
    if len(groups.labels) > GUARDED_GROUPS:
        raise RefusedError(
            "policy.difference",
            "So many groups cannot be held against earlier releases.",
            found=f"{len(groups.labels)} groups",
            expected=f"at most {GUARDED_GROUPS}",
            hint="Group by a coarser column.",
        )
    for code in range(len(groups.labels)):
        yield np.flatnonzero(groups.codes == code)


def _columns(query: Query, parties: dict[str, str]) -> list[str]:
    """ "party/column" of everything measured and of the groups."""
    found = set()
    for role in OWNERS:
        names = query.named(role)
        found |= {f"{parties.get(role, role)}/{name}" for name in ((ANY,) if names is None else names)}
    if query.group is not None:
        found.add(f"{parties.get(query.group.role, query.group.role)}/{query.group.column}")
    return sorted(found)


def _too_close(past: list[dict[str, Any]], noted: dict[str, Any], sets: list[UnitSet], least: int) -> bool:
    void = {entry["void"] for entry in past if "void" in entry}
    for entry in past:
        if entry.get("salt") != noted["salt"] or entry["id"] == noted["id"] or entry["id"] in void:
            continue
        if not _share_columns(entry["columns"], noted["columns"]):
            continue
        alike = entry["by"] == noted["by"]
        before = [UnitSet(rows, content, read_sketch(text)) for rows, content, text in entry["sets"]]
        if any(_is_close(one, other, least, alike=alike) for one in before for other in sets):
            return True
    return False


def _is_close(one: UnitSet, other: UnitSet, least: int, *, alike: bool) -> bool:
    """Whether two sets may differ, and by fewer than `least` rows. Sets differ by at least what their sizes do."""
    if abs(one.rows - other.rows) >= least:
        return False
    if not alike:
        return True
    apart = difference(one.sketch, other.sketch)
    if apart is None or apart >= least:
        return False
    return apart > 0 or one.content != other.content


def _share_columns(one: list[str], other: list[str]) -> bool:
    """Whether a column of one party is in both; a party's ANY meets all of its columns."""
    for left in one:
        party, _, name = left.partition("/")
        for right in other:
            peer, _, column = right.partition("/")
            if party == peer and (name == column or ANY in (name, column)):
                return True
    return False


def _check_dominance(measured: Measured, groups: Groups | None, query: Query, limit: float) -> None:
    """The groups of the other side are not known here: then any rows that make a large enough group count."""
    for position in range(len(measured.names)):
        valid = measured.valid[:, position]
        values = measured.values[:, position]
        shares = [largest_share(values[valid])]
        if groups is not None:
            shares += [largest_share(values[valid & (groups.codes == code)]) for code in range(len(groups.labels))]
        elif query.group is not None:
            shares.append(worst_share(values[valid], query.minimum))
        if max(shares) > limit:
            raise RefusedError(
                "policy.dominance",
                "One row can be too large a part of a sum.",
                expected=f"at most {limit:g} of it",
                hint="Leave the column out, measure larger groups, or clip extreme values.",
            )
