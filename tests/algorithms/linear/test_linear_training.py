"""Training and prediction on shares against the same steps in the clear and against scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from algorithms.linear.linear_models import (
    ROLES,
    made,
    piece_of,
    plain_weights,
    predict_three,
    train_three,
    weights_of,
)
from leakage.recorder import Recorder
from parties import run_parties, run_parties_with_errors
from tacit.algorithms.linear.prediction import logistic, predict
from tacit.algorithms.linear.settings import DEALER, FEATURE, LABEL, Settings
from tacit.algorithms.linear.training import MOST_COLUMNS, Side, report, train
from tacit.errors import DataError, ParameterError
from tacit.protocols.mpc.messages import Kind

LEFT, RIGHT, Y = made(300, 3, 4)
SHORT = Settings(epochs=3, batch_size=64, learning_rate=0.3)


@pytest.mark.parametrize(
    "settings",
    [
        SHORT,
        Settings(epochs=1, batch_size=7, learning_rate=0.1, l2=0.0),
        Settings(epochs=10, batch_size=1024, learning_rate=1.0, l2=0.1, seed=3),
        Settings(epochs=2, batch_size=299, learning_rate=0.5),
    ],
)
def test_weights_follow_the_plain_training(settings: Settings) -> None:
    left, right, y = (part[:300] for part in (LEFT, RIGHT, Y))
    trained = train_three(settings, left, right, y)
    assert np.abs(weights_of(trained) - plain_weights(settings, left, right, y)).max() < 2e-3


def test_batches_of_one_row() -> None:
    parts = [part[:12] for part in (LEFT, RIGHT, Y)]
    settings = Settings(epochs=1, batch_size=1, learning_rate=0.1)
    assert np.abs(weights_of(train_three(settings, *parts)) - plain_weights(settings, *parts)).max() < 2e-3


def test_losses_are_those_of_the_weights_and_fall() -> None:
    trained = train_three(SHORT, LEFT, RIGHT, Y)
    z = np.column_stack([LEFT, RIGHT]) @ weights_of(trained)
    assert abs(trained[LABEL].losses[-1] - (np.logaddexp(0, z) - Y * z).mean()) < 1e-3
    assert trained[LABEL].losses == trained[FEATURE].losses and trained[DEALER].losses == ()
    assert list(trained[LABEL].losses) == sorted(trained[LABEL].losses, reverse=True)


def test_piecewise_learns_too() -> None:
    settings = Settings(epochs=5, batch_size=64, learning_rate=0.3, sigmoid="piecewise")
    trained = train_three(settings, LEFT, RIGHT, Y)
    assert np.abs(weights_of(trained) - plain_weights(settings, LEFT, RIGHT, Y)).max() < 0.2


def test_large_batches_are_summed_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.algorithms.linear.training.CHUNK_ROWS", 70)
    settings = Settings(epochs=2, batch_size=250, learning_rate=0.5)
    trained = train_three(settings, LEFT, RIGHT, Y)
    assert np.abs(weights_of(trained) - plain_weights(settings, LEFT, RIGHT, Y)).max() < 2e-3


def test_shares_of_the_model_tell_nothing_alone() -> None:
    one, two = train_three(SHORT, LEFT, RIGHT, Y), train_three(SHORT, LEFT, RIGHT, Y)
    for role in (LABEL, FEATURE):
        assert np.abs(one[role].weights.words.view(np.int64)).min() > 2**40
        assert not np.isin(one[role].weights.words, two[role].weights.words).any()
    assert one[LABEL].model_id == one[FEATURE].model_id == one[DEALER].model_id


@pytest.mark.parametrize(("left", "right"), [(0, 2), (2, 0)])
def test_one_side_may_have_no_features(left: int, right: int) -> None:
    parts = made(100, left, right)
    trained = train_three(SHORT, *parts)
    assert np.abs(weights_of(trained) - plain_weights(SHORT, *parts)).max() < 2e-3
    z = np.column_stack(parts[:2]) @ weights_of(trained)
    assert np.abs(predict_three(trained, *parts[:2])[LABEL] - logistic(z)).max() < 1e-3


def test_prediction_is_for_the_label_party_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.algorithms.linear.prediction.CHUNK_ROWS", 128)
    trained = train_three(SHORT, LEFT, RIGHT, Y)
    scores = predict_three(trained, LEFT, RIGHT)
    assert scores[FEATURE] is None and scores[DEALER] is None
    expected = logistic(np.column_stack([LEFT, RIGHT]) @ weights_of(trained))
    assert np.abs(scores[LABEL] - expected).max() < 1e-3


def test_no_rows_to_predict() -> None:
    trained = train_three(SHORT, LEFT, RIGHT, Y)
    assert predict_three(trained, LEFT[:0], RIGHT[:0])[LABEL].shape == (0,)


def test_early_stop_is_agreed_by_all() -> None:
    settings = Settings(epochs=50, batch_size=300, learning_rate=1.0, patience=2, tolerance=0.05)
    trained = train_three(settings, LEFT, RIGHT, Y)
    losses = trained[LABEL].losses
    assert 3 <= len(losses) < 50 and trained[LABEL].stopped_early and trained[DEALER].stopped_early
    assert min(losses[-2:]) > min(losses[:-2]) - 0.05
    assert all(min(losses[k - 2 : k]) <= min(losses[: k - 2]) - 0.05 for k in range(3, len(losses)))


def test_breast_cancer_ranks_as_scikit_learn_does() -> None:
    data, target = load_breast_cancer(return_X_y=True)
    x, test, y, truth = train_test_split(data, target, test_size=0.25, random_state=0, stratify=target)
    mean, spread = x.mean(axis=0), x.std(axis=0)
    x, test = (x - mean) / spread, (test - mean) / spread

    def sides(matrix: Any) -> tuple[Any, Any]:
        return np.column_stack([np.ones(len(matrix)), matrix[:, :15]]), matrix[:, 15:].copy()

    trained = train_three(Settings(epochs=30, batch_size=64), *sides(x), y)
    ours = roc_auc_score(truth, predict_three(trained, *sides(test))[LABEL])
    theirs = roc_auc_score(truth, LogisticRegression(max_iter=1000).fit(x, y).predict_proba(test)[:, 1])
    assert ours > theirs - 0.005


def test_messages_depend_on_sizes_alone_and_the_dealer_gets_none() -> None:
    shapes = []
    for seed, settings in ((1, SHORT), (2, SHORT)):
        left, right, y = made(150, 2, 3, seed)
        ends: list[Recorder] = []

        def wrap(channel: Any, ends: list[Recorder] = ends) -> Recorder:
            ends.append(Recorder(channel))
            return ends[-1]

        trained = train_three(settings, left * seed, right / seed, y if seed == 1 else 1 - y, wrap=wrap)
        assert len(trained[LABEL].losses) == 3
        shapes.append([recorder.shape for recorder in ends])
        for from_dealer in (ends[3], ends[5]):
            got = [shape for shape in from_dealer.shape if shape[0] == "received"]
            assert got == [("received", Kind.PUBLIC, 16)]
    assert shapes[0] == shapes[1]


def test_rows_must_be_as_many_on_both_sides() -> None:
    sides = {LABEL: Side(LEFT, Y), FEATURE: Side(RIGHT[:-1]), DEALER: None}
    _, errors = run_parties_with_errors({r: lambda s, r=r: train(s, SHORT, sides[r]) for r in ROLES})
    assert {role: getattr(error, "code", None) for role, error in errors.items()} == dict.fromkeys(
        ROLES, "data.rows_differ"
    )


def test_too_many_announced_columns_are_refused_before_memory_is_taken() -> None:
    sides = {LABEL: Side(LEFT[:2], Y[:2]), FEATURE: Side(np.zeros((2, MOST_COLUMNS + 1))), DEALER: None}
    ends: list[Recorder] = []

    def wrap(channel: Any) -> Recorder:
        ends.append(Recorder(channel))
        return ends[-1]

    programs = {r: lambda s, r=r: train(s, SHORT, sides[r]) for r in ROLES}
    _, errors = run_parties_with_errors(programs, wrap=wrap)
    assert [getattr(errors[role], "code", None) for role in ROLES] == ["data.rows_differ"] * 3
    assert max(size for end in ends for _, _, size in end.shape) == 16


def test_training_that_could_leave_the_ring_is_refused_by_all() -> None:
    wild = Settings(epochs=1000, batch_size=1, learning_rate=10, l2=0.0)
    sides = {LABEL: Side(LEFT, Y), FEATURE: Side(RIGHT), DEALER: None}
    _, errors = run_parties_with_errors({r: lambda s, r=r: train(s, wild, sides[r]) for r in ROLES})
    assert all(isinstance(error, ParameterError) and error.code == "mpc.overflow" for error in errors.values())
    assert len(errors) == 3


def test_pieces_of_different_models_are_refused_by_all() -> None:
    trained = train_three(SHORT, LEFT, RIGHT, Y)
    pieces = {role: piece_of(role, trained[role]) for role in (LABEL, FEATURE)}
    object.__setattr__(pieces[FEATURE], "model_id", "0" * 32)
    matrices = {LABEL: LEFT, FEATURE: RIGHT}
    _, errors = run_parties_with_errors({r: lambda s, r=r: predict(s, pieces.get(r), matrices.get(r)) for r in ROLES})
    assert [getattr(errors[role], "code", None) for role in ROLES] == ["model.pieces_differ"] * 3


def test_tables_that_do_not_fit_are_refused_by_all() -> None:
    trained = train_three(SHORT, LEFT, RIGHT, Y)
    with pytest.raises(DataError) as caught:
        predict_three(trained, LEFT, RIGHT[:, 1:])
    assert caught.value.code == "data.rows_differ"
    with pytest.raises(DataError) as caught:
        predict_three(trained, LEFT[:-1], RIGHT)
    assert caught.value.code == "data.rows_differ"


def test_progress_counts_epochs() -> None:
    seen: list[tuple[int, int]] = []
    sides = {LABEL: Side(LEFT, Y), FEATURE: Side(RIGHT), DEALER: None}
    run_parties(
        {
            role: lambda s, role=role: train(
                s, SHORT, sides[role], (lambda *step: seen.append(step)) if role == LABEL else None
            )
            for role in ROLES
        }
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_report_is_equal_at_both_and_finite() -> None:
    trained = train_three(SHORT, LEFT, RIGHT, Y)
    one, two = (report(trained[role], SHORT) for role in (LABEL, FEATURE))
    assert one == two and one["kind"] == "training"
    assert one["features"] == {"label": 3, "feature": 4} and [e["epoch"] for e in one["epochs"]] == [1, 2, 3]
