"""File to file: results against plaintext sets, in memory and in two passes, for every join, format and odd row."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from parties import run_parties, run_parties_with_errors
from tacit.algorithms.alignment import streams
from tacit.algorithms.alignment.input import open_input
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.streams import Plan, match_files
from tacit.channel.channel import Session
from tacit.errors import DataError, ParameterError
from tacit.protocols.psi.wire import Protocol, Reveal, Side

SIDES = {"receiver": Side.RECEIVER, "sender": Side.SENDER}


def write_csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("id,v\n" + "".join(f"{key},{value}\n" for key, value in rows))
    return path


def rows_of(path: Path) -> list[tuple[str, str]]:
    """As text, empty cells as ""."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
    elif path.suffix == ".arrow":
        with pa.OSFile(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
    else:
        lines = path.read_text().splitlines()
        assert lines[0] == "id,v"
        return [tuple(cell.strip('"') for cell in line.split(",")) for line in lines[1:]]  # type: ignore[misc]
    columns = [["" if value is None else str(value) for value in column.to_pylist()] for column in table.columns]
    return list(zip(*columns, strict=True))  # type: ignore[arg-type]


def match(files: dict[str, Path], out: dict[str, Path | None], **changes: Any) -> dict[str, dict[str, Any]]:
    """Both sides' reports. `changes`: fields of Plan, or rules=… for both sides."""
    programs = {}
    for name, side in SIDES.items():

        def program(session: Session, name: str = name, side: Side = side) -> dict[str, Any]:
            (channel,) = session.channels.values()
            fields = {"rules": KeyRules(("id",)), "sid": session.sid, "out": out[name], **changes}
            source = open_input(files[name], fields["rules"].columns)
            return match_files(channel, side, source, Plan(**fields))

        programs[name] = program
    return run_parties(programs)  # type: ignore[arg-type]


def keys(numbers: range, seed: int) -> list[tuple[str, str]]:
    rows = [(f"user{number:06d}", f"{seed}-{number}") for number in numbers]
    random.Random(seed).shuffle(rows)
    return rows


def in_two_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SMALL_BYTES", 0)


def spilled(monkeypatch: pytest.MonkeyPatch) -> None:
    in_two_passes(monkeypatch)
    monkeypatch.setattr(streams, "_BYTES_PER_KEY", 1 << 30)  # so that any number of keys is too much
    monkeypatch.setattr(streams, "_LEAST_ROOM", 1 << 16)


@pytest.mark.parametrize("way", [lambda patch: None, in_two_passes, spilled], ids=["memory", "two passes", "spilled"])
@pytest.mark.parametrize("protocol", [Protocol.ECDH, Protocol.VOLE])
def test_inner_join_in_one_order(
    way: Callable[[pytest.MonkeyPatch], None], protocol: Protocol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way(monkeypatch)
    left, right = keys(range(3000), 1), keys(range(1000, 5000), 2)
    files = {"receiver": write_csv(tmp_path / "a.csv", left), "sender": write_csv(tmp_path / "b.csv", right)}
    out: dict[str, Path | None] = {"receiver": tmp_path / "left.csv", "sender": tmp_path / "right.csv"}
    memory = {"memory": 1 << 20} if way is spilled else {}
    reports = match(files, out, terms={"protocol": protocol}, folder=tmp_path, **memory)
    mine, theirs = rows_of(tmp_path / "left.csv"), rows_of(tmp_path / "right.csv")
    assert [row[0] for row in mine] == [row[0] for row in theirs]
    common = {key for key, _ in left} & {key for key, _ in right}
    assert set(mine) == {row for row in left if row[0] in common}
    assert set(theirs) == {row for row in right if row[0] in common}
    assert reports["receiver"]["matched"] == reports["sender"]["matched"] == 2000
    assert reports["receiver"]["protocol"] == protocol.name.lower()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "left.csv", "right.csv"]


LEFT = [("a", "1"), ("", "2"), ("b", "3"), ("c", "4"), ("b", "5"), ("d", "6"), ("", "7")]
RIGHT = [("c", "x"), ("e", "y"), ("a", "z"), ("f", "w"), ("e", "u")]
JOINS = {
    "inner": ({("a", "1", "z"), ("c", "4", "x")}, set(), set()),
    "left": ({("a", "1", "z"), ("c", "4", "x")}, {("b", "3"), ("d", "6")}, set()),
    "right": ({("a", "1", "z"), ("c", "4", "x")}, set(), {("e", "y"), ("f", "w")}),
    "full": ({("a", "1", "z"), ("c", "4", "x")}, {("b", "3"), ("d", "6")}, {("e", "y"), ("f", "w")}),
}


@pytest.mark.parametrize("join", JOINS)
@pytest.mark.parametrize("small", [True, False])
def test_joins_with_empty_and_repeated_keys(
    join: str, small: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not small:
        in_two_passes(monkeypatch)
    files = {"receiver": write_csv(tmp_path / "a.csv", LEFT), "sender": write_csv(tmp_path / "b.csv", RIGHT)}
    out: dict[str, Path | None] = {"receiver": tmp_path / "left.csv", "sender": tmp_path / "right.csv"}
    rules = KeyRules(("id",), nulls="drop", duplicates="first")
    reports = match(files, out, rules=rules, join=join)
    pairs, only_left, only_right = JOINS[join]
    both = list(zip(rows_of(tmp_path / "left.csv"), rows_of(tmp_path / "right.csv"), strict=True))
    assert {(*mine, theirs[1]) for mine, theirs in both if mine[0] and theirs[0]} == pairs
    assert {mine for mine, theirs in both if not theirs[0]} == only_left
    assert {theirs for mine, theirs in both if not mine[0]} == only_right
    assert all(mine[0] == theirs[0] for mine, theirs in both if mine[0] and theirs[0])
    counts = reports["receiver"]
    assert (counts["rows_read"], counts["rows_without_key"], counts["rows_with_repeated_key"]) == (7, 2, 1)
    for report in reports.values():
        parts = ("rows_without_key", "rows_rejected", "rows_with_repeated_key", "keys_used")
        assert report["rows_read"] == sum(report[name] for name in parts)
    assert reports["sender"]["peer_keys_used"] == counts["keys_used"] == 4


def test_difference_at_each_side(tmp_path: Path) -> None:
    files = {"receiver": write_csv(tmp_path / "a.csv", LEFT), "sender": write_csv(tmp_path / "b.csv", RIGHT)}
    out: dict[str, Path | None] = {"receiver": tmp_path / "left.csv", "sender": tmp_path / "right.csv"}
    match(files, out, rules=KeyRules(("id",), nulls="drop", duplicates="first"), join="difference")
    assert rows_of(tmp_path / "left.csv") == [("b", "3"), ("d", "6")]
    assert rows_of(tmp_path / "right.csv") == [("e", "y"), ("f", "w")]


def test_only_the_receiver_learns(tmp_path: Path) -> None:
    files = {
        "receiver": write_csv(tmp_path / "a.csv", keys(range(40), 1)),
        "sender": write_csv(tmp_path / "b.csv", keys(range(30, 50), 2)),
    }
    out: dict[str, Path | None] = {"receiver": tmp_path / "left.csv", "sender": tmp_path / "right.csv"}
    reports = match(files, out, terms={"reveal": Reveal.RECEIVER})
    assert {key for key, _ in rows_of(tmp_path / "left.csv")} == {f"user{number:06d}" for number in range(30, 40)}
    assert not (tmp_path / "right.csv").exists()
    assert reports["sender"]["matched"] is None and reports["sender"]["rows_written"] is None


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_typed_keys_meet_a_csv(suffix: str, tmp_path: Path) -> None:
    """Integers are compared as their digits; the columns keep their types in the result."""
    table = pa.table({"id": pa.array(range(100, 160), pa.int64()), "v": [value / 2 for value in range(60)]})
    typed = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        pq.write_table(table, typed)
    else:
        with pa.OSFile(str(typed), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    other = write_csv(tmp_path / "b.csv", [(str(number), "x") for number in range(150, 170)])
    out: dict[str, Path | None] = {"receiver": tmp_path / f"left{suffix}", "sender": tmp_path / "right.csv"}
    match({"receiver": typed, "sender": other}, out)
    mine, theirs = rows_of(tmp_path / f"left{suffix}"), rows_of(tmp_path / "right.csv")
    assert [row[0] for row in mine] == [row[0] for row in theirs]
    assert {row[0] for row in mine} == {str(number) for number in range(150, 160)}


def test_cells_stay_the_text_that_they_are(tmp_path: Path) -> None:
    odd = [("007", "1.50"), ("1e3", "NA"), ("x y", ""), ("ü", "true")]
    files = {"receiver": write_csv(tmp_path / "a.csv", odd), "sender": write_csv(tmp_path / "b.csv", odd)}
    out: dict[str, Path | None] = {"receiver": tmp_path / "left.csv", "sender": None}
    match(files, out)
    assert set(rows_of(tmp_path / "left.csv")) == set(odd)


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_in_common(rows: int, tmp_path: Path) -> None:
    files = {
        "receiver": write_csv(tmp_path / "a.csv", [("a", "1")][:rows]),
        "sender": write_csv(tmp_path / "b.csv", [("b", "2")]),
    }
    out: dict[str, Path | None] = {"receiver": tmp_path / "left.csv", "sender": tmp_path / "right.csv"}
    assert match(files, out)["receiver"]["matched"] == 0
    assert rows_of(tmp_path / "left.csv") == rows_of(tmp_path / "right.csv") == []


def failing(files: dict[str, Path], **changes: Any) -> dict[str, BaseException]:
    programs = {}
    for name, side in SIDES.items():

        def program(session: Session, name: str = name, side: Side = side) -> None:
            (channel,) = session.channels.values()
            source = open_input(files[name], ("id",))
            if name in changes.get("touched", ()):
                os.utime(files[name], (1, 1))
            fields = {"rules": changes.get("rules", KeyRules(("id",))), "join": changes.get("join", "inner")}
            match_files(channel, side, source, Plan(sid=session.sid, **fields))

        programs[name] = program
    return run_parties_with_errors(programs)[1]


def test_repeated_keys_are_refused(tmp_path: Path) -> None:
    files = {
        "receiver": write_csv(tmp_path / "a.csv", [("a", "1"), ("a", "2")]),
        "sender": write_csv(tmp_path / "b.csv", [("a", "2")]),
    }
    errors = failing(files)
    assert isinstance(errors["receiver"], DataError) and errors["receiver"].code == "data.key_duplicate"
    assert errors["sender"].peer_code == "data.key_duplicate"  # type: ignore[attr-defined]


def test_a_file_that_changes(tmp_path: Path) -> None:
    files = {
        "receiver": write_csv(tmp_path / "a.csv", [("a", "1")]),
        "sender": write_csv(tmp_path / "b.csv", [("a", "2")]),
    }
    errors = failing(files, touched=("sender",))
    assert isinstance(errors["sender"], DataError) and errors["sender"].code == "dataset.changed"


def test_an_unknown_join(tmp_path: Path) -> None:
    files = {name: write_csv(tmp_path / f"{name}.csv", [("a", "1")]) for name in SIDES}
    errors = failing(files, join="cross")
    assert {type(error) for error in errors.values()} == {ParameterError}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.csv", None, "dataset.not_found"),
        ("empty.csv", "", "dataset.empty"),
        ("other.csv", "key,v\na,1\n", "data.column_missing"),
        ("twice.csv", "id,v,v\na,1,2\n", "data.column_duplicate"),
        ("table.xlsx", "PK", "dataset.format_unknown"),
        ("table.parquet", "id,v\n", "dataset.unreadable"),
    ],
)
def test_files_that_cannot_be_used(name: str, content: str | None, code: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises((DataError, ParameterError)) as refused:
        open_input(tmp_path / name, ("id",))
    assert refused.value.code == code


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").mkdir()
    with pytest.raises(DataError) as refused:
        open_input(tmp_path / "rows.csv", ("id",))
    assert refused.value.code == "dataset.unreadable"
