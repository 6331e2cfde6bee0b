"""A rehearsal is a real run: own processes, TLS, limits. Its faults reach every party with a cause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tacit.client.rehearsal import rehearse
from tacit.errors import DataError, FlowError, NotFoundError, TacitError

KEY = ["id"]
FLOW: dict[str, Any] = {
    "tacit": "1",
    "name": "align",
    "profile": "2pc",
    "parties": {"bank": "data", "shop": "data"},
    "steps": [
        {
            "id": "read_bank",
            "operator": "dataset.read",
            "at": {"owner": "bank"},
            "params": {"dataset": "a", "keys": KEY},
        },
        {
            "id": "read_shop",
            "operator": "dataset.read",
            "at": {"owner": "shop"},
            "params": {"dataset": "b", "keys": KEY},
        },
        {
            "id": "match",
            "operator": "psi",
            "at": {"receiver": "bank", "sender": "shop"},
            "inputs": {"receiver": "read_bank.table", "sender": "read_shop.table"},
        },
    ],
}


@pytest.fixture
def data(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "a.csv").write_text("id,x\n" + "".join(f"U{i:03d},{i}\n" for i in range(60)))
    (tmp_path / "b.csv").write_text("id,z\n" + "".join(f"U{i:03d},{i % 7}\n" for i in range(40, 100)))
    return {"bank.a": tmp_path / "a.csv", "shop.b": tmp_path / "b.csv"}


def test_both_parties_get_the_same_rows_in_the_same_order(data: dict[str, Path], tmp_path: Path) -> None:
    report = rehearse(FLOW, data, tmp_path / "out")
    bank = pq.read_table(tmp_path / "out" / "bank" / "match" / "aligned.parquet")
    shop = pq.read_table(tmp_path / "out" / "shop" / "match" / "aligned.parquet")
    assert bank.column("id").to_pylist() == shop.column("id").to_pylist()
    assert sorted(bank.column("id").to_pylist()) == [f"U{i:03d}" for i in range(40, 60)]
    assert report == json.loads((tmp_path / "out" / "report.json").read_text())
    match = next(step for step in report["steps"] if step["id"] == "match")
    assert match["parties"]["bank"]["transcripts"]["sender"] == match["parties"]["shop"]["transcripts"]["receiver"]
    assert match["parties"]["bank"]["bytes_sent"] == match["parties"]["shop"]["bytes_received"] > 0


def test_events_tell_the_progress_of_every_step(data: dict[str, Path], tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    rehearse(FLOW, data, tmp_path / "out", on_event=events.append)
    ended = {event["id"]: event["state"] for event in events if event["event"] == "step"}
    assert ended == {"read_bank": "SUCCESS", "read_shop": "SUCCESS", "match": "SUCCESS"}


def _stopped_by(flow: dict[str, Any], data: dict[str, Any], out: Path) -> TacitError:
    with pytest.raises(TacitError) as caught:
        rehearse(flow, data, out)
    return caught.value


def test_a_missing_file_is_the_readers_error(data: dict[str, Path], tmp_path: Path) -> None:
    error = _stopped_by(FLOW, data | {"shop.b": tmp_path / "absent.csv"}, tmp_path / "out")
    assert isinstance(error, DataError) and error.code == "dataset.not_found"
    failed = json.loads((tmp_path / "out" / "report.json").read_text())["error"]
    assert (failed["party"], failed["step"]) == ("shop", "read_shop")


def test_duplicate_keys_stop_both_parties_with_one_cause(data: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("id,z\nU041,1\nU041,2\n")
    error = _stopped_by(FLOW, data, tmp_path / "out")
    assert error.code == "data.key_duplicate" and "U041" not in str(error)
    failed = json.loads((tmp_path / "out" / "report.json").read_text())["error"]
    assert failed["party"] == "shop"
    assert failed["parties"]["bank"]["code"] == "peer.failed"
    assert failed["parties"]["bank"]["peer_code"] == "data.key_duplicate"


def test_no_overlap_is_said_to_both(data: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("id,z\nV1,1\nV2,2\n")
    error = _stopped_by(FLOW, data, tmp_path / "out")
    assert error.code == "psi.no_overlap"
    failed = json.loads((tmp_path / "out" / "report.json").read_text())["error"]
    assert {party: each["code"] for party, each in failed["parties"].items()} == dict.fromkeys(
        ("bank", "shop"), "psi.no_overlap"
    )


def test_data_for_a_party_that_the_flow_lacks_is_refused(data: dict[str, Path], tmp_path: Path) -> None:
    error = _stopped_by(FLOW, data | {"nobody.a": tmp_path / "a.csv"}, tmp_path / "out")
    assert isinstance(error, NotFoundError) and error.code == "rehearsal.unknown_party"


def test_a_dataset_that_is_not_given_is_refused_before_anything_runs(data: dict[str, Path], tmp_path: Path) -> None:
    error = _stopped_by(FLOW, {"bank.a": data["bank.a"]}, tmp_path / "out")
    assert isinstance(error, FlowError) and error.code == "flow.unknown_dataset"
    assert not (tmp_path / "out" / "bank").exists()
