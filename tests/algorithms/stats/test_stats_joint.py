"""Joint statistics against pandas, and what is withheld."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from parties import run_parties, run_parties_with_errors
from tacit.algorithms.stats.joint import joint_statistics
from tacit.algorithms.stats.query import GroupBy, Query
from tacit.data.columns import with_roles
from tacit.errors import DataError, ParameterError, PeerFailed

REAL = 1e-4  # promised relative error; the exact sums are far better
CITY = GroupBy("first", "city")


def report_of(first: Any, second: Any, query: Query) -> dict[str, Any]:
    """Both parties' report, after a look that they are the same and the dealer has none."""
    tables = {role: _table(frame) for role, frame in (("first", first), ("second", second))}
    results = run_parties(
        {
            role: lambda session, role=role: joint_statistics(session, query, tables.get(role))
            for role in ("first", "second", "dealer")
        }
    )
    assert results["first"] == results["second"]
    assert results["dealer"] is None
    return results["first"]  # type: ignore[no-any-return]


def errors_of(first: Any, second: Any, query: Query) -> dict[str, BaseException]:
    tables = {role: _table(frame) for role, frame in (("first", first), ("second", second))}
    _, errors = run_parties_with_errors(
        {
            role: lambda session, role=role: joint_statistics(session, query, tables.get(role))
            for role in ("first", "second", "dealer")
        }
    )
    return errors


def _table(frame: Any) -> pa.Table:
    return frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)


def check_against_pandas(report: dict[str, Any], frame: pd.DataFrame, key: str | None, rel: float = 1e-9) -> None:
    """Every shown cell of the report against the joined table in the clear."""
    for position, column in enumerate(report["columns"]):
        overall = report["overall"]["cells"][position]
        _check_cell(overall, frame[column["name"]], rel)
        for group in report["groups"]:
            rows = frame[frame[key].isna()] if group["label"] is None else frame[frame[key] == group["label"]]
            assert group["rows"] == len(rows)
            _check_cell(group["cells"][position], rows[column["name"]], rel)


def _check_cell(cell: dict[str, Any] | None, values: pd.Series, rel: float) -> None:
    assert cell is not None
    assert cell["count"] == values.count()
    for measure, expected in (("sum", values.sum()), ("mean", values.mean()), ("variance", values.var())):
        assert cell[measure] == pytest.approx(expected, rel=rel, abs=1e-12 * float(np.abs(values).max()) ** 2 + 1e-300)


def _bank(rows: int, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {"city": random.choice(["杭州", "Paris", "", "x" * 100], rows), "age": random.integers(18, 90, rows)}
    )


def _shop(rows: int, seed: int = 2) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "income": random.lognormal(11, 1.5, rows) * 1000,
            "tiny": random.normal(0, 1e-9, rows),
            "negative": -random.exponential(50, rows) - 1e6,
            "constant": np.full(rows, 0.1),
            "flag": random.integers(0, 2, rows).astype(bool),
        }
    )


def test_groups_of_one_party_and_values_of_both_match_pandas() -> None:
    bank, shop = _bank(2000), _shop(2000)
    report = report_of(bank, shop, Query(group=CITY))
    assert [group["label"] for group in report["groups"]] == ["", "Paris", "x" * 100, "杭州"]
    assert report["group"] == {"role": "first", "column": "city", "groups": 4, "withheld": 0}
    assert [column["role"] for column in report["columns"]] == ["first"] + 5 * ["second"]
    check_against_pandas(report, pd.concat([bank, shop.astype({"flag": float})], axis=1), "city")


def test_groups_of_the_second_party() -> None:
    bank, shop = _bank(500), _shop(500)
    query = Query(group=GroupBy("second", "city"), columns={"first": ("income", "tiny")})
    check_against_pandas(report_of(shop, bank, query), pd.concat([bank, shop], axis=1), "city")


def test_without_groups() -> None:
    bank, shop = _bank(300), _shop(300)
    report = report_of(bank, shop, Query(columns={"first": ("age",), "second": ("income", "constant")}))
    assert report["group"] is None and report["groups"] == []
    check_against_pandas(report, pd.concat([bank, shop], axis=1), None)


def test_many_blocks_and_an_outlier(monkeypatch: pytest.MonkeyPatch) -> None:
    from tacit.algorithms.stats import secure

    monkeypatch.setattr(secure, "_BLOCK_WORDS", 1 << 9)
    bank, shop = _bank(1500), _shop(1500)[["income"]].copy()
    shop.loc[0, "income"] = 1e14
    check_against_pandas(report_of(bank, shop, Query(group=CITY)), pd.concat([bank, shop], axis=1), "city", REAL)


def test_constant_values_have_no_variance_at_all() -> None:
    values = pd.DataFrame({"x": np.where(np.arange(100) < 50, 0.1, 1e9 / 3)})
    groups = pd.DataFrame({"city": ["a"] * 50 + ["b"] * 50})
    report = report_of(groups, values, Query(group=CITY))
    assert [group["cells"][0]["variance"] for group in report["groups"]] == [0.0, 0.0]


def test_missing_values_are_not_counted() -> None:
    bank, shop = _bank(1000), _shop(1000)[["income"]]
    shop["income"] = shop["income"].where(np.random.default_rng(3).random(1000) < 0.6)
    bank["age"] = bank["age"].astype(float).where(np.random.default_rng(4).random(1000) < 0.6)
    check_against_pandas(report_of(bank, shop, Query(group=CITY)), pd.concat([bank, shop], axis=1), "city")


def test_nan_and_null_are_both_missing() -> None:
    table = pa.table({"x": pa.array([1.0, None, float("nan"), 4.0] * 5)})
    report = report_of(pd.DataFrame({"city": ["a"] * 20}), table, Query(group=CITY))
    assert report["groups"][0]["cells"][0]["count"] == 10


def test_small_groups_are_withheld_with_their_labels_and_one_more_if_needed() -> None:
    bank = pd.DataFrame({"city": ["big"] * 60 + ["middle"] * 25 + ["secret"] * 3})
    report = report_of(bank, pd.DataFrame({"x": np.arange(88.0)}), Query(group=CITY))
    assert [(group["label"], group["rows"]) for group in report["groups"]] == [("big", 60)]
    assert report["group"]["withheld"] == 2
    assert "secret" not in str(report)


def test_a_missing_label_is_a_group() -> None:
    bank = pa.table({"city": pa.array(["a"] * 20 + [None] * 20)})
    shop = pd.DataFrame({"x": np.arange(40.0)})
    report = report_of(bank, shop, Query(group=CITY))
    assert [group["label"] for group in report["groups"]] == ["a", None]
    assert report["groups"][1]["cells"][0]["sum"] == pytest.approx(sum(range(20, 40)))


@pytest.mark.parametrize("owner", ["first", "second"])
def test_cells_with_few_values_are_withheld_and_cannot_be_subtracted(owner: str) -> None:
    """Group b has 4 values of x: its cell and that of the smallest other group are withheld; y is whole."""
    groups = pd.DataFrame({"city": ["a"] * 40 + ["b"] * 20 + ["c"] * 30})
    values = pd.DataFrame({"x": np.arange(90.0), "y": np.arange(90.0)})
    values.loc[44:59, "x"] = np.nan
    for first, second, group in (
        (groups, values, GroupBy("first", "city")),
        (pd.concat([groups, values], axis=1), pd.DataFrame({"z": np.arange(90)}), GroupBy("first", "city")),
    ):
        if owner == "second":
            first, second, group = second, first, GroupBy("second", "city")
        report = report_of(first, second, Query(group=group))
        names = [column["name"] for column in report["columns"]]
        x = [cells["cells"][names.index("x")] for cells in report["groups"]]
        assert [cell is None for cell in x] == [False, True, True]
        assert all(cells["cells"][names.index("y")] is not None for cells in report["groups"])


def test_all_groups_withheld() -> None:
    bank = pd.DataFrame({"city": [f"c{i}" for i in range(30)]})
    report = report_of(bank, pd.DataFrame({"x": np.arange(30.0)}), Query(group=CITY))
    assert report["groups"] == []
    assert report["group"]["withheld"] == 30
    assert report["overall"]["cells"][0]["count"] == 30


def test_fewer_rows_than_the_minimum() -> None:
    report = report_of(pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"b": [1.0, 2.0]}), Query())
    assert report["overall"]["cells"] == [None, None]


@pytest.mark.parametrize("measures", [("count",), ("mean",), ("variance",), ("sum", "count")])
def test_only_the_asked_measures_are_reported(measures: tuple[str, ...]) -> None:
    bank, shop = _bank(200), _shop(200)[["income"]]
    report = report_of(bank, shop, Query(group=CITY, measures=measures))
    for group in [report["overall"], *report["groups"]]:
        assert all(set(cell) == set(measures) for cell in group["cells"])
    joined = pd.concat([bank, shop], axis=1)
    income = joined.groupby("city")["income"]
    expected = {"count": income.count(), "sum": income.sum(), "mean": income.mean(), "variance": income.var()}
    for group in report["groups"]:
        for measure in measures:
            assert group["cells"][1][measure] == pytest.approx(expected[measure][group["label"]])


@pytest.mark.parametrize("labels", [[3] * 20 + [-1] * 20, [True] * 20 + [False] * 20, [2**60] * 20 + [2**60 + 1] * 20])
def test_labels_that_are_no_text(labels: list[Any]) -> None:
    report = report_of(pd.DataFrame({"city": labels}), pd.DataFrame({"x": np.arange(40.0)}), Query(group=CITY))
    found = [group["label"] for group in report["groups"]]
    assert [str(label) for label in found] == [str(label) for label in sorted(set(labels))]


def test_counting_groups_needs_no_measured_column() -> None:
    report = report_of(_bank(100)[["city"]], pd.DataFrame({"t": ["x"] * 100}), Query(group=CITY))
    assert report["columns"] == []
    assert sum(group["rows"] for group in report["groups"]) == 100


def test_keys_and_labels_are_not_measured_by_default() -> None:
    table = with_roles(pa.table({"id": range(20), "y": [0, 1] * 10, "x": range(20)}), keys=["id"], label="y")
    report = report_of(table, pd.DataFrame({"z": np.arange(20)}), Query())
    assert [column["name"] for column in report["columns"]] == ["x", "z"]
    report = report_of(table, pd.DataFrame({"z": np.arange(20)}), Query(columns={"first": ("y",)}))
    assert [column["name"] for column in report["columns"]] == ["y", "z"]


ROWS = pd.DataFrame({"x": np.arange(30.0), "city": ["a"] * 30})
KEYED = with_roles(pa.table({"x": range(30)}), keys=["x"])


@pytest.mark.parametrize(
    ("first", "query", "code"),
    [
        (ROWS, Query(columns={"first": ("city",)}), "stats.column_not_numeric"),
        (ROWS, Query(columns={"first": ("nope",)}), "data.column_missing"),
        (ROWS, Query(group=GroupBy("first", "nope")), "data.column_missing"),
        (ROWS, Query(group=GroupBy("first", "x")), "stats.group_type"),
        (ROWS.iloc[:0], Query(), "data.no_rows"),
        (ROWS.assign(x=np.inf), Query(), "data.not_finite"),
        (ROWS.assign(x=1e200), Query(), "stats.value_too_large"),
        (KEYED, Query(columns={"first": ("x",)}), "stats.key_column"),
        (ROWS.assign(city=["y" * 300] * 30), Query(group=CITY), "stats.label_too_long"),
    ],
)
def test_errors_of_one_side_reach_the_others_as_codes(first: Any, query: Query, code: str) -> None:
    errors = errors_of(first, pd.DataFrame({"z": np.arange(30)}), query)
    assert isinstance(errors["first"], DataError)
    assert errors["first"].code == code
    for role in ("second", "dealer"):
        error = errors[role]
        assert isinstance(error, PeerFailed)
        # The word may come straight from the first or through the other of the two.
        assert error.peer_code in (code, "peer.failed")


def test_too_many_groups() -> None:
    errors = errors_of(pd.DataFrame({"city": np.arange(1001)}), pd.DataFrame({"z": np.arange(1001)}), Query(group=CITY))
    error = errors["first"]
    assert isinstance(error, DataError)
    assert error.code == "stats.too_many_groups"


def test_tables_of_different_length_stop_everyone() -> None:
    errors = errors_of(ROWS, pd.DataFrame({"z": np.arange(29)}), Query())
    assert {getattr(error, "code", "") for error in errors.values()} <= {"data.not_aligned", "peer.failed"}
    assert isinstance(errors["first"], DataError) or isinstance(errors["second"], DataError)


def test_nothing_to_measure() -> None:
    errors = errors_of(ROWS[["city"]], pd.DataFrame({"t": ["a"] * 30}), Query())
    assert "stats.no_columns" in {getattr(error, "code", "") for error in errors.values()}


@pytest.mark.parametrize("owner", ["first", "second"])
def test_so_many_sums_that_they_tell_the_groups_of_rows_are_refused(owner: str) -> None:
    """Four columns give twelve numbers per group; whose columns are counted is who does not know the groups."""
    other = "second" if owner == "first" else "first"
    groups = pd.DataFrame({"city": ["a"] * 20 + ["b"] * 27})
    values = pd.DataFrame(np.random.default_rng(5).normal(size=(47, 4)), columns=list("wxyz"))
    sides = {owner: groups, other: values}
    errors = errors_of(sides["first"], sides["second"], Query(group=GroupBy(owner, "city")))
    assert {getattr(error, "code", "") for error in errors.values()} <= {"stats.too_few_rows", "peer.failed"}
    assert any(isinstance(error, DataError) for error in errors.values())
    for allowed in (
        Query(group=GroupBy(owner, "city"), measures=("sum", "count")),
        Query(group=GroupBy(owner, "city"), columns={other: ("x", "y", "z")}),
        Query(),
    ):
        assert report_of(sides["first"], sides["second"], allowed)["rows"] == 47
    own = Query(group=GroupBy(other, "city"))  # the columns of who knows the groups do not count
    both_at_one = {other: values.assign(city=groups["city"]), owner: pd.DataFrame({"t": ["x"] * 47})}
    assert report_of(both_at_one["first"], both_at_one["second"], own)["groups"]


@pytest.mark.parametrize("owner", ["first", "second"])
def test_many_sums_over_a_small_group_are_refused(owner: str) -> None:
    """Seven columns give 21 numbers: 10 rows are too few, 11 are enough, and a larger minimum withholds the group."""
    other = "second" if owner == "first" else "first"
    values = pd.DataFrame(np.random.default_rng(6).normal(size=(200, 7)), columns=list("abcdefg"))

    def sides(small: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        found = {owner: pd.DataFrame({"city": ["p"] * small + ["q"] * 90 + ["r"] * (110 - small)}), other: values}
        return found["first"], found["second"]

    errors = errors_of(*sides(10), Query(group=GroupBy(owner, "city")))
    assert {getattr(errors[role], "code", "") for role in (owner, other)} <= {"stats.too_few_rows", "peer.failed"}
    assert any(isinstance(errors[role], DataError) for role in (owner, other))
    assert isinstance(errors["dealer"], PeerFailed)
    assert len(report_of(*sides(11), Query(group=GroupBy(owner, "city")))["groups"]) == 3
    assert len(report_of(*sides(10), Query(group=GroupBy(owner, "city"), minimum=11))["groups"]) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"minimum": 1}, "privacy.minimum_too_small"),
        ({"measures": ("median",)}, "stats.measure_unknown"),
        ({"measures": ()}, "stats.measure_unknown"),
        ({"columns": {"dealer": ("x",)}}, "stats.role_unknown"),
        ({"group": GroupBy("third", "x")}, "stats.role_unknown"),
    ],
)
def test_queries_are_checked(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Query(**wrong)
    assert caught.value.code == code


def test_sums_of_large_numbers_stay_finite() -> None:
    report = report_of(pd.DataFrame({"x": [1e150, -1e150] * 20}), pd.DataFrame({"z": np.arange(40)}), Query())
    assert math.isfinite(report["overall"]["cells"][0]["variance"])
