"""Correlated transfers: the correlation, the check, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from tacit.kernel import CotReceiver, CotSender
from tacit.kernel.arrays import Bytes
from tacit.kernel.ot import extension_bytes

SESSION = b"session of tests"


@pytest.fixture
def pair() -> tuple[CotSender, CotReceiver]:
    """Two sides, connected."""
    sender, receiver = CotSender(SESSION), CotReceiver(SESSION)
    answer, offer = sender.base_message(), receiver.base_message()
    assert (len(answer), len(offer)) == (8192, 32)
    sender.connect(offer)
    receiver.connect(answer)
    return sender, receiver


def expected(sender: CotSender, t: Bytes, choices: Bytes) -> Bytes:
    """t ⊕ r·Δ."""
    return t ^ (choices[:, None] * np.frombuffer(sender.delta(), dtype=np.uint8))


@pytest.mark.parametrize("count", [0, 1, 127, 128, 1000])
def test_the_correlation(pair: tuple[CotSender, CotReceiver], count: int) -> None:
    sender, receiver = pair
    choices = (np.arange(count) % 3 == 0).astype(np.uint8)
    seen = []
    for _ in range(2):
        message, t = receiver.extend(choices)
        assert len(message) == extension_bytes(count)
        assert np.array_equal(sender.extend(count, message), expected(sender, t, choices))
        seen.append(t.tobytes())
    assert count == 0 or seen[0] != seen[1]


def test_the_check_lets_the_honest_pass(pair: tuple[CotSender, CotReceiver]) -> None:
    sender, receiver = pair
    choices = (np.arange(500) % 7 < 3).astype(np.uint8)
    for _ in range(2):
        message, t = receiver.extend_checked(choices)
        assert len(message) == extension_bytes(500, checked=True)
        assert np.array_equal(sender.extend_checked(500, message), expected(sender, t, choices))


@pytest.mark.parametrize("place", [0, 5000, 8191, 10239, 10240, 10256, -1])
def test_the_check_stops_inconsistent_choices(pair: tuple[CotSender, CotReceiver], place: int) -> None:
    sender, receiver = pair
    message = bytearray(receiver.extend_checked(np.ones(256, dtype=np.uint8))[0])
    # A change of the hash of the choices shows only where Δ has a one: change other bytes too.
    for column in range(8):
        message[(place + 48 * column) % len(message)] ^= 1
    with pytest.raises(ArithmeticError, match="consistency"):
        sender.extend_checked(256, message)
    with pytest.raises(RuntimeError):
        sender.extend(128, bytes(extension_bytes(128)))


def test_other_sessions_do_not_meet() -> None:
    sender, receiver = CotSender(SESSION), CotReceiver(b"S" * 16)
    answer, offer = sender.base_message(), receiver.base_message()
    sender.connect(offer)
    receiver.connect(answer)
    ones = np.ones(128, dtype=np.uint8)
    message, t = receiver.extend(ones)
    assert not (sender.extend(128, message) == expected(sender, t, ones)).all(axis=1).any()


def test_refusals(pair: tuple[CotSender, CotReceiver]) -> None:
    sender, receiver = pair
    with pytest.raises(ValueError, match="wrong length"):
        sender.extend(128, bytes(100))
    with pytest.raises(ValueError, match="0 or 1"):
        receiver.extend(np.array([2], dtype=np.uint8))
    with pytest.raises(ValueError, match="does not decode"):
        CotSender(SESSION).connect(bytes(32))
    with pytest.raises(ValueError, match="does not decode"):
        CotReceiver(SESSION).connect(b"\xff" * 8192)
    with pytest.raises(RuntimeError, match="not the next"):
        CotSender(SESSION).extend(1, b"")
    with pytest.raises(ValueError, match="16 bytes"):
        CotReceiver(b"short")


def test_secrets_are_not_printed(pair: tuple[CotSender, CotReceiver]) -> None:
    sender, _ = pair
    assert sender.delta().hex() not in repr(sender) + repr(vars(sender))
