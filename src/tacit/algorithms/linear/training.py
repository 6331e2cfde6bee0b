"""Vertical logistic regression on secret shares: one owner has the label and some features, the other the rest.

Inputs: at label a matrix X_1 (rows, k_1) with a leading column of ones and labels y in {0, 1} (rows,); at feature a
matrix X_2 (rows, k_2) of the same rows; |x| <= 64.
Learns: label and feature: the other's number of rows and columns, and the mean log loss after every epoch over at most
4096 rows. dealer: the numbers of rows and columns, and with early stopping the epoch of the stop. Weights, scores,
residuals and gradients stay shared; the result is one share of the weights each.
Assumes: semi-honest parties, the dealer colludes with neither (profile 2pc-dealer).
Messages of one batch of m rows, each an exchange between label and feature (the dealer only sends, ahead of them):

    w_1, w_2 masked    k_1 + k_2 words     z = X_1 w_1 + X_2 w_2
    z masked           m words each        series, comparison tables
    digits, masked     some bits each      1 round (2 if |z| may be very large)
    choice, masked     m words each        p = sigmoid(z), r = gain (p - y)
    r masked           m words each        g = [X_1 | X_2]^T r
    update masked      k_1 + k_2 words     w <- w - truncate(2^-shift g + rate l2 w)

Cost: before, X_1 and X_2 once each under a mask; per batch six rounds, about 7 m words from the data parties and
25 m words from the dealer.
Source: Mohassel, Zhang, "SecureML" (S&P 2017) for training on shares; see protocols/mpc for the parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.linear.columns import FEATURE_BOUND
from tacit.algorithms.linear.order import shuffled
from tacit.algorithms.linear.plan import CHUNK_ROWS, FEATURE_SCALE, RESIDUAL_SCALE, Plan, Step
from tacit.algorithms.linear.settings import DEALER, FEATURE, LABEL, Settings
from tacit.channel.channel import Session
from tacit.errors import DataError
from tacit.protocols.mpc import Blocks, Mpc, Shared

LOSS_ROWS = 4096
MOST_COLUMNS = 1 << 16  # that the other side may announce, before memory is taken for its masked matrix
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Side:
    """A data party's own columns; `labels` at the label party only."""

    matrix: NDArray[np.float64]
    labels: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights over (intercept, label's features, feature's features); `losses` by epoch, empty at the dealer."""

    model_id: str
    weights: Shared
    columns: tuple[int, int]
    rows: int
    losses: tuple[float, ...]
    stopped_early: bool


@dataclass(frozen=True, slots=True)
class _Task:
    mpc: Mpc
    settings: Settings
    plan: Plan
    blocks: Blocks
    labels: Shared
    rows: int  # visited in the order that `_prepare` put them into
    targets: dict[float, Shared]  # gain -> gain * labels
    free: NDArray[np.int64]  # 0 for the intercept, 1 for weights under the penalty


def train(session: Session, settings: Settings, side: Side | None, progress: Progress | None = None) -> Trained:
    """Run at label, feature and dealer (who passes no side). See the head of this module.

    Raises DataError("data.rows_differ"), ParameterError("mpc.overflow") at all parties alike.
    """
    mpc = Mpc(session, LABEL, FEATURE, DEALER)
    rows, columns = _agree_on_shape(mpc, side)
    plan = Plan.of(rows, sum(columns), settings)
    task = _prepare(mpc, settings, plan, side, rows, columns)
    weights, losses, stopped = _epochs(task, progress)
    model_id = hashlib.blake2b(session.sid, digest_size=16, person=b"tacit.model").hexdigest()
    return Trained(model_id, weights, columns, rows, losses, stopped)


def _agree_on_shape(mpc: Mpc, side: Side | None) -> tuple[int, tuple[int, int]]:
    told = mpc.publish([0, 0] if side is None else list(side.matrix.shape))
    (rows, left), (other_rows, right) = told[LABEL], told[FEATURE]
    if rows != other_rows or rows < 1 or min(left, right) < 0 or left + right < 2 or max(left, right) > MOST_COLUMNS:
        raise DataError(
            "data.rows_differ",
            "The two sides do not bring the same rows, or no column to learn from, or too many.",
            found=f"{rows} and {other_rows} rows, {left} and {right} columns (the intercept included)",
            expected=f"the same number of rows, at least one feature, at most {MOST_COLUMNS} columns each",
            hint="Use tables that come from one alignment (psi).",
        )
    return rows, (left, right)


def _prepare(mpc: Mpc, settings: Settings, plan: Plan, side: Side | None, rows: int, columns: tuple[int, int]) -> _Task:
    order = shuffled(rows, settings.seed, 0)
    own = [
        mpc.private(
            role,
            side.matrix[order] if side and role == mpc.me else None,
            (rows, width),
            scale=FEATURE_SCALE,
            bound=FEATURE_BOUND,
        )
        for role, width in zip((LABEL, FEATURE), columns, strict=True)
    ]
    labels = mpc.share(LABEL, _ordered(side, order), (rows,), bound=1.0)
    free = np.ones(sum(columns), np.int64)
    free[0] = 0
    return _Task(mpc, settings, plan, mpc.fix(own[0], own[1]), labels, rows, {}, free)


def _ordered(side: Side | None, order: NDArray[np.int64]) -> NDArray[np.int64] | None:
    return None if side is None or side.labels is None else side.labels[order]


def _epochs(task: _Task, progress: Progress | None) -> tuple[Shared, tuple[float, ...], bool]:
    settings = task.settings
    weights = task.mpc.zeros((task.blocks.columns,), task.plan.weight_scale)
    losses: list[float] = []
    for epoch in range(settings.epochs):
        starts = np.arange(0, task.rows, settings.batch_size)
        for start in starts[shuffled(len(starts), settings.seed, epoch + 1)]:
            stop = min(task.rows, int(start) + settings.batch_size)
            with task.mpc.bundle():
                weights = _step(task, int(start), stop, weights)
        loss = _loss(task, weights)
        losses += [] if loss is None else [loss]
        if progress is not None:
            progress(epoch + 1, settings.epochs)
        if settings.patience is not None and task.mpc.steer(_flat(losses, settings)):
            return weights, tuple(losses), epoch + 1 < settings.epochs
    return weights, tuple(losses), False


def _flat(losses: list[float], settings: Settings) -> bool:
    """Whether the last `patience` losses did not fall clearly below the best before. Public values only."""
    patience = settings.patience or 0
    if len(losses) <= patience:
        return False
    return min(losses[-patience:]) > min(losses[:-patience]) - settings.tolerance


def _step(task: _Task, start: int, stop: int, weights: Shared) -> Shared:
    """One update from the rows start..stop. The plan's bound replaces the tracked one: it holds after any step."""
    step = Step.of(stop - start, task.settings, task.plan.weight_scale)
    mpc, updates = task.mpc, []
    for begin in range(start, stop, CHUNK_ROWS):
        gradient = _gradient(task, slice(begin, min(stop, begin + CHUNK_ROWS)), weights, step)
        if begin == start:
            gradient += (weights * (task.free * step.decay)).read_as(scale=gradient.scale)
        updates.append(mpc.truncate(gradient, step.lowered))
    update = updates[0] if len(updates) == 1 else sum(updates[1:], start=updates[0])
    return (weights - update.read_as(scale=weights.scale)).read_as(bound=task.plan.weight_bound)


def _gradient(task: _Task, rows: slice, weights: Shared, step: Step) -> Shared:
    """gain * X^T (sigmoid(X w) - y) over these rows."""
    seat, batch, gain = task.mpc.seat, task.blocks.batch(rows), step.gain
    score = task.mpc.sigmoid(batch.times(seat, weights), method=task.settings.sigmoid, gain=gain)
    if gain not in task.targets:  # two at most: of full batches and of the last one
        task.targets[gain] = task.labels.times(gain, RESIDUAL_SCALE)
    residual = score - task.targets[gain][rows]
    return batch.transposed_times(seat, residual.read_as(bound=step.residual_bound))


def _loss(task: _Task, weights: Shared) -> float | None:
    """Mean log loss over the first rows of the public order, the same after every epoch; None at the dealer."""
    rows = slice(0, min(task.rows, LOSS_ROWS))
    seat, batch = task.mpc.seat, task.blocks.batch(rows)
    losses = task.mpc.log_loss(batch.times(seat, weights), task.labels[rows])
    total = task.mpc.reveal(losses.sum())
    return None if total is None else float(total[0]) / rows.stop


def report(trained: Trained, settings: Settings) -> dict[str, Any]:
    """The training report, equal at both data parties."""
    return {
        "kind": "training",
        "algorithm": "logistic_regression",
        "model_id": trained.model_id,
        "rows": trained.rows,
        "features": {LABEL: trained.columns[0] - 1, FEATURE: trained.columns[1]},
        "epochs": [{"epoch": i + 1, "loss": loss} for i, loss in enumerate(trained.losses)],
        "loss_rows": min(trained.rows, LOSS_ROWS),
        "stopped_early": trained.stopped_early,
        "settings": {
            "epochs": settings.epochs,
            "batch_size": settings.batch_size,
            "learning_rate": settings.learning_rate,
            "l2": settings.l2,
            "sigmoid": settings.sigmoid,
            "seed": settings.seed,
        },
    }
