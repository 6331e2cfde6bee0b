"""Aggregates of two tables: noise is drawn before the other side can measure how long that takes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

from leakage.recorder import Recorder
from protocols.psi.psi_pair import SID, both
from tacit.algorithms.alignment.aggregate import Aggregate, aggregate
from tacit.algorithms.alignment.align import Seat
from tacit.algorithms.alignment.keys import KeyRules
from tacit.errors import ParameterError, PeerFailed
from tacit.privacy.noise import BoundedLaplace
from tacit.protocols.psi.wire import Side

TABLE = pa.table({"id": list(range(40))})


def _run(side: Side, epsilon: float, channels: dict[Side, Recorder]) -> Any:
    def run(channel: Any) -> Any:
        channels[side] = Recorder(channel)
        return aggregate(Seat(channels[side], SID, side), TABLE, KeyRules(("id",)), Aggregate(epsilon=epsilon))

    return run


def test_noise_is_drawn_before_the_first_message(monkeypatch: pytest.MonkeyPatch) -> None:
    channels: dict[Side, Recorder] = {}
    sent: list[int] = []
    draw = BoundedLaplace.draw

    def watched(kind: BoundedLaplace) -> int:
        sent.append(min(len([entry for entry in end.shape if entry[0] == "sent"]) for end in channels.values()))
        return draw(kind)

    monkeypatch.setattr(BoundedLaplace, "draw", watched)
    found = both(_run(Side.RECEIVER, 2.0, channels), _run(Side.SENDER, 2.0, channels))
    assert sent == [0, 0]
    assert all(abs(report["matched"] - 40) <= BoundedLaplace(Fraction(2)).bound for report in found)


def test_an_epsilon_that_is_nothing_is_told_to_both() -> None:
    found = both(_run(Side.RECEIVER, 1e-9, {}), _run(Side.SENDER, 1e-9, {}))
    assert all(isinstance(error, (ParameterError, PeerFailed)) for error in found)
