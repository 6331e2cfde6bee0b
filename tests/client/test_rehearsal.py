"""`tacit.rehearse` from Python: the report, the error that stopped the flow, and inputs that make no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tacit
from tacit.client import rehearsal
from tacit.client.rehearsal import needed_data, rehearse
from tacit.errors import DataError, FlowError, InputError, InternalError, ParameterError

PROFILE = {
    "tacit": "1",
    "name": "profile",
    "profile": "2pc",
    "parties": {"lab": "data"},
    "steps": [
        {
            "id": "rows",
            "operator": "dataset.read",
            "at": {"owner": "lab"},
            "inputs": {},
            "params": {"dataset": "tests"},
        },
        {"id": "look", "operator": "table.profile", "at": {"owner": "lab"}, "inputs": {"table": "rows.table"}},
    ],
}


def test_report_outputs_and_events(tmp_path: Path) -> None:
    (tmp_path / "tests.txt").write_text("id;x\n1;2.5\n2;3.5\n")
    events: list[dict[str, Any]] = []
    source = {"path": tmp_path / "tests.txt", "format": "csv", "options": {"delimiter": ";"}}
    report = tacit.rehearse(PROFILE, {"lab.tests": source}, tmp_path / "out", on_event=events.append)
    assert report["ok"] and json.loads((tmp_path / "out" / "report.json").read_text()) == report
    assert json.loads((tmp_path / "out" / "lab" / "look" / "report.json").read_text())["kind"] == "profile"
    states = [(event["id"], event["state"]) for event in events if event["event"] == "step"]
    assert states == [("rows", "RUNNING"), ("rows", "SUCCESS"), ("look", "RUNNING"), ("look", "SUCCESS")]


def test_error_names_party_and_step(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^At lab, step rows: ") as caught:
        rehearse(PROFILE, {"lab.tests": tmp_path / "nowhere.csv"}, tmp_path / "out")
    assert caught.value.code == "dataset.not_found"
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert not report["ok"] and report["error"]["party"] == "lab"


def test_flow_without_data_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(FlowError) as caught:
        rehearse(PROFILE, {}, tmp_path / "out")
    assert caught.value.expected == "lab.tests"
    assert needed_data(PROFILE) == ["lab.tests"]


def test_listener_that_breaks_stops_the_run(tmp_path: Path) -> None:
    def break_down(event: dict[str, Any]) -> None:
        raise RuntimeError("enough")

    (tmp_path / "tests.csv").write_text("id\n1\n")
    with pytest.raises(RuntimeError, match="enough"):
        rehearse(PROFILE, {"lab.tests": tmp_path / "tests.csv"}, tmp_path / "out", on_event=break_down)


def test_data_and_folders_that_make_no_sense(tmp_path: Path) -> None:
    for wrong in (7, {"file": "x"}, None):
        with pytest.raises(ParameterError):
            rehearse(PROFILE, {"lab.tests": wrong}, tmp_path / "out")  # type: ignore[dict-item]
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught:
        rehearse(PROFILE, {}, tmp_path / "file")
    assert caught.value.code == "rehearsal.bad_out"


def test_fault_shows_kind_and_place_but_not_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The foreign exception's text may quote a cell."""
    program = "import sys; sys.stdin.read(); raise ValueError('SECRET-CELL')"
    (tmp_path / "broken.py").write_text(program)
    monkeypatch.setattr(rehearsal, "_PROGRAM", [rehearsal.sys.executable, str(tmp_path / "broken.py")])
    with pytest.raises(InternalError) as caught:
        rehearse(PROFILE, {}, tmp_path / "out")
    assert caught.value.code == "rehearsal.broke"
    assert caught.value.found == "ValueError at broken.py:1"
    assert "SECRET" not in str(caught.value) + (tmp_path / "out" / "report.json").read_text()
