"""Items as u-coordinates for X25519: hash to ristretto255, then one squaring, vectorised over all items.

A ristretto255 encoding s stands for a point of edwards25519 with y = (1 - s²) / (1 + s²) (RFC 9496, 4.3.1), that is
u = (1 + y) / (1 - y) = s⁻² on curve25519. The point with u = s² differs from it by the point (0, 0) of order two,
which every clamped scalar of X25519 removes. So u = s² is a hash to the curve, never to its twist: were items mapped
to any 32 bytes, whether a masked item lies on the twist would tell one bit of the item.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tacit import kernel
from tacit.protocols.psi.rows import ByteRows

_LIMBS = 16  # of 16 bits; 2^256 = 38 mod p
_MASK = np.uint64(0xFFFF)
_SHIFT = np.uint64(16)


def hash_mul(digests: ByteRows, separator: bytes, scalar: bytes) -> ByteRows:
    """X25519(scalar, hash to the curve of every digest), (n, 32). Raises ValueError as the kernel does."""
    return kernel.x25519_mul(square(kernel.ristretto_hash(digests, separator)), scalar)


def square(numbers: ByteRows) -> ByteRows:
    """s² mod 2^255 - 19 of little-endian numbers, (n, 32); below 2^255, perhaps not fully reduced, but always alike."""
    limbs = np.ascontiguousarray(numbers).view("<u2").astype(np.uint64).T  # (16, n): a limb's column is contiguous
    columns: NDArray[np.uint64] = np.zeros((2 * _LIMBS, limbs.shape[1]), dtype=np.uint64)
    for i in range(_LIMBS):
        columns[i : i + _LIMBS] += limbs[i] * limbs  # at most 16 * 2^32
    low = columns[:_LIMBS] + np.uint64(38) * columns[_LIMBS:]  # below 2^42
    for _ in range(3):  # after two rounds the top carry is 0 or 1, after three it is 0
        low[0] += np.uint64(38) * _carry(low)
    top = low[-1] >> np.uint64(15)
    low[-1] &= np.uint64(0x7FFF)
    low[0] += np.uint64(19) * top
    _carry(low)
    return np.ascontiguousarray(low.T.astype("<u2")).view(np.uint8)


def _carry(low: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Bring every limb below 2^16, in place; what leaves at the top is returned."""
    carry = np.zeros(low.shape[1], dtype=np.uint64)
    for limb in low:
        limb += carry
        np.right_shift(limb, _SHIFT, out=carry)
        limb &= _MASK
    return carry
