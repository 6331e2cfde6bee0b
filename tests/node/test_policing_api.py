"""/policies on a real node, by HTTP, SDK and command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from real_nodes import Group, matching_flow
from tacit.cli.main import app
from tacit.client.client import Client

DENY = {"rules": [{"id": "no-keys", "effect": "deny", "scope": {"columns": ["id"], "uses": ["join_key"]}}]}


@pytest.fixture
def client(shared_two: Group) -> Any:
    with Client(shared_two["beta"].home) as made:
        yield made


def test_from_draft_to_force_and_back(shared_two: Group, client: Client) -> None:
    alpha, beta = shared_two["alpha"], shared_two["beta"]
    job = alpha.post("/jobs", {"flow": matching_flow()})["id"]
    assert beta.wait(job)["state"] == "FINISHED"
    draft = client.policies.draft("rows", DENY)
    assert (draft["state"], draft["drafted_by"]) == ("draft", "local")
    tried = client.policies.trial("rows", version=draft["version"])
    assert tried["refused"] >= 1 and job in [each["job"] for each in tried["jobs"] if each["refused"]]
    client.policies.activate("rows", draft["version"], draft["hash"])
    (listed,) = [each for each in client.policies.all() if each["dataset"] == "rows"]
    assert (listed["version"], listed["rules"]) == (draft["version"], 1)
    told = client.policies.explain(yaml.safe_dump(matching_flow()), initiator="alpha")
    reason = told["datasets"][0]["reasons"][0]
    assert not told["allowed"] and reason["rule"] == "no-keys" and set(reason["text"]) == {"zh", "en"}
    refused = alpha.post("/jobs", {"flow": matching_flow()})["id"]
    assert alpha.wait(refused)["cause"] == {"party": "beta", "step": None, "code": "policy.refused"}
    client.policies.withdraw("rows")
    assert [each["state"] for each in client.policies.versions("rows")][-1] == "retired"
    assert client.policies.get("rows", draft["version"])["policy"]["rules"][0]["id"] == "no-keys"
    assert client.policies.budget("rows") == {"dataset": "rows", "epsilon": 0.0, "left": {}}


def test_what_is_wrong_is_said(shared_two: Group) -> None:
    beta = shared_two["beta"]
    assert beta.call("GET", "/policies/nothing", status=404)["code"] == "dataset.unknown"
    assert beta.call("GET", "/policies/rows/versions/99", status=404)["code"] == "policy.unknown"
    wide = {"exceptions": [{"id": "all", "scope": {}}]}
    assert beta.call("POST", "/policies/rows/versions", wide, status=422)["code"] == "policy.too_wide"
    assert beta.call("POST", "/policies/rows/versions", {"rules": [{"id": "x"}]}, status=422)
    assert beta.call("POST", "/policies/rows/trial", {}, status=422)["code"] == "policy.invalid"


def test_the_command_line(shared_two: Group, tmp_path: Path) -> None:
    home = str(shared_two["beta"].home)
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(DENY))
    flow = tmp_path / "flow.yaml"
    flow.write_text(yaml.safe_dump(matching_flow()))

    def run(*words: str) -> Any:
        answer = CliRunner().invoke(app, ["policy", *words, "--home", home, "--json"])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.output)["data"]

    made = run("draft", "rows", str(file))
    assert run("trial", "rows", "--version", str(made["version"]))["dataset"] == "rows"
    assert run("activate", "rows", str(made["version"]))["state"] == "in_force"
    assert run("explain", str(flow))["allowed"] is False
    assert run("show", "rows", str(made["version"]))["policy"]["rules"][0]["effect"] == "deny"
    assert run("versions", "rows") and run("list") and run("budget", "rows")
    run("withdraw", "rows")
    assert run("explain", str(flow))["allowed"] is True
