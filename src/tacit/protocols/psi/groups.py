"""The groups of ECDH-PSI: mask an item, mask a point of the peer again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tacit import kernel
from tacit.errors import ProtocolError
from tacit.protocols.psi import x25519
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.wire import TAG_BYTES, VERSION, Group, Side, Terms


@dataclass(frozen=True, slots=True)
class _Functions:
    random_scalar: Callable[[], bytes]
    hash_mul: Callable[[ByteRows, bytes, bytes], ByteRows]
    mul: Callable[[ByteRows, bytes], ByteRows]


_FUNCTIONS = {
    Group.RISTRETTO255: _Functions(kernel.ristretto_random_scalar, kernel.ristretto_hash_mul, kernel.ristretto_mul),
    Group.X25519: _Functions(kernel.x25519_random_scalar, x25519.hash_mul, kernel.x25519_mul),
    Group.P256: _Functions(kernel.p256_random_scalar, kernel.p256_hash_mul, kernel.p256_mul),
    Group.SM2: _Functions(kernel.sm2_random_scalar, kernel.sm2_hash_mul, kernel.sm2_mul),
}


class Masker:
    """One party's secret of one run. The scalar is drawn here, is never sent and dies with the object."""

    def __init__(self, terms: Terms) -> None:
        self.point_bytes = terms.group.point_bytes
        self._functions = _FUNCTIONS[terms.group]
        self._scalar = self._functions.random_scalar()
        self._separator = f"tacit-psi-ecdh-v{VERSION}-{terms.group.name.lower()}-".encode() + terms.sid
        self._tag_keys = {side: terms.key(f"tag/{side.name}") for side in Side}

    def __repr__(self) -> str:
        return "Masker(secret)"

    def mask(self, digests: ByteRows) -> ByteRows:
        """Points H(digest)^secret, (n, point_bytes)."""
        return self._functions.hash_mul(digests, self._separator, self._scalar)

    def mask_again(self, points: ByteRows) -> ByteRows:
        """point^secret of points of the peer, (n, point_bytes).

        Raises ProtocolError psi.invalid_point for an encoding that is not canonical, not a point, or the identity.
        """
        try:
            return self._functions.mul(points, self._scalar)
        except ValueError:
            raise ProtocolError(
                "psi.invalid_point",
                "The peer sent bytes that are no point of the group.",
                hint="Both nodes must run the same release; if they do, the peer does not follow the protocol.",
            ) from None

    def tags(self, masked: ByteRows, learner: Side) -> ByteRows:
        """Tags of doubly masked points, (n, 16): a keyed hash, so that nobody can strip a mask from what is sent back.

        There is a key for what each side learns from: tags that a side was given are worth nothing as an answer.
        """
        offsets = np.arange(len(masked) + 1, dtype=np.int64) * self.point_bytes
        return kernel.blake3_strings(masked.reshape(-1), offsets, self._tag_keys[learner], TAG_BYTES)
