"""The rows of one SELECT of a PostgreSQL database, streamed through Arrow in a read-only session (ADBC driver).

The server sends the result with COPY, so that neither side holds it. Errors carry an SQLSTATE (PostgreSQL manual,
appendix A) and never the server's words, which may quote cells.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tacit.data import columnar
from tacit.data.delimited import check_header
from tacit.data.pieces import counted_field, option_invalid
from tacit.data.reading import Reading
from tacit.data.storage import secret_from, tls_failed, unreachable
from tacit.data.tables import table_query
from tacit.errors import DataError, ResourceError

OPTIONS = {"query", "table", "order", "password_env", "null_values", "types"}
_BATCH_BYTES = 4 << 20
# Read only, and rows in the same order as long as the server's tables do not change.
_SESSION = (
    "-c default_transaction_read_only=on -c synchronize_seqscans=off -c max_parallel_workers_per_gather=0"
    " -c client_encoding=utf8"
)
_SKIPPED = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$", re.DOTALL
)
_SELECT = re.compile(r"^[\s(]*(select|with|values|table)\b", re.IGNORECASE)
_STATE = re.compile(r"SQLSTATE: ([0-9A-Z]{5})")


def stream_query(url: str, options: Mapping[str, Any], reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    """The wanted columns in types that the steps know. numeric is a number, or text in a key; uuid and json are text.

    Raises DataError dataset.unreachable, dataset.access_denied, dataset.query_invalid, dataset.unreadable, and what
    `columnar.conform` raises; ParameterError dataset.option_invalid, dataset.credentials_missing; ResourceError
    dataset.driver_missing.
    """
    with _result(url, options) as (schema, batches):
        check_header(schema.names, schema.names)
        names = reading.select(schema.names)
        numeric = {field.name: "number" for field in schema if _is_numeric(field) and field.name not in reading.keys}
        typed = replace(reading, types={**{n: k for n, k in numeric.items() if n in names}, **reading.types})
        for batch in batches:
            whole = _conformed(batch.select(names), typed)
            for start in range(0, whole.num_rows, rows):
                yield whole.slice(start, rows)


def checked_query(options: Mapping[str, Any]) -> str:
    """The option `query`, or the statement that reads the option `table`: one statement that only reads.

    That it only reads is kept by the session; the look at it here is for a clear word in time. Raises ParameterError
    dataset.option_invalid.
    """
    query = table_query(options, '"') or options.get("query")
    bare = _SKIPPED.sub(" ", query).rstrip().removesuffix(";") if isinstance(query, str) else ""
    if not isinstance(query, str) or ";" in bare or not _SELECT.match(bare) or "'" in bare or '"' in bare:
        raise option_invalid("query", "one SELECT statement")
    return query.strip().removesuffix(";") + "\n"  # the driver writes behind it, which a comment would swallow


@contextmanager
def _result(url: str, options: Mapping[str, Any]) -> Generator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    query, driver = checked_query(options), _driver()
    with (
        _translated(driver),
        closing(driver.connect(_address(url, options))) as connection,
        closing(connection.cursor()) as cursor,
    ):
        cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)})
        cursor.execute(query)
        reader = cursor.fetch_record_batch()
        yield reader.schema, iter(reader)


@contextmanager
def connected(url: str, options: Mapping[str, Any], timeout_s: float) -> Generator[Any]:
    """A read-only session, with the driver's own errors. Raises ResourceError dataset.driver_missing."""
    with closing(_driver().connect(_address(url, options, timeout_s))) as connection:
        yield connection


def _driver() -> Any:
    try:
        return importlib.import_module("adbc_driver_postgresql.dbapi")
    except ImportError:
        raise ResourceError(
            "dataset.driver_missing",
            "PostgreSQL cannot be read here: its driver is not installed.",
            hint="Install it: pip install 'tacit[postgresql]'.",
        ) from None


def _address(url: str, options: Mapping[str, Any], timeout_s: float = 10) -> str:
    """The address with the password and the session's settings. Never shown."""
    parts = urlsplit(url)
    settings = [(name, value) for name, value in parse_qsl(parts.query) if name != "options"]
    settings += [
        ("options", _SESSION),
        ("application_name", "tacit"),
        ("connect_timeout", str(max(2, round(timeout_s)))),
    ]
    secret = secret_from(options, "password_env")
    host = parts.netloc
    if secret is not None:
        user, at, server = host.rpartition("@")
        if not at:
            raise option_invalid(
                "password_env", "used with a user name in the address: postgresql://user@host/database"
            )
        host = f"{user}:{quote(secret, safe='')}@{server}"
    return urlunsplit(("postgresql", host, parts.path, urlencode(settings, quote_via=quote), ""))


def _conformed(batch: pa.RecordBatch, reading: Reading) -> pa.RecordBatch:
    columns, fields = [], []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        plain = pa.chunked_array([_plain(column)])
        found, bad = columnar.conform(field.name, plain, reading)
        columns.append(found.combine_chunks())
        fields.append(counted_field(field.name, found.type, bad))
    return pa.record_batch(columns, schema=reading.mark(pa.schema(fields)))


def _plain(column: pa.Array) -> pa.Array:
    if not isinstance(column, pa.ExtensionArray):
        return column
    if column.type.extension_name == "arrow.uuid":
        return _uuid_text(column.storage)
    return column.storage


def _uuid_text(column: pa.Array) -> pa.Array:
    """RFC 9562: hexadecimal digits in groups of 8-4-4-4-12."""
    filled = column.fill_null(bytes(16)) if column.null_count else column
    raw = np.frombuffer(filled.buffers()[1], dtype=np.uint8)[16 * filled.offset : 16 * (filled.offset + len(filled))]
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)[np.stack([raw >> 4, raw & 15], axis=1).reshape(-1, 32)]
    text = np.full((len(filled), 36), ord("-"), dtype=np.uint8)
    for start, stop, at in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, at : at + stop - start] = digits[:, start:stop]
    cells = pa.FixedSizeBinaryArray.from_buffers(pa.binary(36), len(filled), [None, pa.py_buffer(text)])
    words = cells.cast(pa.binary()).cast(pa.string())
    return pc.if_else(column.is_valid(), words, pa.scalar(None, words.type)) if column.null_count else words


def _is_numeric(field: pa.Field) -> bool:
    return (field.metadata or {}).get(b"ADBC:postgresql:typname") == b"numeric"


@contextmanager
def _translated(driver: Any) -> Generator[None]:
    try:
        yield
    except MemoryError:  # Arrow's own one is an ArrowException too
        raise
    except (driver.Error, pa.ArrowException, OSError) as error:
        raise _refusal(error) from None


def _refusal(error: Exception) -> DataError:
    text = str(error)
    found = _STATE.search(text)
    state = getattr(error, "sqlstate", None) or (found[1] if found is not None else None)
    if state is None and "Failed to connect" in text and ("SSL" in text or "certificate" in text):
        return tls_failed()
    if state is None and "Failed to connect" in text and "FATAL" not in text:
        return unreachable()
    if state == "42501" or (state is None and "Failed to connect" in text) or (state or "").startswith("28"):
        return DataError(
            "dataset.access_denied",
            "The database does not let this process in, or not to these tables.",
            found=f"SQLSTATE {state}" if state else "the connection is refused",
            hint="Check the user of the address, the variable named by `password_env`, and the user's rights.",
        )
    if state is not None and (state.startswith("42") or state == "25006"):
        return DataError(
            "dataset.query_invalid",
            "The database does not accept the dataset's query.",
            found=f"SQLSTATE {state}" + (", it writes" if state == "25006" else ""),
            expected="one SELECT statement that the database can run",
            hint="Try it with psql.",
        )
    return DataError(
        "dataset.unreadable",
        "The database broke off the dataset's query.",
        found=f"SQLSTATE {state}" if state else "no reason that can be told without showing data",
        hint="Try the query with psql.",
    )
