"""Every native function agrees with its slow twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes, Words
from tacit.kernel.reference.groups import ORDER

few = settings(max_examples=15, deadline=None)
some = settings(max_examples=40, deadline=None)

scalars = st.integers(1, ORDER - 1).map(lambda k: k.to_bytes(32, "little"))
edges = st.sampled_from([1, 2, 7, 8, ORDER // 2, ORDER - 1]).map(lambda k: k.to_bytes(32, "little"))
words = st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**32 - 1, 2**32, 2**63, 2**64 - 1])


def digests(most: int = 19) -> st.SearchStrategy[Bytes]:
    """Up to `most` messages of one length."""
    return hnp.arrays(np.uint8, st.tuples(st.integers(0, most), st.integers(0, 40)))


def matrix(rows: int, columns: int) -> st.SearchStrategy[Words]:
    """Any words, often near the borders of 32 and 64 bits."""
    return hnp.arrays(np.uint64, (rows, columns), elements=words)


@few
@given(digests(), st.binary(min_size=1, max_size=300))
def test_ristretto_hash(messages: Bytes, dst: bytes) -> None:
    assert np.array_equal(kernel.ristretto_hash(messages, dst), reference.ristretto_hash(messages, dst))


@few
@given(digests(), scalars | edges)
def test_ristretto_mul(messages: Bytes, scalar: bytes) -> None:
    points = kernel.ristretto_hash(messages, b"test")
    product = kernel.ristretto_mul(points, scalar)
    assert np.array_equal(product, reference.ristretto_mul(points, scalar))
    assert np.array_equal(product, kernel.ristretto_hash_mul(messages, b"test", scalar))


@few
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 10), st.just(32))), scalars)
def test_ristretto_refuses_what_the_reference_refuses(points: Bytes, scalar: bytes) -> None:
    points[:, 0] &= 0xFE
    points[:, 31] &= 0x7F
    results = []
    for module in (kernel, reference):
        try:
            results.append(module.ristretto_mul(points, scalar).tobytes())
        except ValueError as error:
            results.append(str(error).encode())
    assert results[0] == results[1]


@few
@given(hnp.arrays(np.uint8, st.tuples(st.integers(0, 19), st.just(32))), st.binary(min_size=32, max_size=32))
def test_x25519_mul(points: Bytes, scalar: bytes) -> None:
    points = points[~np.isin(points[:, 1:31], (0, 255)).all(axis=1)].copy()
    assert np.array_equal(kernel.x25519_mul(points, scalar), reference.x25519_mul(points, scalar))


def test_masks_commute_over_a_large_batch() -> None:
    messages = np.arange(2_000, dtype=np.uint64).view(np.uint8).reshape(-1, 8)
    points = kernel.ristretto_hash(messages, b"test")
    a, b = kernel.ristretto_random_scalar(), kernel.ristretto_random_scalar()
    left = kernel.ristretto_mul(kernel.ristretto_mul(points, a), b)
    assert np.array_equal(left, kernel.ristretto_mul(kernel.ristretto_mul(points, b), a))
    assert len(np.unique(left, axis=0)) == len(messages)
    c, d = kernel.x25519_random_scalar(), kernel.x25519_random_scalar()
    assert np.array_equal(
        kernel.x25519_mul(kernel.x25519_mul(points, c), d), kernel.x25519_mul(kernel.x25519_mul(points, d), c)
    )


@some
@given(st.binary(max_size=3000), st.none() | st.binary(min_size=32, max_size=32), st.integers(0, 3000))
def test_blake3(data: bytes, key: bytes | None, cut: int) -> None:
    native, slow = kernel.Blake3(key), reference.Blake3(key)
    native.update(data[:cut])
    native.update(memoryview(bytearray(data[cut:])))
    slow.update(data)
    assert native.digest() == slow.digest() == native.digest()
    assert kernel.blake3_hash(np.frombuffer(data or b"", dtype=np.uint8)) == reference.blake3_hash(data)


@some
@given(st.lists(st.binary(max_size=80), max_size=12), st.sampled_from([np.int32, np.int64]), st.integers(1, 70))
def test_blake3_strings(texts: list[bytes], kind: type[np.int32] | type[np.int64], out_len: int) -> None:
    offsets = np.cumsum([3, *map(len, texts)]).astype(kind)
    data = b"xyz" + b"".join(texts) + b"more"
    native = kernel.blake3_strings(data, offsets, b"k" * 32, out_len)
    assert native.shape == (len(texts), out_len)
    assert np.array_equal(native, reference.blake3_strings(data, offsets, b"k" * 32, out_len))


@some
@given(
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**64 - 1),
    st.integers(0, 200),
    st.integers(0, 300) | st.integers(0, 2**55),
)
def test_prg(key: bytes, stream: int, count: int, offset: int) -> None:
    assert np.array_equal(kernel.prg_bytes(key, stream, count, offset), reference.prg_bytes(key, stream, count, offset))
    assert np.array_equal(kernel.prg_u64(key, stream, count, offset), reference.prg_u64(key, stream, count, offset))


def test_prg_over_many_tasks() -> None:
    whole = kernel.prg_bytes(b"k" * 16, 9, 1_000_003)
    assert np.array_equal(whole[300_001:300_101], reference.prg_bytes(b"k" * 16, 9, 100, 300_001))
    assert np.array_equal(kernel.prg_u64(b"k" * 16, 9, 125_000), whole[:1_000_000].view("<u8"))


@some
@given(st.data(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_ring_products(data: st.DataObject, m: int, k: int, n: int) -> None:
    a, b = data.draw(matrix(m, k)), data.draw(matrix(k, n))
    v, w = data.draw(matrix(1, k)).reshape(-1), data.draw(matrix(1, m)).reshape(-1)
    assert np.array_equal(kernel.ring_matmul(a, b), reference.ring_matmul(a, b))
    assert np.array_equal(kernel.ring_matvec(a, v), reference.ring_matvec(a, v))
    assert np.array_equal(kernel.ring_matvec_t(a, w), reference.ring_matvec_t(a, w))


@pytest.mark.parametrize("shape", [(300, 200, 70), (4, 20_000, 20), (20_000, 20, 3), (100_000, 20, 1)])
def test_large_ring_products(shape: tuple[int, int, int]) -> None:
    m, k, n = shape
    a = kernel.prg_u64(b"a" * 16, 0, m * k).reshape(m, k)
    b = kernel.prg_u64(b"b" * 16, 0, k * n).reshape(k, n)
    expected = a @ b
    assert np.array_equal(kernel.ring_matmul(a, b), expected)
    assert np.array_equal(kernel.ring_matvec(a, b[:, 0].copy()), expected[:, 0])
    assert np.array_equal(kernel.ring_matvec_t(b, a[0].copy()), expected[0])


@some
@given(hnp.arrays(np.uint64, st.integers(0, 200), elements=words))
def test_bits_of_words(values: Words) -> None:
    planes = kernel.bit_planes(values)
    assert np.array_equal(kernel.bit_reverse_u64(values), reference.bit_reverse_u64(values))
    assert np.array_equal(planes, reference.bit_planes(values))
    assert np.array_equal(kernel.bit_planes_join(planes, len(values)), values)
    assert np.array_equal(reference.bit_planes_join(planes, len(values)), values)


@some
@given(hnp.arrays(np.uint8, st.integers(0, 200), elements=st.integers(0, 1)))
def test_packing(bits: Bytes) -> None:
    packed = kernel.bit_pack(bits)
    assert np.array_equal(packed, reference.bit_pack(bits))
    assert np.array_equal(kernel.bit_unpack(packed, len(bits)), bits)
    assert np.array_equal(reference.bit_unpack(packed, len(bits)), bits)
