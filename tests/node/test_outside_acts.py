"""Backups and restorations stand in the audit trail, and its chain has one writer whatever runs beside the node."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

import postgresql_server
from databases import KINDS, new_database
from real_nodes import Group
from small_world import SmallWorld
from tacit.errors import ResourceError
from tacit.ledger.audit import AuditTrail
from tacit.node import last_backup, outside_acts
from tacit.node.acting import NodeTrail
from tacit.node.backup import make_backup, restore_backup
from tacit.node.database import Database, open_database
from tacit.node.home import Home, initialise
from tacit.node.outside_acts import OutsideAct, OutsideActs
from tacit.node.stores.audit import AuditTable, TrailFilter

PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as made:
        yield made


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'node.db'}"
        return
    with new_database(request.getfixturevalue("server")) as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    initialise(made.path, "alpha")
    open_database(made.path, None).close()
    return made


def made(subject: str) -> OutsideAct:
    return OutsideAct(act="backup.made", subject=subject, details={})


def taking_up(home: Home) -> tuple[OutsideActs, AuditTable, Database]:
    database = open_database(home.path, None)
    table = AuditTable(database)
    return OutsideActs(home.path, NodeTrail(table), table), table, database


def waiting(home: Home) -> list[Path]:
    return sorted((home.path / outside_acts.FOLDER).glob("*"))


def test_the_node_writes_down_each_backup_once(home: Home, tmp_path: Path) -> None:
    manifests = [make_backup(home, tmp_path / name, PASSPHRASE, artifacts=name == "two") for name in ("one", "two")]
    acts, table, database = taking_up(home)
    assert table.search(TrailFilter(act="backup")) == [], "the command itself writes nothing into the trail"
    acts.look()
    acts.look()
    found = table.search(TrailFilter(act="backup.made"))
    assert [entry.details["file"] for entry in found] == ["one", "two"]
    assert [entry.details["artifacts"] for entry in found] == [False, True]
    assert [entry.details["audit_head"] for entry in found] == [each.audit_head for each in manifests]
    assert {entry.actor for entry in found} == {"local"} and found[0].details["by"]
    assert found[0].subject == f"backup:{str(found[0].details['sha256'])[:16]}"
    assert waiting(home) == []
    database.close()


def test_a_node_that_died_in_between_writes_nothing_twice(home: Home, tmp_path: Path) -> None:
    make_backup(home, tmp_path / "one", PASSPHRASE)
    (left,) = waiting(home)
    content = left.read_bytes()
    acts, table, database = taking_up(home)
    acts.look()
    left.write_bytes(content)
    acts.look()
    assert len(table.search(TrailFilter(act="backup"))) == 1 and waiting(home) == []
    database.close()


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        "[" * 100_000,
        json.dumps({"act": "user.added", "subject": "user:eve", "details": {}}),
        json.dumps({"act": "x"}),
        json.dumps({"act": "backup.made", "subject": "backup:1", "details": {"number": 2**60}}),
        json.dumps({"act": "backup.made", "subject": "backup:1", "details": {"file": "a\u0000b"}}),
        json.dumps({"act": "backup.made", "subject": "backup:1", "details": {"file": "a" * 1000}}),
    ],
)
def test_what_is_no_act_of_a_command_is_left_alone(home: Home, wrong: str) -> None:
    outside_acts.note(home.path, made("backup:0"))
    (home.path / outside_acts.FOLDER / "0.json").write_text(wrong)
    acts, table, database = taking_up(home)
    acts.look()
    acts.look()
    assert [entry.subject for entry in table.search(TrailFilter())] == ["backup:0"]
    assert [path.name for path in waiting(home)] == ["0.json"]
    database.close()


def test_what_is_no_file_holds_up_no_start(home: Home) -> None:
    outside_acts.note(home.path, made("backup:0"))
    os.mkfifo(home.path / outside_acts.FOLDER / "0.json")
    acts, table, database = taking_up(home)
    acts.look()
    assert [entry.subject for entry in table.search(TrailFilter())] == ["backup:0"]
    database.close()


def test_a_backup_that_cannot_be_noted_says_that_it_is_good(home: Home, tmp_path: Path) -> None:
    (home.path / outside_acts.FOLDER).write_text("no folder")
    with pytest.raises(ResourceError) as caught:
        make_backup(home, tmp_path / "node.tacit", PASSPHRASE)
    assert caught.value.code == "backup.not_noted"
    assert (tmp_path / "node.tacit").exists() and last_backup.read(home.path) is not None


def test_a_backup_may_have_any_name(home: Home, tmp_path: Path) -> None:
    make_backup(home, tmp_path / os.fsdecode(b"bad\xff\nname"), PASSPHRASE)
    acts, table, database = taking_up(home)
    acts.look()
    assert [entry.details["file"] for entry in table.search(TrailFilter())] == ["bad??name"]
    database.close()


def test_what_waits_is_its_owners_alone(home: Home) -> None:
    outside_acts.note(home.path, made("backup:0"))
    assert [path.stat().st_mode & 0o077 for path in (waiting(home)[0].parent, *waiting(home))] == [0, 0]


def test_backups_beside_a_node_that_writes_leave_the_chain_whole(home: Home, tmp_path: Path) -> None:
    acts, table, database = taking_up(home)
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            acts.trail.record("test.act", "thing:1")
            acts.look()

    node = threading.Thread(target=work)
    node.start()
    heads = [make_backup(home, tmp_path / f"backup{number}", PASSPHRASE).audit_head for number in range(3)]
    done.set()
    node.join()
    acts.look()
    for head in heads:
        acts.trail.verify(head)
    assert len(table.search(TrailFilter(act="backup.made"))) == 3
    database.close()


def test_two_writers_cannot_break_the_chain(url: str, tmp_path: Path) -> None:
    databases = [open_database(tmp_path, url) for _ in range(2)]
    lost: list[str] = []

    def write(database: Database) -> None:
        trail = AuditTrail(AuditTable(database))
        for number in range(40):
            try:
                trail.record("test.act", f"thing:{number}")
            except DBAPIError as fault:
                lost.append(type(fault).__name__)

    writers = [threading.Thread(target=write, args=(database,)) for database in databases]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert AuditTrail(AuditTable(databases[0])).verify().length == 80 - len(lost)
    assert set(lost) <= {"IntegrityError", "OperationalError"}
    for database in databases:
        database.close()


def test_a_running_node_hears_of_its_backup_and_a_restored_one_of_its_restoration(group: Group, tmp_path: Path) -> None:
    """Processes of their own: the nodes, which alone write their trails, and the command's work here beside them."""
    group.add("alpha")
    alpha = group["alpha"]
    made = make_backup(Home(alpha.home), tmp_path / "backup", PASSPHRASE)
    (told,) = _until(lambda: alpha.get("/audit?act=backup")["items"])
    assert (told["act"], told["details"]["audit_head"]) == ("backup.made", made.audit_head)
    assert alpha.post("/audit/verify")["ok"]
    alpha.kill()
    alpha.home = tmp_path / "restored"
    restore_backup(tmp_path / "backup", alpha.home, PASSPHRASE)
    alpha.start()
    (first,) = [entry for entry in alpha.get("/audit")["items"] if entry["previous"] == made.audit_head]
    assert first["act"] == "backup.restored"
    assert first["subject"] == told["subject"], "the same file"
    assert alpha.post("/audit/verify")["ok"]


def _until(look: Callable[[], list[Any]]) -> list[Any]:
    for _ in range(60):
        if found := look():
            return found
        time.sleep(0.25)
    raise AssertionError("nothing was written down")


def test_parts_of_a_node_have_it(world: SmallWorld) -> None:
    parts = world.parts["alpha"]
    outside_acts.note(parts.ground.home.path, made("backup:0"))
    parts.outside_acts.look()
    assert parts.audit.search(TrailFilter(subject="backup:0"))
