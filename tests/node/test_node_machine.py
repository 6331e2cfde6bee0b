"""What a node tells its operators of its machine, its keys and its backups, and in which languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from local_api import LocalApi, app_of, client_of
from small_world import SmallWorld
from tacit.node import last_backup, machine, setting_words
from tacit.node.backup import make_backup
from tacit.node.database import open_database
from tacit.node.doctor import Check
from tacit.node.held_keys import held_keys
from tacit.node.home import Home, initialise
from tacit.node.settings import Settings
from tacit.schema.text import Text

HAN = re.compile(r"[\u4e00-\u9fff]")
PASSPHRASE = "correct horse battery"


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    return client_of(app_of(world.parts["alpha"]))


def test_every_setting_is_explained_in_both_languages() -> None:
    assert list(setting_words.WORDS) == list(Settings.model_fields)
    for name, text in setting_words.WORDS.items():
        assert HAN.search(text.zh) and not HAN.search(text.en), name


def test_settings_are_told_with_both_languages(api: LocalApi) -> None:
    told = {item["name"]: item["help"] for item in api.get("/node/settings").json()["items"]}
    assert told["max_workers"] == {"zh": "可同时运行的步骤数", "en": "steps at a time"}


def test_what_the_doctor_found_is_said_in_both_languages(world: SmallWorld) -> None:
    parts = world.parts["alpha"]
    for row in parts.peers.all():
        parts.peers.set_state(row.name, "TERMINATED")
    own = {check.id: check.as_dict() for check in parts.doctor.examine()}
    assert {"cpu", "disk", "memory", "ports"} <= own.keys()
    for name in ("cpu", "disk", "memory"):
        for part in ("found", "expected", "hint"):
            english, words = own[name][part], own[name]["words"][part]
            assert words is None or words["en"] == english, (name, part)
            assert words is not None or english is None or not re.search(r"[a-z]{4}", english), (name, part, english)
    assert HAN.search(own["memory"]["words"]["found"]["zh"])


def test_what_has_no_chinese_is_not_told_as_chinese() -> None:
    told = Check("x", "ok", Text("甲", "a"), found="12 ms", hint=Text("乙", "b")).as_dict()
    assert (told["found"], told["hint"]) == ("12 ms", "b")
    assert told["words"] == {"found": None, "expected": None, "hint": {"zh": "乙", "en": "b"}}


def test_the_machine_tells_what_is_free(api: LocalApi) -> None:
    told = api.get("/node/machine").json()
    assert 0 < told["disk_free_bytes"] <= told["disk_bytes"]
    assert told["memory_bytes"] > 0 and told["cpus"] >= 1
    assert told["workers"] == 0 and told["slots"] >= 1


def test_a_system_that_does_not_tell_its_free_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 10 kB\nMemAvailable:    4 kB\n")
    assert machine.look(tmp_path, tmp_path / "meminfo").memory_free_bytes == 4096
    assert machine.look(tmp_path, tmp_path / "none").memory_free_bytes is None


def test_keys_are_told_without_their_secrets(world: SmallWorld, api: LocalApi) -> None:
    parts = world.parts["alpha"]
    answer = api.get("/node/keys")
    items = answer.json()["items"]
    own, peer = items[0], next(item for item in items if item["kind"] == "peer")
    assert (own["kind"], own["name"], own["fingerprint"]) == ("identity", "alpha", parts.keys.identity.fingerprint)
    assert own["since"] < own["until"]
    assert (peer["name"], peer["fingerprint"]) == ("beta", world.parts["beta"].keys.identity.fingerprint)
    assert "PRIVATE" not in answer.text and "BEGIN" not in answer.text
    token = next(item for item in items if item["kind"] == "token")
    assert token["until"] is None and token["fingerprint"] is None


def test_a_token_that_is_switched_off_is_no_key(world: SmallWorld) -> None:
    ground = world.parts["alpha"].ground
    off = ground.settings.model_copy(update={"local_token": False, "vault": "pkcs11:token=x;pin-value=secret"})
    found = held_keys(ground.home, off, ground.identity, [])
    assert [(each.kind, each.name) for each in found] == [("identity", "alpha"), ("vault", "pkcs11")]


def test_the_last_backup_is_known(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    initialise(home.path, "alpha")
    open_database(home.path, None).close()
    assert last_backup.read(home.path) is None
    manifest = make_backup(home, tmp_path / "one", PASSPHRASE)
    told = last_backup.read(home.path)
    assert told is not None and told.by
    assert (told.at, told.artifacts, told.audit_head) == (manifest.created, False, manifest.audit_head)
    make_backup(home, tmp_path / "two", PASSPHRASE, artifacts=True)
    assert (last_backup.read(home.path) or told).artifacts


def test_the_api_tells_of_the_last_backup(world: SmallWorld, api: LocalApi) -> None:
    assert api.get("/node/backup").json() == {"last": None}
    last_backup.note(world.parts["alpha"].ground.home.path, "2026-01-01T00:00:00Z", "0" * 64, artifacts=True)
    told = api.get("/node/backup").json()["last"]
    assert (told["at"], told["artifacts"]) == ("2026-01-01T00:00:00Z", True)


def test_a_note_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    last_backup.note(tmp_path, "2026-01-01T00:00:00Z", "0" * 64, artifacts=False)
    assert last_backup.read(tmp_path) is not None
    assert (tmp_path / last_backup.FILE).stat().st_mode & 0o077 == 0
    for wrong in ("{", "[]", json.dumps({"at": "x"})):
        (tmp_path / last_backup.FILE).write_text(wrong)
        assert last_backup.read(tmp_path) is None
