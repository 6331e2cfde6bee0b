"""evaluation.binary through the engine's door."""

from __future__ import annotations

import pyarrow as pa
import pytest

from step_io import MemoryIO, step_call
from tacit.data.columns import with_roles
from tacit.engines.native import engine
from tacit.errors import TacitError

SCORES = pa.table({"id": ["a", "b", "c"], "y": [1, 0, 1], "score": [0.9, 0.2, 0.4]})


def test_the_marked_label_is_the_default() -> None:
    io = MemoryIO(inputs={"scores": with_roles(SCORES, keys=["id"], label="y")})
    params = {"label": None, "score": "score", "threshold": 0.5, "points": 10}
    engine().run(step_call("evaluation.binary", io, params))
    report = io.outputs["report"]
    assert (report["kind"], report["auc"], report["label"]) == ("binary_evaluation", 1.0, "y")
    assert report["threshold"]["confusion"] == {"tp": 1, "fp": 0, "tn": 1, "fn": 1}


def test_a_named_label_needs_no_mark() -> None:
    io = MemoryIO(inputs={"scores": SCORES})
    engine().run(step_call("evaluation.binary", io, {"label": "y"}))
    assert io.outputs["report"]["auc"] == 1.0


@pytest.mark.parametrize(
    ("params", "code"),
    [({}, "data.label_missing"), ({"label": "y", "score": "scores"}, "data.column_missing")],
)
def test_missing_columns(params: dict[str, str], code: str) -> None:
    with pytest.raises(TacitError) as caught:
        engine().run(step_call("evaluation.binary", MemoryIO(inputs={"scores": SCORES}), params))
    assert caught.value.code == code
