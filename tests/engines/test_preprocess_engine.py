"""preprocess.fit and preprocess.apply through the engine's door."""

from __future__ import annotations

import pyarrow as pa
import pytest

from step_io import MemoryIO, step_call
from tacit.data.columns import with_roles
from tacit.engines.native import engine
from tacit.errors import TacitError

BOTH = {"first": "alpha", "second": "beta"}
TRAIN = with_roles(pa.table({"id": ["a", "b", "c"], "x": [1.0, 3.0, None], "k": [1, 1, 1]}), keys=["id"])
TEST = with_roles(pa.table({"id": ["d"], "x": [5.0], "k": [1]}), keys=["id"])


def fitted() -> MemoryIO:
    io = MemoryIO(inputs={"aligned": TRAIN})
    params = {"missing": "mean", "scale": "minmax", "constant": "drop"}
    engine().run(step_call("preprocess.fit", io, params, role="first", parties=BOTH))
    return io


def test_fit_transforms_and_apply_repeats_it() -> None:
    first = fitted()
    assert first.outputs["aligned"].to_pydict() == {"id": ["a", "b", "c"], "x": [0.0, 1.0, 0.5]}
    io = MemoryIO(inputs={"aligned": TEST, "transform": first.outputs["transform"]})
    engine().run(step_call("preprocess.apply", io, role="first", parties=BOTH))
    assert io.outputs["aligned"].to_pydict() == {"id": ["d"], "x": [2.0]}


def test_a_model_is_no_transform() -> None:
    io = MemoryIO(inputs={"aligned": TEST, "transform": {"kind": "logistic_regression", "format": 1}})
    with pytest.raises(TacitError) as caught:
        engine().run(step_call("preprocess.apply", io, role="second", parties=BOTH))
    assert caught.value.code == "document.kind"
