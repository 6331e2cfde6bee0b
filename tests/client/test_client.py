"""`tacit.Client` against a local API: where it goes with which token, and what it makes of every kind of answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_node import TOKEN, FakeNode, problem
from tacit import Client
from tacit.client.rebuilding import FlowFaultsError
from tacit.errors import (
    InternalError,
    NotFoundError,
    ParameterError,
    PeerError,
    RefusedError,
    ResourceError,
    TacitError,
)

JOB = {"id": "job-1", "state": "RUNNING", "flow_hash": "ab"}
STREAM = (
    b': keep-alive\n\nid: 1\nevent: log\ndata: {"number": 1, "code": "job.running"}\n\n'
    b'event: state\ndata: {"state": "FINISHED"}\n\n'
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[FakeNode]:
    with FakeNode(tmp_path / "home") as node:
        yield node


@pytest.fixture
def client(node: FakeNode) -> Iterator[Client]:
    with Client(node.home) as client:
        yield client


def refused(home: Path) -> TacitError:
    with pytest.raises(TacitError) as caught:
        Client(home)
    return caught.value


def test_token_goes_with_every_request_and_lists_are_unpacked(node: FakeNode, client: Client) -> None:
    node.answers["GET /jobs?waiting_for_me=true"] = {"items": [JOB], "total": 1}
    assert client.jobs(waiting_for_me=True) == [JOB]
    assert [asked.token for asked in node.asked] == [TOKEN]


def test_home_comes_from_the_environment(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_HOME", str(node.home))
    node.answers["GET /node"] = {"name": "lab"}
    with Client() as client:
        assert client.node()["name"] == "lab"


def test_address_and_token_may_be_given(node: FakeNode) -> None:
    node.answers["GET /peers"] = {"items": []}
    with Client(url=node.url, token="other") as client:
        assert client.peers() == []
    assert node.asked[0].token == "other"


@pytest.mark.parametrize("name", ["../datasets/rows", "a/b", "a?x=1", "a#b", "ü"])
def test_no_name_leads_to_another_resource(node: FakeNode, client: Client, name: str) -> None:
    with pytest.raises(NotFoundError):
        client.remove_peer(name)
    path = node.asked[0].path
    assert path.startswith("/peers/") and path.count("/") == 2 and "?" not in path


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_names_that_are_parts_of_a_path_are_refused_here(node: FakeNode, client: Client, name: str) -> None:
    with pytest.raises(ParameterError, match="cannot be a name"):
        client.remove_dataset(name)
    assert node.asked == []


def test_problem_becomes_the_error_that_it_was(node: FakeNode, client: Client) -> None:
    node.answers["GET /jobs/job-9"] = problem("job.unknown", "NotFoundError", 404, found="job-9")
    with pytest.raises(NotFoundError) as caught:
        client.job("job-9")
    assert (caught.value.code, caught.value.found) == ("job.unknown", "job-9")


def test_all_problems_of_a_flow_come_through(node: FakeNode, client: Client) -> None:
    problems = [{"code": "flow.cycle", "message": "A."}, {"code": "flow.missing_input", "message": "B."}]
    node.answers["POST /flows/explain"] = problem("flow.cycle", "FlowError", 422, problems=problems)
    with pytest.raises(FlowFaultsError) as caught:
        client.explain({"tacit": "1"})
    assert caught.value.problems == problems
    assert caught.value.as_dict()["type"] == "FlowError"


@pytest.mark.parametrize(
    "answer",
    [(200, b"<html>", "text/html"), (500, b"oops", "text/plain"), (302, b"", "text/plain"), (422, {"detail": "x"})],
    ids=["no_json", "no_problem", "redirect", "other_json"],
)
def test_answers_of_something_else_than_a_node(node: FakeNode, client: Client, answer: object) -> None:
    node.answers["GET /node"] = answer
    with pytest.raises(InternalError) as caught:
        client.node()
    assert caught.value.code == "node.bad_answer"


def test_flow_as_document_text_or_path(node: FakeNode, client: Client, tmp_path: Path) -> None:
    node.answers["POST /flows/check"] = {"ok": True}
    (tmp_path / "flow.yaml").write_text("name: x\n", encoding="utf-8")
    for flow in ({"name": "x"}, "name: x\n", tmp_path / "flow.yaml", str(tmp_path / "flow.yaml")):
        client.check(flow)
    assert [asked.body for asked in node.asked] == [{"flow": {"name": "x"}}, *[{"text": "name: x\n"}] * 3]
    with pytest.raises(NotFoundError) as caught:
        client.check(tmp_path / "nowhere.yaml")
    assert caught.value.code == "flow.not_found"


def test_path_of_a_dataset_is_made_absolute(node: FakeNode, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(node.home)
    node.answers["POST /datasets"] = (201, {"name": "rows"})
    client.add_dataset("rows", "rows.csv")
    assert node.asked[0].body["path"] == str(node.home / "rows.csv")


def test_job_is_followed_to_its_end(node: FakeNode, client: Client) -> None:
    node.answers["POST /jobs"] = (201, JOB)
    node.answers["GET /jobs/job-1/events?after=0"] = (200, STREAM, "text/event-stream")
    node.answers["GET /jobs/job-1"] = JOB | {"state": "FINISHED"}
    job = client.run({"name": "x"}, agreement="ag-1")
    assert [name for name, _ in job.watch()] == ["log", "state"]
    assert job.ended and job.wait() is job
    assert node.asked[0].body == {"flow": {"name": "x"}, "agreement": "ag-1"}


def test_waiting_has_a_limit(node: FakeNode, client: Client) -> None:
    node.answers["GET /jobs/job-1"] = JOB
    with pytest.raises(ResourceError) as caught:
        client.job("job-1").wait(timeout_s=0)
    assert caught.value.code == "job.still_running"


def test_approval_names_what_was_read(node: FakeNode, client: Client) -> None:
    node.answers |= {"GET /jobs/job-1": JOB, "POST /jobs/job-1/approve": JOB}
    client.job("job-1").approve(flow_hash="ab")
    assert node.asked[-1].body == {"flow_hash": "ab"}


def test_no_home_no_node_no_access(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere").code == "node.no_home"
    (tmp_path / "node.toml").touch()
    error = refused(tmp_path)
    assert error.code == "node.not_running" and f"tacit node run --home {tmp_path}" in str(error.hint)


@pytest.mark.parametrize("text", ["", "[]", '{"pid": 1}', "\xff"])
def test_damaged_run_file(node: FakeNode, text: str) -> None:
    (node.home / "run.json").write_text(text, encoding="latin-1")
    assert refused(node.home).code == "node.damaged_run_file"


def test_token_never_goes_to_whoever_took_the_port_of_a_dead_node(node: FakeNode) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    node.write_run(ended.pid)
    (node.home / "node.toml").touch()
    assert refused(node.home).code == "node.not_running"
    assert node.asked == []


def test_node_that_does_not_answer(node: FakeNode) -> None:
    run = json.loads((node.home / "run.json").read_text())
    (node.home / "run.json").write_text(json.dumps(run | {"api": "http://127.0.0.1:1"}))
    with Client(node.home) as client, pytest.raises(PeerError) as caught:
        client.node()
    assert caught.value.code == "node.unreachable"


def test_wrong_token(node: FakeNode, client: Client) -> None:
    node.answers["GET /node"] = problem("auth.token_wrong", "RefusedError", 401)
    with pytest.raises(RefusedError):
        client.node()
