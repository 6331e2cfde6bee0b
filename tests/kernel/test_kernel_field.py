"""GF(2^128) and the fixed-key hash: known values, agreement with the slow twins, refusals."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.field import blocks_of, inverse, multiply

few = settings(max_examples=15, deadline=None)
keys = st.binary(min_size=16, max_size=16)


def blocks(most: int = 11) -> st.SearchStrategy[Bytes]:
    """Up to `most` blocks."""
    return hnp.arrays(np.uint8, st.tuples(st.integers(0, most), st.just(16)))


@few
@given(keys, blocks())
def test_scale(factor: bytes, x: Bytes) -> None:
    assert np.array_equal(kernel.field_scale(factor, x), reference.field_scale(factor, x))


@few
@given(blocks())
def test_inner(x: Bytes) -> None:
    y = x[::-1].copy()
    assert kernel.field_inner(x, y) == reference.field_inner(x, y)


@few
@given(blocks(5), keys)
def test_hash(x: Bytes, key: bytes) -> None:
    assert np.array_equal(kernel.block_hash(x, key), reference.block_hash(x, key))


def test_products_that_are_known() -> None:
    # AES-GCM's field (McGrew and Viega, test case 2) is this one with the bits of every block reversed:
    # 0388dace60b6a392f328c2b971b2fe78 · 66e94bd4ef8a2c3b884cfa59ca342b2e = 5e2ec746917062882c85b0685353deb7.
    def flip(text: str) -> int:
        return int(f"{int(text, 16):0128b}"[::-1], 2)

    factor, other, product = map(
        flip,
        (
            "0388dace60b6a392f328c2b971b2fe78",
            "66e94bd4ef8a2c3b884cfa59ca342b2e",
            "5e2ec746917062882c85b0685353deb7",
        ),
    )
    assert multiply(factor, other) == product
    assert np.array_equal(kernel.field_scale(factor.to_bytes(16, "little"), blocks_of([other])), blocks_of([product]))
    assert multiply(factor, inverse(factor)) == 1


def test_the_hash_is_aes() -> None:
    # FIPS 197, appendix C.1.
    key = bytes(range(16))
    block = np.arange(16, dtype=np.uint8).reshape(1, 16) * 0x11
    image = np.frombuffer(bytes.fromhex("69c4e0d86a7b0430d8cdb78070b4c55a"), dtype=np.uint8)
    assert np.array_equal(kernel.block_hash(block, key), (image ^ block))


def test_refusals() -> None:
    three = np.zeros((3, 16), dtype=np.uint8)
    with pytest.raises(ValueError, match="equally many rows"):
        kernel.field_inner(three, three[:2])
    with pytest.raises(ValueError, match=r"shape \(n, 16\)"):
        kernel.field_scale(bytes(16), np.zeros((3, 15), dtype=np.uint8))
    with pytest.raises(ValueError, match="16 bytes"):
        kernel.block_hash(three, b"key")


PROBE = """
import hashlib
import os
import subprocess
import sys

import numpy as np
from tacit import kernel
h, key = hashlib.sha256(), b"0123456789abcdef"
blocks = lambda stream, count: kernel.prg_bytes(key, stream, 16 * count).reshape(count, 16)
for n in (0, 1, 3, 4, 9, 500):
    h.update(kernel.field_scale(key, blocks(1, n)).tobytes() + kernel.field_inner(blocks(1, n), blocks(2, n)))
    h.update(kernel.block_hash(blocks(3, n), key).tobytes() + kernel.tag_hash(blocks(3, n), key, 9).tobytes())
    shape = kernel.okvs_shape(500, 40.0)
    keys, _, offsets = kernel.bin_partition(blocks(4, n), 2)
    vectors = blocks(5, 2 * sum(shape)).reshape(2, -1, 16)
    h.update(kernel.okvs_decode(keys, vectors, offsets, 500, 40.0, key).tobytes())
    h.update(kernel.okvs_decode_tags(keys, vectors, offsets, 500, 40.0, key, key, 7).tobytes())
    kernel.okvs_encode_masked(vectors, keys, offsets, 500, 40.0, key, key)
    h.update(vectors.tobytes() + kernel.bound_hash(keys, keys, key * 2).tobytes())
    bins = kernel.KeyBins(key)
    bins.add(keys)
    bins.finish()
    h.update(bins.group(0, 1)[0].tobytes())
for n in (128, 1000, 1024):
    h.update(kernel.vole_compress(blocks(6, n), 7, key).tobytes())
print(h.hexdigest())
"""


def test_all_paths_agree() -> None:
    levels = ["scalar", "avx2", "avx512", "ifma"]
    runnable = levels[: levels.index(kernel.features()["best"]) + 1]
    found = set()
    for level in runnable:
        environment = {**os.environ, "TACIT_KERNEL": level}
        command = [sys.executable, "-c", PROBE]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
        found.add(done.stdout)
    assert len(found) == 1
