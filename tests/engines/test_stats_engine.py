"""stats.joint through the engine's door."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from parties import run_parties
from step_io import MemoryIO, step_call
from tacit.data.columns import with_roles
from tacit.engines.native.stats import run_joint

ROLES = ("first", "second", "dealer")


def _run(first: pa.Table, second: pa.Table, **params: object) -> dict[str, MemoryIO]:
    boxes = {
        "first": MemoryIO(inputs={"aligned": first}),
        "second": MemoryIO(inputs={"aligned": second}),
        "dealer": MemoryIO(),
    }

    def one(role: str, session: object) -> None:
        run_joint(step_call("stats.joint", boxes[role], params, role=role, session=session))  # type: ignore[arg-type]

    run_parties({role: lambda session, role=role: one(role, session) for role in ROLES})
    return boxes


def test_the_same_report_at_both_and_nothing_at_the_dealer() -> None:
    bank = with_roles(
        pa.table({"id": range(60), "stage": ["early", "late"] * 30, "y": [0, 1, 1] * 20}), keys=["id"], label="y"
    )
    shop = with_roles(pa.table({"id": range(60), "spend": [float(i * i) for i in range(60)]}), keys=["id"])
    boxes = _run(bank, shop, columns=None, group={"role": "first", "column": "stage"}, measures=["mean", "count"])
    report = boxes["first"].outputs["report"]
    assert boxes["second"].outputs["report"] == report
    assert boxes["dealer"].outputs == {}
    assert report["kind"] == "joint_statistics"
    assert report["columns"] == [{"role": "second", "name": "spend"}]
    expected = pd.Series([i * i for i in range(60)]).groupby(["early", "late"] * 30).mean()
    for group in report["groups"]:
        assert group["cells"][0]["mean"] == pytest.approx(expected[group["label"]])
        assert group["cells"][0]["count"] == 30


def test_defaults() -> None:
    boxes = _run(pa.table({"a": range(20)}), pa.table({"b": range(20)}))
    report = boxes["first"].outputs["report"]
    assert report["measures"] == ["count", "sum", "mean", "variance"]
    assert report["min_group_size"] == 10
    assert [cell["sum"] for cell in report["overall"]["cells"]] == [190, 190]
