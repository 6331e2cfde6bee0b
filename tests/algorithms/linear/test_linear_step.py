"""logistic_regression.train and .predict through the engine's door."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from algorithms.linear.linear_models import made
from parties import run_parties, run_parties_with_errors
from step_io import MemoryIO, step_call
from tacit.data.columns import with_roles
from tacit.engines.native import engine
from tacit.errors import DataError, PeerFailed

PARTIES = {"label": "bank", "feature": "shop", "dealer": "helper"}
LEFT, RIGHT, Y = made(200, 2, 2)
BANK = with_roles(
    pa.table({"id": [f"r{i}" for i in range(200)], "a": LEFT[:, 1], "b": LEFT[:, 2], "y": Y}), keys=["id"], label="y"
)
SHOP = with_roles(pa.table({"id": [f"r{i}" for i in range(200)], "c": RIGHT[:, 0], "d": RIGHT[:, 1]}), keys=["id"])
PARAMS = {"epochs": 3, "batch_size": 50, "learning_rate": 0.5}


def calls(operator: str, ios: dict[str, MemoryIO], params: dict[str, Any]) -> dict[str, Any]:
    return {
        role: lambda session, role=role: engine().run(
            step_call(operator, ios[role], params, role=role, parties=PARTIES, session=session)
        )
        for role in PARTIES
    }


def tables(bank: pa.Table = BANK, shop: pa.Table = SHOP) -> dict[str, MemoryIO]:
    return {"label": MemoryIO({"aligned": bank}), "feature": MemoryIO({"aligned": shop}), "dealer": MemoryIO()}


def trained(params: dict[str, Any] = PARAMS) -> dict[str, MemoryIO]:
    ios = tables()
    run_parties(calls("logistic_regression.train", ios, params))
    return ios


def scored(ios: dict[str, MemoryIO], **kwargs: Any) -> dict[str, MemoryIO]:
    again = tables(**kwargs)
    for role in ("label", "feature"):
        again[role].inputs["model"] = ios[role].outputs["model"]
    run_parties(calls("logistic_regression.predict", again, {}))
    return again


def test_train_then_predict() -> None:
    ios = trained()
    assert ios["dealer"].outputs == {}
    assert ios["label"].outputs["report"] == ios["feature"].outputs["report"]
    assert ios["label"].outputs["model"]["features"] == ["a", "b"]
    assert ios["feature"].outputs["model"]["features"] == ["c", "d"]
    assert ios["label"].outputs["model"]["model_id"] == ios["feature"].outputs["model"]["model_id"]
    again = scored(ios)
    assert again["feature"].outputs == again["dealer"].outputs == {}
    scores = again["label"].outputs["scores"]
    assert scores.column_names == ["id", "y", "score"] and scores.schema.field("score").type == pa.float64()
    values = scores.column("score").to_numpy()
    assert (values >= 0).all() and (values <= 1).all()
    assert values[Y == 1].mean() > values[Y == 0].mean() + 0.1
    assert ios["label"].notes[-1][:2] == (3, 3)


def test_chosen_columns_and_column_order_at_prediction() -> None:
    ios = trained({**PARAMS, "features": {"label": ["b"], "feature": ["d", "c"]}, "label": "y"})
    assert ios["label"].outputs["model"]["features"] == ["b"]
    assert ios["feature"].outputs["model"]["features"] == ["d", "c"]
    turned = scored(ios, shop=SHOP.select(["d", "c", "id"]))["label"].outputs["scores"].column("score").to_numpy()
    straight = scored(ios)["label"].outputs["scores"].column("score").to_numpy()
    assert np.abs(turned - straight).max() < 1e-3


def test_prediction_without_labels() -> None:
    again = scored(trained(), bank=BANK.drop_columns(["y"]))
    assert again["label"].outputs["scores"].column_names == ["id", "score"]


@pytest.mark.parametrize(
    ("column", "cells", "code"),
    [
        ("y", [1] * 200, "data.label_one_class"),
        ("y", [3] * 200, "data.label_not_binary"),
        ("a", [1e3] * 200, "data.feature_out_of_bound"),
        ("a", [None] * 200, "data.missing_values"),
    ],
)
def test_what_is_wrong_at_the_owner_stops_all_before_anything_is_sent(column: str, cells: list[Any], code: str) -> None:
    index = BANK.column_names.index(column)
    bank = BANK.set_column(index, BANK.schema.field(index).with_type(pa.float64()), pa.array(cells, pa.float64()))
    ios = tables(bank=bank)
    _, errors = run_parties_with_errors(calls("logistic_regression.train", ios, PARAMS))
    assert isinstance(errors["label"], DataError) and errors["label"].code == code
    for role in ("feature", "dealer"):
        told = errors[role]
        assert isinstance(told, PeerFailed)
        assert column not in str(told).split()
    assert errors["feature"].peer_code == code  # type: ignore[attr-defined]


def test_a_piece_of_the_other_side_is_refused() -> None:
    ios = trained()
    again = tables()
    again["label"].inputs["model"] = again["feature"].inputs["model"] = ios["feature"].outputs["model"]
    _, errors = run_parties_with_errors(calls("logistic_regression.predict", again, {}))
    assert getattr(errors["label"], "code", None) == "model.wrong_role"


def test_the_score_column_must_be_free() -> None:
    ios = trained()
    bank = with_roles(BANK.append_column("score", pa.array([0.5] * 200)), keys=["id", "score"], label="y")
    with pytest.raises(DataError) as caught:
        scored(ios, bank=bank)
    assert caught.value.code == "data.column_duplicate"
