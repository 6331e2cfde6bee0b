"""`python -m tacit.runtime psi-table`: a server and its clients as programs, and what goes wrong between them."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import quick_start
from tacit.channel import memory_pair
from tacit.errors import ProtocolError, RefusedError
from tacit.runtime import psi_table_budget
from tacit.runtime.psi_table_budget import CodeBudget
from tacit.runtime.psi_table_meeting import Announcement, Message, Wish, announce, hear, wish_for

COMMAND = [sys.executable, "-m", "tacit.runtime", "psi-table"]
GONE_S = 10.0
RULES = {"nulls": "refuse", "duplicates": "refuse", "memory": 0}


class Program:
    """One running program."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.process = quick_start.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.say(request)

    def say(self, words: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, *wanted: str) -> dict[str, Any]:
        """The next event of one of these kinds; others are passed over."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event: dict[str, Any] = json.loads(line)
            if event["event"] in wanted:
                return event
            assert event["event"] not in ("finished", "refused"), event
        raise AssertionError("it ended without a word")

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sealed table of 60 keys."""
    folder = tmp_path_factory.mktemp("table")
    (folder / "server.csv").write_text("id,v\n" + "".join(f"user{number:05d},{number}\n" for number in range(60)))
    (folder / "client.csv").write_text("id\n" + "".join(f"user{number:05d}\n" for number in range(50, 70)))
    build = {
        "do": "build",
        "me": "table",
        **RULES,
        "file": {"path": str(folder / "server.csv")},
        "keys": ["id"],
        "normalise": [],
        "columns": ["v"],
        "table": str(folder / "T"),
        "key_file": str(folder / "T.key"),
        "verifiable": True,
        "capacity": 0,
        "queries": 1000,
        "payload_bytes": 0,
    }
    with Program(build) as program:
        assert program.hear("finished")["report"]["size"] == 60
    return folder


@contextlib.contextmanager
def serving(folder: Path, **changes: Any) -> Iterator[tuple[Program, str]]:
    meet = {"how": "serve", "address": "127.0.0.1:0", "lifetime_s": 60}
    request = {"do": "serve", "me": "inviter", "peer": "guest", "table": str(folder / "T"), "meet": meet}
    limits = {"key_file": str(folder / "T.key"), "budget": 20, "daily": 1000, "runs": 1}
    with Program({**request, **limits, **changes}) as program:
        yield program, program.hear("invitation")["code"]


def asking(folder: Path, code: str, copy: Path, **changes: Any) -> Program:
    request = {"do": "query", "me": "guest", "peer": "inviter", "meet": {"how": "join", "code": code}, **RULES}
    files = {"file": {"path": str(folder / "client.csv")}, "keys": ["id"], "table": str(copy), "out": None}
    return Program({**request, **files, "out_format": None, "verifiable": False, **changes})


def test_each_side_sees_what_it_needs_to_decide(table: Path, tmp_path: Path) -> None:
    with serving(table) as (server, code), asking(table, code, tmp_path / "L") as client:
        offer = client.hear("confirm")
        assert (offer["size"], offer["rows_about"], offer["left"], offer["verifiable"]) == (60, 20, 20, True)
        client.say({"yes": True})
        wish = server.hear("confirm")
        assert (wish["count"], wish["current"], wish["left"]) == (20, False, 20)
        server.say({"yes": True})
        mine, theirs = client.hear("finished")["report"], server.hear("finished")["report"]
    assert (mine["matched"], mine["queries_left"], mine["unopened"]) == (10, 0, 0)
    assert (theirs["queries"], theirs["queries_left"], theirs["failed"]) == (20, 0, [])
    assert mine["bytes_sent"] == theirs["bytes_received"] > 0


def test_nothing_of_the_file_leaves_before_the_client_has_said_yes(table: Path, tmp_path: Path) -> None:
    with serving(table) as (server, code), asking(table, code, tmp_path / "L") as client:
        client.hear("confirm")
        client.say({"yes": False})
        errors = [program.hear("refused")["error"]["code"] for program in (client, server)]
    assert errors == ["psi.declined", "psi.declined"] and not (tmp_path / "L").exists()


def test_the_server_declines(table: Path, tmp_path: Path) -> None:
    with serving(table) as (server, code), asking(table, code, tmp_path / "L") as client:
        client.hear("confirm")
        client.say({"yes": True})
        server.hear("confirm")
        server.say({"yes": False})
        assert [each.hear("refused")["error"]["code"] for each in (client, server)] == ["psi.declined"] * 2
    assert not (tmp_path / "L").exists()


@pytest.mark.parametrize("gone", ["server", "client"])
def test_the_peer_is_killed(gone: str, table: Path, tmp_path: Path) -> None:
    with serving(table) as (server, code), asking(table, code, tmp_path / "L") as client:
        client.hear("confirm")
        client.say({"yes": True})
        server.hear("confirm")
        killed, left = (server, client) if gone == "server" else (client, server)
        killed.process.send_signal(signal.SIGKILL)
        begin = time.monotonic()
        if left is server:
            server.say({"yes": True})
        error = left.hear("refused")["error"]
        assert time.monotonic() - begin < GONE_S
        assert error["type"] == "PeerLost" and left.process.wait() == 20


def test_of_several_runs_one_fails(table: Path, tmp_path: Path) -> None:
    """Somebody else's mistake does not keep the next one out."""
    with serving(table, runs=2, budget=40) as (server, code):
        with asking(table, code, tmp_path / "L", keys=["id", "id2"], file={"path": str(_two_columns(tmp_path))}) as bad:
            assert bad.hear("refused")["error"]["code"] == "psi.key_types_differ"
        failed = server.hear("run_failed")["error"]
        with asking(table, code, tmp_path / "L", verifiable=True) as client:
            client.hear("confirm")
            client.say({"yes": True})
            server.hear("confirm")
            server.say({"yes": True})
            assert client.hear("finished")["report"]["matched"] == 10
        report = server.hear("finished")["report"]
    assert failed["peer_code"] == "psi.key_types_differ"
    assert (report["runs"], report["failed"], report["queries"]) == (2, ["peer.failed"], 20)


def _two_columns(folder: Path) -> Path:
    (folder / "two.csv").write_text("id,id2\na,b\n")
    return folder / "two.csv"


def test_the_end_of_the_line_tells_nothing_of_what_is_found(table: Path, tmp_path: Path) -> None:
    """The client cannot write its result: the server has heard nothing of it."""
    with serving(table) as (server, code):
        with asking(table, code, tmp_path / "L", out=str(tmp_path / "o.csv")) as client:
            client.hear("confirm")
            client.say({"yes": True})
            server.hear("confirm")
            (tmp_path / "o.csv").mkdir()
            server.say({"yes": True})
            assert client.hear("refused")["error"]["code"] == "sink.unwritable"
        assert server.hear("finished")["report"]["queries"] == 20


WORDS = Announcement(
    size=5,
    epoch=0,
    key_id="ab" * 16,
    digest="cd" * 32,
    bytes=500,
    left=3,
    verifiable=False,
    key_types="t",
    key_columns=1,
    normalise=(("trim",),),
    payload_columns=("v",),
    payload_bytes=8,
)


def test_words_cross_unchanged() -> None:
    here, there = memory_pair("server", "client")
    there.send(Message.WISH, json.dumps({"v": 1, "count": 3, "digest": None}).encode())
    assert announce(here, WORDS) == Wish(3, None)
    assert hear(there) == WORDS


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"size": -1},
        {"size": 1 << 60},
        {"size": True},
        {"digest": "cd"},
        {"digest": 7},
        {"key_id": "g" * 32},
        {"verifiable": 1},
        {"key_types": "tt"},
        {"key_types": ""},
        {"normalise": "trim"},
        {"normalise": [[1]]},
        {"payload_columns": [None]},
        {"payload_columns": ["v"] * 257},
    ],
)
def test_announcements_that_are_none(change: dict[str, Any]) -> None:
    here, there = memory_pair("server", "client")
    here.send(Message.TABLE, json.dumps({"v": 1, **asdict(WORDS), **change}).encode())
    with pytest.raises(ProtocolError) as malformed:
        hear(there)
    assert malformed.value.code == "psi.malformed"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[" * 3000, b'{"v":1,"count":1.5,"digest":null}', b'{"v":1}'])
def test_wishes_that_are_none(body: bytes) -> None:
    here, there = memory_pair("server", "client")
    there.send(Message.WISH, body)
    with pytest.raises(ProtocolError) as malformed:
        announce(here, WORDS)
    assert malformed.value.code == "psi.malformed"


def test_a_wish_above_the_budget_stops_both() -> None:
    here, there = memory_pair("server", "client")
    with pytest.raises(RefusedError) as mine:
        wish_for(there, Wish(4, None), WORDS.left)
    with pytest.raises(RefusedError) as theirs:
        announce(here, replace(WORDS))
    assert mine.value.code == theirs.value.code == "psi.query_budget"


def test_a_budget_of_code_day_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, day = bytes(16), ["2026-01-01"]
    monkeypatch.setattr(psi_table_budget, "today", lambda: day[0])

    def budget(for_code: int) -> CodeBudget:
        return CodeBudget(tmp_path / "key", for_code, 10, 25)

    first = budget(8)
    assert first.take(key_id, day[0], 6) == 2 and first.rest(key_id) == 2
    with pytest.raises(RefusedError, match="used up"):
        first.take(key_id, day[0], 3)
    assert budget(8).rest(key_id) == 4  # another code, the same day
    day[0] = "2026-01-02"
    assert budget(80).rest(key_id) == 10 and budget(80).take(key_id, day[0], 10) == 0
    day[0] = "2026-01-03"
    assert budget(80).rest(key_id) == 9  # of the key's whole life
    assert budget(80).rest(bytes(15) + b"\1") == 10  # another key
    assert (tmp_path / "key.used").stat().st_mode & 0o777 == 0o600
