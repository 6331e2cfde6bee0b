"""Bits of masked numbers: comparison by dealt digit tables, one-round products of bits, bits into numbers.

A number x is opened as c = x + r under a dealt mask r. The comparison of the public c with the secret r is done on
six-bit digits: for every digit the dealer shares (exclusive or) a 64-entry truth table, packed in one word, of
"v is below the digit of r" and one of "v equals it"; each party looks up its share at the public digit of c,
without a message. What remains is a chain g1 + p1 (g2 + p2 (g3 + ...)) of at most eleven digits, whose products of
bits cost one round each for up to five factors (the dealer shares all products of the bits' masks).
Sources: one-time truth tables: Ishai, Kushilevitz, Meldgaard, Orlandi, Paskin-Cherniavsky (TCC 2013); the digit
comparison: Rathee et al., "CrypTFlow2" (CCS 2020); products of many factors: Patra et al., "ABY2.0" (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tacit.protocols.mpc.messages import Kind
from tacit.protocols.mpc.seat import Seat, Shape
from tacit.protocols.mpc.shares import Shared, Words, check_bound

DIGIT = 6  # a truth table over a digit fills one 64-bit word
_ONE = np.uint64(1)
_ALL = np.uint64(2**64 - 1)
_UPPER = np.uint64(0xFFFFFFFF00000000)
_FAN_IN = 5  # digits combined in one round; more go through a tree of groups of four


def packed(count: int) -> int:
    """Words that hold `count` bits."""
    return -(-count // 64)


def pack(bits: NDArray[np.uint8]) -> Words:
    """(rows, n) of 0/1 into (rows, packed(n)) words, lowest bit first, zero padded."""
    rows, count = bits.shape
    octets = np.zeros((rows, 8 * packed(count)), np.uint8)
    octets[:, : -(-count // 8)] = np.packbits(bits, axis=1, bitorder="little")
    return octets.view(np.uint64)


def unpack(words: Words, count: int) -> Words:
    """The inverse of `pack`, as words 0/1."""
    bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=-1, bitorder="little")
    return bits[..., :count].astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Tables:
    """How a number of `width` bits above bit `base` is cut into digits, and the dealt tables' order.

    Rows of tables: g of every digit, highest first, then p of every digit but the lowest. With `signed` the chain
    yields the top bit of c - r (modulo 2^width), otherwise the bit [c < r].
    """

    base: int
    width: int
    signed: bool

    @property
    def digits(self) -> int:
        """Number of digits; the lowest one may be narrower than the others."""
        return -(-self.width // DIGIT)

    @property
    def words(self) -> int:
        """Dealt words per number."""
        return 2 * self.digits - 1

    def cut(self, numbers: Words) -> Words:
        """Digits, highest first, as a new first axis."""
        lowest = self.width - DIGIT * (self.digits - 1)
        shifts = [*(self.base + lowest + DIGIT * i for i in reversed(range(self.digits - 1))), self.base]
        shift = np.array(shifts, np.uint64).reshape(-1, *[1] * numbers.ndim)
        mask = np.full_like(shift, 63)
        mask[-1] = (1 << lowest) - 1
        return (numbers >> shift) & mask

    def fill(self, mask: Words, out: Words) -> None:
        """The dealer's plain tables for masks of shape (n,), written to `out` (words * n)."""
        rows = out.reshape(self.words, -1)
        digit = self.cut(mask)
        one = _ONE << digit
        rows[: self.digits] = one - _ONE
        rows[self.digits :] = one[:-1]
        if self.signed:
            rows[0] = (_UPPER << digit[0]) | (_UPPER >> ((np.uint64(64) - digit[0]) & np.uint64(63)))
            if self.digits > 1:
                rows[self.digits] = one[0] | (one[0] << np.uint64(32)) | (one[0] >> np.uint64(32))

    def look_up(self, opened: Words, dealt: Words) -> Words:
        """Shares of g and p at the public digits of `opened` (shape (q, n)): (words, q * packed(n))."""
        tables = dealt.reshape(self.words, 1, -1)
        digit = self.cut(opened)
        bits = np.empty((self.words, *opened.shape), np.uint64)
        np.right_shift(tables[: self.digits], digit, out=bits[: self.digits])
        np.right_shift(tables[self.digits :], digit[:-1], out=bits[self.digits :])
        rows = (bits & _ONE).astype(np.uint8).reshape(-1, opened.shape[1])
        return pack(rows).reshape(self.words, -1)


def tables(width: int) -> Tables:
    """For comparing the lowest `width` bits."""
    return Tables(0, width, False)


def sign_tables(width: int) -> Tables:
    """For the sign of c - r from the highest `width` bits (a multiple of 6, or all 64)."""
    return Tables(64 - width, width, True)


def below_mask(seat: Seat, layout: Tables, opened: Words | None, dealt: Words | None, shape: Shape) -> Words | None:
    """Shared bits of the comparison for opened numbers of shape (q, n), packed: (q, packed(n)).

    The q rows are opened under the same n masks (they differ by public constants).
    """
    bits = None
    if opened is not None and dealt is not None:
        bits = layout.look_up(opened.reshape(shape), dealt)
    digits, width = layout.digits, shape[0] * packed(shape[1])
    while digits > 1:
        bits, digits = _reduce(seat, bits, digits, width)
    return None if bits is None else bits[0].reshape(shape[0], -1)


def _groups(digits: int) -> list[range]:
    step = digits if digits <= _FAN_IN else 4
    return [range(start, min(digits, start + step)) for start in range(0, digits, step)]


@cache
def _chain_terms(digits: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """By group: the products that its g needs, then the product that is its p (not for the last group).

    Variable i < digits is g of digit i, variable digits + i is p of digit i.
    """
    plan = []
    for group in _groups(digits):
        p = [digits + i for i in group]
        terms = [(*p[:j], group[j]) for j in range(1, len(group))]
        if group.stop < digits:
            terms.append(tuple(p))
        plan.append(tuple(terms))
    return tuple(plan)


def _reduce(seat: Seat, bits: Words | None, digits: int, width: int) -> tuple[Words | None, int]:
    """One round: every group of digits becomes one digit."""
    groups, plan = _groups(digits), _chain_terms(digits)
    wanted = tuple(term for terms in plan for term in terms if len(term) > 1)
    products = multiply_bits(seat, bits, wanted, width)
    if bits is None or products is None:
        return None, len(groups)
    rows = dict(zip(wanted, products, strict=True))
    result = np.empty((2 * len(groups) - 1, width), np.uint64)
    for i, (group, terms) in enumerate(zip(groups, plan, strict=True)):
        inner = terms[: len(group) - 1]
        result[i] = np.bitwise_xor.reduce([bits[group[0]], *(rows[term] for term in inner)])
        if group.stop < digits:
            last = terms[-1]
            result[len(groups) + i] = rows[last] if len(last) > 1 else bits[last[0]]
    return result, len(groups)


@cache
def _subsets(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(sets of one member, sets of two or more) as bit patterns."""
    every = np.arange(1 << size)
    counts = np.array([int(n).bit_count() for n in every])
    return np.flatnonzero(counts == 1), np.flatnonzero(counts > 1)


def multiply_bits(seat: Seat, bits: Words | None, terms: Sequence[tuple[int, ...]], width: int) -> list[Words] | None:
    """Products (and) of rows of `bits`, one per term: one round for all.

    Each row used is opened under a dealt mask, d = x ^ m; a product of d ^ m is a public combination of the products
    of masks, which the dealer shares.
    """
    used = sorted({row for term in terms for row in term})
    place = {row: i for i, row in enumerate(used)}
    columns = [[place[row] for row in term] for term in terms]
    mask, plain = seat.uniform((len(used), width), xor=True)
    sizes = [len(_subsets(len(term))[1]) * width for term in terms]

    def build(out: Words) -> None:
        if plain is not None:
            np.concatenate([_mask_products(plain, column) for column in columns], axis=0, out=out.reshape(-1, width))

    dealt = seat.deal(0, sum(sizes), build)
    if dealt is None or bits is None or mask is None:
        return None
    opened = seat.open_xor(bits[used] ^ mask)
    results, start = [], 0
    for column, size in zip(columns, sizes, strict=True):
        results.append(_unmask(opened, mask, column, dealt[start : start + size], seat.lead))
        start += size
    return results


def _mask_products(mask: Words, column: list[int]) -> Words:
    """Products of every two or more of the masks in `column`."""
    every = np.full((1, mask.shape[1]), _ALL)
    for row in column:
        every = np.concatenate([every, every & mask[row]])
    return every[_subsets(len(column))[1]]


def _unmask(opened: Words, mask: Words, column: list[int], dealt: Words, lead: bool) -> Words:
    """Share of the product of opened ^ mask over the rows in `column`."""
    single, several = _subsets(len(column))
    every = np.empty((1 << len(column), mask.shape[1]), np.uint64)
    every[0] = _ALL if lead else 0
    every[single] = mask[column]
    every[several] = dealt.reshape(-1, mask.shape[1])
    for i in reversed(range(len(column))):
        half = 1 << i
        every = every[half:] ^ (opened[column[i]] & every[:half])
    product: Words = every[0]
    return product


def to_numbers(seat: Seat, bits: Words | None, count: int) -> Shared:
    """`count` shared bits, packed (1, packed(count)), as shared numbers 0 or 1. One round."""
    numbers, _ = pick(seat, bits, 1, count, ())
    return Shared(None if numbers is None else numbers[0], (count,), 0, 1, seat.lead)


def pick(
    seat: Seat, bits: Words | None, rows: int, count: int, pairs: Sequence[tuple[int, Shared]]
) -> tuple[Words | None, list[Shared]]:
    """Rows of shared bits as numbers, shape (rows, count), and for each pair (row, x) the product bit * x.

    One round: bits are opened under dealt bits rho, numbers under dealt numbers a; the dealer shares rho and rho a.
    """
    for _, x in pairs:
        check_bound(x.bound, "a selection")
    width, values = packed(count), len(pairs)
    rho, plain_rho = seat.uniform((rows, width), xor=True)
    a, plain_a = seat.uniform((values, count))

    def build(out: Words) -> None:
        if plain_rho is not None and plain_a is not None:
            table = out.reshape(rows + values, count)
            table[:rows] = unpack(plain_rho, count)
            for i, (row, _) in enumerate(pairs):
                np.multiply(table[row], plain_a[i], out=table[rows + i])

    dealt = seat.deal((rows + values) * count, 0, build)
    if dealt is None or bits is None or rho is None or a is None:
        return None, [Shared(None, (count,), x.scale, x.bound, False) for _, x in pairs]
    dealt = dealt.reshape(rows + values, count)
    hidden = [(bits ^ rho).reshape(-1), *(x.words.reshape(-1) - a[i] for i, (_, x) in enumerate(pairs))]
    mine = np.concatenate(hidden)
    theirs = seat.swap(Kind.OPEN, mine, mine.size)
    cut = rows * width
    delta = unpack((mine[:cut] ^ theirs[:cut]).reshape(rows, width), count)
    e = (mine[cut:] + theirs[cut:]).reshape(values, count)
    sign = _ONE - (delta << _ONE)
    numbers = sign * dealt[:rows]
    if seat.lead:
        numbers += delta
    products = []
    for i, (row, x) in enumerate(pairs):
        value = delta[row] * x.words.reshape(-1) + sign[row] * (e[i] * dealt[row] + dealt[rows + i])
        products.append(Shared(value, (count,), x.scale, x.bound, seat.lead))
    return numbers, products


def negative(seat: Seat, x: Shared) -> Words | None:
    """Shared bits [x < 0], packed (1, packed(size)). Three rounds: opening, and the eleven digits in two."""
    size, layout = x.size, sign_tables(64)
    mask, plain = seat.uniform((size,))

    def build(out: Words) -> None:
        if plain is not None:
            layout.fill(plain, out)

    dealt = seat.deal(0, layout.words * size, build)
    opened = None
    if dealt is not None and mask is not None:
        opened = seat.open_sum(x.words.reshape(-1) + mask)
    return below_mask(seat, layout, opened, dealt, (1, size))
