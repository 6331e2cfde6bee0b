"""ristretto255 (RFC 9496), hash_to_ristretto255 (RFC 9380) and X25519 (RFC 7748) with Python's integers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tacit.kernel.arrays import Bytes

Hash = Callable[..., "hashlib._Hash"]

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ORDER = 2**252 + 27742317777372353535851937790883648493


def is_negative(x: int) -> bool:
    """Odd, as a number in 0..P-1 (RFC 9496, 3.1)."""
    return x % P % 2 == 1


def absolute(x: int) -> int:
    """The even one of x and -x."""
    return -x % P if is_negative(x) else x % P


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """SQRT_RATIO_M1 (RFC 9496, 4.2): (u/v is a square, |√(u/v)| or |√(i u/v)|)."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * root * root % P
    if check in (-u % P, -u * SQRT_M1 % P):
        root = root * SQRT_M1 % P
    return check in (u % P, -u % P), absolute(root)


INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
# RFC 9496, 4.1 gives the odd root here, unlike every other square root of the document.
SQRT_AD_MINUS_ONE = -sqrt_ratio(-D - 1, 1)[1] % P
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P


@dataclass(frozen=True, slots=True)
class Point:
    """Extended twisted Edwards coordinates: x = X/Z, y = Y/Z, XY = ZT."""

    x: int
    y: int
    z: int
    t: int

    def __add__(self, other: Point) -> Point:
        """Complete addition for a = -1 (Hisil, Wong, Carter, Dawson 2008, section 3.1)."""
        a = (self.y - self.x) * (other.y - other.x)
        b = (self.y + self.x) * (other.y + other.x)
        c, d = 2 * D * self.t * other.t, 2 * self.z * other.z
        e, f, g, h = b - a, d - c, d + c, b + a
        return Point(e * f % P, g * h % P, f * g % P, e * h % P)

    def times(self, scalar: int) -> Point:
        """Double and add, highest bit first."""
        total = IDENTITY
        for bit in f"{scalar:b}":
            total = total + total
            total = total + self if bit == "1" else total
        return total

    def encode(self) -> bytes:
        """RFC 9496, 4.3.2."""
        u1, u2 = (self.z + self.y) * (self.z - self.y) % P, self.x * self.y % P
        inverse = sqrt_ratio(1, u1 * u2 * u2)[1]
        den1, den2 = inverse * u1 % P, inverse * u2 % P
        z_inverse = den1 * den2 * self.t % P
        x, y, den = self.x, self.y, den2
        if is_negative(self.t * z_inverse):
            x, y, den = self.y * SQRT_M1, self.x * SQRT_M1, den1 * INVSQRT_A_MINUS_D
        y = -y if is_negative(x * z_inverse) else y
        return absolute(den * (self.z - y)).to_bytes(32, "little")


IDENTITY = Point(0, 1, 1, 0)


def decode(encoding: bytes) -> Point | None:
    """RFC 9496, 4.3.1; None for a string that encodes no point."""
    s = int.from_bytes(encoding, "little")
    if s >= P or is_negative(s):
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    is_square, inverse = sqrt_ratio(1, v * u2 * u2)
    x = absolute(2 * s * inverse * u2)
    y = u1 * inverse * inverse * u2 * v % P
    if not is_square or is_negative(x * y) or y == 0:
        return None
    return Point(x, y, 1, x * y % P)


def map_to_point(half: bytes) -> Point:
    """MAP (RFC 9496, 4.3.4) of 32 bytes."""
    t = int.from_bytes(half, "little") % 2**255
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * ONE_MINUS_D_SQ % P, (-1 - r * D) * (r + D) % P
    is_square, s = sqrt_ratio(u, v)
    s, c = (s, -1) if is_square else (-absolute(s * t) % P, r)
    n = c * (r - 1) * D_MINUS_ONE_SQ - v
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return Point(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def expand_message_xmd(message: bytes, dst: bytes, count: int, made_with: Hash = hashlib.sha512) -> bytes:
    """RFC 9380, 5.3.1 and 5.3.3."""
    if not dst:
        raise ValueError("dst must not be empty")
    if len(dst) > 255:
        dst = made_with(b"H2C-OVERSIZE-DST-" + dst).digest()
    dst_prime, size = dst + bytes([len(dst)]), made_with().digest_size
    zeros = bytes(made_with().block_size)
    seed = made_with(zeros + message + count.to_bytes(2, "big") + b"\0" + dst_prime).digest()
    out, block = b"", bytes(size)
    for number in range(1, -(-count // size) + 1):
        mixed = bytes(x ^ y for x, y in zip(seed, block, strict=True))
        block = made_with(mixed + bytes([number]) + dst_prime).digest()
        out += block
    return out[:count]


def hash_to_point(message: bytes, dst: bytes) -> Point:
    """hash_to_ristretto255 (RFC 9380, appendix B)."""
    uniform = expand_message_xmd(message, dst, 64)
    return map_to_point(uniform[:32]) + map_to_point(uniform[32:])


def ristretto_hash(digests: Bytes, dst: bytes) -> Bytes:
    """Row by row."""
    return rows(hash_to_point(row.tobytes(), dst).encode() for row in digests)


def ristretto_hash_mul(digests: Bytes, dst: bytes, scalar: bytes) -> Bytes:
    """First the hash, then the product."""
    return ristretto_mul(ristretto_hash(digests, dst), scalar)


def ristretto_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Row by row; ValueError as the native one."""
    factor = int.from_bytes(scalar, "little")
    if not 0 < factor < ORDER:
        raise ValueError("scalar must be canonical and not zero")
    decoded = [decode(row.tobytes()) for row in points]
    for index, point in enumerate(decoded):
        if point is None or not any(points[index]):
            raise ValueError(f"point {index} is not a valid encoding of a usable point")
    return rows(point.times(factor).encode() for point in decoded if point is not None)


def ristretto_hash_mul_each(digests: Bytes, dst: bytes, scalars: Bytes) -> Bytes:
    """Row by row."""
    if len(digests) != len(scalars):
        raise ValueError(f"there must be {len(digests)} rows on both sides, not {len(scalars)}")
    hashed = ristretto_hash(digests, dst)
    return rows(ristretto_mul(hashed[i : i + 1], scalars[i].tobytes()).tobytes() for i in range(len(hashed)))


def ristretto_div_each(points: Bytes, scalars: Bytes) -> Bytes:
    """Row by row; ValueError as the native one."""
    if len(points) != len(scalars):
        raise ValueError(f"there must be {len(points)} rows on both sides, not {len(scalars)}")
    numbers = [int.from_bytes(scalar.tobytes(), "little") for scalar in scalars]
    if not all(0 < number < ORDER for number in numbers):
        raise ValueError("scalar must be canonical and not zero")
    ristretto_mul(points, (1).to_bytes(32, "little"))
    inverses = [pow(number, -1, ORDER).to_bytes(32, "little") for number in numbers]
    return rows(ristretto_mul(points[i : i + 1], inverses[i]).tobytes() for i in range(len(points)))


def x25519(scalar: bytes, u: bytes) -> bytes:
    """The Montgomery ladder of RFC 7748, section 5."""
    k = int.from_bytes(scalar, "little") & ~7 & (2**255 - 1) | 1 << 254
    x1 = int.from_bytes(u, "little") % 2**255 % P
    x2, z2, x3, z3 = 1, 0, x1, 1
    for position in range(254, -1, -1):
        bit = k >> position & 1
        if bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        sum_2, difference_2 = x2 + z2, x2 - z2
        da, cb = (x3 - z3) * sum_2, (x3 + z3) * difference_2
        aa, bb = sum_2 * sum_2, difference_2 * difference_2
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
        if bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def x25519_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Row by row; ValueError as the native one."""
    out = [x25519(scalar, row.tobytes()) for row in points]
    for index, product in enumerate(out):
        if not any(product):
            raise ValueError(f"point {index} is not a valid encoding of a usable point")
    return rows(out)


def rows(encodings: Iterable[bytes]) -> Bytes:
    """Encodings as an (n, 32) array."""
    return np.frombuffer(b"".join(encodings), dtype=np.uint8).reshape(-1, 32).copy()
