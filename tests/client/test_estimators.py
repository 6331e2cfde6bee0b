"""`tacit.LogisticRegression`: secure beside plain on real data, the kinds of tables, and the mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import datasets
from sklearn.base import clone

from tacit import LogisticRegression
from tacit.client.estimators import _auc
from tacit.errors import DataError, InputError, ParameterError, TacitError

Halves = tuple[dict[str, Any], dict[str, Any]]


def halves(values: Any, label: Any, *, seed: int) -> Halves:
    """The first owner has the label and half of the columns, the second the rest; each lacks some rows."""
    draw = np.random.default_rng(seed)
    keys = np.char.add("row-", np.arange(len(label)).astype(str))
    left, right = (draw.permutation(len(label))[: int(0.95 * len(label))] for _ in range(2))
    middle = values.shape[1] // 2
    first = {"id": keys[left], "y": label[left], **{f"a{i}": values[left, i] for i in range(middle)}}
    second = {"id": keys[right], **{f"b{i}": values[right, i] for i in range(middle, values.shape[1])}}
    return first, second


def breast_cancer() -> Halves:
    bunch = datasets.load_breast_cancer()
    return halves(bunch.data, 1 - bunch.target, seed=1)


def digits_eight() -> Halves:
    """Is it an eight? Columns of pixels that are never lit are left out."""
    bunch = datasets.load_digits()
    lit = bunch.data[:, bunch.data.std(axis=0) > 0.5]
    return halves(lit, (bunch.target == 8).astype(int), seed=2)


def wine_first() -> Halves:
    bunch = datasets.load_wine()
    return halves(bunch.data, (bunch.target == 0).astype(int), seed=3)


def small() -> Halves:
    """Separated well enough for a model after a few steps; nulls in one column."""
    draw = np.random.default_rng(4)
    label = np.arange(120) % 2
    values = draw.normal(size=(120, 4)) + label[:, None]
    first, second = halves(values, label, seed=5)
    second["b3"] = pa.array(second["b3"], mask=np.arange(len(second["b3"])) % 10 == 0)
    return first, second


@pytest.mark.parametrize(
    ("load", "settings"),
    [
        (breast_cancer, {"epochs": 10, "batch_size": 64, "learning_rate": 0.1}),
        pytest.param(
            digits_eight, {"epochs": 20, "batch_size": 128, "learning_rate": 0.3, "l2": 0.01}, marks=pytest.mark.slow
        ),
        pytest.param(wine_first, {"epochs": 20, "batch_size": 32, "learning_rate": 0.3}, marks=pytest.mark.slow),
    ],
)
def test_secure_is_as_good_as_plain(load: Callable[[], Halves], settings: dict[str, Any]) -> None:
    first, second = load()
    scores = {
        mode: LogisticRegression(mode=mode, **settings).fit(first, second, key="id", label="y").score(first, second)
        for mode in ("secure", "plain")
    }
    assert scores["plain"] > 0.9
    assert abs(scores["secure"] - scores["plain"]) <= 0.005, scores


@pytest.fixture(scope="module")
def secure() -> LogisticRegression:
    first, second = small()
    return LogisticRegression(epochs=2, batch_size=32).fit(first, second, key="id", label="y")


def test_secure_scores_are_for_the_shared_rows_in_the_order_of_their_keys(secure: LogisticRegression) -> None:
    first, second = small()
    scored = secure.predict_proba(first, second)
    shared = sorted(set(first["id"]) & set(second["id"]))
    assert scored.column_names == ["id", "score"]
    assert scored.column("id").to_pylist() == shared
    assert all(0 <= score <= 1 for score in scored.column("score").to_pylist())
    plain = LogisticRegression(mode="plain").fit(first, second, key="id", label="y").predict_proba(first, second)
    assert plain.schema == scored.schema and plain.column("id").equals(scored.column("id"))


def test_secure_model_scores_rows_without_a_label(secure: LogisticRegression) -> None:
    first, second = small()
    del first["y"]
    labels = secure.predict(pa.table(first), pa.table(second))
    assert labels.dtype == np.int64 and set(labels) <= {0, 1}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda first, second: first.update(y=np.ones(len(first["y"]), int)), "data.label_one_class"),
        (lambda first, second: second.update(id=np.char.upper(second["id"])), "psi.no_overlap"),
    ],
    ids=["one_class", "no_overlap"],
)
@pytest.mark.parametrize("mode", ["plain", "secure"])
def test_both_modes_refuse_alike(mode: Any, spoil: Callable[[Any, Any], None], code: str) -> None:
    first, second = small()
    spoil(first, second)
    estimator = LogisticRegression(mode=mode, epochs=1)
    with pytest.raises(DataError) as caught:
        estimator.fit(first, second, key="id", label="y")
    assert caught.value.code == code
    assert "row-" not in str(caught.value).lower().replace("row-wise", "")
    with pytest.raises(InputError, match="not fitted"):
        estimator.predict(first, second)


def plain() -> LogisticRegression:
    return LogisticRegression(mode="plain")


def code_of(action: Callable[[], Any]) -> str:
    with pytest.raises(TacitError) as caught:
        action()
    assert "row-" not in str(caught.value)
    return caught.value.code


def test_tables_of_every_kind_give_the_same_model() -> None:
    pandas = pytest.importorskip("pandas")
    first, second = small()
    frames = [pandas.DataFrame({name: list(values) for name, values in first.items()}), pa.table(second).to_pandas()]
    shuffled = frames[0].sample(frac=1, random_state=1)  # its index is not a column
    expected = plain().fit(first, second, key="id", label="y").score(first, second)
    assert plain().fit(pa.table(first), pa.table(second), key="id", label="y").score(first, second) == expected
    assert plain().fit(shuffled, frames[1], key="id", label="y").score(shuffled, frames[1]) == pytest.approx(expected)


def test_whole_number_keys_keep_their_type_and_order() -> None:
    first, second = small()
    for side in (first, second):
        side["id"] = np.char.replace(side["id"], "row-", "").astype(int)
    keys = plain().fit(first, second, key="id", label="y").predict_proba(first, second).column("id")
    assert keys.type == pa.int64()
    assert keys.to_pylist() == sorted(set(first["id"].tolist()) & set(second["id"].tolist()))


def test_columns_of_the_same_name_at_both_owners_are_two_features() -> None:
    first, second = small()
    second = {name.replace("b", "a"): values for name, values in second.items()}
    first, second = first | {"x": first["a0"]}, second | {"x": second["a2"]}
    assert plain().fit(first, second, key="id", label="y").score(first, second) > 0.8


def test_missing_key_label_and_columns() -> None:
    first, second = small()
    assert code_of(lambda: plain().fit(first, second, key="nr", label="y")) == "data.column_missing"
    assert code_of(lambda: plain().fit(first, second, key="id", label="ill")) == "data.column_missing"
    assert code_of(lambda: LogisticRegression().fit(first, {"x": [1]}, key="id", label="y")) == "data.column_missing"
    fitted = plain().fit(first, second, key="id", label="y")
    del second["b2"]
    assert code_of(lambda: fitted.predict(first, second)) == "data.column_missing"


def test_keys_that_repeat_or_are_missing() -> None:
    first, second = small()
    twice = first | {"id": np.concatenate([first["id"][:1], first["id"][:-1]])}
    assert code_of(lambda: plain().fit(twice, second, key="id", label="y")) == "data.key_duplicate"
    none = second | {"id": [None, *second["id"][1:]]}
    assert code_of(lambda: plain().fit(first, none, key="id", label="y")) == "data.key_null"


def test_labels_and_features_that_are_none() -> None:
    first, second = small()
    three = first | {"y": np.arange(len(first["y"])) % 3}
    assert code_of(lambda: plain().fit(three, second, key="id", label="y")) == "data.label_not_binary"
    words = first | {"y": [f"row-{label}" for label in first["y"]]}
    assert code_of(lambda: plain().fit(words, second, key="id", label="y")) == "data.not_numeric"
    fitted = plain().fit(first, second, key="id", label="y")
    text = second | {"b2": ["row-x"] * len(second["b2"])}
    assert code_of(lambda: fitted.predict(first, text)) == "data.not_numeric"


def test_things_that_are_no_tables() -> None:
    for wrong in (7, "table.csv", {"id": [1], "y": [1, 2]}, {"id": [1, "x"]}, [1, 2]):
        assert code_of(lambda: plain().fit(wrong, wrong, key="id", label="y")) == "estimator.bad_table"  # noqa: B023


def test_not_fitted() -> None:
    first, second = small()
    for ask in (plain().predict, plain().predict_proba, plain().score):
        assert code_of(lambda: ask(first, second)) == "estimator.not_fitted"  # noqa: B023


def test_parameters_as_scikit_learn_wants_them() -> None:
    estimator = LogisticRegression(mode="plain", epochs=3)
    assert estimator.get_params() == {
        "mode": "plain", "epochs": 3, "batch_size": 1024, "learning_rate": 0.1, "l2": 0.001, "seed": 0,
    }  # fmt: skip
    assert clone(estimator).epochs == 3
    assert estimator.set_params(l2=0.5).l2 == 0.5
    assert code_of(lambda: estimator.set_params(depth=3)) == "estimator.unknown_parameter"
    assert code_of(lambda: estimator.set_params(mode="magic")) == "estimator.bad_mode"
    with pytest.raises(ParameterError, match="Unknown mode"):
        LogisticRegression(mode="magic")  # type: ignore[arg-type]


def test_area_under_the_curve_counts_ties_as_half() -> None:
    assert _auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8])) == 0.875
    assert _auc(np.array([0, 1]), np.array([0.5, 0.5])) == 0.5
