"""Two organisations, each with a real Ray of its own and two workers: the same rows as in plaintext, and clear ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tacit.channel.memory import memory_pair
from tacit.errors import ParameterError, ResourceError
from tacit.protocols.psi.wire import Side, Terms
from tacit.runtime.cluster import Cluster, intersect_on_cluster

PROGRAM = Path(__file__).parents[1] / "cluster_side.py"
GONE_S = 10.0  # from the death of a worker to the error at both sides; a machine under load included
SIDES = ("RECEIVER", "SENDER")
Answers = tuple[dict[str, Any], dict[str, Any]]


def _refused(cluster: Cluster, shards: int = 4) -> str:
    channel, _ = memory_pair("receiver", "sender")
    with pytest.raises((ParameterError, ResourceError)) as caught:
        intersect_on_cluster(
            channel,
            Terms(sid=bytes(32)),
            Side.RECEIVER,
            lambda keys: None,
            lambda number, sid: pytest.fail("no line is needed"),
            shards=shards,
            cluster=cluster,
        )
    return caught.value.code


def test_without_ray_there_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert _refused(Cluster()) == "cluster.ray_missing"


@pytest.mark.parametrize("cluster", [Cluster(workers=0), Cluster(workers=5000), Cluster(cpus=0)])
def test_impossible_clusters(cluster: Cluster) -> None:
    assert _refused(cluster) == "cluster.workers"


@pytest.mark.parametrize("shards", [0, 3, 2048])
def test_impossible_shards(shards: int) -> None:
    assert _refused(Cluster(), shards) == "psi.shards"


def test_ray_is_loaded_only_when_it_is_used() -> None:
    code = "import sys, tacit.runtime.cluster, tacit.engines.native; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


_UNREACHABLE = """
import sys
from tacit.errors import ResourceError
from tacit.runtime.cluster_crew import Cluster, connected
try:
    with connected(Cluster(address=sys.argv[1])):
        pass
except ResourceError as error:
    print(error.code)
"""


@pytest.mark.slow
@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "ray://127.0.0.1:{port}", "nonsense", "host:port"])
def test_a_cluster_that_is_not_there(tmp_path: Path, address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # nobody listens there a moment later
    found = subprocess.run(
        [sys.executable, "-c", _UNREACHABLE, address.format(port=port)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "HOME": str(tmp_path)},
        check=True,
    )
    assert found.stdout.strip() == "cluster.unreachable"


class Pair:
    """Two processes that stay; each run has its own session."""

    def __init__(self, processes: list[subprocess.Popen[str]]) -> None:
        self._processes = processes
        self._hellos = [self._read(process) for process in processes]

    def run(self, *requests: dict[str, Any], **both: Any) -> Answers:
        sid = os.urandom(32).hex()
        for index, process in enumerate(self._processes):
            base = {"sid": sid, "certificate": self._hellos[1 - index]["certificate"], "port": self._hellos[0]["port"]}
            assert process.stdin is not None
            process.stdin.write(json.dumps({**base, **both, **requests[index]}) + "\n")
            process.stdin.flush()
        receiver, sender = (self._read(process) for process in self._processes)
        return receiver, sender

    @staticmethod
    def _read(process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the process has ended"
        return dict(json.loads(line))


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with ExitStack() as stack:
        processes = []
        for side in SIDES:
            # Ray puts sockets there: pytest's own folders have names that are too long for them.
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True))
            process = subprocess.Popen(
                [sys.executable, str(PROGRAM), side, "2"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "HOME": home, "RAY_TMPDIR": home},
            )
            stack.enter_context(process)
            stack.callback(process.stdin.close)  # type: ignore[union-attr]
            processes.append(process)
        yield Pair(processes)


def _codes(answers: Answers) -> list[tuple[str, str | None]]:
    return [(each["error"]["code"], each["error"].get("peer_code")) for each in answers]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("protocol", "malicious", "memory"), [("VOLE", False, 0), ("VOLE", True, 0), ("AUTO", False, 1 << 20)]
)
def test_rows_are_those_of_plaintext(pair: Pair, tmp_path: Path, protocol: str, malicious: bool, memory: int) -> None:
    store = {"memory": memory, "folder": str(tmp_path)} if memory else {}
    receiver, sender = pair.run(
        {"numbers": [0, 60_000], "workers": 2, "store": store},
        {"numbers": [50_000, 90_000], "workers": 4},
        shards=4,
        protocol=protocol,
        malicious=malicious,
    )
    assert receiver["workers"] == sender["workers"] == 2
    assert receiver["protocol"] == sender["protocol"] == "VOLE"
    assert sorted(receiver["rows"]) == list(range(50_000, 60_000))
    assert receiver["rows"] == [row + 50_000 for row in sender["rows"]]
    assert (receiver["peer_count"], sender["peer_count"]) == (40_000, 60_000)
    assert (
        len(set(receiver["received"])) == len(set(sender["received"])) == 1
    )  # all shards look alike, whatever is in them


@pytest.mark.slow
def test_the_receiver_alone_learns(pair: Pair) -> None:
    receiver, sender = pair.run(
        {"numbers": [0, 300], "workers": 1},
        {"numbers": [299, 310], "workers": 2},
        shards=2,
        protocol="ECDH",
        reveal="RECEIVER",
    )
    assert receiver["rows"] == [299]
    assert (sender["rows"], sender["count"], sender["peer_count"]) == (None, None, 300)


@pytest.mark.slow
@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_worker_ends_both_sides(pair: Pair, victim: int) -> None:
    kills = [{"kill": index == victim} for index in range(2)]
    answers = pair.run(*kills, numbers=[0, 12_000], workers=2, shards=8, protocol="ECDH")
    expected: list[tuple[str, str | None]] = [("peer.failed", "cluster.worker_lost")] * 2
    expected[victim] = ("cluster.worker_lost", None)
    assert _codes(answers) == expected
    assert all(each["ended_at"] - answers[victim]["killed_at"] < GONE_S for each in answers)


@pytest.mark.slow
def test_errors_of_one_side_are_known_to_both(pair: Pair) -> None:
    common = {"numbers": [0, 100], "shards": 2, "protocol": "ECDH"}
    two, more = {"workers": 2}, {"workers": 3, "shards": 4, "start_s": 4}
    assert _codes(pair.run({**two, "refuse": True}, two, **common)) == [
        ("data.key_duplicate", None),
        ("peer.failed", "data.key_duplicate"),
    ]
    assert _codes(pair.run({**two, "ports": "taken"}, two, **common)) == [
        ("port.taken", None),
        ("peer.failed", "port.taken"),
    ]
    assert _codes(pair.run({**two, "shards": 4}, two, **{**common, "shards": 2}))[0][0] == "psi.terms_differ"
    assert _codes(pair.run(more, more, **common))[0][0] == "cluster.too_few_workers"
    assert {code for code, _ in _codes(pair.run({**two, "side": "dial"}, two, **common))} == {"cluster.same_side"}
