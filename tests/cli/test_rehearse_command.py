"""`tacit rehearse` as people use it: the good path, and every obvious mistake with its error at the right party.

No cell of any table may appear in anything that is printed or reported; the cells here are long enough to be found.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli_process import COMMAND, environment

COLUMN_A, COLUMN_B = "blood_pressure", "heart_rate"


def key(number: int) -> str:
    return f"patient-key-{number:04d}"


def csv(column: str, rows: Iterable[tuple[object, ...]], label: str | None = None) -> str:
    header = ["id", column, *([label] if label else [])]
    return "\n".join([",".join(header), *(",".join(map(str, row)) for row in rows)]) + "\n"


LEFT = [(key(n), f"{7310.25 + n:.2f}", n % 2) for n in range(40)]
RIGHT = [(key(n), f"{5120.75 + 3 * n:.2f}") for n in range(5, 45)]
A = csv(COLUMN_A, LEFT, label="ill")
B = csv(COLUMN_B, RIGHT)

READ = """tacit: "1"
name: trial
profile: {profile}
parties: {{hospital: data, lab: data{dealer}}}
steps:
  - {{id: rows_a, operator: dataset.read, at: {{owner: hospital}}, params: {{dataset: a, keys: [id]{a}}}}}
  - {{id: rows_b, operator: dataset.read, at: {{owner: lab}}, params: {{dataset: b, keys: [id]{b}}}}}
"""
MATCH = """  - id: match
    operator: psi
    at: {receiver: hospital, sender: lab}
    inputs: {receiver: rows_a.table, sender: rows_b.table}
"""
PREPARE = """  - id: prepare
    operator: preprocess.fit
    at: {first: hospital, second: lab}
    inputs: {aligned: match.aligned}
    params: {constant: refuse}
"""
TRAIN = """  - id: train
    operator: logistic_regression.train
    at: {label: hospital, feature: lab, dealer: notary}
    inputs: {aligned: prepare.aligned}
"""


def read(*, a: str = "", b: str = "") -> str:
    return READ.format(profile="2pc", dealer="", a=a, b=b)


def with_dealer(*, a: str = "") -> str:
    return READ.format(profile="2pc-dealer", dealer=", notary: dealer", a=a, b="")


@dataclass(frozen=True)
class Case:
    flow: str
    files: dict[str, str]
    options: tuple[str, ...] = ("--json",)
    language: str = "en"


def both(a: str, b: str) -> dict[str, str]:
    return {"hospital.a": a, "lab.b": b}


def repeated() -> str:
    return csv(COLUMN_B, [*RIGHT, RIGHT[0]])


def without_key() -> str:
    return csv(COLUMN_B, [("", RIGHT[0][1]), *RIGHT[1:]])


def one_value(value: str) -> str:
    return csv(COLUMN_B, [(RIGHT[0][0], value), *RIGHT[1:]])


GOOD = {
    "text": Case(read() + MATCH, both(A, B), options=()),
    "chinese": Case(read() + MATCH, both(A, B), options=("--quiet",), language="zh"),
    "json": Case(read() + MATCH, both(A, B)),
}
# name -> case, code, exit code, party, step
REFUSED: dict[str, tuple[Case, str, int, str, str]] = {
    "key_column_missing": (
        Case(read(), both(A, B.replace("id,", "patient,", 1))), "data.column_missing", 10, "lab", "rows_b",
    ),
    "text_in_a_numeric_column": (
        Case(read(b=f", types: {{{COLUMN_B}: number}}"), both(A, one_value("about-ninety"))),
        "data.not_numeric", 10, "lab", "rows_b",
    ),
    "infinite": (Case(read(), both(A, one_value("-inf"))), "data.not_finite", 10, "lab", "rows_b"),
    "empty_file": (Case(read(), both(A, "")), "dataset.empty", 10, "lab", "rows_b"),
    "keys_repeat": (Case(read() + MATCH, both(A, repeated())), "data.key_duplicate", 10, "lab", "match"),
    "key_is_null": (Case(read() + MATCH, both(A, without_key())), "data.key_null", 10, "lab", "match"),
    "no_overlap": (
        Case(read() + MATCH, both(A, B.replace("patient-", "PATIENT-"))), "psi.no_overlap", 10, "", "match",
    ),
    "constant_column": (
        Case(read() + MATCH + PREPARE, both(A, csv(COLUMN_B, [(name, "4711.5") for name, _ in RIGHT]))),
        "data.column_constant", 10, "lab", "prepare",
    ),
    "label_of_one_class": (
        Case(
            with_dealer(a=", label: ill") + MATCH + PREPARE + TRAIN,
            both(csv(COLUMN_A, [(name, value, 1) for name, value, _ in LEFT], label="ill"), B),
        ),
        "data.label_one_class", 10, "hospital", "train",
    ),
}  # fmt: skip
CASES = GOOD | {name: entry[0] for name, entry in REFUSED.items()}
Rehearse = Callable[[dict[str, Case], str], Any]
Tacit = Callable[..., Any]


def test_says_who_learned_what_and_where_the_report_is(rehearsed: Rehearse) -> None:
    run = rehearsed(CASES, "text")
    said = run.said
    assert said.code == 0
    assert said.out.startswith("hospital:\n  - which of its own rows lab has too, and how many  [match]\n")
    assert [line.split()[0] for line in said.out.splitlines()[-5:]] == ["rows_a", "rows_b", "match", "total", "report:"]
    assert sorted(line.split(":")[0] for line in said.err.splitlines()) == ["match", "rows_a", "rows_b"]
    assert all(": done " in line for line in said.err.splitlines())
    assert (run.out / "lab" / "match" / "aligned.parquet").exists()
    run.assert_no_cell()


def test_speaks_chinese_and_can_be_quiet(rehearsed: Rehearse) -> None:
    said = rehearsed(CASES, "chinese").said
    assert said.code == 0
    assert "自身哪些行也存在于 lab 的数据中" in said.out
    assert "合计" in said.out and "报告: out/report.json" in said.out
    assert said.err == ""


def test_json_is_the_report(rehearsed: Rehearse) -> None:
    run = rehearsed(CASES, "json")
    assert run.said.code == 0
    assert run.said.data == run.report
    assert run.report["ok"] and run.report["error"] is None
    assert [step["id"] for step in run.report["steps"]] == ["rows_a", "rows_b", "match"]
    assert set(run.report["parties"]) == {"hospital", "lab"}
    run.assert_no_cell()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_mistake_in_the_data_is_told_at_the_right_party(rehearsed: Rehearse, name: str) -> None:
    _, code, exit_code, party, step = REFUSED[name]
    run = rehearsed(CASES, name)
    error = run.said.error
    assert (error["code"], run.said.code) == (code, exit_code)
    assert f", step {step}: " in error["message"]
    assert error["hint"] or error["expected"] or name == "empty_file"
    failure = run.report["error"]
    assert not run.report["ok"] and failure["step"] == step and failure["cause"]["code"] == code
    if party:
        assert failure["party"] == party
        assert error["message"].startswith(f"At {party}, ")
    run.assert_no_cell()


def test_only_the_code_of_an_error_reaches_the_other_party(rehearsed: Rehearse) -> None:
    told = rehearsed(CASES, "keys_repeat").report["error"]["parties"]["hospital"]
    assert told["code"] == "peer.failed"
    assert "data.key_duplicate" in told["message"]
    assert told["found"] is None and COLUMN_B not in str(told)


def run_here(tacit: Tacit, folder: Path, flow: str, *options: str, **changes: str) -> Any:
    (folder / "flow.yaml").write_text(flow, encoding="utf-8")
    return tacit("rehearse", "flow.yaml", "--out", "out", *options, cwd=folder, **changes)


def test_missing_data_names_all_that_the_flow_needs(tacit: Tacit, tmp_path: Path) -> None:
    said = run_here(tacit, tmp_path, read())
    assert said.code == 10 and said.out == ""
    assert "error[flow.unknown_dataset]" in said.err
    assert "expected: hospital.a, lab.b" in said.err
    assert "--data PARTY.DATASET=PATH" in said.err


def test_refusal_replaces_the_report_of_an_earlier_run(tacit: Tacit, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.json").write_text('{"ok": true}')
    said = run_here(tacit, tmp_path, read(), "--json")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert said.error["code"] == "flow.unknown_dataset" and len(said.error["problems"]) == 2
    assert not report["ok"] and report["error"]["cause"]["code"] == "flow.unknown_dataset"


def test_file_that_is_not_there_is_told_by_the_step_that_reads_it(tacit: Tacit, tmp_path: Path) -> None:
    one = """{tacit: "1", name: one, profile: 2pc, parties: {lab: data}, steps: [
        {id: rows, operator: dataset.read, at: {owner: lab}, params: {dataset: b}}]}"""
    said = run_here(tacit, tmp_path, one, "--json", "--data", "lab.b=nowhere.csv")
    assert (said.code, said.error["code"]) == (10, "dataset.not_found")
    assert said.error["message"].startswith("At lab, step rows: ")


@pytest.mark.parametrize(
    ("option", "code", "exit_code"),
    [
        ("hospital=a.csv", "command.bad_option", 10),
        ("hospital.a", "command.bad_option", 10),
        ("clinic.a=a.csv", "rehearsal.unknown_party", 11),
    ],
)
def test_data_option_that_makes_no_sense(tacit: Tacit, tmp_path: Path, option: str, code: str, exit_code: int) -> None:
    said = run_here(tacit, tmp_path, read(), "--json", "--data", option)
    assert (said.error["code"], said.code) == (code, exit_code)
    assert "PARTY.DATASET=PATH" in said.out


def test_dataset_given_twice(tacit: Tacit, tmp_path: Path) -> None:
    said = run_here(tacit, tmp_path, read(), "--json", "--data", "lab.b=x.csv", "--data", "lab.b=y.csv")
    assert (said.code, said.error["code"]) == (10, "command.bad_option")


def test_folder_that_cannot_be_made(tacit: Tacit, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    said = run_here(tacit, tmp_path, read(), "--json")
    assert (said.code, said.error["code"]) == (10, "rehearsal.bad_out")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupt_stops_the_workers_and_leaves_nothing_behind(tmp_path: Path, number: int, code: int) -> None:
    """It comes when the first step has ended and others are still to be run."""
    private = tempfile.TemporaryDirectory(dir="/tmp", prefix="t-")
    (tmp_path / "flow.yaml").write_text(read() + MATCH)
    (tmp_path / "a.csv").write_text(A)
    (tmp_path / "b.csv").write_text(B)
    arguments = ["rehearse", "flow.yaml", "--data", "hospital.a=a.csv", "--data", "lab.b=b.csv"]
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env=environment(TMPDIR=private.name),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,  # a shell's job may ignore it
    ) as process:
        assert process.stderr is not None and "done" in process.stderr.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert len(children) >= 2
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err and (code != 130 or err.splitlines()[-1] == "interrupted")
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive
    with private:
        assert list(Path(private.name).iterdir()) == []
