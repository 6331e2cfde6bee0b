"""The forecast of logistic regression against what really travels."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from algorithms.linear.linear_models import made, predict_three, train_three
from leakage.recorder import Recorder
from tacit.algorithms.linear.settings import FEATURE, LABEL, Settings
from tacit.operators import all_specs
from tacit.schema.operator import Cost, Size

LEFT, RIGHT, Y = made(3000, 4, 5)
SIZE = Size(len(LEFT), {LABEL: 4, FEATURE: 5})


class Counter:
    """Collects the recorders of one run."""

    def __init__(self) -> None:
        self.ends: list[Recorder] = []

    def __call__(self, channel: Any) -> Recorder:
        self.ends.append(Recorder(channel))
        return self.ends[-1]

    @property
    def sent(self) -> int:
        return sum(size for end in self.ends for direction, _, size in end.shape if direction == "sent")

    @property
    def rounds(self) -> int:
        """Exchanges that label waits for: it sends, then receives."""
        directions = [direction for direction, _, _ in self.ends[0].shape]
        return sum(pair == ("sent", "received") for pair in itertools.pairwise(directions))


def forecast(name: str, **params: Any) -> Cost:
    spec = all_specs()[name]
    return spec.cost(spec.params(**params), {"aligned": SIZE})


@pytest.mark.parametrize(("sigmoid", "rounds"), [("series", 6), ("piecewise", 7)])
def test_training(sigmoid: str, rounds: int) -> None:
    counter = Counter()
    train_three(Settings(epochs=2, batch_size=500, sigmoid=sigmoid), LEFT, RIGHT, Y, wrap=counter)
    told = forecast("logistic_regression.train", epochs=2, batch_size=500, sigmoid=sigmoid)
    assert told.bytes_sent == pytest.approx(counter.sent, rel=0.08)
    assert abs(counter.rounds - (12 * rounds + 2 * 8)) <= 2


def test_prediction() -> None:
    trained = train_three(Settings(epochs=1), LEFT, RIGHT, Y)
    counter = Counter()
    predict_three(trained, LEFT, RIGHT, wrap=counter)
    told = forecast("logistic_regression.predict")
    intercept = 8 * len(LEFT)  # a column that no table holds
    assert told.bytes_sent == pytest.approx(counter.sent - intercept, rel=0.01)
