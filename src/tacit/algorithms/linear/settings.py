"""What a training run is told: length, pace, penalty, order, approximation. Public at all three roles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tacit.errors import ParameterError

LABEL, FEATURE, DEALER = "label", "feature", "dealer"  # the roles; label is the protocol's first seat
SIGMOIDS = ("series", "piecewise")


@dataclass(frozen=True, slots=True)
class Settings:
    """Minimises mean log loss + l2/2 |w|^2 (the intercept is free) by mini-batch gradient descent."""

    epochs: int = 10
    batch_size: int = 1024
    learning_rate: float = 0.1
    l2: float = 0.001
    patience: int | None = None  # epochs in a row without a fall of more than `tolerance` after which to stop
    tolerance: float = 0.0
    seed: int = 0
    sigmoid: str = "series"

    def __post_init__(self) -> None:
        _require("epochs", self.epochs, self.epochs >= 1, "at least 1")
        _require("batch_size", self.batch_size, self.batch_size >= 1, "at least 1")
        _require("learning_rate", self.learning_rate, 0 < self.learning_rate < math.inf, "a positive number")
        _require("l2", self.l2, 0 <= self.l2 < math.inf, "zero or a positive number")
        _require("l2", self.l2, self.learning_rate * self.l2 < 1, "below 1 / learning_rate, or no step converges")
        _require("patience", self.patience, self.patience is None or self.patience >= 1, "at least 1")
        _require("tolerance", self.tolerance, 0 <= self.tolerance < math.inf, "zero or a positive number")
        _require("sigmoid", self.sigmoid, self.sigmoid in SIGMOIDS, " or ".join(SIGMOIDS))

    @staticmethod
    def of(params: Mapping[str, Any]) -> Settings:
        """From an operator's parameters. Raises ParameterError("parameter.invalid")."""
        stop = params.get("early_stop") or {}
        names = ("epochs", "batch_size", "learning_rate", "l2", "seed", "sigmoid")
        given = {name: params[name] for name in names if name in params}
        return Settings(**given, patience=stop.get("patience"), tolerance=float(stop.get("tolerance", 0.0)))


def _require(name: str, found: object, good: bool, expected: str) -> None:
    if not good:
        raise ParameterError(
            "parameter.invalid", f"`{name}` has a value it may not have.", found=str(found), expected=expected
        )
