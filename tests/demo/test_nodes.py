"""The demo empties only folders of its own making, and never under a running node."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tacit.demo import __main__ as program
from tacit.demo.nodes import _ENVIRONMENT, DemoNodes
from tacit.errors import RefusedError
from tacit.node.settings import Settings


def refusal(folder: Path) -> str:
    with pytest.raises(RefusedError) as caught, DemoNodes(folder, ("hospital", "lab")):
        raise AssertionError("it started")
    return caught.value.code


def test_folder_of_somebody_else_stays(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "thesis.txt").write_text("mine")
    assert refusal(tmp_path) == "demo.folder_in_use"
    assert (tmp_path / "lab" / "thesis.txt").read_text() == "mine"
    assert not (tmp_path / "hospital").exists()


def test_running_demo_stays(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "demo.log").touch()
    (tmp_path / "lab" / "run.json").write_text(json.dumps({"pid": os.getpid()}))
    assert refusal(tmp_path) == "demo.already_running"
    assert (tmp_path / "lab" / "run.json").exists()


def test_only_nodes_of_the_demo_take_its_links(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Settings(name="alpha").demo
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert Settings(name="alpha").demo


def test_unknown_scenario_in_the_envelope(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--scenario", "moon", "--dir", str(tmp_path), "--json"]) == 10
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert not answer["ok"] and answer["error"]["code"] == "demo.unknown_scenario"
    assert answer["error"]["expected"] == "hospital, bank" and "type" not in answer["error"]
    assert "demo.unknown_scenario" in err


def test_errors_are_told_in_the_language_of_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TACIT_LANG", "zh")
    assert program.main(["--scenario", "moon", "--dir", str(tmp_path)]) == 10
    told = capsys.readouterr().err
    assert told.startswith("error[demo.unknown_scenario]: 没有这个演示场景。实际：moon。应为：hospital, bank。")
