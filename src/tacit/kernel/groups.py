"""ristretto255 (RFC 9496, RFC 9380) and X25519 (RFC 7748) over many points, with one secret scalar or one for each.

Points are uint8 arrays of shape (n, 32), scalars 32 bytes. The time taken does not depend on the scalar.
"""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, check, check_count, check_points, check_secret, check_tag


def ristretto_random_scalar() -> bytes:
    """32 bytes: a scalar from the operating system's randomness, nonzero and canonical."""
    return _native.ristretto_random_scalar()


def ristretto_random_scalars(count: int) -> Bytes:
    """`count` scalars as `ristretto_random_scalar` draws them → (count, 32)."""
    check_count(count, "count", 1 << 32)
    return _native.ristretto_random_scalars(int(count))


def ristretto_hash(digests: Bytes, dst: bytes) -> Bytes:
    """hash_to_ristretto255 (RFC 9380, appendix B) of every row of `digests` (n, k) → (n, 32).

    `dst` is the domain separation tag; an empty one is a ValueError.
    """
    check(digests, "digests", np.uint8, 2)
    return _native.ristretto_hash(digests, check_tag(dst))


def ristretto_hash_mul(digests: Bytes, dst: bytes, scalar: bytes) -> Bytes:
    """`ristretto_mul(ristretto_hash(digests, dst), scalar)` in one pass → (n, 32)."""
    check(digests, "digests", np.uint8, 2)
    check_secret(scalar, "scalar", 32)
    return _native.ristretto_hash_mul(digests, check_tag(dst), scalar)


def ristretto_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Every point times `scalar` → (n, 32).

    ValueError with the index of the first point that RFC 9496 does not decode or that is the identity; ValueError if
    the scalar is zero or not canonical.
    """
    check_points(points)
    check_secret(scalar, "scalar", 32)
    return _native.ristretto_mul(points, scalar)


def ristretto_hash_mul_each(digests: Bytes, dst: bytes, scalars: Bytes) -> Bytes:
    """As `ristretto_hash_mul`, every row with its own scalar (n, 32): Blind of RFC 9497, section 3.3.1."""
    check(digests, "digests", np.uint8, 2)
    check_points(scalars, "scalars")
    return _native.ristretto_hash_mul_each(digests, check_tag(dst), scalars)


def ristretto_div_each(points: Bytes, scalars: Bytes) -> Bytes:
    """Every point times the inverse of its own scalar (n, 32): takes the blinding off. Refuses as `ristretto_mul`."""
    check_points(points)
    check_points(scalars, "scalars")
    return _native.ristretto_div_each(points, scalars)


def x25519_random_scalar() -> bytes:
    """32 bytes: a clamped scalar from the operating system's randomness."""
    return _native.x25519_random_scalar()


def x25519_mul(points: Bytes, scalar: bytes) -> Bytes:
    """X25519(scalar, u) of every u-coordinate → (n, 32). The scalar is clamped, the top bit of u ignored.

    ValueError with the index of the first point of low order (its product is zero).
    """
    check_points(points)
    check_secret(scalar, "scalar", 32)
    return _native.x25519_mul(points, scalar)
