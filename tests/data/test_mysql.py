"""Rows of a MariaDB query from a real server: types, order, what is refused, and that nothing secret is said."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import mariadb_server
from mariadb_server import PASSWORD, Server
from tacit.data.columns import columns_with_role
from tacit.data.mysql import checked_query
from tacit.data.reading import Reading
from tacit.data.sampling import sample
from tacit.data.sources import batches, describe, digest, read_table, stamp
from tacit.errors import TacitError

needs_server = pytest.mark.skipif(
    mariadb_server.programs() is None, reason="no MariaDB server programs on this machine"
)
URL = "mysql://tacit@127.0.0.1:1/people?tls=off"


@dataclass(frozen=True)
class Query:
    path: str
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "people"
    format: str = "mysql"
    access: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with mariadb_server.serve() as found:
        found.run(
            "CREATE TABLE people (id varchar(20), age tinyint unsigned, balance decimal(20,2), big bigint unsigned,"
            " ratio double, born date, seen datetime(6), at timestamp NULL, note text, ok bit(1), y year, doc json)",
            "INSERT INTO people VALUES ('007', 30, 1.5, 18446744073709551615, 0.1, '2000-02-29',"
            " '2024-01-02 03:04:05.678901', '2024-01-02 03:04:05', 'NA', b'1', 2024, '{\"a\": 1}')",
            "INSERT INTO people (id, note, ok) VALUES ('甲', '', b'0')",
            "CREATE TABLE numbers (i int primary key, t varchar(20))",
            "INSERT INTO numbers SELECT seq, concat('x', seq) FROM seq_1_to_50000",
            "ANALYZE TABLE numbers",
            "CREATE TABLE hollow (i int)",
            "CREATE TABLE odd (d date, b blob)",
            "SET sql_mode=''",
            "INSERT INTO odd VALUES ('0000-00-00', 'x')",
            "CREATE TABLE `we``ird.name` (i int)",
            "INSERT INTO `we``ird.name` VALUES (1)",
            "CREATE USER guest IDENTIFIED BY 'guest'",
            "GRANT SELECT ON people.numbers TO guest",
        )
        yield found


@pytest.fixture
def query(server: Server) -> Any:
    """Makes a source of a statement; the node gives the password."""
    return lambda text, **more: Query(server.url, {"query": text, **more}, access={"password": PASSWORD})


def _refusal(source: Query, reading: Reading | None = None) -> TacitError:
    with pytest.raises(TacitError) as caught:
        read_table(source, reading)
    shown = str(caught.value.as_dict())
    assert PASSWORD not in shown and "hush" not in shown and caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@needs_server
def test_types_that_the_steps_know(query: Any) -> None:
    table = read_table(query("SELECT * FROM people ORDER BY id"), Reading(keys=("id",), label="ok"))
    assert {field.name: str(field.type) for field in table.schema} == {
        "id": "string",
        "age": "int16",
        "balance": "double",
        "big": "uint64",
        "ratio": "double",
        "born": "date32[day]",
        "seen": "timestamp[us]",
        "at": "timestamp[us, tz=UTC]",
        "note": "string",
        "ok": "bool",
        "y": "int16",
        "doc": "string",
    }
    first, second = table.to_pylist()
    assert (first["id"], first["age"], first["balance"], first["big"], first["ok"]) == ("007", 30, 1.5, 2**64 - 1, True)
    assert str(first["seen"]) == "2024-01-02 03:04:05.678901" and first["note"] == "NA" and second["note"] == ""
    assert second["id"] == "甲" and second["ok"] is False and second["age"] is None
    assert columns_with_role(table, "key") == ["id"] and columns_with_role(table, "label") == ["ok"]
    described = describe(query("SELECT id, balance FROM people"))
    assert [(each.name, each.type) for each in described.columns] == [("id", "text"), ("balance", "number")]
    assert described.rows == 2


@needs_server
def test_decimal_keys_stay_exact_and_declared_types_hold(query: Any) -> None:
    source = query("SELECT CAST(12345678901234567890.10 AS decimal(30,2)) AS k, '7' AS n")
    assert read_table(source, Reading(keys=("k",), types={"n": "integer"})).to_pylist() == [
        {"k": "12345678901234567890.10", "n": 7}
    ]


@needs_server
def test_rows_are_streamed_and_a_result_can_be_left(query: Any) -> None:
    source = query("SELECT i, lpad(i, 18, '0') AS k FROM numbers ORDER BY i")
    sizes = [batch.num_rows for batch in batches(source, rows=300)]
    assert sum(sizes) == 50000 and max(sizes) <= 300
    stream = batches(source, rows=10)
    assert next(stream).num_rows == 10
    stream.close()
    assert read_table(source, Reading(columns=("k",))).column("k")[-1].as_py() == f"{50000:018}"


@needs_server
def test_a_table_by_its_name(server: Server, query: Any) -> None:
    plain = query("SELECT * FROM numbers ORDER BY i")
    named = Query(server.url, {"table": "people.numbers", "order": ["i"]}, access={"password": PASSWORD})
    assert digest(named) == digest(plain) and stamp(named) is None
    odd = Query(server.url, {"table": "people.we`ird.name"}, access={"password": PASSWORD})
    assert read_table(odd).num_rows == 1


@needs_server
def test_a_sample_is_drawn_by_the_server(server: Server, query: Any) -> None:
    named = Query(server.url, {"table": "numbers"}, access={"password": PASSWORD})
    found = sample(named, 2000, 7)
    assert found.how["method"] == "rows_of_server" and found.table.num_rows == 2000
    assert abs(sum(found.table.column("i").to_pylist()) / 2000 - 25000) < 2000
    whole = sample(query("SELECT i FROM numbers"), 100, 7)
    assert whole.total_rows == 50000 and whole.how == {"method": "stream"} and whole.table.num_rows == 100


@needs_server
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT * FROM nowhere", "dataset.query_invalid"),
        ("SELECT FROM FROM", "dataset.query_invalid"),
        ("SELECT nextval(s) FROM numbers WHERE hush", "dataset.query_invalid"),
        ("SELECT * FROM mysql.user", "dataset.access_denied"),
        ("SELECT i FROM hollow", "dataset.empty"),
        ("SELECT d FROM odd", "dataset.unreadable"),
        ("SELECT b FROM odd", "data.type_unsupported"),
        ("SELECT i AS a, i AS a FROM numbers", "data.column_duplicate"),
    ],
)
def test_what_the_server_refuses(query: Any, text: str, code: str) -> None:
    assert _refusal(query(text)).code == code


@needs_server
def test_the_session_writes_nothing(server: Server, query: Any) -> None:
    server.run(
        "CREATE OR REPLACE FUNCTION grow() RETURNS int MODIFIES SQL DATA"
        " BEGIN INSERT INTO hollow VALUES (1); RETURN 1; END"
    )
    assert _refusal(query("SELECT grow() AS a")).code in ("dataset.query_invalid", "dataset.unreadable")
    assert _refusal(query("SELECT * FROM hollow")).code == "dataset.empty"


@needs_server
def test_who_is_not_let_in(server: Server) -> None:
    wrong = _refusal(Query(server.url, {"query": "SELECT 1"}, access={"password": "hush"}))
    assert wrong.code == "dataset.access_denied" and wrong.found == "error 1045"
    guest = Query(
        server.url.replace("tacit@", "guest@"), {"query": "SELECT * FROM people"}, access={"password": "guest"}
    )
    assert _refusal(guest).code == "dataset.access_denied"
    secured = Query(server.url.replace("tls=off", "tls=verified"), {"query": "SELECT 1"}, access={"password": PASSWORD})
    assert _refusal(secured).code == "dataset.tls_failed"


@needs_server
def test_over_tls(server: Server) -> None:
    query = {"query": "SHOW STATUS LIKE 'Ssl_version'"}
    text = {"query": "SELECT variable_value AS v FROM information_schema.session_status"
            " WHERE variable_name = 'ssl_version'"}  # fmt: skip
    for settings in (f"tls=verified&ca={server.authority}", "tls=required", f"ca={server.authority}"):
        source = Query(server.url.replace("tls=off", settings), text, access={"password": PASSWORD})
        assert read_table(source).column("v")[0].as_py().startswith("TLSv1")
    assert _refusal(Query(server.url, query)).code == "dataset.option_invalid"
    elsewhere = server.url.replace("127.0.0.1", "localhost").replace("tls=off", f"ca={server.authority}")
    assert _refusal(Query(elsewhere, text, access={"password": PASSWORD})).code == "dataset.tls_failed"
    no_file = server.url.replace("tls=off", "ca=/nowhere")
    assert _refusal(Query(no_file, text, access={"password": PASSWORD})).code == "dataset.option_invalid"


def test_a_server_that_wants_the_password_itself() -> None:
    """A handshake (protocol 10) whose plugin is mysql_clear_password: what comes back holds no password."""
    heard: list[bytes] = []
    plugin = b"mysql_clear_password\0"
    hello = b"\x0a5.5.5-x\0" + bytes(4) + b"12345678\0" + b"\xff\xf7" + b"\x2d\x02\0" + b"\xff\xf7" + b"\x15"
    hello += bytes(10) + b"123456789012\0" + plugin

    def serve(listener: socket.socket) -> None:
        found, _ = listener.accept()
        with found:
            found.settimeout(5)
            found.sendall(len(hello).to_bytes(3, "little") + b"\0" + hello)
            heard.append(found.recv(65536))
            ask = b"\xfe" + plugin
            found.sendall(len(ask).to_bytes(3, "little") + b"\x02" + ask)
            heard.append(found.recv(65536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        place = f"mysql://tacit@127.0.0.1:{listener.getsockname()[1]}/people?tls=off"
        error = _refusal(Query(place, {"query": "SELECT 1"}, access={"password": "hush"}))
        thread.join()
    assert error.code == "dataset.access_denied" and "in clear" in error.message
    assert b"tacit" in heard[0] and all(b"hush" not in each for each in heard)


@needs_server
def test_by_a_socket(server: Server) -> None:
    place = f"mysql://tacit@/people?socket={server.socket}"
    assert read_table(Query(place, {"query": "SELECT 1 AS x"}, access={"password": PASSWORD})).to_pylist() == [{"x": 1}]
    from_environment = Query(place, {"query": "SELECT 1 AS x", "password_env": "HOME"})
    assert _refusal(from_environment).code == "dataset.option_invalid"  # it could go to any server


def test_nobody_listens() -> None:
    assert _refusal(Query(URL, {"query": "SELECT 1"})).code == "dataset.unreachable"


def test_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    error = _refusal(Query(URL, {"query": "SELECT 1"}))
    assert error.code == "dataset.driver_missing" and "tacit[mysql]" in str(error.hint)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"query": "DELETE FROM a"},
        {"query": "SELECT 1; SELECT 2"},
        {"query": "SELECT 1 /*! INTO OUTFILE 'x' */"},
        {"query": "SELECT 1 INTO OUTFILE '/tmp/x'"},
        {"query": "SELECT 'a\\'; DROP TABLE a; -- '"},
        {"query": "SELECT 1", "table": "a"},
        {"table": ".a"},
        {"table": "a", "order": "b"},
        {"query": 7},
    ],
)
def test_statements_that_are_not_run(options: dict[str, Any]) -> None:
    if options.get("query") == "SELECT 'a\\'; DROP TABLE a; -- '":
        assert checked_query(options) == options["query"]  # all of it is one text
        return
    assert _refusal(Query(URL, options)).code == "dataset.option_invalid"


@pytest.mark.parametrize(
    "text", ["SELECT ';' -- '\n", "(SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a;", "# x\nSELECT 1"]
)
def test_statements_that_are(text: str) -> None:
    assert checked_query({"query": text})


def test_names_in_statements_are_quoted() -> None:
    assert checked_query({"table": "a`b.c;d", "order": ["x`"]}) == "SELECT * FROM `a``b`.`c;d` ORDER BY `x```"
