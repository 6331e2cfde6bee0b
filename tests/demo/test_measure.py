"""Every benchmark at a small size: its result is right, and its document has the promised fields."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tacit.demo import measure

FIELDS = {
    "name", "parameters", "correct", "wall_s", "elapsed_with_data_and_check_s", "cpu_s", "bytes_sent", "rss_mb",
    "steps", "figures",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options", "parties"),
    [
        ("psi", ["--rows", "200"], {"left", "right"}),
        ("training", ["--rows", "600", "--features", "2", "--epochs", "4"], {"bank", "telecom", "notary"}),
        ("statistics", ["--rows", "500"], {"bank", "telecom", "notary"}),
        pytest.param("steps", [], {"left"}, marks=pytest.mark.slow),
    ],
)
def test_small_run_is_right(
    capsys: pytest.CaptureFixture[str], name: str, options: list[str], parties: set[str]
) -> None:
    assert measure.main([name, *options]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(result) == FIELDS
    assert result["name"] == name and result["correct"] is True
    assert all(set(result[field]) == parties for field in ("cpu_s", "bytes_sent", "rss_mb"))
    assert sum(result["steps"].values()) > 0


def test_unknown_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure.main(["magic"]) == 10
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bench.unknown"


def test_a_wrong_group_is_noticed() -> None:
    group, values = np.array([0, 0, 1, 1]), np.array([1.0, 3.0, 2.0, 6.0])
    cells = [
        {"label": "0", "rows": 2, "cells": [{"count": 2, "sum": 4.0, "mean": 2.0, "variance": 2.0}]},
        {"label": "1", "rows": 2, "cells": [{"count": 2, "sum": 8.0, "mean": 4.0, "variance": 8.0}]},
    ]
    document = {"columns": [{"role": "second", "name": "spend"}], "groups": cells}
    assert measure._largest_error(document, group, values) == 0
    assert measure._largest_error(document | {"groups": cells[:1]}, group, values) == float("inf")
    cells[1]["cells"][0]["mean"] = 5.0
    assert measure._largest_error(document, group, values) == 0.25
    cells[1]["cells"] = [None]
    assert measure._largest_error(document, group, values) == float("inf")
