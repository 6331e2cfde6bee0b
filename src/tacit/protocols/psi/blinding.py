"""The oblivious pseudorandom function of RFC 9497, suite ristretto255-SHA512, over arrays of items.

F(k, x) = SHA-512(len(x) || x || len(N) || N || "Finalize") with N = k H(x), H = hash_to_ristretto255 (sections 3.3.1
and 4.1), for items of 16 bytes. Nothing is shortened: who needs fewer bytes takes the first ones.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from tacit import kernel
from tacit.errors import ProtocolError
from tacit.protocols.psi.rows import ByteRows

OUTPUT_BYTES = 64
PROOF_BYTES = 64
_GENERATOR = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")


class Mode(IntEnum):
    """Whether answers carry a proof that they were made with the public key (RFC 9497, section 3.1)."""

    PLAIN = 0
    VERIFIABLE = 1


def context(mode: Mode) -> bytes:
    """The context string of the suite (RFC 9497, section 3.1)."""
    return b"OPRFV1-" + bytes([mode]) + b"-ristretto255-SHA512"


def proof_context(mode: Mode, blinded: ByteRows, evaluated: bytes | memoryview) -> bytes:
    """What a proof is made in: the suite's context string and a hash of all points that the proof is about.

    The weights of RFC 9497, section 2.2.1, depend on the point's own pair alone. Who answers could choose wrong points
    one by one until the weighted errors cancel: the generalised birthday problem (Wagner, Crypto 2002), about 2^32
    steps for a batch of 2^12. With the hash every weight depends on every point, and one choice changes them all.
    """
    points = kernel.Blake3()
    points.update(blinded)
    points.update(evaluated)
    return context(mode) + b"-" + points.digest()


def public_key(secret: bytes) -> bytes:
    """secret * G."""
    generator = np.frombuffer(_GENERATOR, dtype=np.uint8).reshape(1, 32)
    return kernel.ristretto_mul(generator, secret).tobytes()


def evaluate(items: ByteRows, secret: bytes, mode: Mode) -> ByteRows:
    """F of every item (n, 64), by who has the key (Evaluate)."""
    elements = kernel.ristretto_hash_mul(items, b"HashToGroup-" + context(mode), secret)
    return kernel.oprf_finalize(items, elements)


def evaluate_blinded(points: ByteRows, secret: bytes, mode: Mode) -> bytes:
    """Answers to blinded points (n, 32), followed by a proof if the mode has one (BlindEvaluate).

    Raises ProtocolError psi.invalid_point for bytes that are no point, and for the identity.
    """
    try:
        answers = kernel.ristretto_mul(points, secret)
    except ValueError:
        raise _no_point() from None
    data = answers.tobytes()
    if mode is Mode.PLAIN:
        return data
    return data + kernel.dleq_prove(proof_context(mode, points, data), secret, points, answers)


class Blinding:
    """A client's secret of one batch: a fresh random scalar for every item, so that the points sent are uniform
    whatever the items are, to anybody and for ever."""

    def __init__(self, items: ByteRows, mode: Mode) -> None:
        self._items = items
        self._mode = mode
        self._scalars = kernel.ristretto_random_scalars(len(items))
        self.points = kernel.ristretto_hash_mul_each(items, b"HashToGroup-" + context(mode), self._scalars)

    def __repr__(self) -> str:
        return "Blinding(secret)"

    @property
    def answer_bytes(self) -> int:
        """The length of the answer."""
        return self.points.nbytes + (PROOF_BYTES if self._mode is Mode.VERIFIABLE else 0)

    def finish(self, answer: bytes | memoryview, public: bytes) -> ByteRows:
        """F of every item (n, 64) from the server's answer (Finalize). Only once: the scalars are wiped.

        Raises ProtocolError psi.malformed, psi.invalid_point, psi.proof_refused.
        """
        count = self.points.nbytes
        evaluated = np.frombuffer(answer, dtype=np.uint8, count=count).reshape(self.points.shape)
        try:
            if self._mode is Mode.VERIFIABLE:
                self._verify(evaluated, public, bytes(answer[count:]))
            elements = kernel.ristretto_div_each(evaluated, self._scalars)
        except ValueError:
            raise _no_point() from None
        finally:
            self._scalars.fill(0)
        return kernel.oprf_finalize(self._items, elements)

    def _verify(self, evaluated: ByteRows, public: bytes, proof: bytes) -> None:
        made_in = proof_context(self._mode, self.points, evaluated.tobytes())
        if not kernel.dleq_verify(made_in, public, self.points, evaluated, proof):
            raise ProtocolError(
                "psi.proof_refused",
                "The peer did not answer with the key of the table.",
                hint="Nothing of the answer was used. Ask the peer which key it serves; if it is the right one, it "
                "does not follow the protocol.",
            )


def _no_point() -> ProtocolError:
    return ProtocolError(
        "psi.invalid_point",
        "The peer sent bytes that are no point of the group.",
        hint="Both nodes must run the same release; if they do, the peer does not follow the protocol.",
    )
