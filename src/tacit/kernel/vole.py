"""Vector oblivious linear evaluation over GF(2^128): C = A·Δ + B, the receiver with A and C, the sender with Δ and B.

Messages, all of lengths that follow from public numbers (`VoleSet`):

    receiver.base_message() → sender            sender.base_message() → receiver.connect(...) = start → sender.connect
    receiver.request(blocks) → sender.extend(blocks, message) = reply, B    → receiver.finish(reply) = A, C

and against malicious parties (`malicious=True` on both sides) for every step

    receiver.request(blocks) → sender.answer(blocks, message) = reply       → receiver.challenge(reply) = challenge
                             → sender.prove(challenge) = proof, B           → receiver.verify(proof) = A, C

`request` may follow `connect` at once, and may run ahead of the replies as far as `VoleReceiver.ready` says; replies,
challenges and proofs go in the order of the requests. A part of the outputs is kept as base correlations of later
blocks. Arrays `out` are written to and returned: fresh memory costs time. The state stays in the native module.
What it rests on: docs/protocols/vole.md.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Buffer, Bytes, as_bytes, check_count, check_secret
from tacit.kernel.field import check_blocks

FAST = "exconv7x24-v2"
CONSERVATIVE = "exconv21x24-v2"
CHALLENGE_BYTES = 32
PROOF_BYTES = 32


@dataclass(frozen=True)
class VoleSet:
    """The public numbers of a parameter set: outputs of a block, noisy positions, weight of code, depth of trees, and
    blocks of a step at most."""

    name: str
    outputs: int
    noise: int
    weight: int
    depth: int
    batch_limit: int

    @property
    def start_bytes(self) -> int:
        """`start_length` for one block and semi-honest parties."""
        return self.start_length()

    def start_length(self, first: int = 1, malicious: bool = False) -> int:
        """Bytes of the receiver's `connect` message, with base correlations for `first` blocks."""
        return _native.vole_start_bytes(self.name, first, malicious)

    def request_bytes(self, blocks: int, malicious: bool = False) -> int:
        """Bytes of the receiver's request for `blocks` blocks."""
        return _native.vole_request_bytes(self.name, blocks, malicious)

    def reply_bytes(self, blocks: int) -> int:
        """Bytes of the sender's reply for `blocks` blocks."""
        return _native.vole_reply_bytes(self.name, blocks)

    def length(self, blocks: int, first: int = 0, malicious: bool = False) -> int:
        """Outputs of a step with `blocks` blocks. `first`: as in the constructors for the first step, 0 for others."""
        kept = (self.batch_limit + blocks - first if first else blocks) * self.noise
        return blocks * self.outputs - kept - malicious


def vole_set(name: str = FAST) -> VoleSet:
    """The parameter set of that name; ValueError if there is none."""
    numbers = _native.vole_sets().get(name)
    if numbers is None:
        raise ValueError("there is no such parameter set")
    return VoleSet(name, **numbers)


class VoleSender:
    """The side with Δ and B. `session` (16 bytes) is public, the same on both sides, and never used again.

    `first` blocks (1 to 16, as at the receiver) can be made before a step has been finished. A step raises ValueError
    for a message of wrong length, ArithmeticError if the receiver's choices are not consistent: then nothing has been
    sent, the object is spent, and the protocol has to end. RuntimeError: not the step that comes next.
    """

    def __init__(self, session: bytes, parameters: str = FAST, *, first: int = 1, malicious: bool = False) -> None:
        _check_start(session, first)
        self._native = _native.VoleSender(session, parameters, first, malicious)
        self._malicious = malicious
        self._held: deque[Bytes] = deque()

    def base_message(self) -> bytes:
        """The message for `VoleReceiver.connect`: 8192 bytes."""
        return self._native.base_message()

    def connect(self, offer: Buffer, start: Buffer) -> None:
        """Takes the receiver's base message and the one that its `connect` gave."""
        self._native.connect(as_bytes(offer, "offer"), as_bytes(start, "start"))

    def extend(self, blocks: int, message: Buffer, out: Bytes | None = None) -> tuple[bytes, Bytes]:
        """The reply, and B of `VoleSet.length` rows, in `out` if given. For semi-honest parties."""
        _check_mode(self._malicious, False)
        return self._extend(blocks, message, out)

    def answer(self, blocks: int, message: Buffer, out: Bytes | None = None) -> bytes:
        """The reply. `out`, if given, must not be touched until `prove` has returned it."""
        _check_mode(self._malicious, True)
        reply, b = self._extend(blocks, message, out)
        self._held.append(b)
        return reply

    def prove(self, challenge: Buffer) -> tuple[bytes, Bytes]:
        """The answer to the receiver's challenge (32 bytes), and B of the oldest step without one."""
        _check_mode(self._malicious and bool(self._held), True)
        b = self._held.popleft()
        return self._native.prove(as_bytes(challenge, "challenge"), b), b

    def corrected(self, x: Bytes, b: Bytes, out: Bytes | None = None) -> Bytes:
        """b + Δ·x, row by row → (n, 16), in `out` if given, which may be b. x = A + P gives C + Δ·P."""
        check_blocks(x, "x")
        check_blocks(b, "b")
        if len(x) != len(b):
            raise ValueError("x and b must have equally many rows")
        if out is None:
            out = b.copy()
        elif out is not b:
            check_blocks(out, "out")
            np.copyto(out, b)
        self._native.correct(x, out)
        return out

    def _extend(self, blocks: int, message: Buffer, out: Bytes | None) -> tuple[bytes, Bytes]:
        check_count(blocks, "blocks", 1 << 16)
        b = _memory(self._native.length(int(blocks)), out)
        return self._native.extend(int(blocks), as_bytes(message, "message"), b), b


class VoleReceiver:
    """The side with A and C. Arguments as at the sender.

    A step raises ValueError for more blocks than `ready`, or a message of wrong length; `verify` raises ArithmeticError
    if the sender did not do its part: the protocol has to end, as the sender may have learnt a bit about the noise.
    After either error of a message the object is spent.
    """

    def __init__(self, session: bytes, parameters: str = FAST, *, first: int = 1, malicious: bool = False) -> None:
        _check_start(session, first)
        self._native = _native.VoleReceiver(session, parameters, first, malicious)
        self._malicious = malicious
        self._held: deque[tuple[Bytes, Bytes]] = deque()

    def base_message(self) -> bytes:
        """The message for `VoleSender.connect`: 32 bytes."""
        return self._native.base_message()

    def connect(self, answer: Buffer) -> bytes:
        """Takes the sender's base message → the second message for `VoleSender.connect`."""
        return self._native.connect(as_bytes(answer, "answer"))

    @property
    def ready(self) -> int:
        """Blocks that may be asked for now."""
        return self._native.ready()

    def request(self, blocks: int) -> bytes:
        """The message that asks for `blocks` blocks."""
        check_count(blocks, "blocks", 1 << 16)
        return self._native.request(int(blocks))

    def finish(self, reply: Buffer, out: tuple[Bytes, Bytes] | None = None) -> tuple[Bytes, Bytes]:
        """A and C of the oldest request, `VoleSet.length` rows each, in `out` if given. For semi-honest parties."""
        _check_mode(self._malicious, False)
        a, c = self._outputs(out)
        self._native.finish(as_bytes(reply, "reply"), a, c)
        return a, c

    def challenge(self, reply: Buffer, out: tuple[Bytes, Bytes] | None = None) -> bytes:
        """32 bytes for the sender. `out`, if given, must not be touched until `verify` has returned it."""
        _check_mode(self._malicious, True)
        a, c = self._outputs(out)
        challenge = self._native.challenge(as_bytes(reply, "reply"), a, c)
        self._held.append((a, c))
        return challenge

    def verify(self, proof: Buffer) -> tuple[Bytes, Bytes]:
        """A and C of the oldest challenge, if the sender's proof is right."""
        _check_mode(self._malicious and bool(self._held), True)
        self._native.verify(as_bytes(proof, "proof"))
        return self._held.popleft()

    def _outputs(self, out: tuple[Bytes, Bytes] | None) -> tuple[Bytes, Bytes]:
        rows = self._native.length()
        a, c = out or (None, None)
        return _memory(rows, a), _memory(rows, c)


def vole_compress(blocks: Bytes, weight: int, seed: bytes) -> Bytes:
    """The expand-convolute code: noise (2m, 16) → (m, 16), m a multiple of 4 from 64 to 2^16. The code is public."""
    check_blocks(blocks, "blocks")
    check_count(weight, "weight", 64)
    check_secret(seed, "seed", 16)
    if blocks.shape[0] % 8 or not 128 <= blocks.shape[0] <= 1 << 17 or weight < 1:
        raise ValueError("blocks must have 2m rows, m a multiple of 4 from 64 to 2^16, and weight be positive")
    return _native.vole_compress(blocks, int(weight), seed)


def _check_start(session: bytes, first: int) -> None:
    check_secret(session, "session", 16)
    check_count(first, "first", 1 << 16)


def _check_mode(found: bool, wanted: bool) -> None:
    if found != wanted:
        raise RuntimeError("this step is not the next one")


def _memory(rows: int, out: Bytes | None) -> Bytes:
    """`out`, or new memory of as many rows."""
    if out is None:
        return np.empty((rows, 16), dtype=np.uint8)
    check_blocks(out, "out")
    if len(out) != rows:
        raise ValueError(f"out must have {rows} rows, not {len(out)}")
    return out
