"""Parameters: what the operators accept and refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tacit.operators.catalogue import specs

SPECS = {spec.name: spec for spec in specs()}


def read(operator: str, params: dict[str, Any]) -> dict[str, Any]:
    return SPECS[operator].params.model_validate(params).model_dump(mode="json")  # type: ignore[no-any-return]


DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "dataset.read": (
        {"dataset": "patients"},
        {
            "dataset": "patients",
            "columns": None,
            "keys": [],
            "label": None,
            "positive": None,
            "null_values": ["", "NA", "NaN", "null", "NULL"],
            "bad_cells": "refuse",
            "types": {},
        },
    ),
    "table.profile": ({}, {}),
    "psi": (
        {},
        {
            "receiver_keys": None,
            "sender_keys": None,
            "normalise": [],
            "nulls": "refuse",
            "duplicates": "refuse",
            "reveal": "rows",
            "learner": "both",
            "join": "inner",
            "receiver_columns": [],
            "sender_columns": [],
            "values": [],
            "value_bound": 1 << 31,
            "value_scale": 0,
            "threshold": None,
            "epsilon": None,
            "protocol": "auto",
            "group": "ristretto255",
            "malicious": False,
            "since": None,
            "allow_kept_table": False,
            "table_queries": 1_000_000,
            "table_days": 90,
        },
    ),
    "psi.many": (
        {},
        {"keys": {}, "normalise": [], "nulls": "refuse", "duplicates": "refuse", "learner": "all"},
    ),
    "table.split": ({}, {"test_fraction": 0.25, "seed": 0}),
    "preprocess.fit": ({}, {"missing": "mean", "scale": "standard", "constant": "drop"}),
    "preprocess.apply": ({}, {}),
    "stats.joint": (
        {},
        {"columns": None, "group": None, "measures": ["count", "sum", "mean", "variance"], "min_group_size": 10},
    ),
    "logistic_regression.train": (
        {},
        {
            "label": None,
            "features": None,
            "epochs": 10,
            "batch_size": 1024,
            "learning_rate": 0.1,
            "l2": 0.001,
            "early_stop": None,
            "seed": 0,
            "sigmoid": "series",
        },
    ),
    "logistic_regression.predict": ({}, {}),
    "evaluation.binary": ({}, {"label": None, "score": "score", "threshold": 0.5, "points": 100}),
    "model.save": ({"name": "risk"}, {"name": "risk"}),
    "model.load": ({"name": "risk"}, {"name": "risk", "version": None}),
}


@pytest.mark.parametrize("operator", DEFAULTS)
def test_defaults(operator: str) -> None:
    given, full = DEFAULTS[operator]
    assert read(operator, given) == full
    assert read(operator, full) == full


@pytest.mark.parametrize(
    ("operator", "params"),
    [
        (
            "dataset.read",
            {"dataset": "d", "columns": ["id", "y", "x"], "keys": ["id"], "label": "y", "types": {"x": "number"}},
        ),
        ("dataset.read", {"dataset": "d", "types": {"any": "text"}, "bad_cells": "null"}),
        ("psi", {"receiver_keys": ["a", "b"], "sender_keys": ["c", "d"], "group": "x25519"}),
        ("psi", {"group": "sm2", "protocol": "ecdh"}),
        ("psi", {"receiver_keys": ["a", "b"]}),
        ("psi", {"normalise": [["nfkc", "trim"], ["phone:86"]], "duplicates": "all", "join": "full"}),
        ("psi", {"reveal": "threshold", "threshold": 5}),
        ("psi", {"reveal": "sum", "values": ["x"], "learner": "receiver"}),
        ("psi", {"reveal": "count", "epsilon": 0.5}),
        ("psi", {"join": "difference", "learner": "receiver"}),
        ("psi", {"join": "union", "sender_columns": ["x"]}),
        ("psi", {"malicious": True}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "sender_columns": ["x"], "table_days": 1}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "join": "difference", "duplicates": "all"}),
        ("psi", {"allow_kept_table": True, "learner": "receiver"}),
        ("table.split", {"test_fraction": 0.999, "seed": 2**31 - 1}),
        (
            "stats.joint",
            {"group": {"role": "second", "column": "{odd} \u540d"}, "measures": ["mean"], "min_group_size": 2},
        ),
        ("stats.joint", {"columns": {"first": [], "second": ["a"]}}),
        ("logistic_regression.train", {"learning_rate": 1, "l2": 0, "early_stop": {"patience": 2, "tolerance": 0.01}}),
        ("logistic_regression.train", {"label": "y", "features": {"label": [], "feature": ["a"]}}),
        ("model.load", {"name": "risk", "version": "3"}),
    ],
)
def test_good(operator: str, params: dict[str, Any]) -> None:
    assert read(operator, params).items() >= params.items()


@pytest.mark.parametrize(
    ("operator", "params"),
    [
        ("dataset.read", {}),
        ("dataset.read", {"dataset": ""}),
        ("dataset.read", {"dataset": "d", "columns": []}),
        ("dataset.read", {"dataset": "d", "columns": ["a", "a"]}),
        ("dataset.read", {"dataset": "d", "columns": ["a"], "keys": ["b"]}),
        ("dataset.read", {"dataset": "d", "columns": ["a"], "label": "b"}),
        ("dataset.read", {"dataset": "d", "columns": ["a"], "types": {"b": "text"}}),
        ("dataset.read", {"dataset": "d", "keys": ["a"], "label": "a"}),
        ("dataset.read", {"dataset": "d", "keys": ["a", "a"]}),
        ("dataset.read", {"dataset": "d", "positive": "yes"}),
        ("dataset.read", {"dataset": "d", "label": "a", "positive": ""}),
        ("dataset.read", {"dataset": "d", "label": "a", "positive": "NA"}),
        ("dataset.read", {"dataset": "d", "label": "a", "positive": "1", "types": {"a": "integer"}}),
        ("dataset.read", {"dataset": "d", "types": {"a": "date"}}),
        ("table.profile", {"extra": 1}),
        ("psi", {"receiver_keys": []}),
        ("psi", {"receiver_keys": ["a"], "sender_keys": ["b", "c"]}),
        ("psi", {"normalise": [["trim", "shout"]]}),
        ("psi", {"reveal": "count", "join": "left"}),
        ("psi", {"reveal": "count", "sender_columns": ["x"]}),
        ("psi", {"reveal": "threshold"}),
        ("psi", {"threshold": 5}),
        ("psi", {"reveal": "sum"}),
        ("psi", {"values": ["x"]}),
        ("psi", {"epsilon": 1.0}),
        ("psi", {"join": "difference"}),
        ("psi", {"join": "left", "learner": "receiver"}),
        ("psi", {"learner": "receiver", "receiver_columns": ["x"]}),
        ("psi", {"malicious": True, "protocol": "ecdh"}),
        ("psi", {"protocol": "unbalanced"}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "reveal": "count"}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "malicious": True}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "since": "nightly"}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "group": "sm2"}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "receiver_columns": ["x"]}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "sender_columns": ["x"], "duplicates": "all"}),
        ("psi", {"protocol": "unbalanced", "learner": "receiver", "table_queries": 0}),
        ("psi", {"protocol": "vole", "learner": "receiver", "allow_kept_table": True}),
        ("psi", {"allow_kept_table": True}),
        ("psi", {"learner": "receiver", "allow_kept_table": True, "sender_columns": ["x"]}),
        ("psi", {"group": "secp256k1"}),
        ("psi", {"nulls": "keep"}),
        ("table.split", {"test_fraction": 0}),
        ("table.split", {"test_fraction": 1}),
        ("table.split", {"test_fraction": "0.5"}),
        ("table.split", {"test_fraction": float("nan")}),
        ("table.split", {"seed": -1}),
        ("table.split", {"seed": 1.0}),
        ("table.split", {"seed": True}),
        ("stats.joint", {"measures": []}),
        ("stats.joint", {"measures": ["mean", "mean"]}),
        ("stats.joint", {"measures": ["median"]}),
        ("stats.joint", {"min_group_size": 1}),
        ("stats.joint", {"group": {"role": "dealer", "column": "a"}}),
        ("stats.joint", {"group": {"role": "first"}}),
        ("stats.joint", {"columns": {"third": ["a"]}}),
        ("stats.joint", {"columns": {"first": [], "second": []}}),
        ("logistic_regression.train", {"epochs": 0}),
        ("logistic_regression.train", {"batch_size": 0}),
        ("logistic_regression.train", {"learning_rate": 0}),
        ("logistic_regression.train", {"l2": -1}),
        ("logistic_regression.train", {"l2": 1, "learning_rate": 1}),
        ("logistic_regression.train", {"early_stop": {"patience": 0, "tolerance": 0.1}}),
        ("logistic_regression.train", {"label": "y", "features": {"label": ["y"]}}),
        ("logistic_regression.train", {"features": {"label": [], "feature": []}}),
        ("logistic_regression.train", {"sigmoid": "exact"}),
        ("evaluation.binary", {"label": "score"}),
        ("evaluation.binary", {"threshold": 1.5}),
        ("evaluation.binary", {"points": 1}),
        ("model.save", {"name": "../etc"}),
        ("model.save", {"name": "Risk"}),
        ("model.load", {"name": "risk", "version": "../1"}),
    ],
)
def test_bad(operator: str, params: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(operator, params)


def test_early_stopping_tells_the_dealer_when_training_ends() -> None:
    spec = SPECS["logistic_regression.train"]
    plain = spec.disclosure(spec.params.model_validate({}))
    stopping = spec.disclosure(spec.params.model_validate({"early_stop": {"patience": 1, "tolerance": 0.0}}))
    assert {(item.learner, item.code) for item in set(stopping) - set(plain)} == {("dealer", "stop_epoch")}


def learned(params: dict[str, Any]) -> dict[str, list[str]]:
    spec = SPECS["stats.joint"]
    codes: dict[str, list[str]] = {}
    for item in spec.disclosure(spec.params.model_validate(params)):
        codes.setdefault(item.learner, []).append(item.code)
    return codes


def test_groups_are_disclosed_to_the_side_that_does_not_own_them() -> None:
    grouped = learned({"group": {"role": "first", "column": "stage"}})
    assert "group_counts" in grouped["second"] and "group_counts" not in grouped["first"]
    assert "group_counts" not in learned({})["second"]


def test_disclosure_names_columns_and_measures_as_the_flow_does() -> None:
    spec = SPECS["stats.joint"]
    params = spec.params.model_validate({"columns": {"first": ["{a}"]}, "measures": ["mean"]})
    roles = {"first": "bank", "second": "shop"}
    told = [item.what.format(**roles).en for item in spec.disclosure(params) if item.learner == "second"]
    assert any("mean of the columns {a} of bank" in text for text in told)
    assert not any("variance" in text for text in told)


def test_disclosure_stays_short_with_the_longest_column_names() -> None:
    spec = SPECS["stats.joint"]
    names = [f"{i:03}{'{' * 253}" for i in range(300)]
    params = spec.params.model_validate({"columns": {"first": names}, "group": {"role": "first", "column": names[0]}})
    told = [item.what.format(first="a", second="b", dealer="c") for item in spec.disclosure(params)]
    assert max(len(text) for what in told for text in (what.zh, what.en)) <= 4000
    assert any("and 288 more columns" in what.en for what in told)
