"""Sampled tables of databases: the server draws pages or rows, where it knows about how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from tacit.data import folders, queries
from tacit.data.reading import Reading
from tacit.data.reservoir import Sample, drawn, thinned
from tacit.data.tables import quoted_table, split_name

_SPARE = 1.5
_LARGEST_SHARE = 0.3  # of a table; above, going through all of it costs as much
_PAGES = 200  # pages that make a sample by pages worth its name
_BATCH = 1 << 16
_RELATION = (
    "SELECT relkind::text AS kind, reltuples::float8 AS rows, (pg_relation_size(oid) / 8192)::int8 AS pages"
    " FROM pg_class WHERE oid = to_regclass"
)


def sample_query(
    format: str, url: str, options: Mapping[str, Any], reading: Reading, rows: int, rng: np.random.Generator
) -> Sample:
    """Errors as of `queries.stream_query`."""
    draw = {"postgresql": _postgresql, "mysql": _mysql}[format]
    statement, estimate, how = draw(url, options, rows, int(rng.integers(1 << 31)))
    if statement is not None:
        asked = {**{name: each for name, each in options.items() if name not in ("table", "order")}, "query": statement}
        found = list(queries.stream_query(format, url, asked, reading, _BATCH))
        if sum(batch.num_rows for batch in found) >= rows // 2:
            return Sample(thinned(folders.joined(found), rows, rng), None, {**how, "rows_estimated": estimate})
    return drawn(queries.stream_query(format, url, options, reading, _BATCH), rows, rng)


def _postgresql(url: str, options: Mapping[str, Any], rows: int, seed: int) -> tuple[str | None, int, dict[str, Any]]:
    """PostgreSQL manual: TABLESAMPLE. Views have none, and tables that were never analysed no estimate."""
    if "table" not in options:
        return None, 0, {}
    table = quoted_table(str(options["table"]), '"')
    found = _asked("postgresql", url, options, f"{_RELATION}({_literal(table)})")
    if not found or found[0]["kind"] not in ("r", "m") or found[0]["rows"] < 1:
        return None, 0, {}
    estimate, pages = round(found[0]["rows"]), found[0]["pages"]
    share = _SPARE * rows / estimate
    if share > _LARGEST_SHARE:
        return None, estimate, {}
    method = "SYSTEM" if pages * share >= _PAGES else "BERNOULLI"
    statement = f"SELECT * FROM {table} TABLESAMPLE {method} ({100 * share:.8f}) REPEATABLE ({seed})"  # noqa: S608
    how = {"method": "pages", "blocks": round(pages * share), "blocks_of": pages} if method == "SYSTEM" else None
    return statement, estimate, how or {"method": "rows_of_server"}


def _mysql(url: str, options: Mapping[str, Any], rows: int, seed: int) -> tuple[str | None, int, dict[str, Any]]:
    """The server goes through the table and sends the sample only."""
    if "table" not in options:
        return None, 0, {}
    schema, name = split_name(str(options["table"]))
    place = "DATABASE()" if schema is None else _literal(schema)
    found = _asked(
        "mysql",
        url,
        options,
        "SELECT CAST(table_rows AS SIGNED) AS estimate FROM information_schema.tables"  # noqa: S608 - quoted
        f" WHERE table_schema = {place} AND table_name = {_literal(name)} AND table_type = 'BASE TABLE'",
    )
    if not found or not found[0]["estimate"]:
        return None, 0, {}
    estimate = int(found[0]["estimate"])
    share = _SPARE * rows / estimate
    if share > _LARGEST_SHARE:
        return None, estimate, {}
    table = quoted_table(str(options["table"]), "`")
    return f"SELECT * FROM {table} WHERE RAND({seed}) < {share:.10f}", estimate, {"method": "rows_of_server"}  # noqa: S608


def _asked(format: str, url: str, options: Mapping[str, Any], query: str) -> list[dict[str, Any]]:
    plain = {name: each for name, each in options.items() if name in ("password_env", "access")}
    batches = queries.stream_query(format, url, {**plain, "query": query}, Reading(), _BATCH)
    return [row for batch in batches for row in pa.table(batch).to_pylist()]


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
