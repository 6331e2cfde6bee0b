"""`tacit.psi` from Python: files and tables in, aligned results out, errors of the party that had them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import tacit
from tacit.client import psi_processes
from tacit.errors import InputError, ParameterError, PeerError, RefusedError, TacitError

LEFT = {"person": [f"P{number:04d}" for number in range(50)], "age": list(range(50))}
RIGHT = {"id": [f"P{number:04d}" for number in range(70, 29, -1)], "score": [number / 4 for number in range(41)]}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    pa.csv.write_csv(pa.table(LEFT), tmp_path / "a.csv")
    pq.write_table(pa.table(RIGHT), tmp_path / "b.parquet")
    return {"left": tmp_path / "a.csv", "right": tmp_path / "b.parquet"}


def test_files_to_files(files: dict[str, Path], tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    out = tmp_path / "out"
    result = tacit.psi.intersect(
        files["left"], str(files["right"]), left_key="person", right_key="id", out=out, on_event=events.append
    )
    assert (result.left, result.right) == (out / "left.csv", out / "right.parquet")
    people = [line.split(",")[0].strip('"') for line in result.left.read_text().splitlines()[1:]]
    assert people == pq.read_table(result.right).column("id").to_pylist()
    assert sorted(people) == [f"P{number:04d}" for number in range(30, 50)]
    assert result.report["matched"] == 20 and set(result.report["parties"]) == {"left", "right"}
    assert (out / "report.json").exists()
    assert {event["phase"] for event in events if event["event"] == "progress"} >= {"read", "match"}


def test_tables_to_tables() -> None:
    result = tacit.psi.intersect(pa.table(LEFT), pd.DataFrame(RIGHT), left_key="person", right_key=["id"], join="left")
    assert isinstance(result.left, pa.Table) and isinstance(result.right, pd.DataFrame)
    assert result.left.num_rows == len(result.right) == 50
    people = result.left.column("person").to_pylist()
    assert people[:20] == list(result.right["id"][:20])
    assert result.right["id"][20:].isna().all()


def test_only_the_left_learns() -> None:
    result = tacit.psi.intersect(pa.table(LEFT), pa.table(RIGHT), left_key="person", right_key="id", reveal="receiver")
    assert result.left.num_rows == 20 and result.right is None
    assert result.report["parties"]["right"]["matched"] is None


def test_the_cause_is_told_with_its_party_and_nothing_is_left(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psi_processes, "subprocess", subprocess)  # what is forked leaves a child of its own
    before = psutil.Process().children()  # other tests may have a server of workers
    with pytest.raises(TacitError) as refused:
        tacit.psi.intersect(files["left"], files["right"], key="person", out=tmp_path / "out")
    assert refused.value.code == "data.column_missing" and refused.value.message.startswith("Right: ")
    assert not list((tmp_path / "out").iterdir())
    assert [child for child in psutil.Process().children() if child not in before] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"protocol": "plain"}, "psi.bad_choice"),
        ({"reveal": "all"}, "psi.bad_choice"),
        ({"join": "cross"}, "psi.bad_choice"),
        ({"key": None}, "psi.key_columns"),
    ],
)
def test_choices_that_do_not_exist(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ParameterError) as refused:
        tacit.psi.intersect(pa.table(LEFT), pa.table(LEFT), **{"key": "person", **changes})
    assert refused.value.code == code


def test_a_folder_that_cannot_be_made(files: dict[str, Path]) -> None:
    with pytest.raises(InputError) as refused:
        tacit.psi.intersect(files["left"], files["right"], key="id", out=files["left"] / "out")
    assert refused.value.code == "psi.bad_out"


def test_serve_and_join_from_python(files: dict[str, Path], tmp_path: Path) -> None:
    codes: SimpleQueue[str] = SimpleQueue()
    reports: dict[str, Any] = {}

    def tell(event: dict[str, Any]) -> None:
        if event["event"] == "invitation":
            codes.put(event["code"])

    def serve() -> None:
        reports["served"] = tacit.psi.serve(
            files["left"],
            key="person",
            address="127.0.0.1:0",
            confirm=lambda offer: bool(offer["peer_rows_about"]),
            out=tmp_path / "mine.csv",
            role="sender",
            on_event=tell,
        )

    thread = threading.Thread(target=serve)
    thread.start()
    code = codes.get(timeout=30)
    reports["joined"] = tacit.psi.join(
        code, files["right"], key="id", confirm=lambda offer: True, out=tmp_path / "theirs.csv"
    )
    thread.join()
    assert reports["served"]["role"] == "sender" and reports["joined"]["role"] == "receiver"
    assert reports["served"]["matched"] == reports["joined"]["matched"] == 20
    with pytest.raises(PeerError) as lost:
        tacit.psi.join(code, files["right"], key="id", confirm=lambda offer: True, out=None)
    assert lost.value.code == "peer.refused"


def test_a_code_that_is_none(files: dict[str, Path]) -> None:
    with pytest.raises(InputError) as refused:
        tacit.psi.join("tacit-psi1.abc", files["left"], key="person", confirm=lambda offer: True, out=None)
    assert refused.value.code == "invitation.malformed"


def test_declined_in_python(files: dict[str, Path]) -> None:
    codes: SimpleQueue[str] = SimpleQueue()
    errors: list[TacitError] = []

    def serve() -> None:
        try:
            tacit.psi.serve(
                files["left"],
                key="person",
                address="127.0.0.1:0",
                confirm=lambda offer: False,
                out=None,
                on_event=lambda event: codes.put(event.get("code", "")),
            )
        except TacitError as error:
            errors.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    with pytest.raises(RefusedError):
        tacit.psi.join(codes.get(timeout=30), files["right"], key="id", confirm=lambda offer: True, out=None)
    thread.join()
    assert [error.code for error in errors] == ["psi.declined"]


def test_importing_tacit_costs_nothing() -> None:
    code = "import sys, tacit; tacit.psi; print(sorted({'numpy', 'pyarrow', 'pandas', 'pydantic'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
