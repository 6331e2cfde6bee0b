"""Correlated oblivious transfer: the sender has Δ and blocks q, the receiver bits r and blocks t with q = t ⊕ r·Δ.

Two messages set a pair up (128 endemic base transfers on ristretto255, Masny and Rindal); then one message from the
receiver gives any number (extension of Ishai, Kilian, Nissim and Petrank). The state stays in the native module:

    sender.base_message() → receiver.connect;   receiver.base_message() → sender.connect
    receiver.extend(r) = message, t;            sender.extend(count, message) = q

Against a malicious receiver use `extend_checked` on both sides: the message then proves that its choices are the same
in every column (the check of Roy, SoftSpokenOT, 2022/192, with weights from a hash of what was sent before).
"""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Buffer, Bytes, as_bytes, check, check_count, check_secret


class CotSender:
    """The side with a random Δ. `session` (16 bytes) is public, the same on both sides, and never used again."""

    def __init__(self, session: bytes) -> None:
        check_secret(session, "session", 16)
        self._native = _native.CotSender(session)

    def base_message(self) -> bytes:
        """The message for `CotReceiver.connect`: 8192 bytes."""
        return self._native.base_message()

    def connect(self, offer: Buffer) -> None:
        """Takes the receiver's base message."""
        self._native.connect(as_bytes(offer, "offer"))

    def delta(self) -> bytes:
        """Δ: 16 bytes."""
        return self._native.delta()

    def extend(self, count: int, message: Buffer) -> Bytes:
        """q for `count` transfers → (count, 16)."""
        check_count(count, "count", 1 << 32)
        return self._native.extend(int(count), as_bytes(message, "message"), False)

    def extend_checked(self, count: int, message: Buffer) -> Bytes:
        """As `extend`, for `CotReceiver.extend_checked`. ArithmeticError if the proof is wrong: the object is spent,
        and the protocol has to end before anything that depends on Δ is sent."""
        check_count(count, "count", 1 << 32)
        return self._native.extend(int(count), as_bytes(message, "message"), True)


class CotReceiver:
    """The side that chooses. `session` as at the sender."""

    def __init__(self, session: bytes) -> None:
        check_secret(session, "session", 16)
        self._native = _native.CotReceiver(session)

    def base_message(self) -> bytes:
        """The message for `CotSender.connect`: 32 bytes."""
        return self._native.base_message()

    def connect(self, answer: Buffer) -> None:
        """Takes the sender's base message."""
        self._native.connect(as_bytes(answer, "answer"))

    def extend(self, choices: Bytes) -> tuple[bytes, Bytes]:
        """The message for the sender (`extension_bytes`), and t for the bits `choices` (n,) → (n, 16)."""
        _check_choices(choices)
        return self._native.extend(choices, False)

    def extend_checked(self, choices: Bytes) -> tuple[bytes, Bytes]:
        """As `extend`, with a proof in the message."""
        _check_choices(choices)
        return self._native.extend(choices, True)


def extension_bytes(count: int, checked: bool = False) -> int:
    """Bytes of the receiver's message for `count` transfers: 16 each, in steps of 128; with the proof 4112 more."""
    return 16 * (-(-count // 128) * 128 + (128 + 129 if checked else 0))


def _check_choices(choices: Bytes) -> None:
    check(choices, "choices", np.uint8, 1)
    if choices.size and choices.max() > 1:
        raise ValueError("choices must be 0 or 1")
