"""A match split among processes: what a person asks for, a clear word without Ray, the same rows with a real one."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psutil
import pyarrow as pa
import pytest

import tacit
from tacit.client import psi_workers
from tacit.client.psi_workers import crew, split
from tacit.errors import ParameterError, PeerError, ResourceError


def test_a_side_without_workers_has_none() -> None:
    assert crew(0) is None
    requests = {"left": {"workers": None, "terms": {"join": "inner"}, "file": {"path": "nothing"}}}
    split(requests)
    assert requests["left"]["terms"] == {"join": "inner"}


def test_cores_of_this_machine_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psi_workers.os, "cpu_count", lambda: 16)
    assert crew(4, sides=2) == {"count": 4, "cluster": None, "cpus": 2, "host": "127.0.0.1", "ports": None}
    assert crew(40) == {"count": 40, "cluster": None, "cpus": 1, "host": None, "ports": None}
    other = crew(3, "head:6379", host="10.0.0.1", ports=(7400, 7410))
    assert other == {"count": 3, "cluster": "head:6379", "cpus": 1, "host": "10.0.0.1", "ports": [7400, 7410]}


@pytest.mark.parametrize(("workers", "shards"), [((1, 1), 4), ((2, 1), 8), ((0, 3), 16), ((300, 1), 1024)])
def test_shards_are_a_power_of_two_and_alike(workers: tuple[int, int], shards: int) -> None:
    requests: dict[str, Any] = {
        side: {"workers": crew(count), "terms": {"role": side}, "file": {"path": "nothing"}}
        for side, count in zip(("left", "right"), workers, strict=True)
    }
    split(requests)
    assert [request["terms"] for request in requests.values()] == [
        {"role": side, "shards": shards} for side in ("left", "right")
    ]


def test_large_files_have_more_shards(tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(40 * psi_workers._SHARD_BYTES)
    request: dict[str, Any] = {"workers": crew(1), "terms": {}, "file": {"path": str(tmp_path / "large.csv")}}
    split({"me": request})
    assert request["terms"]["shards"] == 64


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"workers": -1}, "cluster.workers"),
        ({"workers": 1025}, "cluster.workers"),
        ({"workers": 1, "ports": [7400]}, "cluster.ports"),
        ({"workers": 1, "ports": [7400, 7300]}, "cluster.ports"),
        ({"workers": 1, "ports": [7400, 70000]}, "cluster.ports"),
    ],
)
def test_what_cannot_be(words: dict[str, Any], code: str) -> None:
    with pytest.raises(ParameterError) as refused:
        crew(**words)
    assert refused.value.code == code


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    for name, rows in (("left", range(9000)), ("right", range(4000, 12000))):
        text = "".join(f"user{row:05d},{name}{row}\n" for row in rows)
        (tmp_path / f"{name}.csv").write_text("id,v\n" + text)
    return tmp_path / "left.csv", tmp_path / "right.csv"


def test_without_ray_both_sides_hear_what_is_missing(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "ray.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    with pytest.raises(ResourceError) as missing:
        tacit.psi.intersect(*files, key="id", workers=1, out=tmp_path / "out")
    assert missing.value.code == "cluster.ray_missing"
    assert "tacit[ray]" in (missing.value.hint or "")


@pytest.mark.slow
def test_a_cluster_that_is_not_there(files: tuple[Path, Path], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # nobody listens there a moment later
    with pytest.raises(ResourceError) as missing:
        tacit.psi.intersect(*files, key="id", workers=1, cluster=f"127.0.0.1:{port}", out=tmp_path / "out")
    assert missing.value.code == "cluster.unreachable"


def _keys(path: Path) -> list[str]:
    return [line.split(",")[0] for line in path.read_text().splitlines()[1:]]


@pytest.mark.slow
def test_the_same_rows_with_different_numbers_of_workers(files: tuple[Path, Path], tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    found = tacit.psi.intersect(
        *files, key="id", workers=(2, 1), protocol="vole", join="left", out=tmp_path / "out", on_event=events.append
    )
    left, right = _keys(found.left), _keys(found.right)
    assert sorted(left) == [f"user{row:05d}" for row in range(9000)]
    assert left[:5000] == right[:5000] and right[5000:] == [""] * 4000
    parties = found.report["parties"]
    assert [(side["workers"], side["shards"], side["protocol"]) for side in parties.values()] == [(1, 8, "vole")] * 2
    assert parties["left"]["bytes_sent"] == parties["right"]["bytes_received"] > 8 * 100_000
    assert parties["left"]["peer_keys_used"] == 8000
    phases = [event["phase"] for event in events if event["event"] == "progress"]
    assert phases[0] == "start" and {"read", "match", "write"} <= set(phases)


_ALONE = """
import sys, tacit
tacit.psi.intersect(sys.argv[1], sys.argv[2], key="id", workers=1, protocol="ecdh", out=sys.argv[3])
"""


@pytest.mark.slow
def test_nobody_is_left_when_the_program_that_asked_is_killed(files: tuple[Path, Path], tmp_path: Path) -> None:
    asking = subprocess.Popen([sys.executable, "-c", _ALONE, *map(str, files), str(tmp_path / "out")])
    family = []
    while not any("raylet" in word for process in family for word in _words(process)):
        assert asking.poll() is None, "it ended before it had workers"
        family = psutil.Process(asking.pid).children(recursive=True)
    asking.kill()
    asking.wait()
    deadline = time.monotonic() + 10
    while left := [process for process in family if _runs(process)]:
        assert time.monotonic() < deadline, left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()[:1]
    except psutil.Error:
        return []


@pytest.mark.slow
def test_two_hosts_and_a_guest_that_named_no_workers(files: tuple[Path, Path], tmp_path: Path) -> None:
    codes: SimpleQueue[str] = SimpleQueue()
    offers: list[dict[str, Any]] = []
    reports: dict[str, Any] = {}

    def invite() -> None:
        reports["left"] = tacit.psi.serve(
            files[0],
            key="id",
            address="127.0.0.1:0",
            confirm=lambda offer: True,
            out=tmp_path / "left.out.csv",
            on_event=lambda event: codes.put(event["code"]) if event["event"] == "invitation" else None,
            workers=2,
            worker_host="127.0.0.1",
            memory=100_000_000,
        )

    inviter = threading.Thread(target=invite, daemon=True)
    inviter.start()

    def confirm(offer: dict[str, Any]) -> bool:
        offers.append(offer)
        return True

    code = codes.get(timeout=30)
    reports["right"] = tacit.psi.join(code, files[1], key="id", confirm=confirm, out=tmp_path / "right.out.csv")
    inviter.join(60)
    assert offers[0]["terms"]["shards"] == 8
    assert [report["workers"] for report in reports.values()] == [1, 1]
    assert _keys(tmp_path / "left.out.csv") == _keys(tmp_path / "right.out.csv")
    assert len(_keys(tmp_path / "left.out.csv")) == 5000


def test_a_guest_has_no_use_for_workers_where_the_run_is_not_split(tmp_path: Path) -> None:
    table = tmp_path / "t.arrow"
    with pa.OSFile(str(table), "wb") as sink, pa.ipc.new_file(sink, pa.schema([("id", pa.string())])) as writer:
        writer.write_table(pa.table({"id": ["a"]}))
    codes: SimpleQueue[str] = SimpleQueue()
    told: list[BaseException] = []

    def invite() -> None:
        try:
            tacit.psi.serve(
                table,
                key="id",
                address="127.0.0.1:0",
                confirm=lambda offer: True,
                out=None,
                on_event=lambda event: codes.put(event["code"]) if event["event"] == "invitation" else None,
            )
        except PeerError as error:
            told.append(error)

    inviter = threading.Thread(target=invite, daemon=True)
    inviter.start()
    with pytest.raises(ParameterError) as refused:
        tacit.psi.join(codes.get(timeout=30), table, key="id", confirm=lambda offer: True, out=None, workers=2)
    inviter.join(30)
    assert refused.value.code == "cluster.one_sided"
    assert [getattr(error, "peer_code", None) for error in told] == ["cluster.one_sided"]
