"""The two databases that a node can have: a file, or a database of a real PostgreSQL server; and rows to fill them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

import pg8000.dbapi
from sqlalchemy import inspect, text

import postgresql_server
from tacit.node.database import Database

KINDS = ("sqlite", "postgresql")


@contextmanager
def new_database(server: postgresql_server.Server) -> Iterator[str]:
    """URL of an empty database of the server, which is dropped in the end."""
    name = f"node_{uuid.uuid4().hex[:12]}"
    _run(server, f"CREATE DATABASE {name}")
    try:
        yield f"postgresql://tacit:{quote(postgresql_server.PASSWORD, safe='')}@/{name}?host={server.folder}"
    finally:
        _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _run(server: postgresql_server.Server, statement: str) -> None:
    words = {"user": "tacit", "password": postgresql_server.PASSWORD, "database": "postgres"}
    with closing(pg8000.dbapi.connect(unix_sock=f"{server.folder}/.s.PGSQL.5432", **words)) as connection:
        connection.autocommit = True
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement)


def table_names(bound: Any) -> list[str]:
    return sorted(name for name in inspect(bound).get_table_names() if name != "alembic_version")


def quoted(columns: Iterable[str]) -> str:
    """Names in a statement: some are words of SQL."""
    return ", ".join(f'"{column}"' for column in columns)


def fill(database: Database, number: str = "0" * 32) -> None:
    """One row in every table, with a value in every column that needs one."""
    with database.engine.begin() as connection:
        for name in table_names(connection):
            columns = [column for column in inspect(connection).get_columns(name) if not column["nullable"]]
            values = {column["name"]: _value(column, f"job-{number}") for column in columns}
            names, marks = quoted(values), ", ".join(f":{each}" for each in values)
            connection.execute(text(f"INSERT INTO {name} ({names}) VALUES ({marks})"), values)


def _value(column: Any, job: str) -> Any:
    if column["name"] in ("id", "job_id"):
        return job if "CHAR" in str(column["type"]).upper() else 1
    kind = str(column["type"]).upper()
    if "BYTEA" in kind or "BLOB" in kind:
        return b"\x00\xff bytes"
    known = {"JSON": "{}", "INTEGER": 1, "BIGINT": 1, "DOUBLE": 1.5, "DOUBLE PRECISION": 1.5, "FLOAT": 1.5}
    return True if kind == "BOOLEAN" else known.get(kind, "x")


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, JSON as values, so that two kinds of database can be compared."""
    with database.engine.connect() as connection:
        return {
            name: [tuple(map(_plain, row)) for row in connection.execute(text(f"SELECT * FROM {name}"))]
            for name in table_names(connection)
        }


def _plain(value: Any) -> Any:
    if value == "{}":
        return {}
    if isinstance(value, bool):
        return int(value)
    return bytes(value) if isinstance(value, memoryview) else value
