"""Datasets that are the result of a query: the databases that are known, and what is done with a result as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tacit.data import mysql, postgresql
from tacit.data.lines import write_lines
from tacit.data.reading import Reading
from tacit.errors import DataError

_STREAMS = {"postgresql": postgresql.stream_query, "mysql": mysql.stream_query}
FORMATS = frozenset(_STREAMS)


def stream_query(
    format: str, url: str, options: Mapping[str, Any], reading: Reading, rows: int
) -> Iterator[pa.RecordBatch]:
    """The wanted columns of the query in `options`. Errors as of the module of the database."""
    return _STREAMS[format](url, options, reading, rows)


def describe_query(
    format: str, url: str, options: Mapping[str, Any], reading: Reading, rows: int
) -> tuple[pa.Schema, int, int]:
    """Columns, number of rows, bytes in memory; by going through the result once."""
    schema, count, size = None, 0, 0
    for batch in stream_query(format, url, options, reading, rows):
        schema, count, size = batch.schema, count + batch.num_rows, size + batch.nbytes
    if schema is None or not count:
        raise DataError("dataset.empty", "The dataset has no rows.", expected="at least one row")
    return schema, count, size


def digest_query(format: str, url: str, options: Mapping[str, Any], reading: Reading, rows: int) -> str:
    """SHA-256 over the names and types of the columns and the rows in their order, however they are batched."""
    whole, first, nulls = hashlib.sha256(b"tacit/dataset/query/1"), True, 0
    for batch in stream_query(format, url, options, reading, rows):
        if first:
            whole.update(json.dumps([[field.name, str(field.type)] for field in batch.schema]).encode())
            first = False
        content = pa.BufferOutputStream()
        write_lines(batch, content, ",")
        whole.update(content.getvalue())
        nulls += sum(column.null_count for column in batch.columns)
    whole.update(f"/{nulls}".encode())
    return whole.hexdigest()
