"""Key-value stores in bins, tags, and their join."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes

few = settings(max_examples=10, deadline=None)
SEED = b"0123456789abcdef"


def random_blocks(stream: int, count: int) -> Bytes:
    """The same blocks in every run."""
    return kernel.prg_bytes(SEED, stream, 16 * count).reshape(count, 16)


@few
@given(st.integers(0, 200), st.integers(1, 9))
def test_partition(count: int, bins: int) -> None:
    keys = random_blocks(count, count)
    for found, expected in zip(kernel.bin_partition(keys, bins), reference.bin_partition(keys, bins), strict=True):
        assert np.array_equal(found, expected)
        assert found.dtype == expected.dtype


@few
@given(st.integers(0, 60), st.integers(1, 3), st.integers(0, 1000))
def test_both_solve_and_both_read(count: int, bins: int, stream: int) -> None:
    keys, _, offsets = kernel.bin_partition(random_blocks(stream, count), bins)
    values = random_blocks(stream + 5000, count)
    mine = kernel.okvs_encode(keys, values, offsets, 64, 40.0, SEED)
    slow = reference.okvs_encode(keys, values, offsets, 64, 40.0, SEED)
    assert mine.shape == slow.shape == (bins, sum(kernel.okvs_shape(64, 40.0)), 16)
    for vectors in (mine, slow):
        for decode in (kernel.okvs_decode, reference.okvs_decode):
            assert np.array_equal(decode(keys, vectors, offsets, 64, 40.0, SEED), values)


def test_other_keys_read_other_values() -> None:
    keys, _, offsets = kernel.bin_partition(random_blocks(1, 3000), 4)
    vectors = kernel.okvs_encode(keys, random_blocks(2, 3000), offsets, 1000, 42.0, SEED)
    others, _, other_offsets = kernel.bin_partition(random_blocks(3, 500), 4)
    mine = kernel.okvs_decode(others, vectors, other_offsets, 1000, 42.0, SEED)
    slow = reference.okvs_decode(others[:20], vectors, other_offsets, 1000, 42.0, SEED)
    assert np.array_equal(mine[:20], slow)
    assert len(np.unique(mine, axis=0)) == 500


def test_free_entries_are_random() -> None:
    keys, values, offsets = random_blocks(1, 10), random_blocks(2, 10), np.array([0, 10])
    first, second = (kernel.okvs_encode(keys, values, offsets, 64, 40.0, SEED) for _ in range(2))
    assert not (first == second).all(axis=2).any()


def test_shapes_follow_the_paper() -> None:
    # Blazing Fast PSI, equations 2 and 3, for bins of 2^14 (padded) and 2^16 at 53 bits.
    for capacity, expansion in ((17_490, 1.277), (65_536, 1.249)):
        sparse, dense = kernel.okvs_shape(capacity, 53.0)
        assert abs(sparse / capacity - expansion) < 0.006
        assert dense == math.floor(53 / math.log2(sparse)) == 3


def test_capacities_hold() -> None:
    assert kernel.bin_capacity(0, 1) == 0
    assert kernel.bin_capacity(100, 1) == 100
    assert 17_350 < kernel.bin_capacity(100_000_000, 6104) < 17_560
    _, _, offsets = kernel.bin_partition(random_blocks(9, 20_000), 32)
    assert np.diff(offsets).max() <= kernel.bin_capacity(20_000, 32)


def test_failures_stay_below_their_bound() -> None:
    # 300 bins at 5 bits: 9 failures expected at the bound, above 25 with probability 2^-17.
    keys = np.concatenate([random_blocks(stream, 400) for stream in range(300)])
    offsets = np.arange(0, 400 * 301, 400)
    failed = 0
    for start, end in pairwise(offsets.tolist()):
        try:
            kernel.okvs_encode(keys[start:end], keys[start:end], np.array([0, 400]), 400, 5.0, SEED)
        except ArithmeticError:
            failed += 1
    assert failed <= 25


def test_a_key_twice_has_no_solution() -> None:
    keys = random_blocks(1, 30)
    keys[29] = keys[3]
    with pytest.raises(ArithmeticError, match="bin 0 has no solution"):
        kernel.okvs_encode(keys, random_blocks(2, 30), np.array([0, 30]), 64, 40.0, SEED)


@few
@given(st.integers(0, 12), st.integers(4, 16))
def test_tags(count: int, width: int) -> None:
    found = random_blocks(count, count)
    assert np.array_equal(kernel.tag_hash(found, SEED, width), reference.tag_hash(found, SEED, width))


@few
@given(st.integers(1, 5), st.integers(0, 90), st.integers(0, 90))
def test_padded_tags_meet_again(bins: int, mine: int, theirs: int) -> None:
    shared = random_blocks(7, 100)
    own, _, offsets = kernel.bin_partition(shared[:mine], bins)
    other, _, other_offsets = kernel.bin_partition(shared[50:][:theirs], bins)
    capacity = max(1, int(np.diff(other_offsets).max()) + 3)
    tags = kernel.tag_hash(other, SEED, 11)
    padded, origins = kernel.tag_pad(tags, other_offsets, capacity)
    assert padded.shape == (bins, capacity, 11)
    placed = origins != 2**32 - 1
    assert np.array_equal(np.sort(origins[placed]), np.arange(len(other)))
    assert np.array_equal(padded.reshape(-1, 11)[placed], tags[origins[placed]])
    pairs = kernel.tag_join(kernel.tag_hash(own, SEED, 11), offsets, padded)
    assert np.array_equal(pairs, reference.tag_join(kernel.tag_hash(own, SEED, 11), offsets, padded))
    assert np.array_equal(own[pairs[:, 0]], other[origins[pairs[:, 1]]])
    assert len(pairs) == max(0, min(mine, 50 + min(theirs, 50)) - 50)


@few
@given(st.integers(0, 60), st.integers(1, 3), st.integers(0, 1000))
def test_masked_stores(count: int, bins: int, stream: int) -> None:
    keys, _, offsets = kernel.bin_partition(random_blocks(stream, count), bins)
    values = kernel.block_hash(keys, b"v" * 16)
    masks = random_blocks(stream + 1, bins * sum(kernel.okvs_shape(64, 40.0))).reshape(bins, -1, 16)
    mine, slow = masks.copy(), masks.copy()
    kernel.okvs_encode_masked(mine, keys, offsets, 64, 40.0, SEED, b"v" * 16)
    reference.okvs_encode_masked(slow, keys, offsets, 64, 40.0, SEED, b"v" * 16)
    for masked in (mine, slow):
        assert np.array_equal(kernel.okvs_decode(keys, masked ^ masks, offsets, 64, 40.0, SEED), values)


@few
@given(st.integers(0, 60), st.integers(1, 3), st.integers(4, 16))
def test_decoded_tags(count: int, bins: int, width: int) -> None:
    keys, _, offsets = kernel.bin_partition(random_blocks(count, count), bins)
    vectors = random_blocks(5, bins * sum(kernel.okvs_shape(64, 40.0))).reshape(bins, -1, 16)
    for module in (kernel, reference):
        tags = module.okvs_decode_tags(keys, vectors, offsets, 64, 40.0, SEED, b"t" * 16, width)
        values = module.okvs_decode(keys, vectors, offsets, 64, 40.0, SEED)
        assert np.array_equal(tags, kernel.tag_hash(values, b"t" * 16, width))
        assert tags.shape == (count, width)


@few
@given(st.integers(1, 4), st.integers(0, 40), st.integers(1, 40), st.integers(4, 16), st.integers(2, 60))
def test_matches(bins: int, mine: int, theirs: int, width: int, different: int) -> None:
    # Few different tags: repeats on both sides, in and out of order.
    pool = random_blocks(8, different)[:, :width]
    own = pool[np.arange(mine) * 5 % different].copy()
    offsets = np.linspace(0, mine, bins + 1).astype(np.int64)
    peer = pool[np.arange(bins * theirs) * 3 % different].reshape(bins, theirs, width).copy()
    for found, wanted in zip(
        kernel.tag_match(own, offsets, peer), reference.tag_match(own, offsets, peer), strict=True
    ):
        assert np.array_equal(found, wanted)
        assert found.dtype == wanted.dtype


def test_tags_that_differ_at_the_end_only() -> None:
    own = np.zeros((2000, 16), dtype=np.uint8)
    own[:, 14:] = np.arange(2000, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    for width, matched in ((16, 2000), (15, 256 * 2000 // 2000)):
        cut = own[:, :width].copy()
        own_rows, places, bits = kernel.tag_match(cut, np.array([0, 2000]), cut[None, ::-1].copy())
        assert len(places) == 2000 and np.unpackbits(bits).all()
        assert len(np.unique(own_rows)) == matched


def test_padding_leaves_out_nothing_and_is_even() -> None:
    # 24 orders of four tags, 4800 draws: every order 200 times, within 6 standard deviations.
    tags = random_blocks(1, 4 * 4800)[:, :4].copy()
    _, origins = kernel.tag_pad(tags, np.arange(0, 4 * 4801, 4), 4)
    _, counts = np.unique(origins.reshape(-1, 4) % 4, axis=0, return_counts=True)
    assert len(counts) == 24 and np.abs(counts - 200).max() < 84


def test_places_are_shuffled() -> None:
    tags = kernel.tag_hash(random_blocks(1, 500), SEED, 8)
    first, second = (kernel.tag_pad(tags, np.array([0, 500]), 600)[1] for _ in range(2))
    assert (first == second).mean() < 0.2
    assert (first[:500] == np.arange(500)).mean() < 0.05


def test_refusals() -> None:
    keys = random_blocks(1, 10)
    with pytest.raises(ValueError, match="bin 0 holds more than 9"):
        kernel.okvs_encode(keys, keys, np.array([0, 10]), 9, 40.0, SEED)
    with pytest.raises(ValueError, match="offsets must be"):
        kernel.okvs_encode(keys, keys, np.array([0, 9]), 64, 40.0, SEED)
    with pytest.raises(ValueError, match="offsets must be"):
        kernel.okvs_encode(keys, keys, np.array([0, 11, 10]), 64, 40.0, SEED)
    with pytest.raises(ValueError, match="as many rows"):
        kernel.okvs_encode(keys, keys[:9], np.array([0, 10]), 64, 40.0, SEED)
    with pytest.raises(ValueError, match="vectors must have shape"):
        kernel.okvs_decode(keys, np.zeros((1, 5, 16), np.uint8), np.array([0, 10]), 64, 40.0, SEED)
    shape = kernel.okvs_shape(64, 40.0)
    masks = np.zeros((1, sum(shape), 16), np.uint8)
    with pytest.raises(ValueError, match="masks must have shape"):
        kernel.okvs_encode_masked(masks[:, 1:].copy(), keys, np.array([0, 10]), 64, 40.0, SEED, SEED)
    with pytest.raises(ArithmeticError, match="bin 0 has no solution"):
        kernel.okvs_encode_masked(masks, keys[[0] * 9], np.array([0, 9]), 64, 40.0, SEED, SEED)
    with pytest.raises(ValueError, match="bin 0 holds more than 9"):
        kernel.okvs_encode_masked(masks, keys, np.array([0, 10]), 9, 40.0, SEED, SEED)
    masks.setflags(write=False)
    with pytest.raises(ValueError, match="writeable"):
        kernel.okvs_encode_masked(masks, keys, np.array([0, 10]), 64, 40.0, SEED, SEED)
    with pytest.raises(ValueError, match="vectors must have shape"):
        kernel.okvs_decode_tags(keys, np.zeros((1, 5, 16), np.uint8), np.array([0, 10]), 64, 40.0, SEED, SEED, 8)
    with pytest.raises(ValueError, match="capacity must be"):
        kernel.okvs_shape(2**24 + 1, 40.0)
    with pytest.raises(ValueError, match="bits must be"):
        kernel.okvs_shape(10, math.nan)
    with pytest.raises(ValueError, match="bins must be"):
        kernel.bin_partition(keys, 0)
    with pytest.raises(ValueError, match="width must be"):
        kernel.tag_hash(keys, SEED, 3)
    with pytest.raises(ValueError, match="peer must have shape"):
        kernel.tag_join(keys, np.array([0, 10]), np.zeros((2, 3, 16), np.uint8))
    with pytest.raises(ValueError, match="offsets must be"):
        kernel.tag_match(keys, np.array([0, 9]), np.zeros((1, 3, 16), np.uint8))
