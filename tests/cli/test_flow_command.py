"""`tacit flow` and `tacit operator`: sound flows, and every kind of unsound one with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli_process import Said

Tacit = Callable[..., Said]

FLOW = """tacit: "1"
name: trial
profile: 2pc
parties: {hospital: data, lab: data}
steps:
  - {id: rows_a, operator: dataset.read, at: {owner: hospital}, params: {dataset: a, keys: [id]}}
  - {id: rows_b, operator: dataset.read, at: {owner: lab}, params: {dataset: b, keys: [id]}}
  - id: match
    operator: psi
    at: {receiver: hospital, sender: lab}
    inputs: {receiver: rows_a.table, sender: rows_b.table}
"""
SPLITS = """  - {id: one, operator: table.split, at: {first: hospital, second: lab}, inputs: {aligned: two.train}}
  - {id: two, operator: table.split, at: {first: hospital, second: lab}, inputs: {aligned: one.train}}
"""
UNSOUND = {
    "malformed_yaml": (FLOW.replace("steps:", "steps: ["), "flow.bad_text"),
    "unknown_operator": (FLOW.replace("psi", "stats.jiont"), "flow.unknown_operator"),
    "cycle": (FLOW + SPLITS, "flow.cycle"),
    "kinds_differ": (FLOW.replace("sender: rows_b.table", "sender: rows_b.report"), "flow.unknown_output"),
    "ports_mismatch": (
        FLOW + "  - {id: split, operator: table.split, at: {first: hospital, second: lab}, "
        "inputs: {aligned: rows_a.table}}\n",
        "flow.type_mismatch",
    ),
    "other_holder": (FLOW.replace("sender: rows_b.table", "sender: rows_a.table"), "flow.holder_mismatch"),
    "unknown_parameter": (FLOW.replace("dataset: b", "datset: b"), "flow.unknown_parameter"),
    "bad_parameter": (FLOW.replace("dataset: b, keys: [id]", "dataset: b, keys: 7"), "flow.bad_parameter"),
    "missing_input": (FLOW.replace(", sender: rows_b.table", ""), "flow.missing_input"),
    "dealer_wanted": (FLOW.replace("profile: 2pc", "profile: 2pc-dealer"), "flow.dealer_missing"),
    "unknown_party": (FLOW.replace("sender: lab", "sender: labb"), "flow.unknown_party"),
}


@pytest.fixture
def tacit(inside: Tacit) -> Tacit:
    return inside


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "flow.yaml"
    path.write_text(FLOW, encoding="utf-8")
    return path


def test_sound_flow(tacit: Tacit, flow: Path) -> None:
    said = tacit("flow", "check", flow)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{flow}: sound, 3 steps, hash ")
    data = tacit("flow", "check", flow, "--json").data
    assert (data["name"], data["steps"], data["problems"], len(data["flow_hash"])) == ("trial", 3, [], 64)


@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_unsound_flow_is_refused_with_its_place(tacit: Tacit, tmp_path: Path, name: str) -> None:
    text, code = UNSOUND[name]
    (tmp_path / "flow.yaml").write_text(text, encoding="utf-8")
    said = tacit("flow", "check", "flow.yaml", "--json", cwd=tmp_path)
    assert said.code == 10
    assert code in {problem["code"] for problem in said.error["problems"]}
    assert any(problem["line"] for problem in said.error["problems"])


def test_people_see_every_problem_with_its_line(tacit: Tacit, tmp_path: Path) -> None:
    text = FLOW.replace("psi", "stats.jiont").replace("dataset: b", "datset: b")
    (tmp_path / "flow.yaml").write_text(text, encoding="utf-8")
    said = tacit("flow", "check", "flow.yaml", cwd=tmp_path)
    assert (said.code, said.out) == (10, "")
    assert said.err.startswith("error[flow.")
    assert "also [flow." in said.err
    assert "Line " in said.err and "stats.jiont" in said.err


def test_rehearsal_of_an_unsound_flow_says_the_same(tacit: Tacit, tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(UNSOUND["cycle"][0], encoding="utf-8")
    said = tacit("rehearse", "flow.yaml", "--out", "out", "--json", cwd=tmp_path)
    assert said.code == 10
    assert "flow.cycle" in {problem["code"] for problem in said.error["problems"]}


@pytest.mark.parametrize("command", [["flow", "check"], ["flow", "explain"], ["flow", "format"], ["rehearse"]])
def test_file_that_is_not_there(tacit: Tacit, tmp_path: Path, command: list[str]) -> None:
    said = tacit(*command, "nowhere.yaml", "--json", cwd=tmp_path)
    assert (said.code, said.error["code"]) == (11, "flow.not_found")


def test_explain_says_who_learns_what_and_what_it_costs(tacit: Tacit, flow: Path) -> None:
    sizes = ["--size", "hospital.a=1000x5", "--size", "lab.b=2000x9"]
    said = tacit("flow", "explain", flow, *sizes)
    assert said.code == 0
    assert "hospital learns: which of its own rows lab has too" in said.out
    assert "MB SENT" in said.out
    data = tacit("flow", "explain", flow, *sizes, "--json").data
    assert set(data["disclosures"]) == {"hospital", "lab"}
    assert data["forecast"]["bytes_sent"] > 0
    assert "数据" in tacit("flow", "explain", flow, TACIT_LANG="zh").out


def test_size_that_is_not_understood(tacit: Tacit, flow: Path) -> None:
    said = tacit("flow", "explain", flow, "--size", "hospital.a=many", "--json")
    assert (said.code, said.error["code"]) == (10, "command.bad_option")


def test_three_forms_of_one_flow(tacit: Tacit, flow: Path, tmp_path: Path) -> None:
    as_json = tacit("flow", "format", flow, "--to", "json").out
    assert json.loads(as_json)["name"] == "trial"
    (tmp_path / "flow.json").write_text(as_json)
    hashes = {tacit("flow", "check", path, "--json").data["flow_hash"] for path in (flow, tmp_path / "flow.json")}
    assert len(hashes) == 1
    assert tacit("flow", "format", flow, "--to", "python", "--json").data["form"] == "python"
    assert tacit("flow", "format", flow, "--to", "xml").code == 10


def test_operators(tacit: Tacit) -> None:
    assert {"psi", "dataset.read"} <= {each["name"] for each in tacit("operator", "list", "--json").data}
    shown = tacit("operator", "show", "psi")
    assert shown.code == 0 and "who learns what:" in shown.out
    unknown = tacit("operator", "show", "stats.jiont")
    assert (unknown.code, unknown.out) == (11, "")
    assert (
        unknown.err
        == "error[operator.unknown]: There is no operator 'stats.jiont'.\n      next: Did you mean stats.joint?\n"
    )
