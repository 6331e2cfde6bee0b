"""Truncation, comparison, selection, products of bits: against plain arithmetic, at the edges and by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parties import run_mpc
from tacit.errors import InternalError, ParameterError
from tacit.protocols.mpc import Mpc
from tacit.protocols.mpc.bits import below_mask, multiply_bits, negative, pack, packed, sign_tables, tables, unpack

EDGES = np.array(
    [0, 1, -1, 2, -2, 63, 64, -64, 2**32, -(2**32), 2**61, -(2**61), 2**62 - 1, -(2**62) + 1, 2**40 + 1, -(2**40) - 1]
)
BOUND = 2.0**62 - 2.0**10  # a float below 2^62
MIDDLE = np.array([n for n in EDGES if abs(int(n)) < 2**62 - 2**11])


def shared(mpc: Mpc, numbers: Any, owner: str = "first") -> Any:
    return mpc.share(owner, numbers if mpc.me == owner else None, numbers.shape, bound=BOUND)


@pytest.mark.parametrize("bits", [1, 5, 6, 7, 13, 40, 61])
def test_truncation_is_faithful_and_exact_if_asked(bits: int) -> None:
    numbers = np.tile(MIDDLE, 50)

    def program(mpc: Mpc) -> Any:
        x = shared(mpc, numbers)
        close, exact = mpc.truncate(x, bits), mpc.truncate(x, bits, exact=True)
        assert close.scale == exact.scale == -bits
        return mpc.reveal_words(close), mpc.reveal_words(exact)

    close, exact = (words.view(np.int64) for words in run_mpc(program)["second"])
    assert (exact == numbers >> bits).all()
    assert set(np.unique(close - (numbers >> bits))) <= {0, 1}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-(2**62) + 2**11, 2**62 - 2**11), min_size=1, max_size=30), st.integers(1, 61))
def test_truncation_of_any_numbers(values: list[int], bits: int) -> None:
    numbers = np.array(values)
    words = run_mpc(lambda mpc: mpc.reveal_words(mpc.truncate(shared(mpc, numbers, "second"), bits)))["first"]
    assert set(np.unique(words.view(np.int64) - (numbers >> bits))) <= {0, 1}


def test_truncation_rounds_without_bias() -> None:
    numbers = np.full(40_000, 3)  # 3/16: up with probability 3/16
    words = run_mpc(lambda mpc: mpc.reveal_words(mpc.truncate(shared(mpc, numbers), 4)))["first"]
    share = words.mean()
    assert abs(share - 3 / 16) < 6 * np.sqrt(3 / 16 * 13 / 16 / 40_000)


def test_truncation_refuses_what_it_cannot_do() -> None:
    with pytest.raises(ParameterError) as caught:
        run_mpc(lambda mpc: mpc.truncate((mpc.zeros((1,)) + 2**61) * 2, 3))
    assert caught.value.code == "mpc.overflow"
    with pytest.raises(InternalError):
        run_mpc(lambda mpc: mpc.truncate(mpc.zeros((1,)), 62))
    assert (run_mpc(lambda mpc: mpc.reveal(mpc.truncate(mpc.zeros((3,)) + 1, 0)))["first"] == 1).all()


def test_comparison_at_the_edges() -> None:
    numbers = np.concatenate([EDGES, [2**63 - 2, -(2**63) + 2]])

    def program(mpc: Mpc) -> Any:
        parts = [mpc.zeros((len(numbers),)) + (numbers >> 1), mpc.zeros((len(numbers),)) + (numbers - (numbers >> 1))]
        return mpc.reveal(mpc.less_than_zero(parts[0] + parts[1]))

    assert (run_mpc(program)["second"] == (numbers < 0)).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-(2**62) + 2**11, 2**62 - 2**11), min_size=1, max_size=200))
def test_comparison_of_any_numbers(values: list[int]) -> None:
    numbers = np.array(values)
    result = run_mpc(lambda mpc: mpc.reveal(mpc.less_than_zero(shared(mpc, numbers))))["first"]
    assert (result == (numbers < 0)).all()


def test_comparison_keeps_the_shape() -> None:
    numbers = np.array([[1, -1], [-2, 0]])
    result = run_mpc(lambda mpc: mpc.less_than_zero(shared(mpc, numbers)).shape)
    assert result == {"first": (2, 2), "second": (2, 2), "dealer": (2, 2)}


def test_selection() -> None:
    a, b = np.array([5, 6, 7, 8]), np.array([-1, -2, -3, -4])

    def program(mpc: Mpc) -> Any:
        x = shared(mpc, np.array([1, -1, 2, -2]))
        left = mpc.share("first", a if mpc.me == "first" else None, a.shape, bound=10)
        right = mpc.share("second", b if mpc.me == "second" else None, b.shape, bound=10)
        return mpc.reveal(mpc.select(mpc.less_than_zero(x), left, right))

    assert (run_mpc(program)["first"] == [-1, 6, -3, 8]).all()


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
def test_packing(count: int) -> None:
    bits = np.random.default_rng(count).integers(0, 2, (3, count)).astype(np.uint8)
    words = pack(bits)
    assert words.shape == (3, packed(count)) and (unpack(words, count) == bits).all()


@pytest.mark.parametrize("width", [1, 5, 6, 7, 12, 24, 29, 30, 31, 36, 61])
def test_low_digits_against_the_mask(width: int) -> None:
    random = np.random.default_rng(width)
    c = random.integers(0, 2**64, 300, np.uint64)
    c[:100] &= np.uint64(3)

    def program(mpc: Mpc) -> Any:
        return _compare(mpc, tables(width), c, lambda r: c % (1 << width) < r % (1 << width))

    assert run_mpc(program)["first"]


@pytest.mark.parametrize("width", [6, 12, 24, 30, 36, 60, 64])
def test_sign_of_the_top_digits(width: int) -> None:
    c = np.random.default_rng(width).integers(0, 2**64, 300, np.uint64)
    shift = np.uint64(64 - width)

    def top_bit(r: Any) -> Any:
        return ((((c >> shift) - (r >> shift)) << shift) >> np.uint64(63)) == 1

    assert run_mpc(lambda mpc: _compare(mpc, sign_tables(width), c, top_bit))["first"]


def _compare(mpc: Mpc, layout: Any, c: Any, expected: Any) -> bool:
    """Deal tables for random masks, compare, open bits and masks, and look whether they fit."""
    seat, count = mpc.seat, len(c)
    mask, plain = seat.uniform((count,))
    dealt = seat.deal(0, layout.words * count, lambda out: layout.fill(plain, out))
    bits = below_mask(seat, layout, None if dealt is None else c, dealt, (1, count))
    if bits is None or mask is None:
        return True
    opened = unpack(seat.open_xor(bits), count)[0]
    return bool((opened == expected(seat.open_sum(mask))).all())


def test_products_of_up_to_five_bits() -> None:
    bits = np.random.default_rng(0).integers(0, 2**64, (6, 3), np.uint64)
    terms = ((0, 1), (2, 3, 4), (5, 4, 3, 2), (0, 1, 2, 3, 4))

    def program(mpc: Mpc) -> Any:
        mine = None if mpc.is_dealer else bits if mpc.me == "first" else np.zeros_like(bits)
        products = multiply_bits(mpc.seat, mine, terms, 3)
        return None if products is None else [mpc.seat.open_xor(product) for product in products]

    for term, product in zip(terms, run_mpc(program)["second"], strict=True):
        assert (product == np.bitwise_and.reduce(bits[list(term)])).all()


def test_negative_gives_packed_bits() -> None:
    numbers = np.array([-3, 4, -5])

    def program(mpc: Mpc) -> Any:
        bits = negative(mpc.seat, shared(mpc, numbers))
        return None if bits is None else unpack(mpc.seat.open_xor(bits), 3)

    assert (run_mpc(program)["first"] == [[1, 0, 1]]).all()
