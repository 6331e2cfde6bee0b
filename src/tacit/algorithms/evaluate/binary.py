"""Scores against truth for two classes: ranking, threshold and calibration figures, exact with ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.data.checks import float_values, is_number, not_finite
from tacit.errors import DataError, ParameterError

BINS = 10  # of the calibration table
_TINY = 1e-15  # scores are moved this far from 0 and 1 for the log loss
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows by falling score; one entry per different score, with running counts of what has been passed.

    scores (k,) falling; true, false (k,) int64: positives and negatives with a score at least that high.
    """

    scores: NDArray[np.float64]
    true: NDArray[np.int64]
    false: NDArray[np.int64]

    @property
    def positives(self) -> int:
        return int(self.true[-1])

    @property
    def negatives(self) -> int:
        return int(self.false[-1])


def evaluate(
    labels: pa.ChunkedArray, scores: pa.ChunkedArray, *, threshold: float = 0.5, points: int = 100
) -> dict[str, Any]:
    """Report of kind "binary_evaluation". Labels are 0/1 or truth values; scores any finite numbers.

    A row counts as positive if its score is at least `threshold`. Curves have at most `points` points (≥ 2).
    Figures that need probabilities (brier, log_loss, calibration) are null unless all scores lie in [0, 1].
    Raises DataError data.label_not_binary, data.label_one_class, data.missing_values, data.not_finite,
    data.not_numeric, dataset.empty; ParameterError parameter.invalid.
    """
    if points < 2:
        raise ParameterError("parameter.invalid", "A curve needs two points.", found=str(points), expected="2 or more")
    values = _numbers("score", scores)
    truth = _truth(labels)
    ranking = rank(truth, values)
    ks, at = kolmogorov_smirnov(ranking)
    return {
        "kind": "binary_evaluation",
        "rows": len(values),
        "positives": ranking.positives,
        "negatives": ranking.negatives,
        "auc": (area := area_under_curve(ranking)),
        "gini": 2 * area - 1,
        "ks": ks,
        "ks_threshold": at,
        "average_precision": average_precision(ranking),
        "threshold": at_threshold(truth, values, threshold),
        "roc": roc_points(ranking, points),
        "gain": gain_points(ranking, points),
        **_probability_figures(truth, values),
    }


def rank(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> Ranking:
    """Sort once, join ties. Raises DataError data.label_one_class."""
    order = np.argsort(scores, kind="stable")[::-1]
    ordered, hits = scores[order], truth[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    true = np.cumsum(hits, dtype=np.int64)[ends]
    false = ends.astype(np.int64) + 1 - true
    if true[-1] == 0 or false[-1] == 0:
        raise DataError(
            "data.label_one_class",
            "All rows have the same label, so that nothing can be told apart.",
            found="one class",
            expected="rows of both classes",
            hint="Evaluate on more rows, or check the label column.",
        )
    return Ranking(ordered[ends], true, false)


def area_under_curve(ranking: Ranking) -> float:
    """Probability that a positive scores above a negative, ties counting half; one division of exact integers."""
    passed = np.concatenate(([0], ranking.true[:-1]))
    doubled = np.dot(np.diff(ranking.false, prepend=0), ranking.true + passed)
    return int(doubled) / (2 * ranking.positives * ranking.negatives)


def kolmogorov_smirnov(ranking: Ranking) -> tuple[float, float]:
    """Largest distance of the two classes' score distributions, and the score where it is."""
    distance = np.abs(ranking.true / ranking.positives - ranking.false / ranking.negatives)
    best = int(np.argmax(distance))
    return float(distance[best]), float(ranking.scores[best])


def average_precision(ranking: Ranking) -> float:
    """Precision at each different score, weighted by the recall gained there."""
    gained = np.diff(ranking.true, prepend=0) / ranking.positives
    return float(np.dot(gained, ranking.true / (ranking.true + ranking.false)))


def at_threshold(truth: NDArray[np.bool_], scores: NDArray[np.float64], threshold: float) -> Json:
    """Confusion and what follows from it; null where it would be 0/0."""
    chosen = scores >= threshold
    tp, fp = int(np.count_nonzero(chosen & truth)), int(np.count_nonzero(chosen & ~truth))
    fn, tn = int(np.count_nonzero(~chosen & truth)), int(np.count_nonzero(~chosen & ~truth))
    return {
        "value": float(threshold),
        "accuracy": (tp + tn) / len(truth),
        "precision": _share(tp, tp + fp),
        "recall": _share(tp, tp + fn),
        "f1": _share(2 * tp, 2 * tp + fp + fn),
        "confusion": {"tp": tp, "fp": fp, "tn": tn, "fn": fn},
    }


def roc_points(ranking: Ranking, points: int) -> list[Json]:
    """Corners of the ROC curve from (0, 0) to (1, 1), thinned evenly if there are more than `points`."""
    true = np.concatenate(([0], ranking.true))
    false = np.concatenate(([0], ranking.false))
    straight = np.diff(true[:-1]) * np.diff(false[1:]) == np.diff(true[1:]) * np.diff(false[:-1])
    corners = np.flatnonzero(np.concatenate(([True], ~straight, [True])))
    if len(corners) > points:
        corners = corners[np.unique(np.round(np.linspace(0, len(corners) - 1, points)).astype(np.int64))]
    return [
        {
            "fpr": float(false[index] / ranking.negatives),
            "tpr": float(true[index] / ranking.positives),
            "threshold": float(ranking.scores[index - 1]) if index else None,
        }
        for index in corners
    ]


def gain_points(ranking: Ranking, points: int) -> list[Json]:
    """Share of all positives among the best-scored share of rows, and how much that beats chance.

    Rows of equal score count as in random order (their expectation).
    """
    rows = ranking.positives + ranking.negatives
    count = min(points, rows)
    depth = np.arange(1, count + 1) / count
    passed = np.concatenate(([0], ranking.true + ranking.false))
    caught = np.interp(depth * rows, passed, np.concatenate(([0], ranking.true))) / ranking.positives
    return [
        {"depth": float(share), "gain": float(part), "lift": float(part / share)}
        for share, part in zip(depth, caught, strict=True)
    ]


def calibration(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> list[Json]:
    """Per tenth of the score range: rows, mean score, share of positives (null where there is no row)."""
    place = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    total = np.bincount(place, weights=scores, minlength=BINS)
    hits = np.bincount(place, weights=truth, minlength=BINS)
    return [
        {
            "low": index / BINS,
            "high": (index + 1) / BINS,
            "rows": int(rows[index]),
            "mean_score": _share(float(total[index]), int(rows[index])),
            "positive_rate": _share(float(hits[index]), int(rows[index])),
        }
        for index in range(BINS)
    ]


def _probability_figures(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> Json:
    if scores.min() < 0 or scores.max() > 1:
        return {"brier": None, "log_loss": None, "calibration": None}
    safe = np.clip(scores, _TINY, 1 - _TINY)
    return {
        "brier": float(np.mean((scores - truth) ** 2)),
        "log_loss": float(-np.mean(np.where(truth, np.log(safe), np.log1p(-safe)))),
        "calibration": calibration(truth, scores),
    }


def _truth(labels: pa.ChunkedArray) -> NDArray[np.bool_]:
    values = _numbers("label", labels)
    if not np.isin(values, (0.0, 1.0)).all():
        raise DataError(
            "data.label_not_binary",
            "The label column has other values than 0 and 1.",
            expected="0 and 1, or truth values",
            hint="Choose the right `label` column, or recode it in the source.",
        )
    truth: NDArray[np.bool_] = values == 1.0
    return truth


def _numbers(what: str, column: pa.ChunkedArray) -> NDArray[np.float64]:
    if len(column) == 0:
        raise DataError("dataset.empty", "There are no rows to evaluate.", expected="at least two rows")
    if not is_number(column.type):
        raise DataError(
            "data.not_numeric", f"The {what} column does not hold numbers.", found=str(column.type), expected="numbers"
        )
    if column.null_count:
        raise DataError(
            "data.missing_values",
            f"The {what} column has missing values.",
            found=f"{column.null_count} empty cells",
            expected="a value in every row",
        )
    values = float_values(column)
    bad = len(values) - int(np.count_nonzero(np.isfinite(values)))
    if bad:
        raise not_finite(what, bad)
    return values


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
