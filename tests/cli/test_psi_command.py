"""`tacit psi` as people use it: real processes, small files, and the mistakes that they make."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import quick_start
from cli_process import COMMAND, Said, environment
from tacit.cli.psi import describe_offer
from tacit.cli.psi_progress import describe

A = "id,age\n" + "".join(f"patient-{number:05d},{number}\n" for number in range(40))
B = "key,test\n" + "".join(f"patient-{number:05d},t{number}\n" for number in range(25, 80))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(A)
    (tmp_path / "b.csv").write_text(B)
    return tmp_path


def test_two_files(tacit: Callable[..., Said], files: Path) -> None:
    said = tacit("psi", "intersect", "a.csv", "b.csv", "--left-key", "id", "--right-key", "key", "--json", cwd=files)
    assert said.code == 0 and said.data["matched"] == 15
    assert said.data["files"] == {side: str(files / "out" / f"{side}.csv") for side in ("left", "right")}
    left, right = (Path(path).read_text().splitlines() for path in said.data["files"].values())
    assert [line.split(",")[0] for line in left[1:]] == [line.split(",")[0] for line in right[1:]]
    assert "reading: " in said.err and "patient-" not in said.err + said.out
    assert json.loads((files / "out" / "report.json").read_text()) == said.data


def test_for_people(tacit: Callable[..., Said], files: Path) -> None:
    options = ("--left-key", "id", "--right-key", "key", "--protocol", "ecdh", "--quiet", "--out", "result")
    said = tacit("psi", "intersect", "a.csv", "b.csv", *options, cwd=files)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("15 keys in common\necdh: ") and str(files / "result" / "right.csv") in said.out


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("a.csv", "none.csv", "--key", "id"), "dataset.not_found", 10),
        (("a.csv", "b.csv", "--key", "id"), "data.column_missing", 10),
        (("a.csv", "b.csv"), "psi.key_columns", 10),
        (("a.csv", "b.csv", "--key", "id", "--protocol", "plain"), "psi.bad_choice", 10),
        (("a.csv", "b.csv", "--key", "id", "--memory", "much"), "command.bad_option", 10),
        (("a.csv", "b.csv", "--key", "id", "--out", "a.csv"), "psi.bad_out", 10),
        (("a.csv", "b.csv", "--key", "id", "--workers", "5000"), "cluster.workers", 10),
    ],
)
def test_mistakes(
    arguments: tuple[str, ...], code: str, exit_code: int, inside: Callable[..., Said], files: Path
) -> None:
    said = inside("psi", "intersect", *arguments, "--quiet", "--json", cwd=files)
    assert (said.code, said.error["code"]) == (exit_code, code)


def test_malicious_security_needs_vole(inside: Callable[..., Said], files: Path) -> None:
    options = ("--left-key", "id", "--right-key", "key", "--protocol", "ecdh", "--malicious", "--quiet", "--json")
    said = inside("psi", "intersect", "a.csv", "b.csv", *options, cwd=files)
    assert said.error["code"] == "psi.not_malicious"


@pytest.mark.parametrize(
    ("ports", "code"), [("many", "command.bad_option"), ("7400", "command.bad_option"), ("9-8", "cluster.ports")]
)
def test_ports_of_workers(ports: str, code: str, inside: Callable[..., Said], files: Path) -> None:
    options = ("--key", "id", "--workers", "2", "--worker-ports", ports, "--yes", "--quiet", "--json")
    said = inside("psi", "serve", "a.csv", *options, cwd=files)
    assert (said.code, said.error["code"]) == (10, code)


@pytest.mark.parametrize(
    ("code", "expected"), [("nonsense", "invitation.malformed"), ("tacit1.abc", "invitation.malformed")]
)
def test_a_bad_code(code: str, expected: str, inside: Callable[..., Said], files: Path) -> None:
    said = inside("psi", "join", code, "a.csv", "--key", "id", "--yes", "--quiet", "--json", cwd=files)
    assert (said.code, said.error["code"]) == (10, expected)


def test_serve_and_join(tacit: Callable[..., Said], files: Path) -> None:
    """The code travels by hand; one side confirms on its terminal, the other has said yes before."""
    serve = [
        "psi",
        "serve",
        "a.csv",
        "--key",
        "id",
        "--listen",
        "127.0.0.1:0",
        "--out",
        "mine.csv",
        "--quiet",
        "--json",
    ]
    with quick_start.Popen(
        [*COMMAND, *serve],
        cwd=files,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None and process.stdin is not None
        code = process.stderr.readline().strip()
        process.stdin.write("y\n")
        process.stdin.flush()
        said = tacit("psi", "join", code, "b.csv", "--key", "key", "--out", "theirs.csv", "--yes", "--json", cwd=files)
        out, err = process.communicate(timeout=60)
    assert said.code == process.returncode == 0
    assert said.data["matched"] == json.loads(out)["data"]["matched"] == 15
    assert "About 40 rows here, about 55 there." in err and "Go on? [y/N]" in err
    assert "About 55 rows here, about 40 there." in said.err
    mine, theirs = ((files / name).read_text().splitlines() for name in ("mine.csv", "theirs.csv"))
    assert [line.split(",")[0] for line in mine[1:]] == [line.split(",")[0] for line in theirs[1:]]


def test_nobody_there_to_confirm(tacit: Callable[..., Said], files: Path) -> None:
    with quick_start.Popen(
        [*COMMAND, "psi", "serve", "a.csv", "--key", "id", "--listen", "127.0.0.1:0", "--yes", "--quiet", "--json"],
        cwd=files,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        code = process.stderr.readline().strip()
        said = tacit("psi", "join", code, "b.csv", "--key", "key", "--json", cwd=files)
        out, _ = process.communicate(timeout=60)
    assert (said.code, said.error["code"]) == (30, "command.needs_yes")
    assert json.loads(out)["ok"] is False and process.returncode in (20, 30)


def test_the_disk_is_full(files: Path) -> None:
    """A limit on the size of files stands for a full disk: an error of the side, and nothing half written."""
    for name, numbers in (("a", range(3000)), ("b", range(1000, 4000))):
        (files / f"{name}.csv").write_text("id\n" + "".join(f"{10**17 + number}\n" for number in numbers))
    command = [*COMMAND, "psi", "intersect", "a.csv", "b.csv", "--key", "id", "--protocol", "vole", "-q", "--json"]
    limited = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", *command]
    done = subprocess.run(limited, cwd=files, env=environment(), capture_output=True, text=True, timeout=60)
    said = Said(done.returncode, done.stdout, done.stderr)
    assert (said.code, said.error["code"]) == (40, "sink.disk_full")
    assert list((files / "out").iterdir()) == []


OFFER = {
    "terms": {
        "role": "receiver",
        "reveal": "receiver",
        "protocol": "auto",
        "join": "inner",
        "malicious": False,
        "normalise": [["trim", "upper"]],
    },
    "rows_about": 1_000_000,
    "peer_rows_about": 20,
    "key_columns": 1,
    "peer_key_columns": 2,
}


def test_an_offer_says_who_learns_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_LANG", "en")
    text = describe_offer(OFFER)
    assert "About 1,000,000 rows here, about 20 there." in text
    assert "The keys differ in their number of columns: 1 / 2." in text
    assert "The other side learns: only how many distinct keys" in text
    assert "This side learns: which of its own keys" in text and "trim,upper" in text
    turned = describe_offer({**OFFER, "terms": {**OFFER["terms"], "role": "sender"}})  # type: ignore[dict-item]
    assert "The other side learns: which of its own keys" in turned
    assert "shards" not in text
    split = describe_offer({**OFFER, "terms": {**OFFER["terms"], "shards": 8}})  # type: ignore[dict-item]
    assert "The run is split into 8 shards" in split


def test_an_offer_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_LANG", "zh")
    assert "本方约 1,000,000 行，对方约 20 行。" in describe_offer(OFFER)


def test_progress_says_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_LANG", "en")
    assert describe("read", 500, 2000, 2.0) == "reading  25 %  250 rows/s  left 6.0 s"
    assert describe("match", 0, 10, 1.0) == "matching   0 %"
