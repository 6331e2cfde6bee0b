"""The node's database on both kinds of server: migrations with data in them, backup and restoration, one node only."""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import postgresql_server
from databases import KINDS, contents, fill, new_database, quoted, table_names
from real_nodes import Group, reading_flow
from tacit.errors import InputError, ParameterError, RefusedError, ResourceError
from tacit.ledger.audit import AuditTrail
from tacit.node import database as database_module
from tacit.node.backup import make_backup, restore_backup
from tacit.node.database import Database, Table, migrate, open_database, reach_database
from tacit.node.home import Home, initialise
from tacit.node.sealed_file import open_sealed, seal_file
from tacit.node.stores.audit import AuditTable

PASSPHRASE = "correct horse battery"
BEFORE_GOVERNANCE = "0002"


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


def test_migrated_tables_are_those_of_the_models(url: str, tmp_path: Path) -> None:
    database = open_database(tmp_path, url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    database.close()


@pytest.mark.parametrize("version", ["0001", BEFORE_GOVERNANCE])
def test_data_of_earlier_versions_survive_all_migrations(version: str, url: str, tmp_path: Path) -> None:
    database = reach_database(tmp_path, url)
    migrate(database, version)
    fill(database)
    before = _columns_and_rows(database)
    migrate(database)
    after = _columns_and_rows(database)
    for name, (columns, rows) in before.items():
        now_columns, now_rows = after[name]
        places = [now_columns.index(column) for column in columns]
        assert [[row[place] for place in places] for row in now_rows] == rows, name
    assert set(table_names(database.engine)) == set(Table.metadata.tables)
    database.close()


def test_migrations_lead_back_and_forth(url: str, tmp_path: Path) -> None:
    from alembic import command

    from tacit.node.database import _migrations

    database = open_database(tmp_path, url)
    config = _migrations()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE_GOVERNANCE)
    migrate(database)
    assert set(table_names(database.engine)) == set(Table.metadata.tables)
    database.close()


@pytest.mark.parametrize(
    ("address", "protected"),
    [
        ("postgresql://tacit@db.example/n", True),
        ("postgresql://tacit@db.example/n?sslmode=disable", False),
        ("postgresql://tacit@localhost/n", False),
        ("postgresql://tacit@localhost/n?sslmode=verify-full", True),
        ("postgresql://tacit@/n?host=/run/postgresql", False),
    ],
)
def test_the_way_to_a_server_elsewhere_is_protected(
    address: str, protected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr(database_module, "create_engine", lambda url, **options: made.update(url=url, **options))
    monkeypatch.setattr(database_module, "_check_idle", lambda engine: None)
    database_module._open_postgresql(address)
    context = made["connect_args"]["ssl_context"]
    assert "ssl" not in str(made["url"]) and bool(context) == protected
    if protected:
        assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("query", ["sslmode=prefer", "sslrootcert=/nowhere", "sslmode=disable&sslmode=verify-full"])
def test_a_way_that_is_not_protected_is_no_setting(query: str) -> None:
    with pytest.raises(ParameterError) as told:
        Database(f"postgresql://tacit@db.example/n?{query}")
    assert told.value.code == "node.database_unknown"


def test_a_server_database_has_one_node(server: postgresql_server.Server, tmp_path: Path) -> None:
    with new_database(server) as url:
        one, other = open_database(tmp_path, url), open_database(tmp_path, url)
        one.claim()
        with pytest.raises(RefusedError) as told:
            other.claim()
        assert told.value.code == "node.database_in_use"
        assert _refused_start(tmp_path / "home", url) == "node.database_in_use"
        one.close()
        other.close()
        third = open_database(tmp_path, url)
        third.claim()
        third.close()


def test_another_nodes_database_is_not_even_migrated(server: postgresql_server.Server, tmp_path: Path) -> None:
    with new_database(server) as url:
        running = reach_database(tmp_path, url)
        migrate(running, BEFORE_GOVERNANCE)
        running.claim()
        before = table_names(running.engine)
        assert _refused_start(tmp_path / "home", url) == "node.database_in_use"
        assert table_names(running.engine) == before
        running.close()


def _refused_start(folder: Path, url: str) -> str:
    """The code with which a new node on that database does not start."""
    initialise(folder, "alpha")
    with (folder / "node.toml").open("a") as file:
        file.write(f"database_url = {json.dumps(url)}\n")
    command = [sys.executable, "-m", "tacit.node", "run", "--home", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return str(json.loads(told.stdout)["error"]["code"])


def test_databases_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no database that a node can use"):
        open_database(tmp_path, "oracle://somewhere/else")
    with pytest.raises(ResourceError) as told:
        open_database(tmp_path, f"postgresql://me:secret-word@/db?host={tmp_path}")
    assert told.value.code == "node.database_unreachable"
    assert "secret-word" not in str(told.value)


# -- backup ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "old")
    initialise(made.path, "alpha")
    (made.models / "risk").mkdir()
    (made.models / "risk" / "1.json").write_text('{"weights": [1, 2]}')
    return made


@pytest.mark.parametrize("target", KINDS)
def test_a_backup_brings_everything_back(
    url: str, target: str, home: Home, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with (home.path / "node.toml").open("a") as file:
        file.write(f"database_url = {json.dumps(url)}\n")
    database = open_database(home.path, url)
    fill(database)
    before = contents(database)
    before["audit"] = _with_a_trail(database)
    database.close()
    signed_in = {name: before[name] for name in ("sessions", "sign_in_codes")}
    manifest = make_backup(home, tmp_path / "backup", PASSPHRASE)
    assert manifest.tables.keys() == before.keys()
    with _target(target, tmp_path, request) as into:
        restored = restore_backup(tmp_path / "backup", tmp_path / "new", PASSPHRASE, database_url=into)
        again = open_database(tmp_path / "new", into)
        assert {name: rows for name, rows in contents(again).items() if name != "audit"} == {
            name: [] if name in signed_in else rows for name, rows in before.items() if name != "audit"
        }
        assert all(signed_in.values()), "there was something that a restoration must not bring back"
        assert AuditTrail(AuditTable(again)).verify(restored.audit_head).length == 3
        fill_again_beside(again)
        again.close()
    new = Home(tmp_path / "new")
    assert new.identity().fingerprint == home.identity().fingerprint
    assert new.token() == home.token()
    assert (new.models / "risk" / "1.json").read_text() == '{"weights": [1, 2]}'
    assert new.settings().name == "alpha"


def test_a_backup_needs_its_passphrase_and_every_byte(home: Home, tmp_path: Path) -> None:
    open_database(home.path, None).close()
    file = tmp_path / "backup"
    make_backup(home, file, PASSPHRASE)
    assert file.stat().st_mode & 0o077 == 0
    content = file.read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    for passphrase, bad in (("another passphrase", content), (PASSPHRASE, content[:-1]), (PASSPHRASE, bytes(flipped))):
        file.write_bytes(bad)
        with pytest.raises(InputError) as told:
            restore_backup(file, tmp_path / "new", passphrase)
        assert told.value.code == "backup.not_opened"
        assert list((tmp_path / "new").iterdir()) == []
    file.write_bytes(b"something else")
    with pytest.raises(InputError) as told:
        restore_backup(file, tmp_path / "new", PASSPHRASE)
    assert told.value.code == "backup.not_one"
    with pytest.raises(InputError) as told:
        make_backup(home, tmp_path / "short", "short")
    assert told.value.code == "backup.passphrase_short"


def test_a_backup_is_not_restored_over_something(home: Home, tmp_path: Path) -> None:
    open_database(home.path, None).close()
    make_backup(home, tmp_path / "backup", PASSPHRASE)
    with pytest.raises(InputError) as exists:
        make_backup(home, tmp_path / "backup", PASSPHRASE)
    assert exists.value.code == "backup.exists"
    with pytest.raises(RefusedError) as full:
        restore_backup(tmp_path / "backup", home.path, PASSPHRASE)
    assert full.value.code == "backup.home_not_empty"
    taken = f"sqlite:///{tmp_path / 'taken.db'}"
    open_database(tmp_path, taken).close()
    with pytest.raises(RefusedError) as taken_database:
        restore_backup(tmp_path / "backup", tmp_path / "new", PASSPHRASE, database_url=taken)
    assert taken_database.value.code == "backup.database_not_empty"


def test_a_restored_node_is_its_owners_alone(home: Home, tmp_path: Path) -> None:
    with (home.path / "node.toml").open("a") as file:
        file.write('[[oidc]]\nname = "bank"\nissuer = "https://bank.example"\nclient_id = "tacit"\n')
    open_database(home.path, None).close()
    make_backup(home, tmp_path / "backup", PASSPHRASE)
    new = tmp_path / "new"
    new.mkdir(mode=0o755)
    into = f"sqlite:///{tmp_path / 'into.db'}"
    restore_backup(tmp_path / "backup", new, PASSPHRASE, database_url=into)
    assert [path for path in (new, *new.iterdir()) if path.is_dir() and path.stat().st_mode & 0o077] == []
    assert (new / "api.token").stat().st_mode & 0o077 == 0
    assert Home(new).settings().database_url == into and Home(new).settings().oidc[0].name == "bank"


@pytest.mark.parametrize("extra", ["home/logs/x", "../out", "home/link"])
def test_a_backup_holds_only_what_its_manifest_names(extra: str, home: Home, tmp_path: Path) -> None:
    open_database(home.path, None).close()
    file, plain = tmp_path / "backup", tmp_path / "plain"
    make_backup(home, file, PASSPHRASE)
    open_sealed(file, plain, PASSPHRASE)
    with gzip.open(plain) as packed, tarfile.open(tmp_path / "more", "w") as more:
        with tarfile.open(fileobj=packed) as archive:
            for entry in archive:
                more.addfile(entry, archive.extractfile(entry))
        entry = tarfile.TarInfo(extra)
        if extra.endswith("link"):
            entry.type, entry.linkname = tarfile.SYMTYPE, "node.toml"
        more.addfile(entry)
    (tmp_path / "packed").write_bytes(gzip.compress((tmp_path / "more").read_bytes()))
    seal_file(tmp_path / "packed", tmp_path / "forged", PASSPHRASE)
    with pytest.raises(InputError) as told:
        restore_backup(tmp_path / "forged", tmp_path / "new", PASSPHRASE)
    assert told.value.code == "backup.damaged" and list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_a_fault_of_the_database_does_not_tell_values(url: str) -> None:
    database = Database(url)
    with pytest.raises(DBAPIError) as told, database.engine.connect() as connection:
        connection.execute(text("SELECT :value FROM nothing"), {"value": "a-secret"})
    assert "a-secret" not in str(told.value)
    database.close()


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 19])
def test_sealed_files_of_every_length_come_back(size: int, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    seal_file(tmp_path / "plain", tmp_path / "sealed", PASSPHRASE)
    open_sealed(tmp_path / "sealed", tmp_path / "again", PASSPHRASE)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "plain").read_bytes()


def test_chunks_of_a_sealed_file_cannot_change_places(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"a" * (1 << 20) + b"b" * (1 << 20) + b"c")
    seal_file(tmp_path / "plain", tmp_path / "sealed", PASSPHRASE)
    content, head, chunk = (tmp_path / "sealed").read_bytes(), 31, (1 << 20) + 16
    one, two, rest = content[head : head + chunk], content[head + chunk : head + 2 * chunk], content[head + 2 * chunk :]
    for mixed in (two + one + rest, one + two, one + rest):
        (tmp_path / "sealed").write_bytes(content[:head] + mixed)
        with pytest.raises(InputError):
            open_sealed(tmp_path / "sealed", tmp_path / "again", PASSPHRASE)
        assert not (tmp_path / "again").exists()


# -- a whole node ----------------------------------------------------------------------------------------------------


def test_a_node_works_on_a_server_database(server: postgresql_server.Server, tmp_path: Path) -> None:
    group = Group(tmp_path)
    with new_database(server) as url:
        try:
            group.add("alpha", environment={"TACIT_DATABASE_URL": url})
            group.add("beta")
            group.pair_all()
            group.approve_all()
            group.add_tables()
            job = group["beta"].post("/jobs", {"flow": reading_flow()})["id"]
            assert group["beta"].wait(job)["state"] == "FINISHED"
            assert group["alpha"].wait(job)["state"] == "FINISHED"
            assert group["alpha"].post(f"/jobs/{job}/receipt/verify")["ok"]
            group["alpha"].kill()
            group["alpha"].start()
            assert group["alpha"].get(f"/jobs/{job}")["state"] == "FINISHED"
            assert not (group["alpha"].home / "node.db").exists()
        finally:
            group.close()


# -- material --------------------------------------------------------------------------------------------------------


def _columns_and_rows(database: Database) -> dict[str, tuple[list[str], list[list[Any]]]]:
    with database.engine.connect() as connection:
        found = {}
        for name in table_names(connection):
            columns = [column["name"] for column in inspect(connection).get_columns(name)]
            rows = connection.execute(text(f"SELECT {quoted(columns)} FROM {name}")).all()
            found[name] = (columns, [list(row) for row in rows])
        return found


def _with_a_trail(database: Database) -> list[tuple[Any, ...]]:
    """Three true entries in place of the filling."""
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit"))
    trail = AuditTrail(AuditTable(database))
    for number in range(3):
        trail.record("test.act", f"thing:{number}")
    return []


def fill_again_beside(database: Database) -> None:
    """New rows get new numbers, also in tables that count by themselves."""
    with database.engine.begin() as connection:
        columns = {c["name"]: c for c in inspect(connection).get_columns("outbox") if c["name"] != "number"}
        values = {name: "other" for name, column in columns.items() if "CHAR" in str(column["type"]).upper()}
        rest = {name: 1.5 for name in columns if name.endswith("_at")}
        values |= {"body": "{}"}
        marks = ", ".join(f":{name}" for name in {**values, **rest})
        names = ", ".join({**values, **rest})
        connection.execute(text(f"INSERT INTO outbox ({names}) VALUES ({marks})"), {**values, **rest})
        assert connection.scalar(text("SELECT max(number) FROM outbox")) == 2


class _target:
    """URL of an empty database of a kind."""

    def __init__(self, kind: str, folder: Path, request: pytest.FixtureRequest) -> None:
        self._kind, self._folder, self._request = kind, folder, request

    def __enter__(self) -> str:
        if self._kind == "sqlite":
            return f"sqlite:///{self._folder / 'restored.db'}"
        self._made = new_database(self._request.getfixturevalue("server"))
        return self._made.__enter__()

    def __exit__(self, *told: Any) -> None:
        if self._kind == "postgresql":
            self._made.__exit__(*told)
