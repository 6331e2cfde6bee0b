"""Two strangers on two hosts come from nothing to a finished job with the commands of the README.

The hosts are network namespaces joined by a cable, with addresses, loopback and host names of their own.
"""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli_process import COMMAND, environment

ROOT = Path(__file__).parents[2]
MOST_COMMANDS = 10
NAMES = "127.0.0.1 localhost\n10.87.65.1 hospital.example\n10.87.65.2 lab.example\n"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Host:
    """A network namespace. What is typed here runs in its folder, with its own home."""

    def __init__(self, name: str, place: int, folder: Path) -> None:
        self.name, self.folder = f"tacit-{uuid.uuid4().hex[:6]}-{place}", folder / name
        self.address = f"10.87.65.{place}"
        self.running: list[subprocess.Popen[str]] = []
        self.folder.mkdir()
        self._etc = Path("/etc/netns") / self.name

    def open(self) -> None:
        _root("ip", "netns", "add", self.name)
        self._etc.mkdir(parents=True)
        (self._etc / "hosts").write_text(NAMES)
        _root("ip", "-n", self.name, "link", "set", "lo", "up")

    def close(self) -> None:
        for process in self.running:
            process.terminate()
            process.communicate(timeout=20)
        with contextlib.suppress(subprocess.CalledProcessError):
            _root("ip", "netns", "del", self.name)
        shutil.rmtree(self._etc, ignore_errors=True)

    def start(self, words: list[str], answer: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *COMMAND, *words],
            cwd=self.folder,
            env=environment(HOME=str(self.folder), TACIT_HOME=str(self.folder / ".tacit")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(answer)
            process.stdin.close()
        process.stdin = None
        self.running.append(process)
        return process

    def type(self, words: list[str], answer: str = "") -> str:
        process = self.start(words, answer)
        out, err = process.communicate(timeout=120)
        self.running.remove(process)
        assert process.returncode == 0, f"{' '.join(words)}: {err}"
        return out


def test_two_strangers_follow_the_readme(hosts: tuple[Host, Host]) -> None:
    hospital, lab = hosts
    at_hospital, at_lab, together = (_commands(block) for block in _blocks())
    assert len(at_hospital) + len(at_lab) + len(together) <= MOST_COMMANDS
    _write_inputs(hospital.folder, lab.folder)
    code = _follow(hospital, at_hospital, {})
    _follow(lab, at_lab, {"CODE": code.split()[0]})
    proposed, approved = together
    watching = hospital.start(proposed)
    _approve_when_it_is_there(lab, approved)
    out, err = watching.communicate(timeout=120)
    hospital.running.remove(watching)
    assert watching.returncode == 0, err
    job = re.search(r"job-[0-9a-f]{32}", out + err)
    assert job is not None
    receipt = lab.type(["job", "receipt", job[0], "--verify", "--json"])
    assert json.loads(receipt)["ok"]


def _follow(host: Host, commands: list[list[str]], values: dict[str, str]) -> str:
    """Type one after the other; the node runs in the background. Returns what the last one said."""
    said = ""
    for words in commands:
        words = [values.get(word, word) for word in words]
        if words[:2] == ["node", "run"]:
            node = host.start(words)
            assert node.stdout is not None
            assert json.loads(node.stdout.readline())["ready"]
        else:
            said = host.type(words)
    return said


def _approve_when_it_is_there(lab: Host, words: list[str]) -> None:
    """The person at the lab looks again until the proposal has arrived, and says yes to what is shown."""
    until = time.monotonic() + 30
    while True:
        process = lab.start(words, "y\n")
        _, err = process.communicate(timeout=60)
        lab.running.remove(process)
        if process.returncode == 0:
            assert "which of its own rows" in err
            return
        assert "job.none_waiting" in err and time.monotonic() < until, err


def _blocks() -> list[str]:
    """The three blocks of commands of the README's section on organisations."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.split("## Between organisations", 1)[1].split("\n## ", 1)[0]
    return BLOCK.findall(section)


def _commands(block: str) -> list[list[str]]:
    lines = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    words = [[word for word in shlex.split(line, comments=True) if word != "&"] for line in lines]
    assert all(line[0] == "tacit" for line in words)
    return [line[1:] for line in words]


def _write_inputs(hospital: Path, lab: Path) -> None:
    (hospital / "patients.csv").write_text("patient_id,age\nP1,60\nP2,50\nP3,40\n")
    (lab / "tests.csv").write_text("patient_id,marker\nP3,0.5\nP1,0.25\nP4,0.125\n")
    shutil.copy(ROOT / "examples" / "psi.yaml", hospital / "flow.yaml")


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    hospital, lab = Host("hospital", 1, tmp_path), Host("lab", 2, tmp_path)
    with contextlib.ExitStack() as later:
        for host in (hospital, lab):
            later.callback(host.close)
        try:
            hospital.open()
        except (subprocess.CalledProcessError, OSError) as fault:
            pytest.skip(f"network namespaces cannot be made here: {type(fault).__name__}")
        lab.open()
        _root(
            "ip", "link", "add", "tacit0", "netns", hospital.name, "type", "veth", "peer", "tacit0", "netns", lab.name
        )
        for host in (hospital, lab):
            _root("ip", "-n", host.name, "addr", "add", f"{host.address}/24", "dev", "tacit0")
            _root("ip", "-n", host.name, "link", "set", "tacit0", "up")
        yield hospital, lab


def _root(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
