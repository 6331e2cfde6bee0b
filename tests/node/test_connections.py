"""Connections: what is kept, what is reached, what is found behind them, and that no credential is ever told."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import mariadb_server
import object_store
import postgresql_server
from tacit.data.sources import read_table
from tacit.errors import NotFoundError, TacitError
from tacit.node.catalogue import Catalogue
from tacit.node.connections import Connections
from tacit.node.database import Database, open_database
from tacit.node.master_keys import Keyring
from tacit.node.stores.connections import ConnectionStore
from tacit.node.stores.datasets import DatasetStore
from tacit.node.stores.vault import VaultStore
from tacit.node.vault import Vault

HUSH = "hush-77"
PEOPLE = [
    "CREATE TABLE people (id int PRIMARY KEY, age int, note varchar(20))",
    "INSERT INTO people VALUES (2, 30, 'x'), (1, NULL, 'y')",
]
needs_postgresql = pytest.mark.skipif(postgresql_server.programs() is None, reason="no PostgreSQL server programs")
needs_mariadb = pytest.mark.skipif(mariadb_server.programs() is None, reason="no MariaDB server programs")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as a new node has it."""
    folder = tmp_path_factory.mktemp("migrated")
    open_database(folder, None).close()
    return folder / "node.db"


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    shutil.copy(migrated, tmp_path / "node.db")
    found = Database(f"sqlite:///{tmp_path / 'node.db'}")
    yield found
    found.close()


@pytest.fixture
def connections(database: Database, tmp_path: Path) -> Connections:
    vault = Vault(VaultStore(database), Keyring(tmp_path, "file"))
    return Connections(ConnectionStore(database), vault, private=True)


@pytest.fixture
def catalogue(database: Database, connections: Connections) -> Catalogue:
    made = Catalogue(DatasetStore(database), connections, private=True)
    connections.datasets_of = made.behind
    return made


@pytest.fixture(scope="module")
def postgresql() -> Iterator[postgresql_server.Server]:
    with postgresql_server.serve() as server:
        server.run(*PEOPLE, "CREATE VIEW elders AS SELECT * FROM people WHERE age > 20", 'CREATE SCHEMA "o\'d"')
        server.run('CREATE TABLE "o\'d"."t""x" (b int, a int, PRIMARY KEY (a, b))')
        server.run(
            "CREATE TABLE many AS SELECT i, i % 3 AS g, 'name ' || i AS t FROM generate_series(1, 60000) AS i",
            "ANALYZE many",
        )
        yield server


@pytest.fixture(scope="module")
def mariadb() -> Iterator[mariadb_server.Server]:
    with mariadb_server.serve() as server:
        server.run(*PEOPLE)
        yield server


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("web")
    (folder / "a.csv").write_text("x\n1\n2\n")

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *words: Any) -> None:
            super().__init__(*words, directory=str(folder))

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    thread.join()
    server.server_close()


def of_postgresql(server: postgresql_server.Server, **more: Any) -> dict[str, Any]:
    return {"host": str(server.folder), "database": "postgres", "user": "tacit", **more}


def of_mariadb(server: mariadb_server.Server, **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": server.port, "database": "people", "user": "tacit", "tls": "off", **more}


def code_of(call: Any) -> str:
    with pytest.raises(TacitError) as caught:
        call()
    told = str(caught.value.as_dict())
    assert HUSH not in told and postgresql_server.PASSWORD not in told
    return caught.value.code


def test_what_is_kept_has_no_secret(connections: Connections, database: Database, tmp_path: Path) -> None:
    row = connections.add("crm", "postgresql", {"host": "db", "database": "d", "user": "u"}, {"password": HUSH}, "why")
    assert row.secrets == {"names": ["password"]} and row.options["tls"] == "verified"
    assert HUSH not in str(vars(connections.get("crm"))) and [each.name for each in connections.all()] == ["crm"]
    source = connections.source(row, {"query": "SELECT 1"})
    assert source.access["password"] == HUSH and HUSH not in repr(source) and HUSH not in str(source.options)
    assert source.path == "postgresql://u@db/d?sslmode=verify-full&sslrootcert=system"
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or HUSH.encode() not in file.read_bytes()
    connections.remove("crm")
    assert code_of(lambda: connections.vault.get("connection/crm")) == "vault.unknown"
    with pytest.raises(NotFoundError):
        connections.get("crm")


@pytest.mark.parametrize(
    ("kind", "options", "secrets", "code"),
    [
        ("oracle", {}, {}, "connection.kind_unknown"),
        ("postgresql", {"host": "h"}, {}, "connection.option_invalid"),
        ("postgresql", {"host": "h/x?y", "database": "d", "user": "u"}, {}, "connection.option_invalid"),
        ("postgresql", {"host": "h", "database": "d", "user": "u", "port": 70000}, {}, "connection.option_invalid"),
        ("postgresql", {"host": "h", "database": "d", "user": "u", "sslmode": "x"}, {}, "connection.option_invalid"),
        ("mysql", {"host": "h", "database": "d", "user": "u"}, {"token": HUSH}, "connection.secret_invalid"),
        ("mysql", {"host": "h", "database": "d", "user": "u"}, {"password": ""}, "connection.secret_invalid"),
        ("s3", {"bucket": "b-b"}, {"access_key": HUSH}, "connection.secret_invalid"),
        ("s3", {"bucket": "b-b", "endpoint": "file:///etc"}, {}, "connection.option_invalid"),
        ("s3", {"bucket": "b-b", "prefix": "../x"}, {}, None),
        ("http", {"url": "ftp://h/x"}, {}, "connection.option_invalid"),
        ("http", {"url": f"https://u:{HUSH}@h/x"}, {}, "dataset.secret_in_path"),
        ("http", {"url": f"https://h/x?token={HUSH}"}, {}, "dataset.secret_in_path"),
        ("folder", {"path": "relative"}, {}, "connection.option_invalid"),
    ],
)
def test_what_is_not_kept(
    connections: Connections, kind: str, options: dict[str, Any], secrets: dict[str, str], code: str | None
) -> None:
    if code is None:
        connections.add("a", kind, options, secrets)
        return
    assert code_of(lambda: connections.add("a", kind, options, secrets)) == code and not connections.all()


def test_names(connections: Connections) -> None:
    assert code_of(lambda: connections.add("A b", "folder", {"path": "/x"}, {})) == "connection.name_invalid"
    connections.add("a", "folder", {"path": "/x"}, {})
    assert code_of(lambda: connections.add("a", "folder", {"path": "/x"}, {})) == "connection.exists"
    assert code_of(lambda: connections.get("b")) == "connection.unknown"


def test_a_kept_secret_goes_to_no_other_place(connections: Connections) -> None:
    given = {"host": "db", "database": "d", "user": "u"}
    connections.add("crm", "mysql", given, {"password": HUSH})
    assert code_of(lambda: connections.change("crm", options={**given, "host": "thief"})) == "connection.secret_needed"
    assert connections.get("crm").options["host"] == "db"
    connections.change("crm", description="new")
    connections.change("crm", options={**given, "host": "db2"}, secrets={"password": HUSH * 2})
    row = connections.get("crm")
    assert (row.options["host"], row.description) == ("db2", "new")
    assert connections.source(row, {}).access == {"password": HUSH * 2}
    connections.change("crm", secrets={})
    assert connections.source(connections.get("crm"), {}).access == {}


@needs_postgresql
def test_postgresql_from_test_to_dataset(
    connections: Connections, catalogue: Catalogue, postgresql: postgresql_server.Server
) -> None:
    secrets = {"password": postgresql_server.PASSWORD}
    connections.add("pg", "postgresql", of_postgresql(postgresql), secrets)
    outcome = connections.test("pg")
    assert outcome.error is None and str(outcome.server).startswith("PostgreSQL ")
    assert connections.get("pg").test == {"ok": True, "code": None}
    listed = {f"{each['schema']}.{each['name']}": each for each in connections.items("pg")}
    assert listed["public.elders"]["kind"] == "view" and listed["public.many"]["rows_estimated"] == 60000
    assert "o'd.t\"x" in listed
    columns = connections.columns("pg", "o'd.t\"x")
    assert [(each["name"], each["type"], each["key"]) for each in columns] == [("b", "integer", 1), ("a", "integer", 0)]
    assert connections.columns("pg", "public.people")[2]["type"] == "character varying(20)"
    assert connections.columns("pg", "public.nowhere") == []
    row = catalogue.register("people", connection="pg", options={"table": "public.people"})
    assert row.options == {"table": "public.people", "order": ["id"]} and row.connection == "pg" and row.rows == 2
    assert read_table(catalogue.source(row)).column("id").to_pylist() == [1, 2]
    assert catalogue.state_of(row) == "remote" and catalogue.fresh("people").digest == row.digest
    assert postgresql_server.PASSWORD not in str(vars(row)) and catalogue.behind("pg") == ["people"]
    other = catalogue.register("elders", connection="pg", options={"query": "SELECT id FROM people ORDER BY id"})
    assert other.rows == 2
    assert code_of(lambda: connections.remove("pg")) == "connection.in_use"
    catalogue.remove("people"), catalogue.remove("elders")
    connections.remove("pg")


@needs_postgresql
@pytest.mark.parametrize(
    ("change", "password", "code"),
    [
        ({"user": "nobody"}, "x", "connection.denied"),
        ({}, "wrong", "connection.denied"),
        ({"database": "nope"}, postgresql_server.PASSWORD, "connection.database_unknown"),
        ({"host": "nowhere.invalid"}, "x", "connection.host_unknown"),
        ({"host": "127.0.0.1", "port": 1}, "x", "connection.refused"),
        ({"host": "/nowhere"}, "x", "connection.refused"),
    ],
)
def test_postgresql_that_cannot_be_reached(
    connections: Connections, postgresql: postgresql_server.Server, change: dict[str, Any], password: str, code: str
) -> None:
    connections.add("pg", "postgresql", of_postgresql(postgresql, **change), {"password": password})
    outcome = connections.test("pg")
    assert outcome.error is not None and outcome.error.code == code
    assert connections.get("pg").test == {"ok": False, "code": code}
    assert password not in str(outcome.error.as_dict()) or password == "x"


@needs_postgresql
def test_a_profile_tells_no_rare_value(connections: Connections, postgresql: postgresql_server.Server) -> None:
    connections.add("pg", "postgresql", of_postgresql(postgresql), {"password": postgresql_server.PASSWORD})
    found = connections.profile("pg", {"table": "public.many"}, rows=2000, seed=3)
    assert found["sample_rows"] == 2000 and found["rows_estimated"] == 60000 and found["method"] == "rows_of_server"
    columns = {each["name"]: each for each in found["columns"]}
    assert "name" not in str(columns["t"]["top"]) and columns["t"]["top"] == [] and columns["i"]["top"] == []
    assert {each["value"] for each in columns["g"]["top"]} == {0, 1, 2}
    assert all(each["count"] >= 10 for each in columns["g"]["top"])
    assert columns["i"]["low"] > 1 and columns["i"]["high"] < 60000
    assert abs(columns["i"]["quantiles"]["0.5"] - 30000) < 3000
    assert columns["g"]["distinct_estimated"] == 3 and columns["t"]["distinct_estimated"] > 5000
    tiny = connections.profile("pg", {"table": "public.people"})
    assert all("low" not in each and each["top"] == [] for each in tiny["columns"])
    assert [each["null_share"] for each in tiny["columns"]] == [0, 0.5, 0]


@needs_mariadb
def test_mariadb_from_test_to_dataset(
    connections: Connections, catalogue: Catalogue, mariadb: mariadb_server.Server
) -> None:
    connections.add("my", "mysql", of_mariadb(mariadb), {"password": mariadb_server.PASSWORD})
    outcome = connections.test("my")
    assert outcome.error is None and "MariaDB" in str(outcome.server)
    assert [each["name"] for each in connections.items("my")] == ["people"]
    columns = connections.columns("my", "people.people")
    assert [(each["name"], each["nullable"], each["key"]) for each in columns] == [
        ("id", False, 0),
        ("age", True, None),
        ("note", True, None),
    ]
    row = catalogue.register("people", connection="my", options={"table": "people"})
    assert (row.format, row.rows) == ("mysql", 2)
    assert read_table(catalogue.source(row)).column("id").to_pylist() == [1, 2]
    assert connections.profile("my", {"query": "SELECT age FROM people"})["rows"] == 2


@needs_mariadb
@pytest.mark.parametrize(
    ("change", "password", "code"),
    [
        ({}, "wrong", "connection.denied"),
        ({"database": "nope"}, mariadb_server.PASSWORD, "connection.database_unknown"),
        ({"tls": "verified"}, mariadb_server.PASSWORD, "connection.tls"),
        ({"host": "nowhere.invalid"}, "x", "connection.host_unknown"),
        ({"port": 1}, "x", "connection.refused"),
    ],
)
def test_mariadb_that_cannot_be_reached(
    connections: Connections, mariadb: mariadb_server.Server, change: dict[str, Any], password: str, code: str
) -> None:
    connections.add("my", "mysql", of_mariadb(mariadb, **change), {"password": password})
    error = connections.test("my").error
    assert error is not None and error.code == code


def test_a_host_that_is_silent(connections: Connections) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        given = {"host": "127.0.0.1", "port": silent.getsockname()[1], "database": "d", "user": "u", "tls": "off"}
        connections.add("my", "mysql", given, {"password": HUSH})
        error = connections.test("my", timeout_s=0.2).error
        assert error is not None and error.code in ("connection.timeout", "connection.refused")


def test_a_store(connections: Connections, catalogue: Catalogue) -> None:
    with object_store.serve() as store:
        store.put("data/in/a.csv", b"x\n1\n")
        store.put("data/in/b/c.parquet", b"no")
        store.put("data/out.csv", b"x\n9\n")
        given = {"bucket": "data", "prefix": "in", "endpoint": store.endpoint}
        secrets = {"access_key": object_store.ACCESS_KEY, "secret_key": object_store.SECRET_KEY}
        connections.add("s3", "s3", given, secrets)
        assert connections.test("s3").error is None
        assert [each["path"] for each in connections.items("s3")] == ["a.csv", "b/c.parquet"]
        assert [each["path"] for each in connections.items("s3", inner="b")] == ["c.parquet"]
        row = catalogue.register("people", connection="s3", options={"object": "a.csv"})
        assert (row.path, row.format, row.rows) == ("s3://data/in/a.csv", "csv", 1)
        assert catalogue.fresh("people").digest == row.digest
        for item in ("../out.csv", "/out.csv", "b/../../out.csv", "./a.csv"):
            assert code_of(lambda item=item: connections.source(connections.get("s3"), {"object": item})) == (
                "connection.item_invalid"
            )
        connections.add("thief", "s3", given, {**secrets, "secret_key": HUSH})
        error = connections.test("thief").error
        assert error is not None and error.code == "connection.denied"


def test_a_web_server(connections: Connections, catalogue: Catalogue, web: tuple[str, Path]) -> None:
    connections.add("web", "http", {"url": web[0] + "/"}, {"token": HUSH})
    row = catalogue.register("people", connection="web", options={"object": "a.csv"})
    assert (row.path, row.rows, catalogue.state_of(row)) == (web[0] + "/a.csv", 2, "remote")
    assert connections.profile("web", {"object": "a.csv"})["sample_rows"] == 2
    assert catalogue.register("direct", web[0] + "/a.csv").rows == 2
    for item in ("//other/a.csv", "../a.csv"):
        assert code_of(lambda item=item: connections.found("web", {"object": item}, None)) == "connection.item_invalid"
    connections.private = False
    assert connections.test("web").error.code == "dataset.address_private"  # type: ignore[union-attr]
    connections.private = True
    connections.add("gone", "http", {"url": web[0] + "/gone.csv"}, {})
    assert connections.test("gone").error.code == "connection.place_unknown"  # type: ignore[union-attr]


def test_a_folder(connections: Connections, catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.csv").write_text("x\n1\n")
    (tmp_path / "outside.csv").write_text("x\n1\n")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    connections.add("here", "folder", {"path": str(folder)}, {})
    assert connections.test("here").error is None
    assert [each["path"] for each in connections.items("here")] == ["in/a.csv"]
    row = catalogue.register("people", connection="here", options={"object": "in/a.csv"})
    assert catalogue.state_of(row) == "ok"
    (folder / "in" / "a.csv").write_text("x\n1\n2\n")
    assert catalogue.state_of(row) == "changed" and catalogue.fresh("people").rows == 2
    for item in ("../outside.csv", "link.csv", "/etc/passwd"):
        assert code_of(lambda item=item: catalogue.register("b", connection="here", options={"object": item})) == (
            "connection.item_invalid"
        )
    connections.add("gone", "folder", {"path": str(tmp_path / "gone")}, {})
    assert connections.test("gone").error.code == "connection.place_unknown"  # type: ignore[union-attr]


def test_the_encoding_of_a_file_is_proposed_and_kept(
    connections: Connections, catalogue: Catalogue, tmp_path: Path
) -> None:
    rows = "姓名,城市\n" + "王小明,北京\n" * 20
    for name, content in [("gbk.csv", rows.encode("gbk")), ("plain.csv", b"x\n1\n"), ("医院客户.csv", rows.encode())]:
        (tmp_path / name).write_bytes(content)
    connections.add("here", "folder", {"path": str(tmp_path)}, {})
    looked = connections.profile("here", {"object": "gbk.csv"})
    assert looked["encoding"] == "gb18030" and [each["name"] for each in looked["columns"]] == ["姓名", "城市"]
    assert looked["columns"][1]["top"] == [{"value": "北京", "count": 20}]
    other = connections.profile("here", {"object": "gbk.csv", "encoding": "latin-1"})
    assert other["encoding"] == "latin-1" and other["columns"][0]["name"] != "姓名"
    assert code_of(lambda: connections.profile("here", {"object": "gbk.csv", "encoding": "utf-8"})) == (
        "dataset.encoding_wrong"
    )
    row = catalogue.register("people", connection="here", options={"object": "gbk.csv"})
    assert row.options == {"object": "gbk.csv", "encoding": "gb18030"}
    assert catalogue.register("by-path", str(tmp_path / "gbk.csv")).options == {"encoding": "gb18030"}
    assert catalogue.register("plain", connection="here", options={"object": "plain.csv"}).options["encoding"] == (
        "utf-8"
    )
    (tmp_path / "gbk.csv").write_text(rows)
    assert code_of(lambda: catalogue.refresh("people")) == "dataset.encoding_wrong"
    chosen = {"object": "医院客户.csv", "encoding": "utf-8"}
    assert catalogue.register("chosen", connection="here", options=chosen).options == chosen


@pytest.mark.parametrize(
    "options",
    [
        {"table": "a", "query": "SELECT 1"},
        {"object": "a"},
        {"table": 7},
        {"table": "a", "password_env": "HOME"},
        {"query": "SELECT 1", "endpoint": "http://x"},
    ],
)
def test_items_that_do_not_lie_behind_a_database(connections: Connections, options: dict[str, Any]) -> None:
    connections.add("pg", "postgresql", {"host": "h", "database": "d", "user": "u"}, {})
    assert code_of(lambda: connections.complete("pg", options)) == "connection.item_invalid"


def test_a_dataset_lies_somewhere(catalogue: Catalogue) -> None:
    assert code_of(lambda: catalogue.register("a")) == "dataset.place_missing"
    assert code_of(lambda: catalogue.register("a", "/x", connection="y")) == "dataset.place_missing"
    assert code_of(lambda: catalogue.register("a", connection="y")) == "connection.unknown"
