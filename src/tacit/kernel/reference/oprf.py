"""The oblivious function of RFC 9497 over ristretto255 with Python's integers: outer hash, proofs of the key used."""

from __future__ import annotations

import hashlib

import numpy as np

from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.groups import IDENTITY, ORDER, P, Point, decode, expand_message_xmd

_Y = 4 * pow(5, -1, P) % P
_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
GENERATOR = Point(_X, _Y, 1, _X * _Y % P)


def oprf_finalize(inputs: Bytes, elements: Bytes) -> Bytes:
    """Finalize (RFC 9497, 3.3.1), row by row."""
    if len(inputs) != len(elements):
        raise ValueError(f"there must be {len(inputs)} rows on both sides, not {len(elements)}")
    pairs = zip(inputs, elements, strict=True)
    hashes = [hashlib.sha512(framed(x.tobytes()) + framed(n.tobytes()) + b"Finalize").digest() for x, n in pairs]
    return np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, 64).copy()


def dleq_prove(context: bytes, secret: bytes, blinded: Bytes, evaluated: Bytes, nonce: bytes) -> bytes:
    """GenerateProof (RFC 9497, 2.2.1)."""
    k, r = (int.from_bytes(scalar, "little") for scalar in (secret, nonce))
    public = GENERATOR.times(k).encode()
    weights = composite_weights(context, public, blinded, evaluated)
    total = combine(weights, blinded)
    marks = [total, total.times(k), GENERATOR.times(r), total.times(r)]
    c = challenge(context, public, marks)
    return c.to_bytes(32, "little") + ((r - c * k) % ORDER).to_bytes(32, "little")


def dleq_verify(context: bytes, public: bytes, blinded: Bytes, evaluated: Bytes, proof: bytes) -> bool:
    """VerifyProof (RFC 9497, 2.2.2)."""
    c, s = (int.from_bytes(part, "little") for part in (proof[:32], proof[32:]))
    key = decode(public)
    if key is None or max(c, s) >= ORDER:
        return False
    weights = composite_weights(context, public, blinded, evaluated)
    total, product = combine(weights, blinded), combine(weights, evaluated)
    marks = [total, product, GENERATOR.times(s) + key.times(c), total.times(s) + product.times(c)]
    return challenge(context, public, marks) == c


def composite_weights(context: bytes, public: bytes, blinded: Bytes, evaluated: Bytes) -> list[int]:
    """The d_i of ComputeComposites."""
    seed = hashlib.sha512(framed(public) + framed(b"Seed-" + context)).digest()
    pairs = enumerate(zip(blinded, evaluated, strict=True))
    return [
        hash_to_scalar(
            context,
            framed(seed) + i.to_bytes(2, "big") + framed(c.tobytes()) + framed(d.tobytes()) + b"Composite",
        )
        for i, (c, d) in pairs
    ]


def combine(weights: list[int], points: Bytes) -> Point:
    """The sum of the points, each times its weight; ValueError for one that does not decode."""
    total = IDENTITY
    for index, (weight, row) in enumerate(zip(weights, points, strict=True)):
        point = decode(row.tobytes())
        if point is None or not any(row):
            raise ValueError(f"point {index} is not a valid encoding of a usable point")
        total = total + point.times(weight)
    return total


def challenge(context: bytes, public: bytes, marks: list[Point]) -> int:
    """The challenge of public key, M, Z, t2 and t3."""
    return hash_to_scalar(context, framed(public) + b"".join(framed(mark.encode()) for mark in marks) + b"Challenge")


def hash_to_scalar(context: bytes, message: bytes) -> int:
    """HashToScalar (RFC 9497, 4.1)."""
    return int.from_bytes(expand_message_xmd(message, b"HashToScalar-" + context, 64), "little") % ORDER


def framed(data: bytes) -> bytes:
    """Two bytes of length, then the bytes."""
    return len(data).to_bytes(2, "big") + data
