"""Notes for later steps: kept, ordered, bounded, safe beside each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tacit.errors import InternalError
from tacit.runtime import history
from tacit.runtime.history import History


def test_what_is_noted_is_read(tmp_path: Path) -> None:
    notes = History(tmp_path / "history")
    assert notes.read("psi-beta") == []
    notes.append("psi-beta", {"n": 1, "t": "中"})
    notes.append("psi-beta", {"n": 2})
    notes.append("psi-gamma", {"n": 3})
    assert History(tmp_path / "history").read("psi-beta") == [{"n": 1, "t": "中"}, {"n": 2}]


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 10)
    notes = History(tmp_path)
    for n in range(25):
        notes.append("t", {"n": n})
    found = [entry["n"] for entry in notes.read("t")]
    assert found[-1] == 24
    assert 10 <= len(found) <= 20
    assert found == list(range(found[0], 25))


def test_nothing_is_lost_between_threads(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: History(tmp_path).append("t", {"n": n}), range(40)))
    assert sorted(entry["n"] for entry in History(tmp_path).read("t")) == list(range(40))


@pytest.mark.parametrize("topic", ["", "../x", "A", "a/b"])
def test_topics_are_names(tmp_path: Path, topic: str) -> None:
    with pytest.raises(InternalError):
        History(tmp_path).append(topic, {})


def test_a_shelf_is_a_private_folder_that_stays(tmp_path: Path) -> None:
    notes = History(tmp_path / "history")
    (notes.shelf("psi-beta") / "a").write_bytes(b"1")
    notes.append("psi-beta", {"n": 1})
    assert (History(tmp_path / "history").shelf("psi-beta") / "a").read_bytes() == b"1"
    assert notes.shelf("psi-beta").stat().st_mode & 0o777 == 0o700
    for topic in ("../up", "", "A"):
        with pytest.raises(InternalError):
            notes.shelf(topic)
