"""model.save and model.load through the engine's door: pieces come back whole or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from step_io import MemoryIO, step_call
from tacit.algorithms.preprocess.transform import ColumnTransform, Transform
from tacit.data.arrays import encode_array
from tacit.engines.native import engine
from tacit.errors import TacitError

BOTH = {"first": "alpha", "second": "beta"}
MODEL = {
    "kind": "logistic_regression",
    "format": 1,
    "model_id": "5f" * 16,
    "weights": encode_array(np.array([2**63, 7], dtype=np.uint64)),
}
TRANSFORM = Transform("mean", "standard", (ColumnTransform("a", 0.0, 1.0, 2.0),), ()).as_document()


def save(inputs: dict[str, Any], models: dict[str, Any]) -> dict[str, Any]:
    io = MemoryIO(inputs=inputs, models=models)
    engine().run(step_call("model.save", io, {"name": "risk"}, role="first", parties=BOTH))
    return io.outputs["report"]


def load(models: dict[str, Any], version: str | None = None) -> dict[str, Any]:
    io = MemoryIO(models=models)
    engine().run(step_call("model.load", io, {"name": "risk", "version": version}, role="first", parties=BOTH))
    return io.outputs


def test_model_and_transform_come_back() -> None:
    models: dict[str, Any] = {}
    report = save({"model": MODEL, "transform": TRANSFORM}, models)
    assert (report["kind"], report["version"], report["model_id"]) == ("model_saved", "1", MODEL["model_id"])
    assert report["transform_id"] == TRANSFORM["transform_id"]
    assert load(models) == {"model": MODEL, "transform": TRANSFORM}


def test_a_model_alone_comes_back_alone_and_versions_are_kept() -> None:
    models: dict[str, Any] = {}
    assert save({"model": MODEL}, models)["transform_id"] is None
    save({"model": {**MODEL, "model_id": "aa"}}, models)
    assert load(models, "1") == {"model": MODEL}
    assert load(models)["model"]["model_id"] == "aa"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"model": TRANSFORM}, "document.kind"),
        ({"model": {}}, "document.kind"),
        ({"model": {**MODEL, "format": 2}}, "document.format"),
        ({"model": {**MODEL, "model_id": None}}, "document.damaged"),
        ({"model": MODEL, "transform": MODEL}, "document.kind"),
        ({"model": MODEL, "transform": {**TRANSFORM, "dropped": ["a"]}}, "document.damaged"),
    ],
)
def test_wrong_documents_are_not_saved(inputs: dict[str, Any], code: str) -> None:
    models: dict[str, Any] = {}
    with pytest.raises(TacitError) as caught:
        save(inputs, models)
    assert caught.value.code == code
    assert models == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "model"}, "document.kind"),
        ({"format": 9}, "document.format"),
        ({"model": {**MODEL, "model_id": "bb"}}, "document.damaged"),
        ({"transform": None}, "document.damaged"),
        ({"extra": 1}, "document.damaged"),
    ],
)
def test_damaged_pieces_are_not_loaded(change: dict[str, Any], code: str) -> None:
    models: dict[str, Any] = {}
    save({"model": MODEL, "transform": TRANSFORM}, models)
    models["risk"][0].update(change)
    with pytest.raises(TacitError) as caught:
        load(models)
    assert caught.value.code == code


def test_unknown_model() -> None:
    with pytest.raises(TacitError) as caught:
        load({})
    assert caught.value.code == "model.unknown"
