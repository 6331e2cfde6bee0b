"""The oblivious pseudorandom function of RFC 9497 over ristretto255: its outer hash, and proofs of the key used.

Blinding and evaluation are products of points: `tacit.kernel.groups`.
"""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, check, check_points, check_secret


def oprf_finalize(inputs: Bytes, elements: Bytes) -> Bytes:
    """Finalize (RFC 9497, section 3.3.1) of inputs (n, k) and unblinded elements (n, 32) → (n, 64)."""
    check(inputs, "inputs", np.uint8, 2)
    check_points(elements, "elements")
    return _native.oprf_finalize(inputs, elements)


def dleq_prove(context: bytes, secret: bytes, blinded: Bytes, evaluated: Bytes, nonce: bytes | None = None) -> bytes:
    """GenerateProof (RFC 9497, section 2.2.1) that every evaluated point is `secret` times the blinded one → 64 bytes.

    At most 2^16 points. `nonce`: the random scalar; drawn here unless a test names it. It must never be used twice.
    """
    check_secret(context, "context", len(context))
    check_secret(secret, "secret", 32)
    nonce = _native.ristretto_random_scalar() if nonce is None else nonce
    check_secret(nonce, "nonce", 32)
    check_points(blinded, "blinded")
    check_points(evaluated, "evaluated")
    return _native.dleq_prove(context, secret, nonce, blinded, evaluated)


def dleq_verify(context: bytes, public: bytes, blinded: Bytes, evaluated: Bytes, proof: bytes) -> bool:
    """VerifyProof (RFC 9497, section 2.2.2). ValueError for points that do not decode."""
    check_secret(context, "context", len(context))
    check_secret(public, "public", 32)
    check_secret(proof, "proof", 64)
    check_points(blinded, "blinded")
    check_points(evaluated, "evaluated")
    return _native.dleq_verify(context, public, blinded, evaluated, proof)
