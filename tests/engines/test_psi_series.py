"""Series of matches: in union exactly the intersection, each match once, through growth, crashes and lost notes."""

from __future__ import annotations

import os
import random
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from step_io import MemoryIO, step_call
from tacit.algorithms.alignment import series as series_module
from tacit.algorithms.alignment.runs import BEGINNING, Run, Runs
from tacit.channel.channel import Session
from tacit.channel.memory import memory_pair
from tacit.data.columns import with_roles
from tacit.engines.native.psi import run_psi
from tacit.operators.psi import Psi
from tacit.operators.psi_disclosure import disclose
from tacit.privacy.caution import Caution
from tacit.protocols.psi.wire import store_failed

PARTIES = {"receiver": "bank", "sender": "shop"}
Keys = Iterable[Any]


class Pair:
    """Two parties that keep a series, run after run. `broken`: the side that goes down before it has written."""

    def __init__(self, folder: Path, **caution: Caution) -> None:
        self.shelves = {role: folder / role for role in PARTIES}
        self.ios = {role: MemoryIO(owner_caution=caution.get(role, Caution())) for role in PARTIES}
        for role, io in self.ios.items():
            io.shelves = self.shelves[role]
        self.sessions = 0

    def folder(self, role: str, name: str = "nightly") -> Path:
        return self.shelves[role] / f"psi-{PARTIES['sender' if role == 'receiver' else 'receiver']}" / name

    def run(self, receiver: Keys, sender: Keys, broken: str | None = None, **params: Any) -> dict[str, Any]:
        """Role -> outputs, or the code of the error."""
        ends = dict(zip(PARTIES, memory_pair("receiver", "sender", patience_s=20), strict=True))
        tables = {"receiver": list(receiver), "sender": list(sender)}
        full = Psi.model_validate({"since": "nightly", **params}).model_dump(mode="json")
        self.sessions += 1
        sid = self.sessions.to_bytes(32, "big")

        def one(role: str) -> Any:
            io, peer = self.ios[role], "sender" if role == "receiver" else "receiver"
            columns = {"id": pa.array(tables[role], pa.int64()), role: pa.array(tables[role], pa.int64())}
            io.inputs[role] = with_roles(pa.table(columns), keys=["id"])
            io.outputs = {}
            session = Session(sid=sid, me=role, channels={peer: ends[role]})
            try:
                run_psi(step_call("psi", io, full, role=role, parties=PARTIES, session=session))
            except Exception as error:
                return getattr(error, "peer_code", None) or getattr(error, "code", repr(error))
            finally:
                ends[role].close()
            return io.outputs

        with breaking_down(broken), ThreadPoolExecutor(2) as pool:
            return dict(zip(PARTIES, pool.map(one, PARTIES), strict=True))

    def matches(self, receiver: Keys, sender: Keys, **options: Any) -> list[int]:
        """What came out of a run that succeeded, the same at both sides."""
        found = self.run(receiver, sender, **options)
        assert not isinstance(found["receiver"], str), found
        rows = found["receiver"]["aligned"]["id"].to_pylist()
        assert found["sender"]["aligned"]["id"].to_pylist() == rows
        return list(rows)


@contextmanager
def breaking_down(role: str | None) -> Iterator[None]:
    """A side that has its result and goes down before it has written its keys."""
    keep = Runs.keep

    def kept(runs: Runs, *words: Any) -> None:
        if role is not None and role in str(runs._folder):
            raise store_failed(OSError(28, "full"))
        keep(runs, *words)

    with mock.patch.object(Runs, "keep", kept):
        yield


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def report(found: dict[str, Any], role: str) -> dict[str, Any]:
    return dict(found[role]["report"]["series"])


def test_only_what_is_new_comes_out(pair: Pair) -> None:
    assert sorted(pair.matches(range(20), range(10, 30))) == list(range(10, 20))
    assert pair.matches(range(20), range(10, 30)) == []
    assert sorted(pair.matches(range(25), range(10, 30))) == list(range(20, 25))
    assert sorted(pair.matches(range(25), range(5, 30))) == list(range(5, 10))
    assert sorted(pair.matches(range(40), range(5, 50))) == list(range(25, 40))


def test_the_report_tells_what_was_new(pair: Pair) -> None:
    pair.run(range(20), range(10, 30))
    found = pair.run(range(25), range(5, 31))
    assert report(found, "receiver") == {"name": "nightly", "run": 2, "new_keys": 5, "peer_new_keys": 6}
    assert report(found, "sender") == {"name": "nightly", "run": 2, "new_keys": 6, "peer_new_keys": 5}
    plain = {role: outputs["report"] for role, outputs in found.items()}
    assert plain["receiver"]["peer_keys_used"] == plain["sender"]["keys_used"] == 26
    assert plain["sender"]["peer_keys_used"] == plain["receiver"]["keys_used"] == 25
    assert plain["receiver"]["matched"] == plain["sender"]["matched"] == plain["receiver"]["rows_out"] == 10


def test_the_receiver_alone(pair: Pair) -> None:
    found = pair.run(range(20), range(10, 30), learner="receiver")
    assert found["receiver"]["matched"]["id"].to_pylist() == list(range(10, 20))
    assert "matched" not in found["sender"] and found["sender"]["report"]["matched"] is None
    found = pair.run(range(22), range(9, 30), learner="receiver")
    assert found["receiver"]["matched"]["id"].to_pylist() == [9, 20, 21]


@pytest.mark.parametrize("params", [{"protocol": "ecdh"}, {"protocol": "vole"}, {"malicious": True}])
def test_with_every_protocol(pair: Pair, params: dict[str, Any]) -> None:
    assert sorted(pair.matches(range(300), range(100, 400), **params)) == list(range(100, 300))
    assert sorted(pair.matches(range(350), range(90, 400), **params)) == [*range(90, 100), *range(300, 350)]
    assert pair.matches(range(350), range(90, 400), **params) == []


def test_rows_stand_in_one_order_and_columns_go_with_them(pair: Pair) -> None:
    params = {"sender_columns": ["sender"], "receiver_columns": ["receiver"]}
    pair.run(range(20), range(10, 30), **params)
    found = pair.run(range(25), range(5, 30), **params)
    for outputs, given_column in ((found["receiver"], "sender"), (found["sender"], "receiver")):
        rows = outputs["aligned"].to_pylist()
        assert len(rows) == 10 and all(row["id"] == row[given_column] for row in rows)


def test_empty_tables_begin_and_end_a_series(pair: Pair) -> None:
    assert pair.matches([], []) == []
    assert pair.matches([], range(5)) == []
    assert sorted(pair.matches(range(3), range(5))) == [0, 1, 2]
    assert pair.matches([], range(5)) == []
    assert sorted(pair.matches(range(3), range(5))) == [0, 1, 2]  # they were gone, so they are new


def test_repeated_keys(pair: Pair) -> None:
    found = pair.run([1, 2, 2], [2, 3])
    assert found == {"receiver": "data.key_duplicate", "sender": "data.key_duplicate"}
    assert pair.matches([1, 2, 2], [2, 3], duplicates="first") == [2]
    assert pair.matches([2, 1, 2, 3, 3], [2, 3, 3], duplicates="first") == [3]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.booleans())
def test_a_series_over_growing_tables_gives_every_match_once(seed: int, crashes: bool) -> None:
    """With crashes a run that one side did not finish counts for nothing, and is made up for by the next."""
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        pair, tables = Pair(Path(folder)), ([], [])  # type: ignore[var-annotated]
        given_out: list[int] = []
        for _ in range(5):
            for table in tables:
                fresh = [key for key in source.sample(range(40), source.randrange(12)) if key not in table]
                table.extend(fresh)
                source.shuffle(table)
            broken = source.choice([None, *PARTIES]) if crashes else None
            if broken is not None:
                assert pair.run(*tables, broken=broken)[broken] == "psi.store_failed"
            given_out += pair.matches(*tables)
        assert sorted(given_out) == sorted(set(tables[0]) & set(tables[1]))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_over_any_tables_a_run_gives_what_the_last_one_had_not(seed: int) -> None:
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        pair, before = Pair(Path(folder)), set[int]()
        for _ in range(5):
            one, other = (source.sample(range(25), source.randrange(25)) for _ in PARTIES)
            common = set(one) & set(other)
            assert sorted(pair.matches(one, other)) == sorted(common - before)
            before = common


@pytest.mark.parametrize("role", [*PARTIES])
def test_a_side_that_went_down_is_met_where_it_stands(pair: Pair, role: str) -> None:
    assert pair.run(range(9), range(9), broken=role)[role] == "psi.store_failed"
    assert len(pair.matches(range(9), range(9))) == 9
    for _ in range(3):
        pair.run(range(12), range(15), broken=role)
    assert sorted(pair.matches(range(12), range(15))) == [9, 10, 11]
    assert pair.matches(range(12), range(15)) == []


def test_runs_of_the_same_number_that_only_one_side_finished_are_not_taken_for_one(pair: Pair) -> None:
    """Key 5 was in the receiver's table of one attempt and in the sender's of the other: nobody matched it."""
    pair.run([1], [1])
    pair.run([1, 5], [1], broken="sender")
    pair.run([1], [1, 5], broken="receiver")
    assert pair.matches([1, 5], [1, 5]) == [5]


@pytest.mark.parametrize("role", [*PARTIES])
def test_lost_notes_are_noticed(pair: Pair, role: str) -> None:
    for end in (5, 6, 7):
        pair.run(range(end), range(end))
    shutil.rmtree(pair.folder(role))
    assert pair.run(range(8), range(8)) == {"receiver": "psi.series_differs", "sender": "psi.series_differs"}
    assert len(pair.matches(range(8), range(8), since="afresh")) == 8
    assert pair.matches(range(8), range(8), since="afresh") == []


def test_old_notes_from_a_backup_are_noticed(pair: Pair, tmp_path: Path) -> None:
    for end in (5, 6, 7, 8, 9):
        pair.run(range(end), range(end))
        if end == 6:
            shutil.copytree(pair.folder("sender"), tmp_path / "copy")
    shutil.rmtree(pair.folder("sender"))
    (tmp_path / "copy").rename(pair.folder("sender"))
    assert pair.run(range(9), range(9))["receiver"] == "psi.series_differs"


def test_a_backup_one_run_old_repeats_that_run(pair: Pair, tmp_path: Path) -> None:
    pair.run(range(5), range(5))
    pair.run(range(6), range(6))
    shutil.copytree(pair.folder("sender"), tmp_path / "copy")
    assert pair.matches(range(7), range(7)) == [6]
    shutil.rmtree(pair.folder("sender"))
    (tmp_path / "copy").rename(pair.folder("sender"))
    assert pair.matches(range(7), range(7)) == [6]


def test_a_damaged_file_is_not_used(pair: Pair) -> None:
    for end in (5, 6, 7):
        pair.run(range(end), range(end))
    newest = max(pair.folder("sender").iterdir())
    newest.write_bytes(newest.read_bytes()[:-16])
    assert pair.matches(range(7), range(7)) == [6]  # from the run before, which both still have
    for path in pair.folder("sender").iterdir():
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    assert pair.run(range(7), range(7))["sender"] == "psi.series_differs"


def test_series_do_not_disturb_each_other(pair: Pair) -> None:
    assert len(pair.matches(range(5), range(5))) == 5
    assert len(pair.matches(range(5), range(5), since="weekly")) == 5
    assert pair.matches(range(5), range(5)) == []
    assert [path.name for path in sorted(pair.folder("sender").parent.iterdir())] == ["nightly", "weekly"]


def test_what_is_kept_is_private_and_of_two_runs(pair: Pair) -> None:
    for end in (5, 6, 7, 8):
        pair.run(range(end), range(end))
    files = sorted(pair.folder("receiver").iterdir())
    assert [path.name[:10] for path in files] == ["0000000003", "0000000004"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert stat.S_IMODE(pair.folder("receiver").stat().st_mode) == 0o700
    kept = Runs(pair.folder("receiver"))
    newest = kept.all()[0]
    digests = kept.read(newest)
    assert digests is not None and len(digests) == 8
    assert [bytes(row) for row in digests] == sorted(bytes(row) for row in digests)


def test_other_files_and_stale_parts_are_left_alone(pair: Pair) -> None:
    pair.run(range(5), range(5))
    (pair.folder("sender") / "0123456789abcdef.part").write_bytes(b"half")
    assert pair.matches(range(6), range(6)) == [5]
    assert len(os.listdir(pair.folder("sender"))) == 3


def test_a_result_that_is_too_small_is_given_to_nobody_and_waits(tmp_path: Path) -> None:
    pair = Pair(tmp_path, sender=Caution(min_result=10))
    assert len(pair.matches(range(20), range(20))) == 20
    assert pair.run(range(25), range(25))["receiver"] == "psi.result_too_small"
    assert sorted(pair.matches(range(30), range(30))) == list(range(20, 30))


def test_where_nothing_is_kept_every_run_is_the_first() -> None:
    pair = Pair(Path("unused"))
    for io in pair.ios.values():
        io.shelves = None
    for _ in range(2):
        assert len(pair.matches(range(5), range(5))) == 5


def test_sides_in_other_series_do_not_begin(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flow is agreed, so this takes a node that does not keep to it."""
    made = series_module.Series.__init__

    def other(self: Any, name: str, folder: Path | None) -> None:
        made(self, f"{name}-{folder.parent.parent.name if folder else ''}", folder)

    monkeypatch.setattr(series_module.Series, "__init__", other)
    assert pair.run(range(5), range(5))["receiver"] == "psi.terms_differ"


def test_an_impossible_number_of_runs_is_malformed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    swap = series_module.swap
    monkeypatch.setattr(series_module, "swap", lambda *words: b"\x03" + swap(*words)[1:])
    assert pair.run(range(5), range(5))["receiver"] == "psi.malformed"


@pytest.mark.parametrize(
    "params",
    [{"reveal": "count"}, {"join": "left"}, {"join": "difference", "learner": "receiver"}, {"duplicates": "all"},
     {"since": "No name"}, {"since": "../up"}, {"since": ""}],
)  # fmt: skip
def test_what_a_series_cannot_do_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Psi.model_validate({"since": "nightly", **params})


def test_both_are_told_what_a_series_shows() -> None:
    codes = [(item.learner, item.code) for item in disclose(Psi(since="nightly"))]
    assert {(role, code) for role in PARTIES for code in ("matched_rows", "new_keys", "new_matches")} <= set(codes)
    alone = [(item.learner, item.code) for item in disclose(Psi(since="nightly", learner="receiver"))]
    assert ("sender", "new_keys") in alone and ("sender", "new_matches") not in alone
    assert not any(code.startswith("new_") for _, code in ((d.learner, d.code) for d in disclose(Psi())))


def test_without_a_file_there_is_the_beginning_only(tmp_path: Path) -> None:
    assert Runs(tmp_path / "none").all() == [BEGINNING] and Runs(None).all() == [BEGINNING]
    assert Runs(tmp_path).read(Run(1, bytes(16))) is None
    (tmp_path / Run(1, bytes(16)).file).write_bytes(b"short")
    assert Runs(tmp_path).all() == [BEGINNING] and Runs(None).read(Run(1, bytes(16))) is None
