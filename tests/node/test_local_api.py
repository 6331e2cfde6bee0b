"""The local API of a real node: token, problem details, datasets, rules, invitations, doctor, process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from real_nodes import Group, RunningNode, reading_flow, write_rows


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    made = Group(tmp_path_factory.mktemp("one"))
    made.add("alpha")
    yield made["alpha"]
    made.close()


def test_nothing_but_health_is_open(node: RunningNode) -> None:
    base = node.info["api"] + "/api/v1"
    assert httpx.get(f"{base}/health").json() == {"status": "ok"}
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": node.http.headers["Authorization"][7:]}):
        answer = httpx.get(f"{base}/node", headers=headers)
        assert answer.status_code == 401 and answer.json()["code"] == "auth.token_wrong"
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_ready_line_is_also_in_the_folder(node: RunningNode) -> None:
    assert json.loads((node.home / "run.json").read_text()) == node.info
    assert node.get("/node")["api_address"] == node.info["api"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "request.unknown_endpoint"),
        ("GET", "/jobs/job-1", None, 404, "job.unknown"),
        ("GET", "/datasets/x", None, 404, "dataset.unknown"),
        ("GET", "/operators/x", None, 404, "operator.unknown"),
        ("GET", "/peers/x", None, 404, "peer.unknown"),
        ("GET", "/agreements/x", None, 404, "agreement.unknown"),
        ("GET", "/jobs?state=ODD", None, 422, "request.invalid"),
        ("DELETE", "/rules/x", None, 404, "rule.unknown"),
        ("DELETE", "/invitations/x", None, 404, "invitation.unknown"),
        ("DELETE", "/models/x/1", None, 404, "model.unknown"),
        ("POST", "/jobs", {}, 422, "request.invalid"),
        ("POST", "/jobs", {"text": "tacit: ["}, 422, None),
        ("POST", "/rules", {}, 422, "rule.too_wide"),
        ("POST", "/rules", {"colour": 1}, 422, "request.invalid"),
        ("POST", "/invitations/accept", {"code": "tacit1.x"}, 422, "invitation.malformed"),
        ("POST", "/datasets", {"name": "Bad", "path": "/x"}, 422, "dataset.name_invalid"),
        ("POST", "/datasets", {"name": "a", "path": "x.csv"}, 422, "dataset.path_relative"),
        ("POST", "/datasets", {"name": "a", "path": "/no/such.csv"}, 422, "dataset.not_found"),
        ("POST", "/receipts/verify", {"receipt": {}}, 422, "receipt.malformed"),
        ("PUT", "/node", {}, 405, "request.invalid"),
    ],
)
def test_problems_have_a_code_and_the_right_status(
    node: RunningNode, method: str, path: str, body: Any, status: int, code: str | None
) -> None:
    told = node.call(method, path, body, status=status)
    assert told["status"] == status and told["type"] == f"urn:tacit:error:{told['code']}"
    assert code in (None, told["code"])


def test_datasets_are_registered_noticed_and_forgotten(node: RunningNode, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "d.csv", range(5), {"x": lambda number: number})
    made = node.call("POST", "/datasets", {"name": "d", "path": str(file)}, status=201)
    assert (made["rows"], made["format"], made["state"]) == (5, "csv", "ok")
    assert made["columns"] == [{"name": "id", "type": "text"}, {"name": "x", "type": "integer"}]
    assert node.call("POST", "/datasets", {"name": "d", "path": str(file)}, status=409)["code"] == "dataset.exists"
    write_rows(file, range(6), {"x": lambda number: number})
    assert node.get("/datasets/d")["state"] == "changed"
    fresh = node.post("/datasets/d/refresh")
    assert fresh["rows"] == 6 and fresh["digest"] != made["digest"]
    file.unlink()
    assert node.get("/datasets/d")["state"] == "missing"
    node.call("DELETE", "/datasets/d")
    assert node.get("/datasets")["items"] == []


def test_operators_are_described_for_forms(node: RunningNode) -> None:
    items = {item["name"]: item for item in node.get("/operators")["items"]}
    assert {"dataset.read", "psi"} <= set(items)
    assert items["dataset.read"]["params"]["properties"]["dataset"]["x-widget"] == "dataset"
    assert set(items["psi"]["title"]) == {"zh", "en"}


def test_rules_are_kept(node: RunningNode) -> None:
    made = node.call("POST", "/rules", {"initiators": ["beta"], "valid_until": "2099-01-01T00:00:00Z"}, status=201)
    assert made["valid_until"].startswith("2099-01-01") and made["operators"] is None
    assert [rule["id"] for rule in node.get("/rules")["items"]] == [made["id"]]
    agreement = "agr-" + "0" * 32
    other = node.call("POST", "/rules", {"initiators": None, "agreement": agreement}, status=201)
    assert other["agreement"] == agreement and other["agreements"] == [agreement]
    node.call("DELETE", f"/rules/{other['id']}", status=204)
    node.call("DELETE", f"/rules/{made['id']}", status=204)
    assert node.get("/rules")["items"] == []


def test_schedules_are_kept_paused_and_removed(node: RunningNode, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "s.csv", range(5), {"x": lambda number: number})
    node.call("POST", "/datasets", {"name": "rows", "path": str(file)}, status=201)
    flow = reading_flow(parties=("alpha",))
    body = {"flow": flow, "cron": "0 3 * * *", "timezone": "Asia/Shanghai"}
    made = node.call("POST", "/schedules", body, status=201)
    assert (made["name"], made["state"], made["last"]) == ("reading", "active", None)
    assert made["next_at"].endswith("T19:00:00.000Z") and made["parties"] == ["alpha"]
    assert node.call("POST", "/schedules", body, status=409)["code"] == "schedule.exists"
    assert node.call("POST", "/schedules", body | {"cron": "x"}, status=422)["code"] == "schedule.cron_invalid"
    paused = node.post("/schedules/reading/pause")
    assert (paused["state"], paused["next_at"]) == ("paused", None)
    assert node.post("/schedules/reading/resume")["next_at"] == made["next_at"]
    assert node.get("/schedules/reading")["flow"]["name"] == "reading"
    assert [item["name"] for item in node.get("/schedules")["items"]] == ["reading"]
    node.call("DELETE", "/schedules/reading", status=204)
    assert node.call("GET", "/schedules/reading", status=404)["code"] == "schedule.unknown"
    node.call("DELETE", "/datasets/rows")


def test_invitations_are_listed_revoked_and_not_for_oneself(node: RunningNode) -> None:
    made = node.post("/invitations", {"expires_in_s": 60})
    told = node.post("/invitations/accept", {"code": made["code"]}, status=422)
    assert told["code"] == "peer.same_name"
    assert "secret" not in json.dumps(node.get("/invitations"))
    node.call("DELETE", f"/invitations/{made['id']}", status=204)
    assert node.get("/invitations")["items"][0]["state"] == "revoked"


def test_the_doctor_finds_this_machine_in_order(node: RunningNode) -> None:
    told = node.get("/doctor")
    assert told["ok"], told
    assert {"cpu", "disk", "memory", "database", "ports", "versions"} <= {check["id"] for check in told["checks"]}


def test_flows_are_checked_with_places(node: RunningNode) -> None:
    flow = reading_flow(parties=("alpha",))
    told = node.post("/flows/check", {"text": json.dumps(flow)})
    assert [problem["code"] for problem in told["problems"]] == ["flow.unknown_dataset"]
    assert node.post("/flows/check", {"text": "a: b: c"})["ok"] is False


def test_a_second_process_is_sent_away(node: RunningNode) -> None:
    command = [sys.executable, "-m", "tacit.node", "run", "--home", str(node.home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=node.environment)
    assert done.returncode == 30
    assert json.loads(done.stdout)["error"]["code"] == "node.already_running"


def test_a_taken_port_is_named(node: RunningNode, tmp_path: Path) -> None:
    from tacit.node.home import initialise

    initialise(tmp_path, "other", api_port=int(node.info["api"].rsplit(":", 1)[1]))
    command = [sys.executable, "-m", "tacit.node", "run", "--home", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=node.environment)
    assert done.returncode == 40
    assert json.loads(done.stdout)["error"]["code"] == "port.taken"


def test_the_log_holds_no_token(node: RunningNode) -> None:
    token = (node.home / "api.token").read_text().strip()
    assert token not in node.errors()
    assert token not in (node.home / "logs" / "node.log").read_text()
