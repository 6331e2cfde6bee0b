"""P-256 (SEC 2, RFC 9380) and SM2 (GB/T 32918.5) over many points with one secret scalar, for interconnection.

Points are uint8 arrays of shape (n, 33), compressed as in SEC 1, 2.3.3: 2 or 3, then x. Scalars are 32 bytes with the
highest first, as both standards write numbers. The time of a multiplication does not depend on the scalar.
"""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, check, check_points, check_secret, check_tag

POINT_BYTES = 33


def p256_random_scalar() -> bytes:
    """32 bytes: a scalar from the operating system's randomness, nonzero and below the group order."""
    return _native.p256_random_scalar()


def p256_hash_mul(digests: Bytes, dst: bytes, scalar: bytes) -> Bytes:
    """P256_XMD:SHA-256_SSWU_RO_ (RFC 9380, 8.2) of every row of `digests` (n, k), times `scalar` → (n, 33).

    `dst` is the domain separation tag; an empty one is a ValueError, and so is a scalar that is zero or too large.
    """
    check(digests, "digests", np.uint8, 2)
    check_secret(scalar, "scalar", 32)
    return _native.p256_hash_mul(digests, check_tag(dst), scalar)


def p256_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Every point times `scalar` → (n, 33).

    ValueError with the index of the first row that is not the compressed form of a point (tag 2 or 3, x below the
    field's prime, on the curve) or that is the identity; ValueError if the scalar is zero or too large.
    """
    check_points(points, width=POINT_BYTES)
    check_secret(scalar, "scalar", 32)
    return _native.p256_mul(points, scalar)


def sm2_random_scalar() -> bytes:
    """32 bytes: a scalar from the operating system's randomness, nonzero and below the group order."""
    return _native.sm2_random_scalar()


def sm2_hash_mul(digests: Bytes, dst: bytes, scalar: bytes) -> Bytes:
    """Every row of `digests` (n, k) hashed to SM2 by try and increment with SM3, times `scalar` → (n, 33).

    The first x in h, h + 1, ... that is on the curve, with h = SM3(dst || row) modulo the prime, and the even y (Icart,
    Crypto 2009, section 1). `dst` may be empty. At least 16 numbers are tried for every row, so that the time hides how
    many were needed, but for one row in 2^16. ValueError if the scalar is zero or too large.
    """
    check(digests, "digests", np.uint8, 2)
    check_secret(scalar, "scalar", 32)
    return _native.sm2_hash_mul(digests, check_tag(dst), scalar)


def sm2_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Every point times `scalar` → (n, 33). ValueError as `p256_mul`."""
    check_points(points, width=POINT_BYTES)
    check_secret(scalar, "scalar", 32)
    return _native.sm2_mul(points, scalar)
