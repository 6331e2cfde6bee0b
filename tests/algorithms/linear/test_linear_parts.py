"""Settings, order, range plan, columns and model pieces of linear models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tacit.algorithms.linear.columns import (
    FEATURE_BOUND,
    feature_matrix,
    feature_names,
    label_name,
    label_values,
)
from tacit.algorithms.linear.model import Piece, read_piece
from tacit.algorithms.linear.order import shuffled
from tacit.algorithms.linear.plan import FEATURE_SCALE, RESIDUAL, RESIDUAL_SCALE, Plan, Step
from tacit.algorithms.linear.settings import Settings
from tacit.data.arrays import encode_array
from tacit.data.columns import with_roles
from tacit.errors import DataError, ParameterError

TABLE = with_roles(
    pa.table({"id": ["a", "b"], "x": [1.5, -2.0], "n": [3, 4], "b": [True, False], "t": ["u", "v"], "y": [0, 1]}),
    keys=["id"],
    label="y",
)


@pytest.mark.parametrize(
    "bad",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"l2": -1.0},
        {"learning_rate": 10.0, "l2": 0.1},
        {"patience": 0},
        {"tolerance": -0.1},
        {"sigmoid": "cubic"},
    ],
)
def test_settings_are_checked(bad: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        Settings(**bad)
    assert caught.value.code == "parameter.invalid"


def test_settings_from_parameters() -> None:
    params = {"epochs": 3, "early_stop": {"patience": 2, "tolerance": 0.1}, "label": "y", "sigmoid": "piecewise"}
    assert Settings.of(params) == Settings(epochs=3, patience=2, tolerance=0.1, sigmoid="piecewise")
    assert Settings.of({"early_stop": None}) == Settings()


def test_order_is_a_permutation_fixed_for_all_time() -> None:
    assert sorted(shuffled(1000, 1, 2)) == list(range(1000))
    assert shuffled(8, 0, 0).tolist() == [0, 3, 7, 5, 4, 1, 2, 6]
    assert shuffled(50, 0, 0).tolist() != shuffled(50, 0, 1).tolist() != shuffled(50, 1, 1).tolist()


@pytest.mark.parametrize("rate", [0.1, 1.0, 10.0, 1e-6, 0.3])
@pytest.mark.parametrize("rows", [1, 3, 1024, 100_000])
def test_a_step_scales_the_gradient_as_told(rate: float, rows: int) -> None:
    step = Step.of(rows, Settings(learning_rate=rate, l2=0.05), 20)
    shift = step.lowered - FEATURE_SCALE - RESIDUAL_SCALE + 20
    assert 1 <= step.gain < 2 and step.gain * 2.0**-shift == rate / rows
    assert abs(step.decay * 2.0**-step.lowered - rate * 0.05) < 2.0**-step.lowered


@pytest.mark.parametrize("rate", [1e-12, 1e9])
def test_a_rate_that_cannot_be_held_is_refused(rate: float) -> None:
    with pytest.raises(ParameterError) as caught:
        Plan.of(1000, 3, Settings(learning_rate=rate, l2=0.0))
    assert caught.value.code == "parameter.invalid"


@pytest.mark.parametrize("settings", [Settings(), Settings(l2=0.01, epochs=1000), Settings(l2=0, batch_size=77)])
def test_planned_bounds_hold_against_the_worst_data(settings: Settings) -> None:
    """A feature at the bound whose residual never changes its sign, step by step as the protocol computes."""
    plan, w, free = Plan.of(1000, 3, settings), 0.0, 0.0
    sizes = [min(settings.batch_size, 1000 - start) for start in range(0, 1000, settings.batch_size)]
    for size in sizes * settings.epochs:
        step = Step.of(size, settings, plan.weight_scale)
        w += settings.learning_rate * FEATURE_BOUND * RESIDUAL - w * step.decay * 2.0**-step.lowered
        free += settings.learning_rate * RESIDUAL
        assert max(w, free) * 2.0**plan.weight_scale < plan.weight_bound


def test_plan_for_the_sizes_we_promise() -> None:
    plan = Plan.of(100_000, 41, Settings())
    assert plan.weight_scale >= 20
    assert plan.weight_bound >= 0.1 * FEATURE_BOUND * RESIDUAL * 980 * 2**plan.weight_scale
    assert Plan.of(10**7, 200, Settings(epochs=100)).weight_scale >= 16  # the penalty bounds the weights
    with pytest.raises(ParameterError) as caught:
        Plan.of(10**7, 200, Settings(epochs=100, l2=0.0, batch_size=16))
    assert caught.value.code == "mpc.overflow" and caught.value.hint


def test_a_penalty_beyond_the_ring_is_refused_before_the_start() -> None:
    """A large batch, a large penalty and an intercept that may grow: the sum would be too wide to be truncated."""
    with pytest.raises(ParameterError) as caught:
        Plan.of(600_000, 3, Settings(epochs=100, batch_size=500_000, learning_rate=0.1, l2=0.5))
    assert caught.value.code == "mpc.overflow" and "penalty" in caught.value.message


def test_which_columns() -> None:
    assert feature_names(TABLE, None, None) == ("x", "n", "b")
    assert feature_names(TABLE, None, "x") == ("n", "b")
    assert feature_names(TABLE, ["n"], None) == ("n",)
    assert label_name(TABLE, None) == "y" and label_name(TABLE, "b") == "b"
    for call in (
        lambda: feature_names(TABLE, ["id"], None),
        lambda: feature_names(TABLE, ["x"], "x"),
        lambda: label_name(TABLE, "id"),
    ):
        with pytest.raises(DataError) as caught:
            call()
        assert caught.value.code == "data.role_conflict"
    with pytest.raises(DataError) as caught:
        label_name(TABLE.drop_columns(["y"]), None)
    assert caught.value.code == "data.label_missing"


def test_feature_matrix() -> None:
    assert feature_matrix(TABLE, ["x", "b"], intercept=True).tolist() == [[1, 1.5, 1], [1, -2, 0]]
    assert feature_matrix(TABLE, ["n"], intercept=False).tolist() == [[3], [4]]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([1.0, None], "data.missing_values"),
        ([1.0, float("nan")], "data.not_finite"),
        ([1.0, float("-inf")], "data.not_finite"),
        ([1.0, -64.5], "data.feature_out_of_bound"),
        (["1", "2"], "data.not_numeric"),
    ],
)
def test_bad_features_are_refused_by_name_and_without_values(cells: list[Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        feature_matrix(pa.table({"income": cells}), ["income"], intercept=False)
    assert caught.value.code == code
    assert "income" in caught.value.message and "64.5" not in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([0, 2], "data.label_not_binary"),
        ([0.5, 1.0], "data.label_not_binary"),
        ([1, 1], "data.label_one_class"),
        ([False, False], "data.label_one_class"),
        ([0, None], "data.missing_values"),
        (["no", "yes"], "data.label_not_binary"),
    ],
)
def test_bad_labels_are_refused(cells: list[Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        label_values(pa.table({"y": cells}), "y")
    assert caught.value.code == code


def test_labels_of_any_numeric_type() -> None:
    for cells in ([0, 1], [0.0, 1.0], [False, True]):
        assert label_values(pa.table({"y": cells}), "y").tolist() == [0, 1]


PIECE = Piece("ab" * 16, "label", ("x",), (2, 3), 24, 1 << 40, np.arange(5, dtype=np.uint64) << np.uint64(60))


def test_piece_there_and_back() -> None:
    again = read_piece(PIECE.document(), "label")
    assert (again.share == PIECE.share).all() and again.document() == PIECE.document()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "tree"}, "model.wrong_kind"),
        ({"format": 2}, "model.wrong_kind"),
        ({"role": "feature"}, "model.wrong_role"),
        ({"features": ["x", "z"]}, "model.damaged"),
        ({"model_id": "zz"}, "model.damaged"),
        ({"bound": str(1 << 63)}, "model.damaged"),
        ({"columns": {"label": 2}}, "model.damaged"),
        ({"scale": "many"}, "model.damaged"),
        ({"scale": 2}, "model.damaged"),
        ({"model_id": "-" + "a" * 31}, "model.damaged"),
        ({"columns": {"label": 2, "feature": -2}, "share": encode_array(np.zeros(0, np.uint64))}, "model.damaged"),
    ],
)
def test_a_piece_that_does_not_fit_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        read_piece({**PIECE.document(), **change}, "label")
    assert caught.value.code == code
