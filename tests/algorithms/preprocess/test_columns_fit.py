"""Fit and apply against scikit-learn, and every way a column can be unfit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from tacit.algorithms.preprocess.columns import apply, fit
from tacit.data.columns import columns_with_role, with_roles
from tacit.errors import ParameterError, TacitError

RNG = np.random.default_rng(11)
ROWS = 501
VALUES = np.column_stack([RNG.normal(1e6, 3, ROWS), RNG.integers(-9, 9, ROWS), RNG.exponential(2, ROWS)])
VALUES[::7, 0] = np.nan
VALUES[3::5, 2] = np.nan
TRAIN, TEST = VALUES[:400], VALUES[400:]


def table_of(values: np.ndarray) -> pa.Table:
    return pa.table({f"x{index}": pa.array(values[:, index], from_pandas=True) for index in range(values.shape[1])})


def matrix(table: pa.Table) -> np.ndarray:
    return np.column_stack([column.to_numpy() for column in table.columns])


@pytest.mark.parametrize("missing", ["mean", "median", "zero"])
@pytest.mark.parametrize("scale", ["standard", "minmax", "none"])
def test_agrees_with_scikit_learn(missing: str, scale: str) -> None:
    strategy = {"zero": {"strategy": "constant", "fill_value": 0.0}}.get(missing, {"strategy": missing})
    imputer = SimpleImputer(**strategy).fit(TRAIN)
    scaler = {"standard": StandardScaler, "minmax": MinMaxScaler}.get(scale)
    expected = [imputer.transform(part) for part in (TRAIN, TEST)]
    if scaler is not None:
        fitted = scaler().fit(expected[0])
        expected = [fitted.transform(part) for part in expected]
    transform = fit(table_of(TRAIN), missing=missing, scale=scale)
    for part, wanted in zip((TRAIN, TEST), expected, strict=True):
        np.testing.assert_allclose(matrix(apply(table_of(part), transform)), wanted, rtol=1e-9, atol=1e-9)


def test_keys_label_order_and_metadata_stay() -> None:
    table = with_roles(
        pa.table({"x": [1, 2, 3], "id": ["a", "b", "c"], "flag": [True, False, None], "y": [0, 1, None]}),
        keys=["id"],
        label="y",
    )
    table = table.replace_schema_metadata({"made": "by test"})
    done = apply(table, fit(table, scale="none"))
    assert done.column_names == ["x", "id", "flag", "y"]
    assert columns_with_role(done, "key") == ["id"]
    assert columns_with_role(done, "label") == ["y"]
    assert done.column("id").equals(table.column("id"))
    assert done.column("y").equals(table.column("y"))
    assert done.column("flag").to_pylist() == [1.0, 0.0, 0.5]
    assert done.schema.metadata == {b"made": b"by test"}
    assert [str(each.type) for each in done.schema] == ["double", "string", "double", "int64"]


def test_constants_are_dropped_or_refused() -> None:
    table = pa.table({"a": [1, 2], "b": [7, 7], "c": [7, None]})
    transform = fit(table)
    assert transform.dropped == ("b", "c")
    assert apply(table, transform).column_names == ["a"]
    assert refusal(table, constant="refuse").code == "data.column_constant"
    assert fit(table, missing="zero").dropped == ("b",)


def test_a_table_without_features_passes() -> None:
    table = with_roles(pa.table({"id": [1], "y": [0]}), keys=["id"], label="y")
    assert apply(table, fit(table)).equals(table)


def test_further_columns_at_inference_are_left_out() -> None:
    transform = fit(pa.table({"a": [1, 2]}))
    done = apply(pa.table({"name": ["x"], "a": [1.5]}), transform)
    assert done.to_pylist() == [{"a": 0.0}]


def refusal(table: pa.Table, **params: str) -> TacitError:
    with pytest.raises(TacitError) as caught:
        fit(table, **params)
    return caught.value


@pytest.mark.parametrize(
    ("column", "params", "code"),
    [
        (pa.array(["secret", "b"]), {}, "data.not_numeric"),
        (pa.array([1, 2], pa.date32()), {}, "data.not_numeric"),
        (pa.array([1.0, np.nan]), {}, "data.not_finite"),
        (pa.array([1.0, np.inf]), {}, "data.not_finite"),
        (pa.array([None, None], pa.float64()), {}, "data.column_all_null"),
        (pa.array([None, None], pa.float64()), {"missing": "zero"}, "data.column_all_null"),
        (pa.array([1, None]), {"missing": "refuse"}, "data.missing_values"),
        (pa.array([1.7e308, -1.7e308]), {"scale": "minmax"}, "data.out_of_range"),
        (pa.array([], pa.int64()), {}, "dataset.empty"),
    ],
)
def test_columns_that_cannot_be_fitted(column: pa.Array, params: dict[str, str], code: str) -> None:
    error = refusal(pa.table({"x": column}), **params)
    assert error.code == code
    assert "secret" not in str(error)


def test_the_text_error_says_how_to_leave_the_column_out() -> None:
    error = refusal(pa.table({"city": ["a", "b"]}))
    assert "city" in error.message
    assert "dataset.read" in str(error.hint)
    assert "columns" in str(error.hint)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pa.table({"b": [1]}), "data.column_missing"),
        (pa.table({"a": ["x"]}), "data.type_mismatch"),
        (pa.table({"a": [np.inf]}), "data.not_finite"),
        (pa.table({"a": pa.array([None], pa.int64())}), "data.missing_values"),
        (pa.table({"a": [1.7e308]}), "data.out_of_range"),
        (with_roles(pa.table({"a": [1]}), keys=["a"]), "data.role_conflict"),
        (pa.table([pa.array([1]), pa.array([1])], names=["a", "a"]), "data.column_duplicate"),
    ],
)
def test_tables_that_do_not_fit_the_transform(table: pa.Table, code: str) -> None:
    transform = fit(pa.table({"a": [0.0, 1e-10]}), missing="refuse")
    with pytest.raises(TacitError) as caught:
        apply(table, transform)
    assert caught.value.code == code


@pytest.mark.parametrize("params", [{"missing": "mode"}, {"scale": "robust"}, {"constant": "keep"}])
def test_unknown_choices(params: dict[str, str]) -> None:
    assert isinstance(refusal(pa.table({"a": [1, 2]}), **params), ParameterError)


def test_extreme_but_finite_columns_stay_finite() -> None:
    for values in ([1.7e308, -1.7e308, 0.0], [5e-324, 0.0, 1e-323], [1e16, 1e16 + 2, 1e16 + 4]):
        table = pa.table({"a": values})
        transform = fit(table)
        for column in apply(table, transform).columns:
            assert np.isfinite(column.to_numpy()).all()
