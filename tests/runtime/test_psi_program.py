"""`python -m tacit.runtime psi` as its parents use it: requests in, events out, and ends in good time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import quick_start
from tacit.channel import memory_pair
from tacit.errors import ProtocolError
from tacit.runtime.psi import checked_terms
from tacit.runtime.psi_meeting import Message, Offer, swap_offers

COMMAND = [sys.executable, "-m", "tacit.runtime", "psi"]
TERMS = {
    "role": "receiver",
    "protocol": "auto",
    "reveal": "both",
    "join": "inner",
    "malicious": False,
    "normalise": [],
}
GONE_S = 10.0  # for a party to notice that the other has gone; a machine under load included


class Party:
    """One running program."""

    def __init__(self, request: dict[str, Any], *, fds: tuple[int, ...] = ()) -> None:
        self.process = quick_start.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=fds)
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

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for name, numbers in (("left", range(60)), ("right", range(20, 90))):
        text = "id,v\n" + "".join(f"user{number:05d},{name}{number}\n" for number in numbers)
        (tmp_path / f"{name}.csv").write_text(text)
    return {name: tmp_path / f"{name}.csv" for name in ("left", "right")}


def request(me: str, file: Path, meet: dict[str, Any], **changes: Any) -> dict[str, Any]:
    peer = {"left": "right", "right": "left"}[me]
    role = {"left": "receiver", "right": "sender"}[me]
    base = {"me": me, "peer": peer, "meet": meet, "file": {"path": str(file)}, "keys": ["id"]}
    return {**base, "terms": {**TERMS, "role": role}, "out": str(file.with_suffix(".out.csv")), **changes}


@contextlib.contextmanager
def pair(files: dict[str, Path], **changes: dict[str, Any]) -> Iterator[tuple[Party, Party]]:
    """Two programs that meet by a socket; `changes` to the request of either."""
    secret = os.urandom(16).hex()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = "{}:{}".format(*listener.getsockname())
        listen = {"how": "listen", "fd": listener.fileno(), "secret": secret}
        dial = {"how": "dial", "address": address, "secret": secret}
        left = Party(request("left", files["left"], listen, **changes.get("left", {})), fds=(listener.fileno(),))
        right = Party(request("right", files["right"], dial, **changes.get("right", {})))
        try:
            yield left, right
        finally:
            left.end()
            right.end()


def test_a_run_from_request_to_report(files: dict[str, Path]) -> None:
    with pair(files) as parties:
        reports = [party.hear("finished")["report"] for party in parties]
        assert [party.process.wait() for party in parties] == [0, 0]
    assert [report["matched"] for report in reports] == [40, 40]
    assert reports[0]["bytes_sent"] == reports[1]["bytes_received"] > 0
    left, right = (files[name].with_suffix(".out.csv").read_text().splitlines() for name in ("left", "right"))
    assert [line.split(",")[0] for line in left] == [line.split(",")[0] for line in right]
    assert len(left) == 41


def test_what_is_wrong_with_a_file_is_told_before_anybody_connects(files: dict[str, Path]) -> None:
    with pair(files, right={"keys": ["nothing"]}) as (_, right):
        error = right.hear("refused")["error"]
        assert (error["code"], right.process.wait()) == ("data.column_missing", 10)


def test_repeated_keys_stop_both(files: dict[str, Path]) -> None:
    with files["left"].open("a") as file:
        file.write("user00001,again\n")
    with pair(files) as (left, right):
        mine, theirs = left.hear("refused")["error"], right.hear("refused")["error"]
    assert mine["code"] == "data.key_duplicate" and "user00001" not in json.dumps(mine)
    assert (theirs["code"], theirs["peer_code"]) == ("peer.failed", "data.key_duplicate")


def test_the_peer_is_killed(files: dict[str, Path]) -> None:
    """Between two hosts, while both wait for people: the other side hears of it within seconds."""
    with invited(files) as (inviter, guest):
        inviter.hear("confirm")
        guest.hear("confirm")
        guest.process.send_signal(signal.SIGKILL)
        inviter.say({"yes": True})
        begin = time.monotonic()
        error = inviter.hear("refused")["error"]
        assert time.monotonic() - begin < GONE_S
        assert error["type"] == "PeerLost" and inviter.process.wait() == 20


def test_the_parent_goes_away(files: dict[str, Path]) -> None:
    with invited(files) as (inviter, guest):
        inviter.hear("confirm")
        guest.hear("confirm")
        assert guest.process.stdin is not None
        guest.process.stdin.close()
        assert guest.process.wait(GONE_S) == 70
        inviter.say({"yes": True})
        assert inviter.hear("refused")["error"]["type"] == "PeerLost"


def test_interrupted(files: dict[str, Path]) -> None:
    with invited(files) as (inviter, guest):
        inviter.hear("confirm")
        guest.hear("confirm")
        inviter.process.send_signal(signal.SIGINT)
        assert inviter.hear("refused")["error"]["code"] == "psi.stopped"
        assert inviter.process.wait(GONE_S) == 130
        guest.say({"yes": True})
        assert guest.hear("refused")["error"]["peer_code"] == "psi.stopped"


@contextlib.contextmanager
def invited(files: dict[str, Path]) -> Iterator[tuple[Party, Party]]:
    """`serve` and `join`, connected."""
    serve = {"how": "serve", "address": "127.0.0.1:0", "lifetime_s": 60}
    inviter = Party(request("left", files["left"], serve))
    try:
        code = inviter.hear("invitation")["code"]
        guest = Party(request("right", files["right"], {"how": "join", "code": code}, terms=None))
        try:
            yield inviter, guest
        finally:
            guest.end()
    finally:
        inviter.end()


def test_serve_and_join(files: dict[str, Path]) -> None:
    with invited(files) as (inviter, guest):
        mine, theirs = inviter.hear("confirm"), guest.hear("confirm")
        assert (mine["rows_about"], mine["peer_rows_about"]) == (60, 70)
        assert (theirs["rows_about"], theirs["peer_rows_about"]) == (70, 60)
        assert theirs["terms"] == {**TERMS, "role": "sender"}
        for party in (inviter, guest):
            party.say({"yes": True})
        assert inviter.hear("finished")["report"]["matched"] == guest.hear("finished")["report"]["matched"] == 40


def test_one_side_declines(files: dict[str, Path]) -> None:
    with invited(files) as (inviter, guest):
        inviter.say({"yes": True})
        guest.say({"yes": False})
        errors = [party.hear("refused")["error"] for party in (inviter, guest)]
        assert [error["code"] for error in errors] == ["psi.declined", "psi.declined"]
        assert [party.process.wait() for party in (inviter, guest)] == [30, 30]
    assert not files["left"].with_suffix(".out.csv").exists()


def test_an_invitation_that_expires(files: dict[str, Path]) -> None:
    serve = {"how": "serve", "address": "127.0.0.1:0", "lifetime_s": 0.05}
    inviter = Party(request("left", files["left"], serve))
    try:
        inviter.hear("invitation")
        assert inviter.hear("refused")["error"]["code"] == "invitation.unused"
    finally:
        inviter.end()


def test_a_port_that_is_taken(files: dict[str, Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serve = {"how": "serve", "address": "{}:{}".format(*taken.getsockname())}
        inviter = Party(request("left", files["left"], serve))
        try:
            assert inviter.hear("refused")["error"]["code"] == "port.unusable"
        finally:
            inviter.end()


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {**TERMS, "protocol": "plain"},
        {**TERMS, "malicious": "yes"},
        {**TERMS, "role": None},
        {**TERMS, "normalise": "trim"},
        {**TERMS, "normalise": [["trim", 1]]},
        {**TERMS, "join": ["inner"]},
        {**TERMS, "shards": 3},
        {**TERMS, "shards": 1 << 40},
        {**TERMS, "shards": True},
        {**TERMS, "shards": "8"},
    ],
)
def test_terms_of_a_peer_that_are_none(terms: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as malformed:
        checked_terms(terms)
    assert malformed.value.code == "psi.malformed"


def test_terms_lose_what_is_not_known() -> None:
    assert checked_terms({**TERMS, "out": "/etc/passwd"}) == TERMS
    assert checked_terms({**TERMS, "shards": 8}) == {**TERMS, "shards": 8}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[" * 3000, Offer(1 << 41, 1).pack(), Offer(1, 17).pack()])
def test_offers_that_are_none(body: bytes) -> None:
    here, there = memory_pair("left", "right")
    there.send(Message.OFFER, body)
    with pytest.raises(ProtocolError) as malformed:
        swap_offers(here, Offer(1, 1, dict(TERMS)))
    assert malformed.value.code == "psi.malformed"


def test_no_heavy_import_at_the_start() -> None:
    """What a small run would spend most of its time on."""
    code = (
        "from tacit.runtime.without_pandas import leave_out_pandas; leave_out_pandas(); "
        "import sys, tacit.runtime.__main__, tacit.runtime.psi, tacit.runtime.psi_meeting, "
        "tacit.algorithms.alignment.streams, tacit.data.delimited; "
        "print(sorted({'pandas', 'pydantic', 'fastapi', 'sqlalchemy', 'typer', 'rich', 'httpx'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
