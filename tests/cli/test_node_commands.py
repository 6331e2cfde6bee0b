"""Commands that ask a node: without one, what they send, and what they show of what others wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli_process import Said
from fake_node import FakeNode, problem

Tacit = Callable[..., Said]

JOB: dict[str, Any] = {
    "id": "job-1",
    "name": "trial",
    "state": "PENDING",
    "initiator": "lab",
    "decision": "waiting",
    "created_at": "2026-11-20T23:10:00.123Z",
    "flow_hash": "abcd",
    "cause": None,
    "disclosures": {"lab": [{"step": "match", "code": "x", "zh": "哪些行共有", "en": "which rows are common"}]},
    "steps": [
        {"id": "match", "operator": "psi", "state": "SUCCESS", "error": None,
         "parties": {"lab": {"report": {"wall_s": 1.5, "bytes_sent": 2_000_000}}}},
    ],
}  # fmt: skip


def stream(*events: tuple[str, dict[str, Any]]) -> tuple[int, bytes, str]:
    text = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return 200, text.encode(), "text/event-stream"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[FakeNode]:
    approved = {**JOB, "decision": "APPROVED"}
    with FakeNode(tmp_path / "home", {"GET /jobs/job-1": JOB, "POST /jobs/job-1/approve": approved}) as node:
        yield node


@pytest.fixture
def tacit(inside: Tacit, node: FakeNode) -> Tacit:
    return lambda *arguments, **options: inside(*arguments, "--home", node.home, **options)


@pytest.mark.parametrize(
    "words",
    [["job", "list"], ["job", "show", "job-1"], ["peer", "list"], ["data", "list"], ["doctor"], ["model", "list"],
     ["rule", "list"], ["agreement", "list"], ["node", "show"], ["job", "schedules"]],
)  # fmt: skip
def test_without_a_node_every_command_says_how_to_make_one(inside: Tacit, words: list[str]) -> None:
    said = inside(*words)
    assert (said.code, said.out) == (20, "")
    assert "error[node.no_home]" in said.err and "tacit node init" in said.err
    assert inside(*words, "--json").error["code"] == "node.no_home"


def test_refusal_of_the_node_is_told_with_its_exit_code(tacit: Tacit, node: FakeNode) -> None:
    node.answers["GET /jobs/job-9"] = problem("job.unknown", "NotFoundError", 404)
    said = tacit("job", "show", "job-9", "--json")
    assert (said.code, said.error["code"], said.error["hint"]) == (11, "job.unknown", "Do something else.")


def test_job_shows_who_learns_what_and_what_it_cost(tacit: Tacit) -> None:
    said = tacit("job", "show", "job-1")
    assert "which rows are common  [match]" in said.out
    assert "1.50 s      2.000 MB" in said.out
    assert "哪些行共有" in tacit("job", "show", "job-1", TACIT_LANG="zh").out


def test_approval_shows_first_then_asks(tacit: Tacit, node: FakeNode) -> None:
    said = tacit("job", "approve", "job-1", stdin="y\n")
    assert (said.code, said.out) == (0, "job-1 approved\n")
    assert said.err.index("which rows are common") < said.err.index("Approve this?")
    assert node.asked[-1].body == {"flow_hash": "abcd"}


def test_an_approval_that_is_not_enough_is_not_called_one(tacit: Tacit, node: FakeNode) -> None:
    node.answers["POST /jobs/job-1/approve"] = JOB
    said = tacit("job", "approve", "job-1", "--yes")
    assert (said.code, said.out) == (0, "job-1: your approval counts; another person's is needed\n")


@pytest.mark.parametrize(
    ("stdin", "options", "code"),
    [("n\n", [], "job.not_approved"), ("\n", [], "job.not_approved"), ("", [], "command.needs_yes"),
     ("", ["--json"], "command.needs_yes")],
)  # fmt: skip
def test_nothing_is_approved_unasked(tacit: Tacit, node: FakeNode, stdin: str, options: list[str], code: str) -> None:
    said = tacit("job", "approve", "job-1", *options, stdin=stdin)
    assert said.code == 30 and code in said.out + said.err
    assert [asked.method for asked in node.asked] == ["GET"]


def test_program_that_has_looked_says_yes(tacit: Tacit, node: FakeNode) -> None:
    assert tacit("job", "approve", "job-1", "--yes", "--json").data["id"] == "job-1"
    assert node.asked[-1].path == "/jobs/job-1/approve"


def test_text_of_others_cannot_rewrite_the_screen(tacit: Tacit, node: FakeNode) -> None:
    node.answers["GET /jobs/job-2"] = JOB | {"id": "job-2", "name": "good\x1b[2J\x1b[1;1H\u202ejob\x9b"}
    node.answers["GET /peers/lab/datasets"] = {"items": [{"name": "a", "rows": 1, "description": "x\nb  2  y\x07"}]}
    shown = tacit("job", "show", "job-2").out
    assert not {"\x1b", "\u202e", "\x9b"} & set(shown)
    assert "good\\u001b[2J" in shown
    listed = tacit("peer", "data", "lab").out
    assert len(listed.splitlines()) == 2 and "\x07" not in listed


def test_watching_ends_with_the_job(tacit: Tacit, node: FakeNode) -> None:
    event = {"number": 1, "time": "t", "level": "info", "party": "lab", "step": None, "code": "job.running",
             "text": {"zh": "任务开始运行", "en": "the job runs"}}  # fmt: skip
    node.answers["GET /jobs/job-1/events?after=0"] = stream(("log", event), ("state", {"state": "FINISHED"}))
    node.answers["GET /jobs/job-1"] = JOB | {"state": "FINISHED"}
    said = tacit("job", "watch", "job-1")
    assert said.code == 0 and "the job runs" in said.err and "the job runs" not in said.out
    assert tacit("job", "watch", "job-1", "--quiet").err == ""


def test_progress_says_nothing_on_the_screen(tacit: Tacit, node: FakeNode) -> None:
    told = {"job_id": "job-1", "steps": {"match": {"done": 1, "total": 2, "note": "rows"}}}
    node.answers["GET /jobs/job-1/events?after=0"] = stream(("progress", told), ("state", {"state": "FINISHED"}))
    node.answers["GET /jobs/job-1"] = JOB | {"state": "FINISHED"}
    assert (tacit("job", "watch", "job-1").code, tacit("job", "watch", "job-1").err) == (0, "")


def test_versions_of_models_are_released_and_retired(tacit: Tacit, node: FakeNode) -> None:
    version = {"version": "ab" * 6, "state": "draft", "item": "item-1"}
    node.answers[f"POST /models/risk/{'ab' * 6}/release"] = version
    node.answers[f"POST /models/risk/{'ab' * 6}/retire"] = version | {"state": "retired", "item": None}
    assert tacit("model", "release", "risk", "ab" * 6).out.strip().endswith("draft, waits for item-1")
    assert tacit("model", "retire", "risk", "ab" * 6, "--json").data["state"] == "retired"


def test_job_that_failed_is_a_failure(tacit: Tacit, node: FakeNode) -> None:
    cause = {"party": "lab", "step": "match", "code": "psi.no_overlap"}
    node.answers["GET /jobs/job-1/events?after=0"] = stream(("state", {"state": "FAILED"}))
    node.answers["GET /jobs/job-1"] = JOB | {"state": "FAILED", "cause": cause}
    said = tacit("job", "watch", "job-1", "--json")
    assert said.code == 30
    assert (said.error["code"], said.error["found"]) == ("psi.no_overlap", "at lab, step match")


def test_results_go_to_files_of_known_forms(tacit: Tacit, node: FakeNode, tmp_path: Path) -> None:
    node.answers["GET /jobs/job-1/results/predict/scores?format=csv"] = (200, b"id,score\n", "text/csv")
    words = ["job", "result", "job-1", "predict", "scores"]
    assert tacit(*words, "--out", tmp_path / "s.csv").code == 0
    assert (tmp_path / "s.csv").read_bytes() == b"id,score\n"
    assert tacit(*words, "--out", tmp_path / "s.xlsx", "--json").error["code"] == "command.bad_option"
    said = tacit(*words, "--out", tmp_path / "no" / "s.csv", "--json")
    assert (said.code, said.error["code"]) == (10, "command.cannot_write")


def test_receipt_that_does_not_verify_is_refused(tacit: Tacit, node: FakeNode) -> None:
    check = {"id": "x", "ok": False, "text": {"zh": "签名", "en": "signatures"}, "found": None, "expected": None}
    node.answers["POST /jobs/job-1/receipt/verify"] = {"ok": False, "checks": [check]}
    said = tacit("job", "receipt", "job-1", "--verify")
    assert (said.code, said.out) == (30, "FAIL  signatures\nNOT verified\n")


def test_doctor_fails_if_a_check_does(tacit: Tacit, node: FakeNode) -> None:
    check = {"id": "clock", "subject": None, "status": "error", "text": {"zh": "时钟", "en": "clock"}, "hint": "NTP."}
    node.answers["GET /doctor"] = {"ok": False, "checks": [check]}
    said = tacit("doctor")
    assert (said.code, said.out) == (1, "FAIL  clock: clock\n      next: NTP.\n")


def test_invitation_is_data_and_the_advice_is_not(tacit: Tacit, node: FakeNode) -> None:
    node.answers["POST /invitations"] = (201, {"code": "tacit1.xyz"})
    said = tacit("peer", "invite")
    assert said.out == "tacit1.xyz\n" and "channel you trust" in said.err
    assert tacit("peer", "invite", "--quiet").err == ""
    assert node.asked[0].body == {"expires_in_s": 86400}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["data", "add", "rows", "rows.csv", "--options", "{"], "JSON object"),
        (["data", "add", "rows", "rows.csv", "--options", "[]"], "JSON object"),
        (["agreement", "propose", "x", "--member", "lab", "--dataset", "rows", "--valid-until", "2027-01-01",
          "--purpose", "y"], "MEMBER.DATASET"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(tacit: Tacit, node: FakeNode, words: list[str], expected: str) -> None:
    said = tacit(*words)
    assert said.code == 10 and expected in said.err
    assert node.asked == []


def test_node_is_made_once(inside: Tacit, tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = inside("node", "init", "lab", "--home", home, "--json")
    assert made.data["name"] == "lab" and (home / "node.toml").exists()
    again = inside("node", "init", "lab", "--home", home, "--json")
    assert (again.code, again.error["code"]) == (10, "node.home_exists")
    assert again.err == ""
    assert inside("node", "init", "--json", "--home", tmp_path / "b", "--", "-x").error["code"] == "node.name_invalid"
    assert inside("data", "list", "--home", home, "--json").error["code"] == "node.not_running"
    assert os.listdir(tmp_path) == ["home"]
