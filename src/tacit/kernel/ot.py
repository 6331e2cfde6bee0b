"""Correlated oblivious transfer: the sender has Δ and blocks q, the receiver bits r and blocks t with q = t ⊕ r·Δ.

Two messages set a pair up (128 endemic base transfers on ristretto255, Masny and Rindal); then one message from the
receiver gives any number (extension of Ishai, Kilian, Nissim and Petrank). The state stays in the native module:

    sender.base_message() → receiver.connect;   receiver.base_message() → sender.connect
    receiver.extend(r) = message, t;            sender.extend(count, message) = q

Against a malicious receiver use `extend_checked` and `check` on both sides; blocks appear after the check only.
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
        return self._native.extend(int(count), as_bytes(message, "message"))

    def extend_checked(self, count: int, message: Buffer) -> None:
        """As `extend`, but q waits for `check`. Only then may weights be tossed."""
        check_count(count, "count", 1 << 32)
        self._native.extend_checked(int(count), as_bytes(message, "message"))

    def check(self, count: int, weights: bytes, answer: Buffer) -> Bytes:
        """q if the receiver's answer is right → (count, 16); otherwise ArithmeticError, and the object is spent."""
        check_count(count, "count", 1 << 32)
        check_secret(weights, "weights", 16)
        return self._native.check(int(count), weights, as_bytes(answer, "answer"))


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
        return self._native.extend(choices)

    def extend_checked(self, choices: Bytes) -> bytes:
        """As `extend`, but t waits for `check`."""
        _check_choices(choices)
        return self._native.extend_checked(choices)

    def check(self, weights: bytes) -> tuple[bytes, Bytes]:
        """The answer under jointly tossed `weights` (16 bytes): 32 bytes; and t."""
        check_secret(weights, "weights", 16)
        return self._native.check(weights)


def extension_bytes(count: int, checked: bool = False) -> int:
    """Bytes of the receiver's message for `count` transfers: 16 each, in steps of 128."""
    return 16 * (-(-count // 128) * 128 + (256 if checked else 0))


def _check_choices(choices: Bytes) -> None:
    check(choices, "choices", np.uint8, 1)
    if choices.size and choices.max() > 1:
        raise ValueError("choices must be 0 or 1")
