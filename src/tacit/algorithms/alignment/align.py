"""Align two tables by their common keys, or find them for one side only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tacit.algorithms.alignment.keys import KeyRules, KeySet, key_set
from tacit.channel.channel import Channel
from tacit.errors import DataError
from tacit.protocols.psi import ecdh
from tacit.protocols.psi.rows import Indices, sort_rows
from tacit.protocols.psi.wire import Group, Reveal, Side, Terms

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """One party's place in an alignment."""

    channel: Channel
    sid: bytes
    side: Side
    group: Group = Group.RISTRETTO255
    progress: Callable[[int, int], None] | None = None


def align(seat: Seat, table: pa.Table, rules: KeyRules) -> tuple[pa.Table, Report]:
    """My rows whose key the other party has too; row k here and row k there have the same key.

    The order is by the hash of the key: the same tables give the same order in every run, so that a later split by a
    seed can be repeated. It tells neither side anything, since both know every common key.
    Each learns the other's number of keys and which own keys are common. Raises DataError psi.no_overlap at both if
    there are none, those of `key_set`, and those of `tacit.protocols.psi.ecdh`.
    """
    keys, match = _intersect(seat, table, rules, Reveal.BOTH)
    if not len(_rows(match)):
        raise DataError(
            "psi.no_overlap",
            "The two tables have no key in common.",
            found=f"0 of {len(keys.digests)} keys here and {match.peer_count} at the peer",
            hint="Compare how both sides write the key: leading zeros, upper and lower case, blanks, country codes.",
        )
    order, _ = sort_rows(keys.digests[_rows(match)])
    return _take(table, keys, _rows(match)[order]), _report("align", seat, keys, match)


def match(seat: Seat, table: pa.Table, rules: KeyRules) -> tuple[pa.Table | None, Report]:
    """As `align`, but only the receiver gets rows (perhaps none); the sender gets None and no number of matches."""
    keys, found = _intersect(seat, table, rules, Reveal.RECEIVER)
    result = _take(table, keys, found.rows) if found.rows is not None else None
    return result, _report("match", seat, keys, found)


def _intersect(seat: Seat, table: pa.Table, rules: KeyRules, reveal: Reveal) -> tuple[KeySet, ecdh.Match]:
    with ecdh.telling_peer(seat.channel):
        keys = key_set(table, rules)
    terms = Terms(sid=seat.sid, group=seat.group, reveal=reveal, key_types=keys.types)
    run = ecdh.receive if seat.side is Side.RECEIVER else ecdh.send
    return keys, run(seat.channel, keys.digests, terms, progress=seat.progress)


def _rows(match: ecdh.Match) -> Indices:
    if match.rows is None:
        raise ValueError("this side does not learn the rows")
    return match.rows


def _take(table: pa.Table, keys: KeySet, rows: Indices) -> pa.Table:
    """`rows` number the keys of `keys`, not the rows of the table."""
    return table.combine_chunks().take(pa.array(keys.rows[rows]))


def _report(mode: str, seat: Seat, keys: KeySet, match: ecdh.Match) -> Report:
    """Counts that add up: read = null + duplicate + used, matched <= used."""
    return {
        "kind": "psi",
        "mode": mode,
        "role": seat.side.name.lower(),
        "group": seat.group.name.lower(),
        "key_columns": len(keys.types),
        "rows_read": keys.read,
        "rows_without_key": keys.null,
        "rows_with_repeated_key": keys.duplicate,
        "keys_used": len(keys.digests),
        "peer_keys_used": match.peer_count,
        "matched": None if match.rows is None else len(match.rows),
    }
