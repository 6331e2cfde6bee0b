"""Connections through a real node: its API, its commands, a job that reads behind one, and where no secret is left."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

import postgresql_server
from postgresql_server import PASSWORD
from real_nodes import RunningNode, reading_flow
from tacit.cli.main import main

HUSH = "hush-canary-5150"
pytestmark = pytest.mark.skipif(postgresql_server.programs() is None, reason="no PostgreSQL server programs")


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    with postgresql_server.serve() as found:
        found.run("CREATE TABLE people (id text PRIMARY KEY, x int)")
        found.run("INSERT INTO people SELECT 'p' || i, i % 7 FROM generate_series(1, 50) AS i")
        yield found


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    found = RunningNode(tmp_path_factory.mktemp("connections") / "alpha", "alpha")
    found.begin = subprocess.Popen  # with an environment that shows what it holds
    found.start()
    yield found
    if found.running:
        found.kill()


@pytest.fixture(scope="module")
def told(node: RunningNode) -> list[str]:
    """All answers of the API."""
    answers: list[str] = []
    node.http.event_hooks["response"].append(lambda answer: answers.append(answer.read().decode(errors="replace")))
    return answers


def body(server: postgresql_server.Server, name: str, password: str = PASSWORD) -> dict[str, Any]:
    options = {"host": str(server.folder), "database": "postgres", "user": "tacit"}
    return {"name": name, "kind": "postgresql", "options": options, "secrets": {"password": password}}


def clear_of_secrets(node: RunningNode, told: list[str]) -> None:
    """No credential in an answer, a file of the node, the environment or the command line of its processes."""
    marks = [HUSH, PASSWORD, quote(PASSWORD, safe=""), json.dumps(PASSWORD)[1:-1]]
    assert not [answer for answer in told if any(mark in answer for mark in marks)]
    for file in node.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(mark.encode() in content for mark in marks), file
    assert node.process is not None
    for process in [psutil.Process(node.process.pid), *node.children()]:
        seen = " ".join([*process.cmdline(), *process.environ().values()])
        assert not any(mark in seen for mark in marks)


def test_a_job_reads_behind_a_connection_and_nothing_secret_is_left(
    node: RunningNode, server: postgresql_server.Server, told: list[str]
) -> None:
    made = node.call("POST", "/connections", body(server, "pg"), status=201)
    assert made["secrets"] == ["password"] and made["test"] is None and "password" not in made["options"]
    assert node.call("POST", "/connections", body(server, "pg"), status=409)["code"] == "connection.exists"
    tested = node.post("/connections/pg/test")
    assert tested["ok"] and tested["server"].startswith("PostgreSQL") and node.get("/connections/pg")["test"]["ok"]
    items = node.get("/connections/pg/items?limit=1")
    assert items["items"][0]["name"] == "public.people" and items["next"] is None
    assert [each["key"] for each in node.get("/connections/pg/columns?table=public.people")["items"]] == [0, None]
    seen = node.post("/connections/pg/profile", {"table": "public.people"})
    assert seen["rows"] == 50 and {each["name"] for each in seen["columns"]} == {"id", "x"}
    dataset = node.call("POST", "/datasets", {"name": "rows", "connection": "pg", "table": "public.people"}, status=201)
    assert (dataset["rows"], dataset["connection"], dataset["state"]) == (50, "pg", "remote")
    job = node.post("/jobs", {"flow": reading_flow(parties=("alpha",))})
    assert node.wait(job["id"])["state"] == "FINISHED", node.log(job["id"])
    assert node.call("DELETE", "/connections/pg", status=422)["code"] == "connection.in_use"
    acts = {entry["act"] for entry in node.get("/audit?limit=1000")["items"]}
    assert {"connection.added", "connection.tested", "connection.profiled", "dataset.registered"} <= acts
    clear_of_secrets(node, told)


def test_wrong_credentials_are_told_by_code_only(
    node: RunningNode, server: postgresql_server.Server, told: list[str]
) -> None:
    node.call("POST", "/connections", body(server, "wrong", HUSH), status=201)
    outcome = node.post("/connections/wrong/test")
    assert (outcome["ok"], outcome["code"]) == (False, "connection.denied") and outcome["message"]
    failed = node.call("POST", "/datasets", {"name": "a", "connection": "wrong", "table": "people"}, status=422)
    assert failed["code"] == "dataset.access_denied"
    for bad in (
        {**body(server, "x", HUSH), "secrets": {"password": HUSH, "colour": HUSH}},
        {**body(server, "x", HUSH), "secrets": {"password": HUSH * 1000}},
        {**body(server, "x", HUSH), "secrets": {"password": [HUSH]}},
        {**body(server, "x", HUSH), "secrets": HUSH},
        {**body(server, "x", HUSH), "more": HUSH},
    ):
        node.call("POST", "/connections", bad, status=422)
    assert node.call("GET", "/connections/none", status=404)["code"] == "connection.unknown"
    changed = node.call("PATCH", "/connections/wrong", {"options": {"host": "x", "database": "d", "user": "u"}}, 422)
    assert changed["code"] == "connection.secret_needed"
    node.call("DELETE", "/connections/wrong", status=204)
    clear_of_secrets(node, told)


def test_the_key_is_renewed_while_the_node_runs(
    node: RunningNode, server: postgresql_server.Server, told: list[str]
) -> None:
    node.call("POST", "/connections", body(server, "other"), status=201)
    before = (node.home / "keys" / "vault.json").read_text()
    assert node.post("/vault/rewrap")["count"] >= 1
    assert (node.home / "keys" / "vault.json").read_text() != before
    assert node.post("/connections/other/test")["ok"]
    clear_of_secrets(node, told)


@pytest.fixture
def command(
    node: RunningNode, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Runs `tacit connection …`; the envelope that it prints."""

    def run(*words: str, stdin: str = "", code: int = 0) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        ended = main(["connection", *words, "--home", str(node.home), "--json"])
        said = capsys.readouterr()
        assert ended == code, said.out + said.err
        assert PASSWORD not in said.out + said.err
        return json.loads(said.out)

    return run


def test_commands(
    node: RunningNode,
    server: postgresql_server.Server,
    told: list[str],
    tmp_path: Path,
    command: Callable[..., Any],
) -> None:
    options = [f"host={server.folder}", "database=postgres", "user=tacit"]
    words = [word for option in options for word in ("--option", option)]
    command("add", "cli", "postgresql", *words, "--secret", "password", stdin=PASSWORD + "\n")
    assert command("test", "cli")["data"]["ok"]
    assert command("discover", "cli")["data"][0]["name"] == "public.people"
    assert command("discover", "cli", "--table", "people")["data"][1]["type"] == "integer"
    assert command("profile", "cli", "--table", "people")["data"]["rows"] == 50
    (tmp_path / "secret").write_text("wrong\n")
    command("change", "cli", "--secret", f"password=file:{tmp_path / 'secret'}")
    assert command("test", "cli", code=1)["data"]["code"] == "connection.denied"
    assert command("add", "a", "mysql", "--secret", "password=clear", code=10)["error"]["code"] == (
        "command.bad_option"
    )
    command("remove", "cli")
    assert "cli" not in [each["name"] for each in command("list")["data"]]
    clear_of_secrets(node, told)


def test_a_look_names_the_encoding_and_takes_another(node: RunningNode, tmp_path: Path) -> None:
    (tmp_path / "医院客户.csv").write_bytes(("姓名,城市\n" + "王小明,北京\n" * 20).encode("gbk"))
    node.post("/connections", {"name": "ward", "kind": "folder", "options": {"path": str(tmp_path)}})
    seen = node.post("/connections/ward/profile", {"object": "医院客户.csv"})
    assert (seen["encoding"], [each["name"] for each in seen["columns"]]) == ("gb18030", ["姓名", "城市"])
    other = {"object": "医院客户.csv", "options": {"encoding": "utf-8"}}
    refused = node.http.post("/connections/ward/profile", json=other)
    assert (refused.status_code, refused.json()["code"]) == (422, "dataset.encoding_wrong")
    body = {"name": "clients", "connection": "ward", "object": "医院客户.csv"}
    assert node.post("/datasets", body)["options"]["encoding"] == "gb18030"
