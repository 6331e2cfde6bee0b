"""`tacit psi table` and `tacit psi query` as people use them: real processes, a small table, and their mistakes."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import quick_start
import tacit as sdk
from cli_process import COMMAND, Said, call, environment
from tacit.cli.psi_table import describe_run

SERVER = "id,score,city\n" + "".join(f"P{n:04d},{n / 4},{'Zürich' if n % 3 else ''}\n" for n in range(100))
CLIENT = "who,score\n" + "".join(f"p{n:04d} ,mine{n}\n" for n in range(90, 110))
BUILD = ("--key", "id", "--columns", "score", "--columns", "city", "--normalise", "trim,upper", "--quiet", "--json")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "server.csv").write_text(SERVER)
    (folder / "client.csv").write_text(CLIENT)
    said = call("psi", "table", "build", "server.csv", "--table", "T", "--table-key", "T.key", *BUILD, cwd=folder)
    assert said.code == 0 and said.data["key_created"], said
    return folder


@pytest.fixture
def files(built: Path, tmp_path: Path) -> Path:
    """A copy of its own for every test."""
    shutil.copytree(built, tmp_path / "x")
    return tmp_path / "x"


@contextlib.contextmanager
def serving(folder: Path, *options: object) -> Iterator[tuple[str, Callable[[], Said]]]:
    """A server's code, and what it says at its end."""
    arguments = ["psi", "table", "serve", *map(str, options), "--listen", "127.0.0.1:0", "--yes", "--json", "--quiet"]
    with quick_start.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:

        def end() -> Said:
            out, err = process.communicate(timeout=60)
            return Said(process.returncode, out, err)

        try:
            assert process.stderr is not None
            yield process.stderr.readline().strip(), end
        finally:
            process.kill()


def test_build_serve_query_extend_query(files: Path, inside: Callable[..., Said]) -> None:
    """The whole life of a table. Nothing of any row is said anywhere but in the result."""
    first = inside("psi", "table", "show", "T", "--json", cwd=files).data
    assert (first["size"], first["epochs"], first["tag_bytes"], first["payload_columns"]) == (
        100,
        1,
        9,
        ["score", "city"],
    )
    query = ("client.csv", "--key", "who", "--table", "L", "--out", "o.csv", "--yes", "--json")
    with serving(files, "T", "--table-key", "T.key", "--budget", 40, "--runs", 2) as (code, end):
        said = inside("psi", "query", code, *query, cwd=files)
        assert (said.code, said.data["matched"], said.data["queries_left"]) == (0, 10, 20)
        assert "the table has 100 keys" in said.err and "columns score, city" in said.err
        assert "P0090" not in said.out + said.err and "Zürich" not in said.out + said.err
        lines = (files / "o.csv").read_text().splitlines()
        assert lines[0] == "who,score,table.score,city" and lines[2] == "p0091 ,mine91,22.75,Zürich"
        (files / "add.csv").write_text("id,score,city\nP0105,9,Bern\nP0091,8,Genf\n")
        (files / "gone.csv").write_text("id\nP0092\nP0093\n")
        change = ("--table-key", "T.key", "--add", "add.csv", "--remove", "gone.csv", "--quiet", "--json")
        extended = inside("psi", "table", "extend", "T", *change, cwd=files).data
        assert (extended["size"], extended["epochs"]) == (99, 2)
        again = inside("psi", "query", code, *query, cwd=files)
        served = end()
    assert (again.data["matched"], again.data["epoch"], again.data["queries_left"]) == (9, 1, 0)
    assert again.data["bytes_received"] < said.data["bytes_received"]  # the difference only
    found = [line.split(",") for line in (files / "o.csv").read_text().splitlines()[1:]]
    assert found[1] == ["p0091 ", "mine91", "8", "Genf"] and found[-1] == ["p0105 ", "mine105", "9", "Bern"]
    assert (served.code, served.data["runs"], served.data["queries"]) == (0, 2, 40)
    assert inside("psi", "table", "show", "L", "--json", cwd=files).data["digest"] == extended["digest"]


def test_the_budget_is_used_up(files: Path, inside: Callable[..., Said]) -> None:
    """More than is left stops both sides before anything is sent; the day's limit is on disk."""
    query = ("client.csv", "--key", "who", "--table", "L", "--yes", "--json", "--quiet")
    with serving(files, "T", "--table-key", "T.key", "--budget", 30, "--runs", 2) as (code, end):
        assert inside("psi", "query", code, *query, cwd=files).data["queries_left"] == 10
        said, served = inside("psi", "query", code, *query, cwd=files), end()
    assert (said.code, said.error["code"], said.error["found"]) == (30, "psi.query_budget", "20")
    assert (served.code, served.data["failed"], served.data["queries"]) == (0, ["psi.query_budget"], 20)
    (files / "T.key.used").write_text((files / "T.key.used").read_text().replace(": 20", ": 30"))
    options = ("--table-key", "T.key", "--budget", 30, "--listen", "127.0.0.1:0", "--yes", "--quiet", "--json")
    said = inside("psi", "table", "serve", "T", *options, cwd=files)
    assert (said.code, said.error["code"]) == (30, "psi.query_budget")


def test_rotation(files: Path, inside: Callable[..., Said]) -> None:
    query = ("client.csv", "--key", "who", "--yes", "--json", "--quiet", "--verifiable")
    new = ("--table", "T2", "--table-key", "T2.key", "--quiet", "--json")
    assert inside("psi", "table", "rotate", "T", "server.csv", *new, cwd=files).data["payload_columns"]
    shutil.copytree(files / "T", files / "L", ignore=shutil.ignore_patterns("*.json"))
    with serving(files, "T2", "--table-key", "T2.key", "--budget", 90, "--runs", 3) as (code, end):
        said = inside("psi", "query", code, *query[:-1], "--table", "L", cwd=files)
        assert (said.code, said.error["code"]) == (10, "psi.table_differs")
        said = inside("psi", "query", code, *query, "--table", "L2", cwd=files)
        assert (said.code, said.error["code"]) == (30, "psi.table_plain")
        said = inside("psi", "query", code, *query[:-1], "--table", "L2", cwd=files)
        assert said.data["matched"] == 10 and said.data["rows_written"] is None
        assert end().data["failed"] == ["peer.failed", "peer.failed"]


NEW = ("build", "server.csv", "--table", "N", "--table-key", "n.key", *BUILD)
FIXED = ("--quiet", "--json")
LISTEN = ("--listen", "127.0.0.1:0", "--budget", "5", "--yes")


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("show", "none", "--json"), "psi.no_table", 11),
        (("extend", "T", "--table-key", "T.key", *FIXED), "psi.bad_choice", 10),
        (("extend", "T", "--table-key", "none.key", "--add", "server.csv", *FIXED), "psi.key_file", 10),
        (("serve", "T", "--table-key", "other.key", *LISTEN, *FIXED), "psi.table_key", 10),
        (("serve", "T", "--table-key", "open.key", *LISTEN, *FIXED), "psi.key_file", 10),
        ((*NEW, "--table", "T"), "psi.table_exists", 10),
        ((*NEW, "--capacity", "9"), "psi.too_many_items", 40),
        ((*NEW, "--payload-bytes", "9"), "psi.payload_width", 10),
        ((*NEW, "--verifiable", "--table-key", "other.key"), "psi.table_key", 10),
        (("build", "twice.csv", "--table", "N", "--table-key", "n.key", *BUILD), "data.key_duplicate", 10),
        (("rotate", "T", "server.csv", "--table", "N", "--table-key", "T.key", *FIXED), "psi.key_file", 10),
    ],
)
def test_mistakes_leave_nothing_behind(
    arguments: tuple[str, ...], code: str, exit_code: int, inside: Callable[..., Said], mistakes: Path
) -> None:
    before = sorted(mistakes.rglob("*"))
    said = inside("psi", "table", *arguments, cwd=mistakes)
    assert (said.error["code"], said.code) == (code, exit_code), said
    assert sorted(mistakes.rglob("*")) == before


@pytest.fixture(scope="module")
def mistakes(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for all mistakes, since they leave nothing behind."""
    folder = tmp_path_factory.mktemp("mistakes") / "x"
    shutil.copytree(built, folder)
    (folder / "twice.csv").write_text("id,score,city\na,1,x\nA,2,y\n")
    (folder / "T.key.used.lock").touch()
    shutil.copy(folder / "T.key", folder / "open.key")
    (folder / "open.key").chmod(0o644)
    sdk.psi.build_table(folder / "twice.csv", key="score", table=folder / "O", table_key=folder / "other.key")
    return folder


def test_for_people(files: Path, inside: Callable[..., Said]) -> None:
    said = inside("psi", "table", "show", "T", cwd=files)
    assert "T: 100 keys, " in said.out and "payload columns: score, city" in said.out
    assert "在" not in said.out and "个标识" in inside("psi", "table", "show", "T", cwd=files, TACIT_LANG="zh").out


OFFER: dict[str, Any] = {
    "side": "client",
    "rows_about": 1000,
    "size": 10**7,
    "bytes": 2 * 10**8,
    "left": 500,
    "verifiable": False,
    "key_id": "ab" * 16,
    "digest": "cd" * 32,
    "normalise": [["trim"]],
    "payload_columns": ["bad\x1b[2Jname"],
    "count": 900,
    "current": False,
}


def test_an_offer_says_who_learns_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_LANG", "en")
    text = describe_run(OFFER)
    assert "10,000,000 keys" in text and "The other side learns: how many keys are asked about" in text
    assert "\x1b" not in text and "No proofs" in text
    turned = describe_run({**OFFER, "side": "server"})
    assert "asks about 900 keys; 500 are left" in turned and "This side learns: how many keys" in turned
    monkeypatch.setenv("TACIT_LANG", "zh")
    assert "对方查询 900 个标识" in describe_run({**OFFER, "side": "server"})


def test_from_python(files: Path) -> None:
    events: list[dict[str, Any]] = []
    facts = sdk.psi.extend_table(files / "T", table_key=files / "T.key", remove=files / "server.csv")
    assert facts["size"] == 0 and sdk.psi.show_table(files / "T") | facts == facts
    report = sdk.psi.build_table(
        files / "server.csv", key="id", table=files / "N", table_key=files / "N.key", on_event=events.append
    )
    assert report["payload_bytes"] == 0 and json.loads((files / "N" / "table.json").read_text())["keys"] == ["id"]
    assert {event["phase"] for event in events} == {"read", "seal"}
