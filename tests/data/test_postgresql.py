"""Rows of a PostgreSQL query from a real server: types, order, what is refused, and that nothing secret is said."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest

import postgresql_server
from postgresql_server import PASSWORD, Server
from tacit.data.columns import columns_with_role
from tacit.data.postgresql import checked_query
from tacit.data.reading import Reading
from tacit.data.sampling import sample
from tacit.data.sources import batches, describe, digest, read_table, stamp
from tacit.errors import TacitError

needs_server = pytest.mark.skipif(
    postgresql_server.programs() is None, reason="no PostgreSQL server programs on this machine"
)


@dataclass(frozen=True)
class Query:
    path: str
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "people"
    format: str = "postgresql"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql_server.serve() as found:
        found.run(
            "CREATE TABLE people (id text, age int2, balance numeric(12,2), code uuid, born date, note text, ok bool)",
            "INSERT INTO people VALUES"
            " ('007', 30, 1.5, '00112233-4455-6677-8899-aabbccddeeff', '2000-02-29', 'NA', true)",
            "INSERT INTO people VALUES ('甲', NULL, NULL, NULL, NULL, '', false),"
            " ('x''y', -1, 12345678.25, gen_random_uuid(), '1960-01-01', 'z', NULL)",
            "CREATE TABLE hidden (secret text)",
            "CREATE ROLE guest LOGIN PASSWORD 'guest'",
        )
        yield found


@pytest.fixture
def query(server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a source of a statement."""
    monkeypatch.setenv("PEOPLE_PASSWORD", PASSWORD)
    return lambda text, **more: Query(server.url, {"query": text, "password_env": "PEOPLE_PASSWORD", **more})


def _refusal(source: Query, reading: Reading | None = None) -> TacitError:
    with pytest.raises(TacitError) as caught:
        read_table(source, reading)
    shown = str(caught.value.as_dict())
    assert (
        PASSWORD not in shown
        and "secret" not in shown.replace("secret_in", "")
        and "hush" not in shown
        and caught.value.__cause__ is None
    )
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@needs_server
def test_types_that_the_steps_know(query: Any) -> None:
    table = read_table(query("SELECT * FROM people ORDER BY age"), Reading(keys=("id",), label="ok"))
    assert {field.name: str(field.type) for field in table.schema} == {
        "id": "string",
        "age": "int16",
        "balance": "double",
        "code": "string",
        "born": "date32[day]",
        "note": "string",
        "ok": "bool",
    }
    assert table.column("id").to_pylist() == ["x'y", "007", "甲"]
    assert table.column("balance").to_pylist() == [12345678.25, 1.5, None]
    assert table.column("code").to_pylist()[1:] == ["00112233-4455-6677-8899-aabbccddeeff", None]
    assert columns_with_role(table, "key") == ["id"] and columns_with_role(table, "label") == ["ok"]
    described = describe(query("SELECT id, balance, code FROM people"))
    assert [(each.name, each.type) for each in described.columns] == [
        ("id", "text"),
        ("balance", "number"),
        ("code", "text"),
    ]
    assert described.rows == 3


@needs_server
def test_numeric_keys_stay_exact_and_declared_types_hold(query: Any) -> None:
    source = query("SELECT 12345678901234567890.10::numeric AS k, '7'::text AS n")
    assert read_table(source, Reading(keys=("k",), types={"n": "integer"})).to_pylist() == [
        {"k": "12345678901234567890.10", "n": 7}
    ]


@needs_server
def test_rows_are_streamed(query: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.data.postgresql._BATCH_BYTES", 1 << 14)
    source = query("SELECT i, lpad(i::text, 18, '0') AS k FROM generate_series(1, 20000) AS i")
    sizes = [batch.num_rows for batch in batches(source, rows=300)]
    assert sum(sizes) == 20000 and max(sizes) <= 300 and len(sizes) > 40
    assert read_table(source, Reading(columns=("k",))).column("k")[-1].as_py() == f"{20000:018}"


@needs_server
def test_the_digest_is_that_of_the_rows(server: Server, query: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = query("SELECT i, nullif(i % 3, 0) AS r FROM generate_series(1, 5000) AS i")
    first = digest(source)
    monkeypatch.setattr("tacit.data.postgresql._BATCH_BYTES", 1 << 12)
    assert digest(source) == first and stamp(source) is None
    others = ["SELECT i, nullif(i % 3, 0) AS r FROM generate_series(1, 5001) AS i", "SELECT 1 AS i", "SELECT '1' AS i"]
    nulls = ["SELECT NULL::text AS i", "SELECT ''::text AS i"]
    assert len({first, *(digest(query(text)) for text in [*others, *nulls])}) == 6


@needs_server
@pytest.mark.parametrize(
    "text",
    [
        "WITH gone AS (DELETE FROM people RETURNING id) SELECT * FROM gone",
        "SELECT * FROM nowhere",
        "SELECT FROM WHERE",
        "SELECT nextval('never_made') FROM pg_class",
        "SELECT 1) TO STDOUT -- ",
    ],
)
def test_queries_that_the_server_does_not_take(query: Any, text: str) -> None:
    assert _refusal(query(text)).code == "dataset.query_invalid"


@needs_server
def test_a_session_cannot_be_made_to_write(server: Server, query: Any) -> None:
    server.run("CREATE SEQUENCE s")
    assert _refusal(query("SELECT set_config('transaction_read_only', 'off', false)")).code == "dataset.unreadable"
    text = "SELECT set_config('default_transaction_read_only', 'off', false) AS a, nextval('s') AS b"
    assert _refusal(query(text)).code == "dataset.unreadable"
    assert read_table(query("SELECT is_called FROM s")).to_pylist() == [{"is_called": False}]


@needs_server
def test_errors_do_not_quote_cells(query: Any) -> None:
    error = _refusal(query("SELECT x::int FROM (VALUES ('1'), ('secret')) AS t(x)"))
    assert error.code == "dataset.unreadable"
    assert (
        _refusal(query("SELECT i, 1 / (i - 5000) AS x FROM generate_series(1, 9000) AS i")).code == "dataset.unreadable"
    )
    assert _refusal(query("SELECT ARRAY[1] AS a")).code == "data.type_unsupported"
    assert _refusal(query("SELECT 1 AS a, 2 AS a")).code == "data.column_duplicate"
    assert _refusal(query("SELECT 1 AS a"), Reading(keys=("b",))).code == "data.column_missing"
    assert _refusal(query("SELECT 1 AS a WHERE false")).code == "dataset.empty"


@needs_server
def test_who_may_not_come_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG_PASSWORD", "secret word")
    wrong = Query(server.url, {"query": "SELECT 1 AS a", "password_env": "WRONG_PASSWORD"})
    assert _refusal(wrong).code == "dataset.access_denied"
    monkeypatch.setenv("GUEST_PASSWORD", "guest")
    guest = Query(
        server.url.replace("tacit@", "guest@"), {"query": "SELECT * FROM hidden", "password_env": "GUEST_PASSWORD"}
    )
    assert _refusal(guest).code == "dataset.access_denied"


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = _refusal(Query(f"postgresql://u@127.0.0.1:{port}/d", {"query": "SELECT 1 AS a"}))
    assert error.code == "dataset.unreachable"


def test_the_password_is_looked_for_where_the_option_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEOPLE_PASSWORD", raising=False)
    options = {"query": "SELECT 1 AS a", "password_env": "PEOPLE_PASSWORD"}
    assert _refusal(Query("postgresql://u@h/d", options)).code == "dataset.credentials_missing"
    monkeypatch.setenv("PEOPLE_PASSWORD", "x")
    assert _refusal(Query("postgresql://h/d", options)).code == "dataset.option_invalid"
    assert _refusal(Query("postgresql://u:hush@h/d", options)).code == "dataset.secret_in_path"
    assert _refusal(Query("postgresql://u@h/d", {**options, "password": "hush"})).code == "dataset.option_invalid"


def test_without_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    assert _refusal(Query("postgresql://u@h/d", {"query": "SELECT 1 AS a"})).code == "dataset.driver_missing"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select 1;",
        " (SELECT 1) ",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "SELECT ';' AS \";\" /* ; */ -- ;",
        "SELECT $x$;$x$",
    ],
)
def test_one_select_is_taken(text: str) -> None:
    assert checked_query({"query": text}).startswith(text.strip().rstrip(";"))


@pytest.mark.parametrize(
    "text",
    [None, 7, "", "DROP TABLE x", "SELECT 1; SELECT 2", "SELECT 1; ;", "SELECT 'x", "-- SELECT 1", "COPY x TO STDOUT"],
)
def test_other_statements_are_refused(text: Any) -> None:
    with pytest.raises(TacitError) as caught:
        checked_query({"query": text})
    assert caught.value.code == "dataset.option_invalid"


def test_uuids_are_written_as_ever() -> None:
    from uuid import UUID

    from tacit.data.postgresql import _uuid_text

    raw = [UUID(int=7).bytes, None, bytes(range(16))]
    column = pa.array([b"x" * 16, *raw], pa.binary(16)).slice(1)
    assert _uuid_text(column).to_pylist() == [None if each is None else str(UUID(bytes=each)) for each in raw]


@needs_server
@pytest.mark.parametrize(("pages", "method"), [(5, "pages"), (10_000, "rows_of_server")])
def test_a_sample_is_drawn_by_the_server(
    server: Server, query: Any, monkeypatch: pytest.MonkeyPatch, pages: int, method: str
) -> None:
    server.run("CREATE TABLE IF NOT EXISTS many AS SELECT i FROM generate_series(1, 60000) AS i", "ANALYZE many")
    monkeypatch.setattr("tacit.data.sampling_queries._PAGES", pages)
    named = Query(server.url, {"table": "many", "password_env": "PEOPLE_PASSWORD"})
    found = sample(named, 3000, 7)
    assert found.how["method"] == method and found.table.num_rows == 3000 and found.total_rows is None
    assert found.how["rows_estimated"] == 60000 and sample(named, 3000, 7).table.equals(found.table)
    mean = sum(found.table.column("i").to_pylist()) / 3000
    assert abs(mean - 30000) < (15000 if method == "pages" else 2000)  # twenty pages of neighbours; rows one by one
    whole = sample(query("SELECT i FROM many"), 100, 7)
    assert whole.total_rows == 60000 and whole.how == {"method": "stream"}


@needs_server
def test_a_table_by_its_name(server: Server, query: Any) -> None:
    named = Query(server.url, {"table": "public.people", "order": ["id"], "password_env": "PEOPLE_PASSWORD"})
    assert digest(named) == digest(query('SELECT * FROM public.people ORDER BY "id"'))
    assert checked_query({"table": 'a"b.c;d', "order": ['x"']}) == 'SELECT * FROM "a""b"."c;d" ORDER BY "x"""\n'
    for options in ({"table": "a", "query": "SELECT 1"}, {"table": ".a"}, {"table": 7}, {"table": "a", "order": "b"}):
        assert _refusal(Query(server.url, options)).code == "dataset.option_invalid"
