"""Hashes of one block each: agreement with the slow twins and with the plain keyed hash, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit import kernel
from tacit.kernel import reference

few = settings(max_examples=15, deadline=None)
KEY = bytes(range(32))


@few
@given(st.lists(st.binary(max_size=80), max_size=12), st.sampled_from([np.int32, np.int64]), st.booleans())
def test_short_strings(texts: list[bytes], kind: type[np.int32] | type[np.int64], surrounded: bool) -> None:
    before, after = (b"xyz", b"m" * 70) if surrounded else (b"", b"")
    offsets = np.cumsum([len(before), *map(len, texts)]).astype(kind)
    data = before + b"".join(texts) + after
    found = kernel.blake3_short(data, offsets, KEY)
    assert found.shape == (len(texts), 16)
    assert np.array_equal(found, reference.blake3_short(data, offsets, KEY))


def test_every_length() -> None:
    texts = [bytes([length % 251]) * length for length in range(201)] * 2
    offsets = np.cumsum([0, *map(len, texts)])
    found = kernel.blake3_short(b"".join(texts), offsets, KEY)
    forms = [(bytes([len(t)]) + t).ljust(64, b"\0") if len(t) < 64 else b"\xff" + t for t in texts]
    plain = kernel.blake3_strings(b"".join(forms), np.cumsum([0, *map(len, forms)]), KEY, 16)
    assert np.array_equal(found, plain)
    assert len(np.unique(found, axis=0)) == 201


def test_many_strings() -> None:
    offsets = np.arange(0, 18 * 10_001, 18)
    data = kernel.prg_bytes(b"k" * 16, 0, 180_000)
    found = kernel.blake3_short(data, offsets, KEY)
    for row in (0, 63, 64, 4095, 4096, 9_999):
        assert np.array_equal(found[row : row + 1], reference.blake3_short(data, offsets[row : row + 2], KEY))


@few
@given(st.integers(0, 20), st.binary(min_size=32, max_size=32))
def test_bound_hashes(count: int, key: bytes) -> None:
    blocks, items = (kernel.prg_bytes(b"k" * 16, stream, 16 * count).reshape(-1, 16) for stream in (1, 2))
    found = kernel.bound_hash(blocks, items, key)
    assert found.shape == (count, 32)
    assert np.array_equal(found, reference.bound_hash(blocks, items, key))


def test_refusals() -> None:
    for offsets in ([], [0, 4], [0, 2, 1], [-1, 2]):
        with pytest.raises(ValueError, match="offsets must be"):
            kernel.blake3_short(b"abc", np.array(offsets, dtype=np.int64), KEY)
    with pytest.raises(TypeError, match="dtype int64"):
        kernel.blake3_short(b"abc", np.array([0.0, 1.0]), KEY)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="32 bytes"):
        kernel.blake3_short(b"abc", np.array([0, 3]), b"key")
    block = np.zeros((1, 16), dtype=np.uint8)
    with pytest.raises(ValueError, match="equally many rows"):
        kernel.bound_hash(block, block[:0], KEY)
