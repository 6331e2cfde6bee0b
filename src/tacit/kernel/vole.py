"""Vector oblivious linear evaluation over GF(2^128): C = A·Δ + B, the receiver with A and C, the sender with Δ and B.

Messages, all of lengths that follow from public numbers (`VoleSet`):

    receiver.base_message() → sender            sender.base_message() → receiver.connect(...) = start → sender.connect
    receiver.request(blocks) → sender.extend(blocks, message) = reply, B    → receiver.finish(reply) = A, C

`request` may follow `connect` at once. The first step makes one block, later ones up to `batch_limit`, on all cores. A
part of the outputs is kept as base correlations of later blocks. The state stays in the native module. Semi-honest.
"""

from __future__ import annotations

from dataclasses import dataclass

from tacit.kernel import _native
from tacit.kernel.arrays import Buffer, Bytes, as_bytes, check_count, check_secret
from tacit.kernel.field import check_blocks

FAST = "exconv7x24-v1"
CONSERVATIVE = "exconv21x24-v1"


@dataclass(frozen=True)
class VoleSet:
    """The public numbers of a parameter set: outputs of a block, noisy positions, weight of code, depth of trees."""

    name: str
    outputs: int
    noise: int
    weight: int
    depth: int
    batch_limit: int

    @property
    def start_bytes(self) -> int:
        """Bytes of the receiver's `connect` message."""
        return 128 * self.noise * 16

    def request_bytes(self, blocks: int) -> int:
        """Bytes of the receiver's request for `blocks` blocks."""
        return 16 * blocks * self.noise * self.depth

    def reply_bytes(self, blocks: int) -> int:
        """Bytes of the sender's reply for `blocks` blocks."""
        return 16 * blocks * self.noise * (2 * self.depth + 1)

    def length(self, blocks: int, first: bool) -> int:
        """Outputs of a step with `blocks` blocks; of the first one, those that are left after the reserve."""
        kept = self.batch_limit if first else blocks
        return blocks * self.outputs - kept * self.noise


def vole_set(name: str = FAST) -> VoleSet:
    """The parameter set of that name; ValueError if there is none."""
    numbers = _native.vole_sets().get(name)
    if numbers is None:
        raise ValueError("there is no such parameter set")
    return VoleSet(name, **numbers)


class VoleSender:
    """The side with Δ and B. `session` (16 bytes) is public, the same on both sides, and never used again."""

    def __init__(self, session: bytes, parameters: str = FAST) -> None:
        check_secret(session, "session", 16)
        self._native = _native.VoleSender(session, parameters)

    def base_message(self) -> bytes:
        """The message for `VoleReceiver.connect`: 8192 bytes."""
        return self._native.base_message()

    def connect(self, offer: Buffer, start: Buffer) -> None:
        """Takes the receiver's base message and the one that its `connect` gave."""
        self._native.connect(as_bytes(offer, "offer"), as_bytes(start, "start"))

    def extend(self, blocks: int, message: Buffer) -> tuple[bytes, Bytes]:
        """The reply, and B of `VoleSet.length` rows."""
        check_count(blocks, "blocks", 1 << 16)
        return self._native.extend(int(blocks), as_bytes(message, "message"))

    def corrected(self, x: Bytes, b: Bytes) -> Bytes:
        """b + Δ·x, row by row → (n, 16). With x = A + P, the sender's half of C + Δ·P."""
        check_blocks(x, "x")
        check_blocks(b, "b")
        return self._native.corrected(x, b)


class VoleReceiver:
    """The side with A and C. `session` as at the sender."""

    def __init__(self, session: bytes, parameters: str = FAST) -> None:
        check_secret(session, "session", 16)
        self._native = _native.VoleReceiver(session, parameters)

    def base_message(self) -> bytes:
        """The message for `VoleSender.connect`: 32 bytes."""
        return self._native.base_message()

    def connect(self, answer: Buffer) -> bytes:
        """Takes the sender's base message → the second message for `VoleSender.connect`."""
        return self._native.connect(as_bytes(answer, "answer"))

    def request(self, blocks: int) -> bytes:
        """The message that asks for `blocks` blocks. ValueError for more than can be made in this step."""
        check_count(blocks, "blocks", 1 << 16)
        return self._native.request(int(blocks))

    def finish(self, reply: Buffer) -> tuple[Bytes, Bytes]:
        """A and C of `VoleSet.length` rows, from the sender's reply. After an error the object is spent."""
        return self._native.finish(as_bytes(reply, "reply"))


def vole_compress(blocks: Bytes, weight: int, seed: bytes) -> Bytes:
    """The expand-convolute code: noise (2m, 16) → (m, 16), m a multiple of 4 from 64 to 2^16. The code is public."""
    check_blocks(blocks, "blocks")
    check_count(weight, "weight", 64)
    check_secret(seed, "seed", 16)
    if blocks.shape[0] % 8 or not 128 <= blocks.shape[0] <= 1 << 17 or weight < 1:
        raise ValueError("blocks must have 2m rows, m a multiple of 4 from 64 to 2^16, and weight be positive")
    return _native.vole_compress(blocks, int(weight), seed)
