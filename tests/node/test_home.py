"""The node's folder and settings."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tacit.errors import TacitError
from tacit.node.home import Home, HomeLock, initialise
from tacit.node.settings import load


def code_of(act: object) -> str:
    with pytest.raises(TacitError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_a_new_folder_holds_settings_keys_and_token(tmp_path: Path) -> None:
    home = tmp_path / "node"
    made = initialise(home, "hospital", "City hospital", peer_address="10.0.0.1:7400")
    assert load(home) == made
    assert (made.peer_port, made.api_port, made.institution) == (7400, 7300, "City hospital")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "api.token").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "keys" / "node.key").stat().st_mode) == 0o600
    assert len(Home(home).token()) >= 40
    assert len(Home(home).identity().fingerprint) == 64


def test_a_folder_is_not_made_twice(tmp_path: Path) -> None:
    initialise(tmp_path, "a")
    assert code_of(lambda: initialise(tmp_path, "b")) == "node.home_exists"
    assert load(tmp_path).name == "a"


@pytest.mark.parametrize("name", ["", "Hospital", "1a", "a b", "a" * 64, "医院"])
def test_names_are_checked(tmp_path: Path, name: str) -> None:
    assert code_of(lambda: initialise(tmp_path / "x", name)) == "node.name_invalid"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("address", ["", "host", "host:", ":1", "host:0", "host:99999", "host:x"])
def test_addresses_are_checked(tmp_path: Path, address: str) -> None:
    assert code_of(lambda: initialise(tmp_path / "x", "a", peer_address=address)) == "node.address_invalid"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    initialise(tmp_path, "a")
    monkeypatch.setenv("TACIT_MAX_WORKERS", "7")
    assert load(tmp_path).max_workers == 7


def test_bad_settings_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(lambda: load(tmp_path)) == "node.home_missing"
    initialise(tmp_path, "a")
    file = tmp_path / "node.toml"
    file.write_text(file.read_text() + "colour = 1\n")
    with pytest.raises(TacitError) as caught:
        load(tmp_path)
    assert caught.value.code == "node.settings_invalid" and "colour" in caught.value.message
    file.write_text("name = ")
    assert code_of(lambda: load(tmp_path)) == "node.settings_invalid"
    file.write_text('name = "a"\n')
    monkeypatch.setenv("TACIT_MAX_WORKERS", "none")
    assert code_of(lambda: load(tmp_path)) == "node.settings_invalid"


def test_only_one_process_runs_a_folder(tmp_path: Path) -> None:
    initialise(tmp_path, "a")
    lock = HomeLock(Home(tmp_path))
    assert code_of(lambda: HomeLock(Home(tmp_path))) == "node.already_running"
    lock.release()
    HomeLock(Home(tmp_path)).release()
