"""Flows for the tests of this folder, as plain documents that a test may bend."""

from __future__ import annotations

from typing import Any

from tacit.operators.catalogue import specs
from tacit.schema.flow import Flow

SPECS = {spec.name: spec for spec in specs()}


def step(id: str, operator: str, at: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"id": id, "operator": operator, "at": at, **fields}


def document() -> dict[str, Any]:
    """Two readers, a match, joint statistics, training and prediction."""
    pair = {"first": "hospital", "second": "lab"}
    seats = {"label": "hospital", "feature": "lab", "dealer": "notary"}
    return {
        "tacit": "1",
        "name": "whole",
        "profile": "2pc-dealer",
        "parties": {"hospital": "data", "lab": "data", "notary": "dealer"},
        "steps": [
            step("rows", "dataset.read", {"owner": "hospital"}, params={"dataset": "patients", "keys": ["id"]}),
            step("tests", "dataset.read", {"owner": "lab"}, params={"dataset": "tests", "keys": ["id"]}),
            step(
                "match",
                "psi",
                {"receiver": "hospital", "sender": "lab"},
                inputs={"receiver": "rows.table", "sender": "tests.table"},
            ),
            step("split", "table.split", dict(pair), inputs={"aligned": "match.aligned"}),
            step("fit", "preprocess.fit", dict(pair), inputs={"aligned": "split.train"}),
            step(
                "stats",
                "stats.joint",
                {**pair, "dealer": "notary"},
                inputs={"aligned": "match.aligned"},
                params={"group": {"role": "first", "column": "stage"}},
            ),
            step("train", "logistic_regression.train", dict(seats), inputs={"aligned": "fit.aligned"}),
            step(
                "predict",
                "logistic_regression.predict",
                seats,
                inputs={"aligned": "split.test", "model": "train.model"},
            ),
            step("evaluate", "evaluation.binary", {"owner": "hospital"}, inputs={"scores": "predict.scores"}),
            step("save", "model.save", dict(pair), inputs={"model": "train.model"}, params={"name": "whole"}),
        ],
    }


def by_id(made: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in made["steps"] if one["id"] == id)
    return found


def whole() -> Flow:
    return Flow.model_validate(document())
