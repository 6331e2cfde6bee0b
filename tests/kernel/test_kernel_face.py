"""What the kernel refuses, and how it says so."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tacit import kernel
from tacit.kernel import _native
from tacit.kernel.reference.groups import ORDER

POINTS = np.zeros((3, 32), dtype=np.uint8)
MATRIX = np.zeros((4, 3), dtype=np.uint64)
ONE = (1).to_bytes(32, "little")

REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "points not an array": (lambda: kernel.ristretto_mul([b"x"], ONE), TypeError, "points must be a numpy array"),
    "points of words": (lambda: kernel.ristretto_mul(POINTS.astype(np.uint16), ONE), TypeError, "dtype uint8"),
    "points too short": (lambda: kernel.ristretto_mul(POINTS[:, :31].copy(), ONE), ValueError, "shape (n, 32)"),
    "points in one row": (lambda: kernel.x25519_mul(POINTS.reshape(-1), ONE), ValueError, "2 axes, not 1"),
    "points with gaps": (lambda: kernel.x25519_mul(POINTS[::2], ONE), ValueError, "C-contiguous"),
    "identity": (lambda: kernel.ristretto_mul(POINTS, ONE), ValueError, "point 0 is not"),
    "scalar zero": (lambda: kernel.ristretto_mul(POINTS, bytes(32)), ValueError, "scalar must be canonical"),
    "scalar of the order": (
        lambda: kernel.ristretto_mul(POINTS, ORDER.to_bytes(32, "little")),
        ValueError,
        "scalar must be canonical",
    ),
    "scalar too short": (lambda: kernel.ristretto_mul(POINTS, b"1"), ValueError, "scalar must have 32 bytes, not 1"),
    "scalar of text": (lambda: kernel.x25519_mul(POINTS, "1" * 32), TypeError, "scalar must be bytes"),
    "empty tag": (lambda: kernel.ristretto_hash(POINTS, b""), ValueError, "dst must not be empty"),
    "tag of text": (lambda: kernel.ristretto_hash(POINTS, "tag"), TypeError, "dst must be bytes"),
    "hash key too short": (lambda: kernel.Blake3(b"key"), ValueError, "key must have 32 bytes"),
    "text to hash": (lambda: kernel.blake3_hash("text"), TypeError, "data must be a buffer"),
    "gaps to hash": (lambda: kernel.blake3_hash(POINTS[::2]), ValueError, "contiguous"),
    "no offsets": (lambda: strings(np.array([], dtype=np.int64)), ValueError, "offsets must be"),
    "offsets outside": (lambda: strings(np.array([0, 5])), ValueError, "offsets must be"),
    "offsets falling": (lambda: strings(np.array([0, 2, 1])), ValueError, "offsets must be"),
    "offsets below 0": (lambda: strings(np.array([-1, 2])), ValueError, "offsets must be"),
    "offsets of floats": (lambda: strings(np.array([0.0, 2.0])), TypeError, "dtype int64"),
    "no output": (lambda: strings(np.array([0, 2]), 0), ValueError, "out_len must be at least 1"),
    "prg key": (lambda: kernel.prg_bytes(b"k", 0, 1), ValueError, "key must have 16 bytes"),
    "prg stream": (lambda: kernel.prg_u64(b"k" * 16, -1, 1), ValueError, "stream must be in"),
    "prg count": (lambda: kernel.prg_u64(b"k" * 16, 0, 1.5), TypeError, "count must be an integer"),
    "prg too far": (lambda: kernel.prg_u64(b"k" * 16, 0, 1, 2**60 - 1), ValueError, "below 2**60"),
    "signed words": (lambda: kernel.ring_matmul(MATRIX.astype(np.int64), MATRIX), TypeError, "dtype uint64"),
    "sides that differ": (lambda: kernel.ring_matmul(MATRIX, MATRIX), ValueError, "as many columns as b has rows"),
    "transposed view": (lambda: kernel.ring_matmul(MATRIX.T, MATRIX), ValueError, "a must be C-contiguous"),
    "vector too long": (lambda: kernel.ring_matvec(MATRIX, MATRIX[:, 0].copy()), ValueError, "as a has columns"),
    "vector too short": (lambda: kernel.ring_matvec_t(MATRIX, MATRIX[0]), ValueError, "as a has rows"),
    "planes of another count": (lambda: kernel.bit_planes_join(MATRIX, 64), ValueError, "shape (64, ceil"),
    "byte that is no bit": (lambda: kernel.bit_pack(np.array([0, 1, 2], np.uint8)), ValueError, "entry 2 is neither"),
    "words for another count": (lambda: kernel.bit_unpack(MATRIX[0], 64), ValueError, "ceil(count / 64)"),
    "no threads": (lambda: kernel.set_threads(0), ValueError, "at least 1"),
}


def strings(offsets: Any, out_len: int = 32) -> Any:
    """blake3_strings of four bytes."""
    return kernel.blake3_strings(b"text", offsets, b"k" * 32, out_len)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    call, error, text = REFUSED[name]
    with pytest.raises(error, match=re.escape(text)):
        call()


def test_the_first_bad_point_is_named_in_a_large_batch() -> None:
    points = np.repeat(kernel.ristretto_hash(np.zeros((1, 1), np.uint8), b"t"), 9_000, axis=0)
    points[[4_321, 4_322, 8_888]] = 0xFF
    with pytest.raises(ValueError, match=r"^point 4321 "):
        kernel.ristretto_mul(points, ONE)


def test_no_points_give_no_points() -> None:
    empty = np.zeros((0, 32), dtype=np.uint8)
    for out in (kernel.ristretto_mul(empty, ONE), kernel.x25519_mul(empty, ONE), kernel.ristretto_hash(empty, b"t")):
        assert out.shape == (0, 32)


def test_inputs_stay_as_they_were() -> None:
    points = kernel.ristretto_hash(np.zeros((5, 4), np.uint8), b"t")
    before = points.copy()
    points.flags.writeable = False
    kernel.ristretto_mul(points, ONE)
    assert np.array_equal(points, before)


def test_random_scalars_are_usable_and_differ() -> None:
    ristretto = {kernel.ristretto_random_scalar() for _ in range(20)}
    assert len(ristretto) == 20
    assert all(0 < int.from_bytes(scalar, "little") < ORDER for scalar in ristretto)
    clamped = {kernel.x25519_random_scalar() for _ in range(20)}
    assert len(clamped) == 20
    assert all(scalar[0] & 7 == 0 and scalar[31] & 0xC0 == 0x40 for scalar in clamped)


def test_many_threads_may_call_at_once() -> None:
    points = kernel.ristretto_hash(np.arange(600, dtype=np.uint8).reshape(100, 6), b"t")
    results: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: results.append(kernel.ristretto_mul(points, ONE).tobytes())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [points.tobytes()] * 6


def test_features_name_the_path() -> None:
    found = kernel.features()
    assert set(found) == {"cpu", "best", "path", "group_backend", "threads"}
    assert found["path"] in ("scalar", "avx2", "avx512", "ifma")
    assert found["threads"] >= 1


def test_the_stub_names_what_the_native_module_has() -> None:
    stub = Path(_native.__file__).with_name("_native.pyi").read_text()
    declared = set(re.findall(r"^(?:def|class) (\w+)", stub, re.MULTILINE))
    present = {name for name in dir(_native) if not name.startswith("_")}
    assert declared == present
