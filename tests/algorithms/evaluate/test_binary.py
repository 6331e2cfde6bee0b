"""Binary evaluation against scikit-learn, with ties, constants and everything that must be refused."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics

from tacit.algorithms.evaluate.binary import evaluate
from tacit.errors import TacitError


def report_of(labels: object, scores: object, **params: float) -> dict:
    report = evaluate(chunked(labels), chunked(scores), **params)
    return json.loads(json.dumps(report, allow_nan=False))


def chunked(values: object) -> pa.ChunkedArray:
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([pa.array(values)])


def farthest(left: np.ndarray, right: np.ndarray) -> float:
    """Kolmogorov-Smirnov distance by its definition."""
    return max(abs(float(np.mean(left <= at)) - float(np.mean(right <= at))) for at in [*left, *right])


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.integers(2, 60))
    labels = np.array(draw(st.lists(st.integers(0, 1), min_size=size, max_size=size)))
    grid = draw(st.sampled_from([1, 3, 10, 10_000]))
    scores = np.array(draw(st.lists(st.integers(0, grid), min_size=size, max_size=size))) / grid
    assume(0 < labels.sum() < size)
    return labels, scores


@settings(max_examples=40, deadline=None)
@given(judged(), st.floats(0, 1))
def test_figures_agree_with_scikit_learn(data: tuple[np.ndarray, np.ndarray], threshold: float) -> None:
    labels, scores = data
    report = report_of(labels, scores, threshold=threshold)
    chosen = scores >= threshold
    assert report["auc"] == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)
    assert report["average_precision"] == pytest.approx(metrics.average_precision_score(labels, scores), abs=1e-12)
    assert report["ks"] == pytest.approx(farthest(scores[labels == 1], scores[labels == 0]), abs=1e-12)
    assert report["brier"] == pytest.approx(metrics.brier_score_loss(labels, scores), abs=1e-12)
    assert report["log_loss"] == pytest.approx(metrics.log_loss(labels, np.clip(scores, 1e-15, 1 - 1e-15)), rel=1e-6)
    at = report["threshold"]
    counts = [[at["confusion"]["tn"], at["confusion"]["fp"]], [at["confusion"]["fn"], at["confusion"]["tp"]]]
    assert counts == metrics.confusion_matrix(labels, chosen, labels=[0, 1]).tolist()
    assert at["accuracy"] == pytest.approx(metrics.accuracy_score(labels, chosen))
    assert at["recall"] == pytest.approx(metrics.recall_score(labels, chosen))
    assert at["f1"] == pytest.approx(metrics.f1_score(labels, chosen))
    if chosen.any():
        assert at["precision"] == pytest.approx(metrics.precision_score(labels, chosen))
    else:
        assert at["precision"] is None


@settings(max_examples=25, deadline=None)
@given(judged())
def test_roc_corners_are_those_of_scikit_learn(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    points = report_of(labels, scores, points=1000)["roc"]
    fpr, tpr = np.array([each["fpr"] for each in points]), np.array([each["tpr"] for each in points])
    wanted_fpr, wanted_tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    assert (points[0]["threshold"], fpr[0], tpr[-1]) == (None, 0, 1)
    assert metrics.auc(fpr, tpr) == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)
    corners = set(zip(wanted_fpr.tolist(), wanted_tpr.tolist(), strict=True))
    assert set(zip(fpr.tolist(), tpr.tolist(), strict=True)) <= corners


def test_curves_have_at_most_the_points_asked_for() -> None:
    rng = np.random.default_rng(2)
    labels, scores = rng.integers(0, 2, 5000), rng.random(5000)
    for points in (2, 7, 100):
        report = report_of(labels, scores, points=points)
        assert 2 <= len(report["roc"]) <= points
        assert len(report["gain"]) == points
        assert report["gain"][-1] == {"depth": 1.0, "gain": 1.0, "lift": 1.0}


def test_gain_of_perfect_scores_and_of_constant_scores() -> None:
    perfect = report_of([1, 1, 0, 0, 0, 0, 0, 0], [0.9, 0.8, *[0.1] * 6], points=4)
    assert [each["gain"] for each in perfect["gain"]] == [1.0, 1.0, 1.0, 1.0]
    assert perfect["gain"][0]["lift"] == 4.0
    assert (perfect["auc"], perfect["ks"], perfect["ks_threshold"]) == (1.0, 1.0, 0.8)
    constant = report_of([1, 0, 0, 1], [0.5] * 4, points=4)
    assert (constant["auc"], constant["ks"], len(constant["roc"])) == (0.5, 0.0, 2)
    assert [each["lift"] for each in constant["gain"]] == [1.0] * 4


def test_calibration_bins() -> None:
    bins = report_of([0, 1, 1, 1], [0.0, 0.05, 0.95, 1.0])["calibration"]
    assert [each["rows"] for each in bins] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[0]["positive_rate"], bins[0]["mean_score"]) == (0.5, 0.025)
    assert bins[1]["mean_score"] is None


def test_scores_that_are_no_probabilities() -> None:
    report = report_of([True, False, True], [650, 300, 700], threshold=600)
    assert (report["auc"], report["threshold"]["accuracy"]) == (1.0, 1.0)
    assert report["brier"] is report["log_loss"] is report["calibration"] is None


@pytest.mark.parametrize(
    ("labels", "scores", "code"),
    [
        ([1, 1], [0.1, 0.2], "data.label_one_class"),
        ([0, 0], [0.1, 0.2], "data.label_one_class"),
        ([0, 2], [0.1, 0.2], "data.label_not_binary"),
        ([-1, 1], [0.1, 0.2], "data.label_not_binary"),
        ([0, None], [0.1, 0.2], "data.missing_values"),
        ([0, 1], [0.1, None], "data.missing_values"),
        ([0, 1], [0.1, np.nan], "data.not_finite"),
        ([0.0, np.nan], [0.1, 0.2], "data.not_finite"),
        ([0, 1], [0.1, np.inf], "data.not_finite"),
        (["no", "yes"], [0.1, 0.2], "data.not_numeric"),
        ([0, 1], ["a", "b"], "data.not_numeric"),
        (pa.chunked_array([], pa.int64()), pa.chunked_array([], pa.float64()), "dataset.empty"),
    ],
)
def test_what_cannot_be_evaluated(labels: object, scores: object, code: str) -> None:
    with pytest.raises(TacitError) as caught:
        report_of(labels, scores)
    assert caught.value.code == code


def test_one_point_is_no_curve() -> None:
    with pytest.raises(TacitError) as caught:
        report_of([0, 1], [0.1, 0.2], points=1)
    assert caught.value.code == "parameter.invalid"
