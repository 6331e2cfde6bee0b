"""The flows in examples/ are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tacit.flow import DatasetSize, check, dump, forecast, load, summary
from tacit.operators.catalogue import specs

FOLDER = Path(__file__).parents[2] / "examples"
SPECS = {spec.name: spec for spec in specs()}
DATASETS = {
    "hospital": ("patients", "new_patients"),
    "lab": ("tests", "new_tests"),
    "bank": ("customers",),
    "telecom": ("usage", "users"),
    "shop": ("buyers",),
}
EXAMPLES = sorted(FOLDER.glob("*.yaml"))


def test_they_are_all_here() -> None:
    assert {path.stem for path in EXAMPLES} >= {
        *("breast_cancer", "bank_telecom", "psi", "psi_many", "joint_statistics", "score_new_rows"),
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path) -> None:
    flow = load(path)
    plan = check(flow, SPECS, DATASETS)
    assert load(dump(flow)) == flow
    assert flow.title is not None and set(flow.title) == {"zh", "en"}
    assert set(summary(plan)) == set(flow.parties)
    sizes = {party: dict.fromkeys(names, DatasetSize(1000, 10)) for party, names in DATASETS.items()}
    assert forecast(plan, sizes).total.seconds < 60
