"""P-256 (SEC 2, RFC 9380) and SM2 (GB/T 32918.5) with Python's integers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.groups import expand_message_xmd

Affine = tuple[int, int] | None  # None: the identity


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ - 3x + b modulo p = 3 mod 4, of prime order."""

    p: int
    b: int
    order: int

    def square_of_y(self, x: int) -> int:
        """The right-hand side of the equation."""
        return (x * x * x - 3 * x + self.b) % self.p

    def root(self, square: int) -> int | None:
        """A square root modulo p, if there is one."""
        root = pow(square, (self.p + 1) // 4, self.p)
        return root if root * root % self.p == square % self.p else None

    def add(self, left: Affine, right: Affine) -> Affine:
        """The group law by chord and tangent (SEC 1, 2.2.1)."""
        if left is None or right is None:
            return right if left is None else left
        (x1, y1), (x2, y2) = left, right
        if x1 == x2 and (y1 + y2) % self.p == 0:
            return None
        rise, run = (3 * x1 * x1 - 3, 2 * y1) if left == right else (y2 - y1, x2 - x1)
        slope = rise * pow(run, -1, self.p) % self.p
        x3 = (slope * slope - x1 - x2) % self.p
        return x3, (slope * (x1 - x3) - y1) % self.p

    def times(self, point: Affine, scalar: int) -> Affine:
        """Double and add, highest bit first."""
        total: Affine = None
        for bit in f"{scalar:b}":
            total = self.add(total, total)
            total = self.add(total, point) if bit == "1" else total
        return total

    def decode(self, encoding: bytes) -> Affine:
        """The compressed form of SEC 1, 2.3.4; None for everything else."""
        x = int.from_bytes(encoding[1:], "big")
        root = self.root(self.square_of_y(x))
        if len(encoding) != 33 or encoding[0] not in (2, 3) or x >= self.p or root is None:
            return None
        return x, root if root % 2 == encoding[0] % 2 else self.p - root


P256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
SM2 = Curve(
    p=2**256 - 2**224 - 2**96 + 2**64 - 1,
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    order=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
)


def map_to_p256(u: int) -> Affine:
    """The simplified map of Shallue, van de Woestijne, Ulas with Z = -10 (RFC 9380, 6.6.2 and 8.2)."""
    p, z = P256.p, -10
    twist = (z * z * pow(u, 4, p) + z * u * u) % p
    ratio = P256.b * pow(3, -1, p)  # -B / A
    x = ratio * (1 + pow(twist, -1, p)) if twist else -ratio * pow(z, -1, p)
    y = P256.root(P256.square_of_y(x % p))
    if y is None:
        x = z * u * u * x
        y = P256.root(P256.square_of_y(x % p))
    if y is None:
        raise ArithmeticError("one of the two candidates is on the curve")
    return x % p, y if y % 2 == u % 2 else p - y


def hash_to_p256(message: bytes, dst: bytes) -> Affine:
    """P256_XMD:SHA-256_SSWU_RO_ (RFC 9380, 8.2)."""
    uniform = expand_message_xmd(message, dst, 96, hashlib.sha256)
    halves = (int.from_bytes(uniform[:48], "big") % P256.p, int.from_bytes(uniform[48:], "big") % P256.p)
    return P256.add(map_to_p256(halves[0]), map_to_p256(halves[1]))


def hash_to_sm2(message: bytes, dst: bytes) -> Affine:
    """Try and increment with SM3: the first x on the curve from SM3(dst || message) on, with the even y."""
    x = int.from_bytes(hashlib.new("sm3", dst + message).digest(), "big") % SM2.p
    while (y := SM2.root(SM2.square_of_y(x))) is None:
        x = (x + 1) % SM2.p
    return x, y if y % 2 == 0 else SM2.p - y


def p256_hash_mul(digests: Bytes, dst: bytes, scalar: bytes) -> Bytes:
    """Row by row."""
    return _hash_mul(P256, hash_to_p256, digests, dst, scalar)


def p256_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Row by row; ValueError as the native one."""
    return _mul(P256, points, scalar)


def sm2_hash_mul(digests: Bytes, dst: bytes, scalar: bytes) -> Bytes:
    """Row by row."""
    return _hash_mul(SM2, hash_to_sm2, digests, dst, scalar)


def sm2_mul(points: Bytes, scalar: bytes) -> Bytes:
    """Row by row; ValueError as the native one."""
    return _mul(SM2, points, scalar)


def _hash_mul(
    curve: Curve, to_curve: Callable[[bytes, bytes], Affine], digests: Bytes, dst: bytes, scalar: bytes
) -> Bytes:
    factor = _factor(curve, scalar)
    return _rows(curve.times(to_curve(row.tobytes(), dst), factor) for row in digests)


def _mul(curve: Curve, points: Bytes, scalar: bytes) -> Bytes:
    factor = _factor(curve, scalar)
    decoded = [curve.decode(row.tobytes()) for row in points]
    if None in decoded:
        raise ValueError(f"point {decoded.index(None)} is not a valid encoding of a usable point")
    return _rows(curve.times(point, factor) for point in decoded)


def _factor(curve: Curve, scalar: bytes) -> int:
    factor = int.from_bytes(scalar, "big")
    if not 0 < factor < curve.order:
        raise ValueError("scalar must be canonical and not zero")
    return factor


def _rows(points: Iterable[Affine]) -> Bytes:
    """Compressed points (SEC 1, 2.3.3) as an (n, 33) array."""
    encodings = [bytes([2 + point[1] % 2]) + point[0].to_bytes(32, "big") for point in points if point is not None]
    return np.frombuffer(b"".join(encodings), dtype=np.uint8).reshape(-1, 33).copy()
