"""PSI-sum: how many items are common, and the sums of payload columns over them; nothing about which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.channel.channel import Channel
from tacit.errors import DataError, ParameterError
from tacit.kernel import KeyBins
from tacit.protocols.psi.aggregate import (
    Message,
    distinct_keys,
    exchange_sizes,
    finish,
    recv_number,
    recv_words,
    send_number,
)
from tacit.protocols.psi.cardinality import Exchange, Progress, matched_places
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.transfers import Chooser, Giver
from tacit.protocols.psi.wire import Reveal, Side, Terms

MAX_COLUMNS = 64
MAX_SCALE = 48

Words = NDArray[np.uint64]
Payload = Sequence[NDArray[Any]]  # per column one integer or float array with an entry per row of the table


@dataclass(frozen=True, slots=True)
class Column:
    """A payload column as both sides agree on it: |value| <= bound, and values count in steps of 2^-scale."""

    bound: int
    scale: int = 0

    def __post_init__(self) -> None:
        if not (self.bound >= 1 and 0 <= self.scale <= MAX_SCALE and self.limit < 1 << 63):
            raise ParameterError(
                "psi.payload_column",
                "The bound of a payload column must be at least 1, its scale 0 to 48, and bound · 2^scale below 2^63.",
                found=f"bound {self.bound}, scale {self.scale}",
            )

    @property
    def limit(self) -> int:
        """Largest magnitude of an entry, in steps."""
        return self.bound << self.scale


@dataclass(frozen=True, slots=True)
class Total:
    """`sums`: per column, exact integers for scale 0, otherwise floats. What this side is not told is None."""

    count: int | None
    sums: tuple[int | float, ...] | None
    peer_count: int


def receive_total(
    channel: Channel,
    keys: KeyBins,
    terms: Terms,
    columns: Sequence[Column],
    payload: Payload | None = None,
    *,
    holder: Side = Side.SENDER,
    progress: Progress | None = None,
) -> Total:
    """Sums of payload columns over the common items, the receiver's side; `send_total` is the other one.

    columns: public and the same on both sides. payload: at the holder alone, by row of the table its keys come from.
    Learns, holder SENDER: receiver m, the number of common items and the sums. Sender n; with terms.reveal BOTH the
        number and the sums. Holder RECEIVER: receiver m, number and sums. Sender n and *always the number*; with BOTH
        the sums. Nobody learns which items are common. The number is part of the result, and cannot be held back: a
        sum over one item is that item's payload.
    Assumes: as `cardinality.receive_count`, and as `transfers`. Semi-honest.
    Messages: POINTS and TAGS as in `receive_count`, asked by the side without the payload; it gets a bit per place of
        the holder's shuffled items. Then one correlated transfer per place, choice = the bit, number = the payload
        (`transfers`); SHARES: the sum of the holder's shares to the other side, or of the other's to the holder.
    Cost: that of `receive_count`, and 16 + 8·columns bytes per item of the holder; 6 flights.
    Source: Ion et al., EuroS&P 2020 (function: intersection-sum with cardinality); Gilboa, CRYPTO '99 (transfers).
    Raises: ParameterError psi.payload_column, psi.payload_missing, psi.sum_overflow; DataError psi.payload_value,
        psi.payload_bound, psi.payload_rows; ProtocolError and ResourceError psi.*, PeerLost, PeerFailed.
    """
    return _total(channel, keys, terms, Side.RECEIVER, columns, payload, holder, progress)


def send_total(
    channel: Channel,
    keys: KeyBins,
    terms: Terms,
    columns: Sequence[Column],
    payload: Payload | None = None,
    *,
    holder: Side = Side.SENDER,
    progress: Progress | None = None,
) -> Total:
    """Sums of payload columns over the common items, the sender's side. Everything is said at `receive_total`."""
    return _total(channel, keys, terms, Side.SENDER, columns, payload, holder, progress)


def _total(
    channel: Channel,
    keys: KeyBins,
    terms: Terms,
    me: Side,
    columns: Sequence[Column],
    payload: Payload | None,
    holder: Side,
    progress: Progress | None,
) -> Total:
    with telling_peer(channel):
        items, rows = distinct_keys(keys)
        numbers = _numbers(columns, payload, rows, holding=me is holder)
        described = ",".join(f"{column.bound}:{column.scale}" for column in columns)
        peer_count = exchange_sizes(channel, len(items), terms, me, f"total/{holder.name}/{described}")
        check_overflow(columns, min(len(items), peer_count))
        seat = _Seat(channel, terms, me, holder, Exchange(channel, terms, peer_count, progress))
        if numbers is not None:
            count, sums = seat.hold(items, numbers, min(len(items), peer_count))
        else:
            count, sums = seat.ask(items, len(columns))
        finish(channel, terms)
        return Total(count, None if sums is None else decode(columns, sums), peer_count)


@dataclass(frozen=True, slots=True)
class _Seat:
    channel: Channel
    terms: Terms
    me: Side
    holder: Side
    exchange: Exchange

    def hold(self, items: ByteRows, numbers: Words, most: int) -> tuple[int | None, Words | None]:
        """The holder's side: its numbers meet the other's bits."""
        order = self.exchange.answer(items)
        giver = Giver(self.channel, self.terms.key, "total")
        shares = giver.products(np.ascontiguousarray(numbers[:, order])).sum(axis=1, dtype=np.uint64)
        count = recv_number(self.channel, Message.COUNT, 0, most) if self._told(self.holder) else None
        return count, self._open(shares)

    def ask(self, items: ByteRows, columns: int) -> tuple[int | None, Words | None]:
        """The other side: its bits choose."""
        bits = matched_places(*self.exchange.ask(items))
        chooser = Chooser(self.channel, self.terms.key, "total")
        shares = chooser.products(bits, columns).sum(axis=1, dtype=np.uint64)
        count = int(bits.sum(dtype=np.int64))
        if self._told(self.holder):
            send_number(self.channel, Message.COUNT, count)
        return count, self._open(shares)

    def _open(self, shares: Words) -> Words | None:
        """My sum of shares goes to the other if it may learn; the sums if I may."""
        if self._told(Side(1 - self.me)):
            self.channel.send(Message.SHARES, shares.data)
        if not self._told(self.me):
            return None
        return shares + recv_words(self.channel, Message.SHARES, len(shares))

    def _told(self, side: Side) -> bool:
        return side is Side.RECEIVER or self.terms.reveal is Reveal.BOTH


def check_overflow(columns: Sequence[Column], most: int) -> None:
    """Raises ParameterError psi.payload_column, or psi.sum_overflow unless every sum over `most` items fits 64 bits."""
    if not 1 <= len(columns) <= MAX_COLUMNS:
        raise ParameterError("psi.payload_column", "A sum takes 1 to 64 payload columns.", found=str(len(columns)))
    for column in columns:
        if column.limit * max(most, 1) >= 1 << 63:
            raise ParameterError(
                "psi.sum_overflow",
                "A sum of that many values of that size may not fit into 64 bits.",
                found=f"bound {column.bound}, scale {column.scale}, up to {most} items",
                expected="bound · 2^scale · items below 2^63",
                hint="Choose a smaller bound or scale.",
            )


def _numbers(
    columns: Sequence[Column], payload: Payload | None, rows: NDArray[np.int64], *, holding: bool
) -> Words | None:
    if holding:
        return encode(columns, payload, rows)
    if payload is not None:
        raise ParameterError("psi.payload_missing", "Only the side that holds the payload brings it.")
    return None


def encode(columns: Sequence[Column], payload: Payload | None, rows: NDArray[np.int64]) -> Words:
    """The payload of these rows in steps, (columns, rows), modulo 2^64. Raises as `receive_total`."""
    if payload is None or len(payload) != len(columns):
        raise ParameterError("psi.payload_missing", "The side that holds the payload brings one array per column.")
    encoded = np.empty((len(columns), len(rows)), dtype=np.uint64)
    for at, (column, values) in enumerate(zip(columns, payload, strict=True)):
        encoded[at] = _steps(column, np.asarray(values), rows).view(np.uint64)
    return encoded


def _steps(column: Column, values: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if values.ndim != 1 or len(values) <= rows.max(initial=-1):
        raise DataError("psi.payload_rows", "A payload column has another number of rows than the table of keys.")
    chosen = values[rows]
    if values.dtype.kind not in "iuf" or (values.dtype.kind == "f" and not np.isfinite(chosen).all()):
        raise DataError(
            "psi.payload_value", "A payload value is missing, infinite or no number.", hint="Fill or remove it."
        )
    if chosen.size and max(-chosen.min().item(), chosen.max().item()) > column.bound:
        raise DataError(
            "psi.payload_bound",
            "A payload value is larger than the bound that both sides agreed on.",
            expected=f"at most {column.bound} in magnitude",
            hint="Clip the column, or agree on a larger bound.",
        )
    if chosen.dtype.kind == "f":
        return np.rint(chosen.astype(np.float64) * 2.0**column.scale).astype(np.int64)
    return chosen.astype(np.int64) << np.int64(column.scale)


def decode(columns: Sequence[Column], sums: Words) -> tuple[int | float, ...]:
    """Sums as numbers: exact integers, or the nearest float of a fixed-point sum."""
    steps = [int(word) for word in sums.view(np.int64)]
    return tuple(
        step if not column.scale else step / (1 << column.scale) for step, column in zip(steps, columns, strict=True)
    )
