"""dataset.read through the engine's door: parameters arrive, a marked table comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from step_io import MemoryIO, step_call
from tacit.data.columns import columns_with_role
from tacit.engines.engine import DatasetSource
from tacit.engines.native import engine
from tacit.errors import TacitError


def people(folder: Path, text: str = "id,age,city,y\n007,31,x,1\n008,?,y,0\n") -> MemoryIO:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return MemoryIO(datasets={"people": DatasetSource("people", path, "csv", {"null_values": ["?"]})})


def test_read_selects_types_and_marks(tmp_path: Path) -> None:
    io = people(tmp_path)
    params = {
        "dataset": "people",
        "columns": ["id", "age", "y"],
        "keys": ["id"],
        "label": "y",
        "null_values": ["", "NA"],
        "bad_cells": "refuse",
        "types": {"age": "number"},
    }
    engine().run(step_call("dataset.read", io, params))
    table = io.outputs["table"]
    assert table.to_pydict() == {"id": ["007", "008"], "age": [31.0, None], "y": [1, 0]}
    assert columns_with_role(table, "key") == ["id"]
    assert columns_with_role(table, "label") == ["y"]
    assert io.notes[-1][:2] == (1, 1)


def test_defaults_are_enough(tmp_path: Path) -> None:
    io = people(tmp_path)
    engine().run(step_call("dataset.read", io, {"dataset": "people"}))
    assert io.outputs["table"].column_names == ["id", "age", "city", "y"]


def test_a_label_of_two_words_becomes_numbers(tmp_path: Path) -> None:
    io = people(tmp_path, "id,churned\n1,yes\n2,no\n3,?\n4,yes\n")
    engine().run(step_call("dataset.read", io, {"dataset": "people", "label": "churned", "positive": "yes"}))
    assert io.outputs["table"].column("churned").to_pylist() == [1, 0, None, 1]
    assert columns_with_role(io.outputs["table"], "label") == ["churned"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"dataset": "others"}, "dataset.unknown"),
        ({"dataset": "people", "keys": ["idd"]}, "data.column_missing"),
        ({"dataset": "people", "types": {"city": "number"}}, "data.not_numeric"),
        ({"dataset": "people", "label": "city", "positive": "z"}, "data.label_value_absent"),
    ],
)
def test_errors_come_through_and_nothing_is_put(tmp_path: Path, params: dict, code: str) -> None:
    io = people(tmp_path)
    with pytest.raises(TacitError) as caught:
        engine().run(step_call("dataset.read", io, params))
    assert caught.value.code == code
    assert io.outputs == {}


def test_a_cancelled_job_stops(tmp_path: Path) -> None:
    io = people(tmp_path)
    io.cancelled = True
    with pytest.raises(TacitError) as caught:
        engine().run(step_call("dataset.read", io, {"dataset": "people"}))
    assert caught.value.code == "step.cancelled"
