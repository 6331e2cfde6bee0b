"""What there is at a place of data: tables with their columns, or files. Names, types and sizes; never a cell."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from tacit.data import queries
from tacit.data.places import SUFFIXES, suffix_of
from tacit.data.reading import Reading
from tacit.data.storage import stored_files
from tacit.data.tables import split_name
from tacit.data.web import web_file

Json = dict[str, Any]
_TABLES = {
    "postgresql": (
        "SELECT n.nspname::text AS schema, c.relname::text AS name,"
        " CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind,"
        " CASE WHEN c.reltuples >= 0 THEN c.reltuples::int8 END AS rows_estimated"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'"
        " AND n.nspname NOT LIKE 'pg\\_temp%' AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1, 2"
    ),
    "mysql": (
        "SELECT table_schema AS `schema`, table_name AS name,"
        " CASE table_type WHEN 'BASE TABLE' THEN 'table' ELSE 'view' END AS kind,"
        " CAST(table_rows AS SIGNED) AS rows_estimated FROM information_schema.tables"
        " WHERE table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema') ORDER BY 1, 2"
    ),
}
_COLUMNS = {
    "postgresql": (
        "SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,"
        " array_position(i.indkey::int2[], a.attnum)::int4 AS key"
        " FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
        " WHERE a.attrelid = to_regclass({table}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    ),
    "mysql": (
        "SELECT c.column_name AS name, c.column_type AS type, c.is_nullable = 'YES' AS nullable,"
        " CAST(k.seq_in_index AS SIGNED) - 1 AS `key` FROM information_schema.columns c"
        " LEFT JOIN information_schema.statistics k ON k.table_schema = c.table_schema AND k.table_name = c.table_name"
        " AND k.column_name = c.column_name AND k.index_name = 'PRIMARY'"
        " WHERE c.table_schema = {schema} AND c.table_name = {name} ORDER BY c.ordinal_position"
    ),
}


def tables(format: str, url: str, options: Mapping[str, Any], limit: int) -> list[Json]:
    """{"schema", "name", "kind": "table" | "view", "rows_estimated"} of what this user may read, ordered by name.

    rows_estimated: the server's own, None where it has none. Errors as of `queries.stream_query`.
    """
    found = _asked(format, url, options, _TABLES[format])
    for row in found:
        estimate = row["rows_estimated"]
        row["rows_estimated"] = None if estimate is None else int(estimate)
    return found[:limit]


def columns(format: str, url: str, options: Mapping[str, Any], table: str) -> list[Json]:
    """{"name", "type", "nullable", "key"}: type as the database calls it; key: place in the primary key, or None.

    Empty for a table that does not exist. Raises ParameterError dataset.option_invalid.
    """
    schema, name = split_name(table)
    if format == "postgresql":
        parts = [each.replace('"', '""') for each in ([schema] if schema else []) + [name]]
        query = _COLUMNS[format].format(table=_literal(".".join(f'"{each}"' for each in parts)))
    else:
        query = _COLUMNS[format].format(
            schema="DATABASE()" if schema is None else _literal(schema), name=_literal(name)
        )
    found = _asked(format, url, options, query)
    for row in found:
        row["nullable"] = bool(row["nullable"])
        row["key"] = None if row["key"] is None else int(row["key"])
    return found


def order_of(found: list[Json]) -> list[str]:
    """The columns of the primary key, in its order, out of what `columns` gave."""
    return [row["name"] for row in sorted((r for r in found if r["key"] is not None), key=lambda r: r["key"])]


def objects(place: str, options: Mapping[str, Any], limit: int) -> list[Json]:
    """{"path", "size_bytes", "format"} of the objects below an s3:// address; path: below it. Raises OSError."""
    files, prefix = stored_files(place, options)
    return [_file(each.key.removeprefix(prefix), each.size) for each in islice(_shown(files), limit)]


def web_object(url: str, options: Mapping[str, Any]) -> Json:
    """The same of the one file at a web address."""
    found = web_file(url, options)
    return {"path": "", "size_bytes": found.size, "format": SUFFIXES.get(suffix_of(url))}


def files(place: str, limit: int) -> list[Json]:
    """The same of a folder of this machine. Links that lead out of it are passed over."""
    folder = Path(place).resolve()
    found: list[Json] = []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "_")) for part in inner.split("/")) or not path.is_file():
            continue
        if path.resolve().is_relative_to(folder):
            found.append(_file(inner, path.stat().st_size))
        if len(found) == limit:
            break
    return found


def _shown(files: list[Any]) -> list[Any]:
    return sorted(files, key=lambda each: str(each.key))


def _file(inner: str, size: int) -> Json:
    return {"path": inner, "size_bytes": size, "format": SUFFIXES.get(suffix_of("/" + inner))}


def _asked(format: str, url: str, options: Mapping[str, Any], query: str) -> list[Json]:
    plain = {name: each for name, each in options.items() if name in ("password_env", "access")}
    batches = queries.stream_query(format, url, {**plain, "query": query}, Reading(null_values=()), 1 << 12)
    return [row for batch in batches for row in pa.table(batch).to_pylist()]


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
