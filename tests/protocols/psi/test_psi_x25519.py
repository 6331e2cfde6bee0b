"""The map to curve25519: squaring against Python integers, and points that lie on the curve."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit import kernel
from tacit.protocols.psi.x25519 import hash_mul, square

P = 2**255 - 19


def _bytes(number: int) -> np.ndarray:
    return np.frombuffer(number.to_bytes(32, "little"), dtype=np.uint8).reshape(1, 32)


def _number(row: np.ndarray) -> int:
    return int.from_bytes(row.tobytes(), "little")


@given(st.one_of(st.integers(0, 2**255 - 1), st.sampled_from([0, 1, P - 1, P, P + 1, 2**255 - 1, 2**128, 2**254])))
@settings(max_examples=100)
def test_square_matches_integers(number: int) -> None:
    result = _number(square(_bytes(number)))
    assert result < 2**255
    assert result % P == number * number % P


def test_squares_of_no_numbers() -> None:
    assert square(np.empty((0, 32), dtype=np.uint8)).shape == (0, 32)


def test_hashed_items_lie_on_the_curve_and_not_on_its_twist() -> None:
    digests = np.random.default_rng(3).integers(0, 256, (50, 32), dtype=np.uint8)
    for row in hash_mul(digests, b"test", kernel.x25519_random_scalar()):
        u = _number(row)
        assert pow(u**3 + 486662 * u**2 + u, (P - 1) // 2, P) == 1


def test_both_orders_of_masking_agree() -> None:
    digests = np.random.default_rng(4).integers(0, 256, (20, 32), dtype=np.uint8)
    a, b = kernel.x25519_random_scalar(), kernel.x25519_random_scalar()
    assert np.array_equal(
        kernel.x25519_mul(hash_mul(digests, b"test", a), b), kernel.x25519_mul(hash_mul(digests, b"test", b), a)
    )
