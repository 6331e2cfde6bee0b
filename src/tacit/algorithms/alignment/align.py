"""Match two tables by their keys, and make of the match what was agreed: a join, a difference, given columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment import exchange, joins
from tacit.algorithms.alignment.guard import Guard
from tacit.algorithms.alignment.keys import ALL, KeyRules
from tacit.algorithms.alignment.members import Members
from tacit.algorithms.alignment.report import Report, match_report
from tacit.algorithms.alignment.series import Series
from tacit.channel.channel import Channel
from tacit.errors import DataError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import Indices
from tacit.protocols.psi.run import intersect
from tacit.protocols.psi.wire import Group, Match, Protocol, Reveal, Side, Terms

_KEEPS = {  # join -> whose rows without a partner belong to the result
    "inner": (),
    "left": (Side.RECEIVER,),
    "right": (Side.SENDER,),
    "full": tuple(Side),
    "union": tuple(Side),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """One party's place in a match, and how the match is made."""

    channel: Channel
    sid: bytes
    side: Side
    group: Group = Group.RISTRETTO255
    protocol: Protocol = Protocol.AUTO
    malicious: bool = False
    progress: Callable[[int, int], None] | None = None
    guard: Guard = field(default_factory=Guard)

    def check(self, members: Members) -> Callable[[KeyBins], None]:
        """What has to hold of my keys, and of the past of both sides, before any size is told."""

        def hold(bins: KeyBins) -> None:
            members.check(bins)
            self.guard.meet([self.channel], members.heads())

        return hold

    def terms(self, types: bytes, reveal: Reveal, detail: bytes = b"") -> Terms:
        return Terms(
            sid=self.sid,
            group=self.group,
            reveal=reveal,
            key_types=types,
            protocol=self.protocol,
            malicious=self.malicious,
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """What is made of the match, the same at both sides. `given`: columns of matching rows that a side gives away."""

    join: str = "inner"
    given: dict[Side, tuple[str, ...]] = field(default_factory=dict)

    def mark(self) -> bytes:
        """For the greeting: parties that were told different things do not begin."""
        columns = [[side.name, *self.given.get(side, ())] for side in Side]
        return repr((self.join, columns)).encode()


def align(
    seat: Seat, table: pa.Table, rules: KeyRules, wish: Wish | None = None, series: Series | None = None
) -> tuple[pa.Table, Report]:
    """My rows of the join; row k here and row k there belong together.

    Matching rows come first, by the hash of the key: the same tables give the same order in every run, so that a
    later split by a seed can be repeated. It tells neither side anything, since both know every common key. Then rows
    that only the receiver has, then those that only the sender has, nulls at the other side.
    Each learns the other's number of keys and which own keys are common; with `duplicates` ALL in how many rows of the
    other each common key stands; in an outer join how many rows have no partner; in a union the other's keys; and the
    columns given. With a `series` only what is new since its last run, which may be nothing. Raises DataError
    psi.no_overlap at both if an inner join has no rows, ResourceError psi.result_too_large, those of `Members` and of
    `tacit.protocols.psi.run`.
    """
    wish = wish or Wish()
    with telling_peer(seat.channel):
        members = Members(table, rules)
    match = _run(seat, members, Reveal.BOTH, wish, series)
    matched = members.in_key_order(_rows(match))
    seat.guard.allow(match.count)
    if wish.join == "inner" and not len(matched) and series is None:
        raise _no_overlap(members, match)
    with telling_peer(seat.channel):
        result = _Join(seat, members, match, wish).table(matched)
    return result, match_report(wish.join, seat.side, members, match, result.num_rows)


def match(
    seat: Seat, table: pa.Table, rules: KeyRules, wish: Wish | None = None, series: Series | None = None
) -> tuple[pa.Table | None, Report]:
    """Only the receiver gets rows, of its own table and in its order: those that the sender has too, or with the join
    "difference" those that it has not. The sender gets None and no number of matches."""
    wish = wish or Wish()
    with telling_peer(seat.channel):
        members = Members(table, rules)
    found = _run(seat, members, Reveal.RECEIVER, wish, series)
    if found.rows is None:
        return None, match_report(wish.join, seat.side, members, found, None)
    with telling_peer(seat.channel):
        seat.guard.allow(found.count)
    groups = members.groups(found.rows.astype(np.int64))
    rows = np.sort(groups.rows) if wish.join == "inner" else joins.unmatched(members.taking_part(), groups)
    return joins.take_rows(table, rows), match_report(wish.join, seat.side, members, found, len(rows))


def _run(seat: Seat, members: Members, reveal: Reveal, wish: Wish, series: Series | None) -> Match:
    detail = members.rules_mark() + wish.mark()
    if series is not None:
        return series.match(seat, members, reveal, detail)
    terms = seat.terms(members.types, reveal, detail)
    return intersect(
        seat.channel,
        terms,
        seat.side,
        members.fill,
        store=members.store(),
        check=seat.check(members),
        progress=seat.progress,
    )


def _rows(match: Match) -> Indices:
    if match.rows is None:
        raise ValueError("this side does not learn the rows")
    return match.rows.astype(np.int64)


class _Join:
    """The steps after the match, in the same order at both sides."""

    def __init__(self, seat: Seat, members: Members, match: Match, wish: Wish) -> None:
        self._channel = seat.channel
        self._me, self._peer = seat.side, Side(1 - seat.side)
        self._members = members
        self._match = match
        self._wish = wish

    def table(self, matched: Indices) -> pa.Table:
        groups = self._members.groups(matched)
        pairs = self._pairs(groups)
        rows = self._with_unmatched(pairs, groups)
        result = joins.take_rows(self._members.table, rows)
        if self._wish.join == "union":
            result = self._with_keys(result, rows, len(pairs))
        return self._with_columns(result, len(pairs))

    def _pairs(self, groups: joins.Groups) -> Indices:
        if self._members.rules.duplicates != ALL:
            return groups.rows
        theirs = exchange.swap_multiplicities(self._channel, groups.counts)
        return joins.combined(groups, theirs, outer=self._me is Side.RECEIVER)

    def _with_unmatched(self, pairs: Indices, groups: joins.Groups) -> Indices:
        keeps = _KEEPS[self._wish.join]
        if not keeps:
            return pairs
        own = joins.unmatched(self._members.taking_part(), groups) if self._me in keeps else None
        least = self._match.peer_count - len(groups.counts) if self._peer in keeps else 0
        most = joins.MAX_ROWS if self._peer in keeps and self._members.rules.duplicates == ALL else least
        peer = exchange.swap_count(self._channel, 0 if own is None else len(own), least, most)
        rows = len(pairs) + (0 if own is None else len(own)) + peer
        joins.check_rows(rows, len(pairs) + self._members.used + self._match.peer_count)
        return joins.outer_rows(pairs, own, peer, receiver=self._me is Side.RECEIVER)

    def _with_keys(self, result: pa.Table, rows: Indices, pairs: int) -> pa.Table:
        """Fill my key columns, where I have no row, with the peer's keys; it gets mine."""
        names = self._members.rules.columns
        mine = self._members.table.select(names).take(pa.array(rows[pairs:][rows[pairs:] != joins.ABSENT]))
        gaps = pairs + np.flatnonzero(rows[pairs:] == joins.ABSENT)
        theirs = self._swap_columns(mine, len(gaps), len(names))
        start = int(gaps[0]) if len(gaps) else len(rows)
        try:
            return joins.with_peer_keys(result, names, theirs, slice(start, start + len(gaps)))
        except pa.ArrowException:  # its text quotes the value
            raise DataError(
                "psi.key_out_of_range",
                "A key of the other side does not fit into the type of this side's key column.",
                hint="Declare the key as text, or as a wider integer, at both sides.",
            ) from None

    def _with_columns(self, result: pa.Table, pairs: int) -> pa.Table:
        """Append the columns that the peer gives for the matching rows; nulls in the others."""
        mine = self._wish.given.get(self._me, ())
        theirs = self._wish.given.get(self._peer, ())
        if not mine and not theirs:
            return result
        given = self._swap_columns(result.select(mine).slice(0, pairs), pairs, len(theirs))
        return joins.with_columns(result, given, theirs, self._peer.name.lower())

    def _swap_columns(self, mine: pa.Table, rows: int, columns: int) -> pa.Table:
        """The receiver speaks first, so that large tables do not meet in full queues."""
        if self._me is Side.RECEIVER:
            exchange.send_columns(self._channel, mine)
            return exchange.recv_columns(self._channel, rows, columns)
        theirs = exchange.recv_columns(self._channel, rows, columns)
        exchange.send_columns(self._channel, mine)
        return theirs


def _no_overlap(members: Members, match: Match) -> DataError:
    return DataError(
        "psi.no_overlap",
        "The two tables have no key in common.",
        found=f"0 of {members.used} keys here and {match.peer_count} at the peer",
        hint="Compare how both sides write the key: leading zeros, upper and lower case, blanks, country codes. "
        "`normalise` can make them alike.",
    )
