"""Shared by the tests of linear models: small data, a plain twin of the training, runs of three parties."""

from __future__ import annotations

from typing import Any

import numpy as np

from parties import run_parties
from tacit.algorithms.linear.model import Piece
from tacit.algorithms.linear.order import shuffled
from tacit.algorithms.linear.prediction import logistic, predict
from tacit.algorithms.linear.settings import DEALER, FEATURE, LABEL, Settings
from tacit.algorithms.linear.training import Side, Trained, train

ROLES = (LABEL, FEATURE, DEALER)


def made(rows: int, left: int, right: int, seed: int = 5) -> tuple[Any, Any, Any]:
    """(label's matrix with ones, feature's matrix, labels)."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, left + right))
    y = random.random(rows) < logistic(x @ random.normal(0, 1.0, left + right) - 0.3)
    return np.column_stack([np.ones(rows), x[:, :left]]), x[:, left:].copy(), y.astype(np.int64)


def train_three(settings: Settings, left: Any, right: Any, labels: Any, **kwargs: Any) -> dict[str, Trained]:
    sides = {LABEL: Side(left, labels), FEATURE: Side(right), DEALER: None}
    return run_parties({role: lambda s, role=role: train(s, settings, sides[role]) for role in ROLES}, **kwargs)


def weights_of(trained: dict[str, Trained]) -> Any:
    """What nobody in the protocol knows: the sum of both shares."""
    one, two = trained[LABEL].weights, trained[FEATURE].weights
    return (one.words + two.words).view(np.int64) * 2.0**-one.scale


def piece_of(role: str, trained: Trained, names: tuple[str, ...] = ()) -> Piece:
    weights = trained.weights
    return Piece(trained.model_id, role, names, trained.columns, weights.scale, weights.bound, weights.words)


def predict_three(trained: dict[str, Trained], left: Any, right: Any, **kwargs: Any) -> dict[str, Any]:
    pieces = {role: piece_of(role, trained[role]) for role in (LABEL, FEATURE)}
    matrices = {LABEL: left, FEATURE: right, DEALER: None}
    programs = {role: lambda s, role=role: predict(s, pieces.get(role), matrices[role]) for role in ROLES}
    return run_parties(programs, **kwargs)


def plain_weights(settings: Settings, left: Any, right: Any, labels: Any) -> Any:
    """The same steps in floating point with the true logistic function."""
    x, y = np.column_stack([left, right]), labels
    order, w = shuffled(len(x), settings.seed, 0), np.zeros(x.shape[1])
    free = np.r_[0.0, np.ones(x.shape[1] - 1)]
    starts = np.arange(0, len(x), settings.batch_size)
    for epoch in range(settings.epochs):
        for start in starts[shuffled(len(starts), settings.seed, epoch + 1)]:
            rows = order[start : start + settings.batch_size]
            gradient = x[rows].T @ (logistic(x[rows] @ w) - y[rows]) / len(rows)
            w -= settings.learning_rate * (gradient + settings.l2 * free * w)
    return w
