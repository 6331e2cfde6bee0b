"""Circuit-PSI: whether enough items are common, their noisy number, sums over them; the number itself stays hidden."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np

from tacit.channel.channel import Channel
from tacit.errors import ParameterError
from tacit.kernel import KeyBins, bit_unpack, block_hash
from tacit.protocols.psi import cuckoo, opprf
from tacit.protocols.psi.aggregate import KEY_BYTES, Message, Noise, distinct_keys, exchange_sizes, finish, recv_words
from tacit.protocols.psi.gates import at_least, equality
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.total import Column, Payload, check_overflow, decode, encode
from tacit.protocols.psi.transfers import Bits, Chooser, Giver, Words
from tacit.protocols.psi.wire import Reveal, Side, Terms

MAX_ITEMS = 1 << 21  # per side; at most 2^22 bins, whose strings of 64 bits are compared
ERROR_BITS = 42  # all bins together take unequal strings for equal with probability below 2^-42
_TWO = np.uint64(2)


@dataclass(frozen=True, slots=True)
class Question:
    """What is opened. Public, the same on both sides; at least one of the three.

    threshold: whether at least so many items are common. noise: how many, each side's draw added. columns: sums of
    payload columns of the sender. With a threshold, number and sums are opened only if it is reached, which then both
    sides see.
    """

    threshold: int | None = None
    noise: Noise | None = None
    columns: tuple[Column, ...] = ()

    def __post_init__(self) -> None:
        if self.threshold is None and self.noise is None and not self.columns:
            raise ParameterError("psi.question", "A hidden join needs a threshold, noise or payload columns.")
        if self.threshold is not None and not 1 <= self.threshold <= MAX_ITEMS:
            raise ParameterError(
                "psi.question",
                "A threshold is a number of items.",
                found=str(self.threshold),
                expected=f"1 to {MAX_ITEMS}",
            )

    @property
    def more(self) -> bool:
        """Whether there is something besides the threshold."""
        return self.noise is not None or bool(self.columns)

    @property
    def label(self) -> str:
        """All parameters, for the agreement."""
        columns = ",".join(f"{column.bound}:{column.scale}" for column in self.columns)
        return f"circuit/{self.threshold}/{self.noise.label if self.noise else None}/{columns}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What this side is told of a question; the rest is None. `count` has noise and may be negative."""

    reached: bool | None
    count: int | None
    sums: tuple[int | float, ...] | None
    peer_count: int


def receive(channel: Channel, keys: KeyBins, terms: Terms, question: Question) -> Answer:
    """A question about the common items, the receiver's side; `send` is the other one.

    Learns: receiver m and the answers. Sender n; with terms.reveal BOTH the answers; with RECEIVER nothing else, but,
        with a threshold and more, whether it is reached. Nobody learns which items are common, nor how many beyond what
        the answers say. Noise: every side gets the number with at least the draw of the other side, which the other
        keeps. Sums have no noise: a sum over one item is that item's payload; ask with a threshold.
    Assumes: both follow the protocol (semi-honest); the assumptions of `opprf` and `transfers`.
    Messages: HELLO; `opprf`: the receiver, with its items cuckoo-hashed to bins, asks for one string per bin; the
        sender has drawn one per bin and programs it for every item that may lie there (3 m). Equal strings mean a
        common item. `gates.equality` gives shares of one bit per bin, `transfers.products` turns them into shares of
        number and sums, `gates.at_least` compares; SHARES: what is opened; DONE.
    Cost: for β = 1.33 n bins (at least 3072) and w = 42 + log2 β bits: 2 β w transfers of 16 bytes; 21 bytes per bin
        and 62 m per hint (one, and another for every two columns after the first); 20 round trips, and one more per
        2^18 transfers. At 10^5 items a side 2.7 kB per item, nearly all of it transfers.
    Errors: a wrong answer, or none, has probability below 2^-40: no placement 2^-41, equal by chance 2^-42, no solution
        of a store 2^-42.
    Source: Pinkas, Schneider, Tkachenko, Yanai 2019/241; Rindal, Schoppmann 2021/266, section 6.
    Raises: ParameterError psi.question, psi.payload_column, psi.sum_overflow; ResourceError psi.unlucky, psi.*;
        ProtocolError psi.*, PeerLost, PeerFailed.
    """
    with telling_peer(channel):
        drawn = question.noise.draw() if question.noise else 0  # early: the time it takes depends on the value
        items, _ = distinct_keys(keys)
        peer_count = _greet(channel, terms, question, Side.RECEIVER, len(items))
        run = _Run(channel, terms, question, Side.RECEIVER, peer_count, drawn)
        bins = cuckoo.bin_count(len(items))
        found = opprf.ask(
            channel, terms.key, _queries(items, terms, bins), 3 * run.peer_count, run.hints, terms.parameters
        )
        strings, masked = _columns(found, len(question.columns))
        chooser = Chooser(channel, terms.key, "circuit")
        match = bit_unpack(equality(chooser, strings & _mask(bins), _width(bins)), bins)
        shares = _receiver_shares(run, chooser, match, masked)
        return run.open(chooser, shares)


def send(channel: Channel, keys: KeyBins, terms: Terms, question: Question, payload: Payload | None = None) -> Answer:
    """A question about the common items, the sender's side. Everything is said at `receive`.

    payload: per column an array with an entry per row of the table that the keys come from.
    Raises besides: ParameterError psi.payload_missing; DataError psi.payload_rows, psi.payload_value,
        psi.payload_bound.
    """
    with telling_peer(channel):
        drawn = question.noise.draw() if question.noise else 0
        items, rows = distinct_keys(keys)
        brought = () if payload is None and not question.columns else payload
        numbers = encode(question.columns, brought, rows)
        peer_count = _greet(channel, terms, question, Side.SENDER, len(items))
        run = _Run(channel, terms, question, Side.SENDER, peer_count, drawn)
        bins = cuckoo.bin_count(run.peer_count)
        targets = np.frombuffer(os.urandom(8 * bins * (1 + len(numbers))), dtype="<u8").reshape(-1, bins)
        values = _programmed(items, terms, targets, numbers)
        names = _inputs(items, terms).reshape(cuckoo.TABLES * len(items), KEY_BYTES)
        opprf.program(channel, terms.key, names, values, bins, terms.parameters)
        giver = Giver(channel, terms.key, "circuit")
        match = bit_unpack(equality(giver, targets[0] & _mask(bins), _width(bins)), bins)
        shares = _sender_shares(run, giver, match, targets[1:])
        return run.open(giver, shares)


def _greet(channel: Channel, terms: Terms, question: Question, me: Side, count: int) -> int:
    limited = replace(terms, max_items=min(terms.max_items, MAX_ITEMS))
    peer_count = exchange_sizes(channel, count, limited, me, question.label)
    if question.columns:
        check_overflow(question.columns, min(count, peer_count))
    return peer_count


def _inputs(items: ByteRows, terms: Terms) -> ByteRows:
    """The name (3, n, 16) of every item at each of its places: what the pseudorandom function is asked for."""
    return np.stack([block_hash(items, terms.key(f"circuit/name/{at}")[:16]) for at in range(cuckoo.TABLES)])


def _where(items: ByteRows, terms: Terms, bins: int) -> cuckoo.Places:
    return cuckoo.places(items, terms.key("circuit/places")[:16], bins)


def _queries(items: ByteRows, terms: Terms, bins: int) -> ByteRows:
    """Per bin the name of its item at that place, or a random block."""
    queries = np.frombuffer(os.urandom(KEY_BYTES * bins), dtype=np.uint8).reshape(bins, KEY_BYTES).copy()
    inside, at = cuckoo.place(_where(items, terms, bins), bins)
    full = inside >= 0
    queries[full] = _inputs(items, terms)[at[full], inside[full]]
    return queries


def _programmed(items: ByteRows, terms: Terms, targets: Words, numbers: Words) -> list[ByteRows]:
    """Per hint the blocks (3 n, 16): the bin's target, and each column's payload plus the bin's mask."""
    where = _where(items, terms, targets.shape[1]).reshape(-1)
    words = np.zeros((2 * _hints(len(numbers)), len(where)), dtype=np.uint64)
    words[: len(targets)] = targets[:, where]
    words[1 : len(targets)] += np.tile(numbers, (1, cuckoo.TABLES))
    return [np.ascontiguousarray(pair.T).view(np.uint8) for pair in words.reshape(_hints(len(numbers)), 2, len(where))]


def _columns(found: list[ByteRows], columns: int) -> tuple[Words, Words]:
    """The receiver's string per bin (bins,), and what it got for each column (columns, bins)."""
    words = np.concatenate([blocks.view("<u8").reshape(-1, 2).T for blocks in found])
    return np.ascontiguousarray(words[0]), np.ascontiguousarray(words[1 : 1 + columns])


def _receiver_shares(run: _Run, chooser: Chooser, match: Bits, masked: Words) -> Words:
    """Shares of the number and of the sums. The bit is e = e_R + e_S − 2·e_R·e_S, the payload masked − mask."""
    mine = match.astype(np.uint64)
    crossed: Words = chooser.products(match, 1 + len(masked)).sum(axis=1, dtype=np.uint64)
    crossed[:1] = mine.sum(keepdims=True, dtype=np.uint64) - _TWO * crossed[:1]  # arrays wrap, scalars warn
    if len(masked):
        giver = Giver(run.channel, run.terms.key, "circuit/back")
        products = giver.products(np.where(match, np.negative(masked), masked))
        crossed[1:] += (products + masked * mine).sum(axis=1, dtype=np.uint64)
    return crossed


def _sender_shares(run: _Run, giver: Giver, match: Bits, masks: Words) -> Words:
    """The sender's side of `_receiver_shares`."""
    mine = match.astype(np.uint64)
    subtracted = np.where(match, masks, np.negative(masks))
    crossed: Words = giver.products(np.concatenate([mine[None], subtracted])).sum(axis=1, dtype=np.uint64)
    crossed[:1] = mine.sum(keepdims=True, dtype=np.uint64) - _TWO * crossed[:1]  # arrays wrap, scalars warn
    if len(masks):
        chooser = Chooser(run.channel, run.terms.key, "circuit/back")
        products = chooser.products(match, len(masks))
        crossed[1:] += (products - masks * mine).sum(axis=1, dtype=np.uint64)
    return crossed


@dataclass(frozen=True, slots=True)
class _Run:
    """One side of a run, after the greeting. `drawn`: my noise."""

    channel: Channel
    terms: Terms
    question: Question
    me: Side
    peer_count: int
    drawn: int

    @property
    def hints(self) -> int:
        return _hints(len(self.question.columns))

    def open(self, party: Chooser | Giver, shares: Words) -> Answer:
        """Compare, open what was asked for, end together. shares: of the number, then of the sums."""
        reached = self._reached(party, int(shares[0]))
        count, sums = None, None
        if reached is not False and self.question.more:
            count, sums = self._figures(shares)
        finish(self.channel, self.terms)
        told = reached if self._told(self.me) or self.question.more else None
        return Answer(told, count, sums, self.peer_count)

    def _reached(self, party: Chooser | Giver, share: int) -> bool | None:
        if self.question.threshold is None:
            return None
        mine = np.array([at_least(party, share, self.question.threshold)], dtype=np.uint64)
        opened = self._exchange(mine, everybody=self.question.more)
        return None if opened is None else bool((mine ^ opened)[0])

    def _figures(self, shares: Words) -> tuple[int | None, tuple[int | float, ...] | None]:
        noise, columns = self.question.noise, self.question.columns
        mine = np.ascontiguousarray(shares[0 if noise else 1 :][: bool(noise) + len(columns)])
        if noise:
            mine[:1] += np.uint64(self.drawn % (1 << 64))
        opened = self._exchange(mine)
        if opened is None:
            return None, None
        values = mine + opened
        # My own draw protects me from the other; what I am told needs the other's only.
        count = int(values[:1].view(np.int64)[0]) - self.drawn if noise else None
        return count, decode(columns, values[1 if noise else 0 :]) if columns else None

    def _exchange(self, mine: Words, *, everybody: bool = False) -> Words | None:
        """The other's shares, if I may see; mine have gone to it if it may."""
        if everybody or self._told(Side(1 - self.me)):
            self.channel.send(Message.SHARES, mine.data)
        if everybody or self._told(self.me):
            return recv_words(self.channel, Message.SHARES, len(mine))
        return None

    def _told(self, side: Side) -> bool:
        return side is Side.RECEIVER or self.terms.reveal is Reveal.BOTH


def _hints(columns: int) -> int:
    """A hint carries two words per bin, the first of all is the string that is compared."""
    return 1 + columns // 2


def _width(bins: int) -> int:
    """Bits of a string."""
    return ERROR_BITS + (bins - 1).bit_length()


def _mask(bins: int) -> np.uint64:
    return np.uint64((1 << _width(bins)) - 1)
