"""psi by a sealed table that stays: rows as in plaintext, run after run, and what the two nodes keep for it."""

from __future__ import annotations

import datetime
import shutil
import stat
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from step_io import MemoryIO, step_call
from tacit.algorithms.alignment import kept, kept_tables, table_payload
from tacit.channel.channel import Session
from tacit.channel.memory import memory_pair
from tacit.data.columns import with_roles
from tacit.engines.native.psi import run_psi
from tacit.operators.psi import Psi
from tacit.operators.psi_disclosure import disclose
from tacit.privacy.caution import Caution
from tacit.protocols.psi import choice

PARTIES = {"receiver": "bank", "sender": "shop"}
KEPT = {"protocol": "unbalanced", "learner": "receiver"}


def keyed(keys: Any, **columns: Any) -> pa.Table:
    ids = keys if isinstance(keys, pa.Array) else pa.array(list(keys))
    return with_roles(pa.table({"id": ids, **columns}), keys=["id"])


def numbers(keys: Iterable[int]) -> pa.Table:
    return keyed(pa.array(keys, pa.int64()))


class Pair:
    """Two parties with folders that stay. `shelves` None: nothing is kept."""

    def __init__(self, folder: Path | None, **caution: Caution) -> None:
        self.folder, self.sessions = folder, 0
        self.ios = {role: MemoryIO(owner_caution=caution.get(role, Caution())) for role in PARTIES}
        for role, io in self.ios.items():
            io.shelves = None if folder is None else folder / role

    def tables(self) -> list[Path]:
        assert self.folder is not None
        return sorted(path for path in (self.folder / "sender/kept-tables-bank").glob("*") if path.is_dir())

    def copies(self) -> list[Path]:
        assert self.folder is not None
        return sorted(path for path in (self.folder / "receiver/kept-copies-shop").glob("*") if path.is_dir())

    def run(self, receiver: pa.Table, sender: pa.Table, *told: dict[str, Any], **params: Any) -> tuple[Any, Any]:
        """Outputs of both, or codes of errors. `told`: what each was told beyond `params`."""
        ends = dict(zip(PARTIES, memory_pair("receiver", "sender", patience_s=20), strict=True))
        tables = {"receiver": receiver, "sender": sender}
        self.sessions += 1
        sid = self.sessions.to_bytes(32, "big")

        def one(role: str, words: dict[str, Any]) -> Any:
            io, peer = self.ios[role], "sender" if role == "receiver" else "receiver"
            io.inputs, io.outputs = {role: tables[role]}, {}
            full = Psi.model_validate({**KEPT, **params, **words}).model_dump(mode="json")
            session = Session(sid=sid, me=role, channels={peer: ends[role]})
            try:
                run_psi(step_call("psi", io, full, role=role, parties=PARTIES, session=session))
            except Exception as error:
                return getattr(error, "peer_code", None) or getattr(error, "code", repr(error))
            finally:
                ends[role].close()
            return io.outputs

        with ThreadPoolExecutor(2) as pool:
            words = told or ({}, {})
            found = list(pool.map(one, PARTIES, words))
        return found[0], found[1]

    def hows(self, receiver: pa.Table, sender: pa.Table, **params: Any) -> tuple[str, str, list[Any]]:
        """What became of the table at the sender, of the copy at the receiver, and the keys found."""
        one, other = self.run(receiver, sender, **params)
        assert not isinstance(one, str) and not isinstance(other, str), (one, other)
        return (
            other["report"]["table"]["how"],
            one["report"]["table"]["how"],
            one["matched"]["id"].to_pylist(),
        )


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_sealed_once_then_kept(pair: Pair) -> None:
    mine, theirs = numbers(range(0, 40, 2)), numbers(range(30, 300))
    assert pair.hows(mine, theirs) == ("sealed", "fetched", [30, 32, 34, 36, 38])
    assert pair.hows(mine, theirs) == ("kept", "kept", [30, 32, 34, 36, 38])
    shuffled = theirs.take(pa.array(np.random.default_rng(5).permutation(270)))
    assert pair.hows(numbers([299, 5, 30]), shuffled) == ("kept", "kept", [299, 30])
    assert len(pair.tables()) == len(pair.copies()) == 1


def test_reports(pair: Pair) -> None:
    one, other = pair.run(numbers([1, 2, 3]), numbers(range(2, 80)))
    assert set(one) == {"report", "matched"} and set(other) == {"report"}
    mine, theirs = one["report"], other["report"]
    assert (mine["protocol"], mine["matched"], mine["rows_out"], mine["peer_keys_used"]) == ("unbalanced", 2, 2, 78)
    assert (theirs["protocol"], theirs["matched"], theirs["rows_out"], theirs["peer_keys_used"]) == (
        "unbalanced",
        None,
        None,
        3,
    )
    assert mine["table"] == {"how": "fetched", "size": 78, "epoch": 0, "queries_left": 999_997, "unopened": 0}
    assert theirs["table"] == {"how": "sealed", "size": 78, "epoch": 0, "queries_left": 999_997}


def test_a_table_that_changed_a_little_is_extended(pair: Pair) -> None:
    mine = numbers(range(0, 400, 50))
    assert pair.hows(mine, numbers(range(300)))[:2] == ("sealed", "fetched")
    assert pair.hows(mine, numbers(range(20, 351))) == ("extended", "extended", [50, 100, 150, 200, 250, 300, 350])
    assert pair.hows(mine, numbers(range(20, 351)))[:2] == ("kept", "kept")
    assert pair.hows(mine, numbers(range(340))) == ("extended", "extended", [0, 50, 100, 150, 200, 250, 300])
    assert len(pair.tables()) == len(pair.copies()) == 1
    assert len(list(pair.copies()[0].glob("*.seg"))) == 3


def test_a_table_that_changed_much_is_sealed_anew_under_another_key(pair: Pair) -> None:
    mine = numbers([5, 105])
    assert pair.hows(mine, numbers(range(100))) == ("sealed", "fetched", [5])
    assert pair.hows(mine, numbers(range(100, 200))) == ("sealed", "fetched", [105])
    assert pair.hows(mine, numbers(range(100))) == ("kept", "kept", [5])
    assert len({(folder / "table.key").read_bytes() for folder in pair.tables()}) == 2


def test_other_rules_are_another_table(pair: Pair) -> None:
    mine, theirs = keyed(["a ", "b"]), keyed(["A", "b", "c"])
    assert pair.hows(mine, theirs)[2] == ["b"]
    assert pair.hows(mine, theirs, normalise=[["trim", "upper"]]) == ("sealed", "fetched", ["a ", "b"])
    assert pair.hows(mine, theirs, duplicates="first")[:2] == ("sealed", "fetched")
    assert pair.hows(mine, theirs, table_queries=50)[:2] == ("sealed", "fetched")
    assert pair.hows(mine, theirs)[:2] == ("kept", "kept")


def test_only_a_few_tables_are_kept(pair: Pair) -> None:
    for first in range(0, 1200, 200):
        assert pair.hows(numbers([first]), numbers(range(first, first + 100)))[2] == [first]
    assert len(pair.tables()) == len(pair.copies()) == kept_tables.KEPT
    assert pair.hows(numbers([1]), numbers(range(1000, 1100)))[:2] == ("kept", "kept")
    assert pair.hows(numbers([1]), numbers(range(100)))[:2] == ("sealed", "fetched")


def test_an_old_table_goes_with_its_key(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = numbers([1]), numbers(range(90))
    pair.hows(mine, theirs, table_days=3, table_queries=5)
    (old,) = pair.tables()
    later = kept_tables.time.time() + 3 * kept_tables.DAY_S
    monkeypatch.setattr(kept_tables.time, "time", lambda: later)
    one, _ = pair.run(mine, theirs, table_days=3, table_queries=5)
    assert one["report"]["table"]["queries_left"] == 4
    assert pair.tables() != [old] and len(pair.tables()) == 1


def test_the_budget_of_a_table_is_for_its_life(pair: Pair) -> None:
    mine, theirs = numbers(range(40)), numbers(range(200))
    assert pair.run(mine, theirs, table_queries=100)[0]["report"]["table"]["queries_left"] == 60
    extended = numbers(range(210))
    assert pair.run(mine, extended, table_queries=100)[0]["report"]["table"]["queries_left"] == 20
    assert pair.run(mine, extended, table_queries=100) == ("psi.query_budget", "psi.query_budget")
    assert pair.run(numbers(range(20)), extended, table_queries=100)[0]["report"]["table"]["queries_left"] == 0


def _scores() -> pa.Table:
    return keyed(
        ["a", "b", "c", "d"],
        n=pa.array([1, None, 3, 4], pa.int32()),
        x=pa.array([0.1, 2.5, float("inf"), None]),
        ok=[True, False, None, True],
        day=pa.array([datetime.date(2024, 2, 29), None, datetime.date(1, 1, 1), datetime.date(2000, 1, 1)]),
        t=["", "中文", "x,\ny", None],
        u=pa.array([2**64 - 1, 0, 1, 2], pa.uint64()),
        k=pa.array(["p", "q", "p", None]).dictionary_encode(),
    )


def test_columns_of_the_sender_come_with_their_types(pair: Pair) -> None:
    columns = ["x", "n", "ok", "day", "t", "u", "k"]
    mine = keyed(["d", "z", "b", "a"], x=[9, 8, 7, 6])
    one, _ = pair.run(mine, _scores(), sender_columns=columns)
    found = one["matched"]
    assert found.column_names == ["id", "x", "sender_x", "n", "ok", "day", "t", "u", "k"]
    assert [str(kind) for kind in found.schema.types[2:]] == [
        "double",
        "int64",
        "bool",
        "date32[day]",
        "string",
        "uint64",
        "string",
    ]
    wanted = {row["id"]: row for row in _scores().to_pylist()}
    assert found["id"].to_pylist() == ["d", "b", "a"]
    for row in found.to_pylist():
        theirs = wanted[row["id"]]
        assert row["sender_x"] == theirs["x"]
        assert all(row[name] == theirs[name] for name in columns[1:])


def test_a_changed_column_is_an_extension_and_a_longer_one_a_new_table(pair: Pair) -> None:
    keys, wish = range(40), {"sender_columns": ["v"]}
    words = [f"w{key}" for key in keys]
    assert pair.hows(numbers([3]), keyed(keys, v=words), **wish)[0] == "sealed"
    words[3] = "new"
    one, other = pair.run(numbers([3, 4]), keyed(keys, v=words), **wish)
    assert other["report"]["table"]["how"] == "extended"
    assert one["matched"]["v"].to_pylist() == ["new", "w4"]
    words[9] = "long" * 40
    assert pair.hows(numbers([3]), keyed(keys, v=words), **wish)[0] == "sealed"


def test_a_difference_and_repeated_keys(pair: Pair) -> None:
    mine, theirs = numbers([1, 1, 2, 3]), numbers([3, 3, 4, 1])
    assert pair.hows(mine, theirs, duplicates="all")[2] == [1, 1, 3]
    assert pair.hows(mine, theirs, duplicates="first")[2] == [1, 3]
    assert pair.hows(mine, theirs, duplicates="all", join="difference")[2] == [2]
    assert pair.run(mine, numbers([3]))[0] == "data.key_duplicate"
    assert pair.run(numbers([3]), theirs)[1] == "data.key_duplicate"


def test_empty_sides(pair: Pair) -> None:
    assert pair.hows(numbers([]), numbers(range(9)))[2] == []
    assert pair.hows(numbers([1]), numbers([]))[2] == []
    assert pair.hows(numbers([1]), numbers([1]))[2] == [1]
    empty = keyed(pa.array([], pa.int64()), v=pa.array([], pa.string()))
    assert pair.hows(numbers([1]), empty, sender_columns=["v"])[2] == []


def test_where_nothing_is_kept_every_run_is_the_first() -> None:
    pair = Pair(None)
    for _ in range(2):
        assert pair.hows(numbers([1, 2]), numbers(range(2, 60))) == ("sealed", "fetched", [2])


def test_a_lost_copy_is_fetched_and_a_lost_table_sealed_again(pair: Pair) -> None:
    mine, theirs = numbers([1]), numbers(range(70))
    pair.hows(mine, theirs)
    shutil.rmtree(pair.copies()[0])
    assert pair.hows(mine, theirs)[:2] == ("kept", "fetched")
    (pair.tables()[0] / "kept.json").unlink()
    assert pair.hows(mine, theirs)[:2] == ("sealed", "fetched")
    assert len(pair.tables()) == 1  # what was not whole is gone
    (pair.tables()[0] / "sealed.keys").write_bytes(b"short")
    assert pair.hows(mine, theirs)[:2] == ("kept", "kept")
    assert pair.hows(mine, numbers(range(71)))[:2] == ("sealed", "fetched")  # how it changed cannot be told


def test_an_extension_that_was_not_noted_down_is_no_table(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = numbers([1, 75])
    pair.hows(mine, numbers(range(70)))

    def full(*words: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(kept_tables, "_put", full)
        assert pair.run(mine, numbers(range(80)))[1] == "psi.store_failed"
    assert pair.hows(mine, numbers(range(80))) == ("sealed", "fetched", [1, 75])


def test_a_sender_with_old_notes_is_noticed_and_the_copy_fetched_anew(pair: Pair, tmp_path: Path) -> None:
    mine = numbers([1])
    pair.hows(mine, numbers(range(70)))
    (table,) = pair.tables()
    shutil.copytree(table, tmp_path / "backup")
    assert pair.hows(mine, numbers(range(75)))[:2] == ("extended", "extended")
    shutil.rmtree(table)
    shutil.copytree(tmp_path / "backup", table)
    assert pair.run(mine, numbers(range(70))) == ("psi.table_differs", "psi.table_differs")
    assert pair.hows(mine, numbers(range(70)))[:2] == ("kept", "fetched")


def test_files_are_for_nobody_else(pair: Pair) -> None:
    pair.hows(numbers([1]), numbers(range(70)))
    (table,) = pair.tables()
    assert stat.S_IMODE(table.stat().st_mode) == stat.S_IMODE(table.parent.stat().st_mode) & 0o700
    for name in ("table.key", "sealed.keys", "kept.json", "used.json"):
        assert stat.S_IMODE((table / name).stat().st_mode) == 0o600, name


def test_owners_stay_cautious(tmp_path: Path) -> None:
    small = Pair(tmp_path / "a", sender=Caution(min_result=3))
    assert small.run(numbers([1, 2]), numbers(range(60))) == ("psi.result_too_small", {"report": small_report(small)})
    probing = Pair(tmp_path / "b", sender=Caution(similar_runs=0))
    assert probing.hows(numbers(range(200)), numbers(range(60)))[0] == "sealed"
    assert "psi.probing" in probing.run(numbers(range(201)), numbers(range(60)))


def small_report(pair: Pair) -> Any:
    """The sender is done when the receiver looks at its result."""
    return pair.ios["sender"].outputs["report"]


def test_parties_that_were_told_different_things_do_not_begin(pair: Pair) -> None:
    for other in ({"table_queries": 9}, {"table_days": 9}, {"sender_columns": ["v"]}, {"protocol": "vole"}):
        codes = pair.run(numbers([1]), keyed(range(30), v=range(30)), {}, other)
        assert "psi.terms_differ" in codes, other
    assert pair.run(numbers([1]), keyed(["x"])) == ("psi.key_types_differ", "psi.key_types_differ")


def test_auto_takes_a_kept_table_only_where_it_is_allowed_and_worth_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "KEPT", 10)
    monkeypatch.setattr(choice, "FEW", 64)
    auto = {"protocol": "auto", "allow_kept_table": True}
    one, other = pair.run(numbers([1, 60, 999]), numbers(range(70)), **auto)
    assert one["report"]["protocol"] == other["report"]["protocol"] == "unbalanced"
    assert "10" in one["report"]["protocol_reason"]["en"] and one["matched"]["id"].to_pylist() == [1, 60]
    for rows in (range(9), range(200)):
        one, other = pair.run(numbers(rows), numbers(range(70)), **auto)
        assert one["report"]["protocol"] == other["report"]["protocol"] == "vole"
        assert "a kept table is allowed" in one["report"]["protocol_reason"]["en"]
        assert one["matched"]["id"].to_pylist() == [row for row in rows if row < 70]
    assert pair.run(numbers([1]), numbers(range(70)), protocol="auto")[0]["report"]["protocol"] == "vole"


def test_cells_that_a_dishonest_sender_makes_up_are_empty() -> None:
    texts = pa.array(["1", "no", None, "9" * 40], pa.string())
    found, bad = table_payload.typed(texts, "i")
    assert (found.to_pylist(), found.type, bad) == ([1, None, None, None], pa.int64(), 2)
    assert table_payload.typed(texts, "t")[1] == 0
    assert not table_payload.is_kinds("ix")


keys = st.lists(st.integers(0, 60), unique=True, max_size=40)


@given(st.lists(st.tuples(keys, keys), min_size=2, max_size=4))
@settings(max_examples=15, deadline=None)
def test_every_run_finds_what_is_common(tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[Any, Any]]) -> None:
    pair = Pair(tmp_path_factory.mktemp("pair"))
    for mine, theirs in runs:
        table = keyed(pa.array(theirs, pa.int64()), v=pa.array([key * 7 for key in theirs], pa.int64()))
        one, _ = pair.run(numbers(mine), table, sender_columns=["v"])
        assert one["matched"]["id"].to_pylist() == [key for key in mine if key in theirs]
        assert one["matched"]["v"].to_pylist() == [key * 7 for key in mine if key in theirs]


def test_both_sides_are_told() -> None:
    for params in (KEPT, {"allow_kept_table": True, "learner": "receiver"}):
        told = {(item.learner, item.code): item.what for item in disclose(Psi.model_validate(params))}
        assert ("receiver", "kept_table") in told and ("sender", "queries") in told
        assert told["receiver", "kept_table"].en.startswith("if ") is ("protocol" not in params)
    assert not {"kept_table", "queries"} & {item.code for item in disclose(Psi.model_validate({}))}


def test_a_receiver_cannot_ask_about_more_keys_than_it_announced(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    more = np.random.default_rng(1).integers(0, 256, (9, 16), dtype=np.uint8)
    ask = kept.query
    monkeypatch.setattr(kept, "query", lambda channel, copy, items, terms, **rest: ask(channel, copy, more, terms))
    assert pair.run(numbers([1, 2]), numbers(range(50))) == ("psi.set_too_large", "psi.set_too_large")


def test_a_sender_that_serves_another_table_than_it_announced_is_refused(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lying(kept.Content):
        def everything(self) -> Any:
            return super().everything()[1:]

    with monkeypatch.context() as patch:
        patch.setattr(kept, "Content", Lying)
        assert pair.run(numbers([1, 2]), numbers(range(50))) == ("psi.table_refused", "psi.table_refused")
    assert not pair.copies()


def test_copies_that_were_never_finished_do_not_add_up(pair: Pair) -> None:
    folder = pair.folder / "receiver/kept-copies-shop" if pair.folder else Path()
    for number in range(9):
        (folder / f"{number:032x}").mkdir(parents=True)
    assert pair.hows(numbers([1]), numbers(range(50)))[:2] == ("sealed", "fetched")
    assert len(pair.copies()) == kept_tables.KEPT
