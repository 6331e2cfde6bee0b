"""The rows of one SELECT of a MySQL or MariaDB database, streamed in a read-only session (driver PyMySQL).

Cells come as text (the "text protocol" of the server) and are typed by Arrow. Errors carry the server's error number
(MySQL 8.4 server error reference; MariaDB error codes) and never its words, which may quote cells.
"""

from __future__ import annotations

import importlib
import re
import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa

from tacit.data import columnar
from tacit.data.delimited import check_header
from tacit.data.pieces import counted_field, option_invalid
from tacit.data.reading import Reading
from tacit.data.storage import secret_from, tls_failed, unreachable
from tacit.data.tables import table_query
from tacit.errors import DataError, ParameterError, ResourceError

OPTIONS = {"query", "table", "order", "null_values", "types"}  # the password comes from a connection only
TLS = ("off", "required", "verified")
_ROWS = 1 << 13
_CONNECT_S = 10
_READ_S = 3600
_SESSION = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET time_zone = '+00:00'",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_SKIPPED = re.compile(
    r"--[^\n]*|#[^\n]*|/\*.*?\*/|'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\"\"|\\.)*\"|`(?:[^`]|``)*`", re.DOTALL
)
_SELECT = re.compile(r"^[\s(]*(select|with|values|table)\b", re.IGNORECASE)
_RUNNING_COMMENT = re.compile(r"/\*M?!")
_INTO = re.compile(r"\binto\b", re.IGNORECASE)
_DENIED = {1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 3159}
_QUERY_WRONG = {1046, 1049, 1051, 1052, 1054, 1055, 1056, 1060, 1064, 1066, 1109, 1146, 1305, 1582, 1622}
_WRITES, _TLS_FAILED = 1792, 2026
_GONE = {2002, 2003, 2005, 2006, 2013}
_WHOLE = {1: pa.int8(), 2: pa.int16(), 3: pa.int32(), 8: pa.int64(), 9: pa.int32(), 13: pa.int16()}
_UNSIGNED = {1: pa.int16(), 2: pa.int32(), 3: pa.int64(), 8: pa.uint64(), 9: pa.int32(), 13: pa.int16()}
_DECIMAL, _FLOAT, _DOUBLE, _BIT, _JSON = (0, 246), 4, 5, 16, 245
_DATES = {10: pa.date32(), 14: pa.date32(), 7: pa.timestamp("us", "UTC"), 12: pa.timestamp("us"), 11: pa.duration("us")}
_UNSIGNED_FLAG, _BINARY = 32, 63
_NULL, _WIDE = 251, {252: 2, 253: 3, 254: 8}  # lengths of cells


def stream_query(url: str, options: Mapping[str, Any], reading: Reading, rows: int) -> Iterator[pa.RecordBatch]:
    """The wanted columns in types that the steps know. decimal is a number, or text in a key; json is text.

    Raises DataError dataset.unreachable, dataset.access_denied, dataset.query_invalid, dataset.unreadable, and what
    `columnar.conform` raises; ParameterError dataset.option_invalid, dataset.credentials_missing; ResourceError
    dataset.driver_missing.
    """
    query, driver = checked_query(options), load_driver()
    with _translated(driver), session(driver, url, options) as connection, _result(connection, query) as result:
        names = [str(field.name) for field in result.fields]
        check_header(names, names)
        wanted = reading.select(names)
        decimals = {f.name: "number" for f in result.fields if f.type_code in _DECIMAL and f.name not in reading.keys}
        typed = replace(reading, types={**{n: k for n, k in decimals.items() if n in wanted}, **reading.types})
        for batch in _batches(result, wanted, typed):
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def checked_query(options: Mapping[str, Any]) -> str:
    """The option `query`, or the statement that reads the option `table`: one statement that only reads.

    That it only reads is kept by the session; that it writes no file of the server, here. Raises ParameterError
    dataset.option_invalid.
    """
    query = table_query(options, "`") or options.get("query")
    if not isinstance(query, str) or _RUNNING_COMMENT.search(query):
        raise option_invalid("query", "one SELECT statement")
    bare = _SKIPPED.sub(" ", query).rstrip().removesuffix(";")
    if any(mark in bare for mark in ";'\"`") or not _SELECT.match(bare) or _INTO.search(bare):
        raise option_invalid("query", "one SELECT statement, without INTO")
    return query.strip().removesuffix(";")


def load_driver() -> Any:
    """The module of the driver. Raises ResourceError dataset.driver_missing."""
    try:
        return importlib.import_module("pymysql")
    except ImportError:
        raise ResourceError(
            "dataset.driver_missing",
            "MySQL cannot be read here: its driver is not installed.",
            hint="Install it: pip install 'tacit[mysql]'.",
        ) from None


@contextmanager
def session(
    driver: Any, url: str, options: Mapping[str, Any], *, timeout_s: float = _CONNECT_S, read_s: float = _READ_S
) -> Generator[Any]:
    """A connection that can only read, closed without waiting for what the server still sends."""
    connection = driver.connect(**_address(url, options), connect_timeout=timeout_s, read_timeout=read_s)
    try:
        with connection.cursor() as cursor:
            for statement in _SESSION:
                cursor.execute(statement)
        yield connection
    finally:
        connection.close()


def ask(connection: Any, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a short statement, bytes as text."""
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return [tuple(c.decode() if isinstance(c, bytes) else c for c in row) for row in cursor.fetchall()]


def number_of(error: Exception) -> int | None:
    """The error number that a driver's error carries."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) and first else None


@contextmanager
def _result(connection: Any, query: str) -> Generator[Any]:
    """The answer to a statement, read as it comes; given up if it is not read to its end."""
    cursor = connection.cursor(importlib.import_module("pymysql.cursors").SSCursor)
    result = None
    try:
        cursor.execute(query)
        result = cursor._result
        yield result
    finally:
        if result is not None:
            result.unbuffered_active = False
        cursor.connection = None


def _batches(result: Any, wanted: list[str], reading: Reading) -> Iterator[pa.RecordBatch]:
    places = {str(field.name): index for index, field in enumerate(result.fields)}
    empty = True
    while True:
        rows: list[list[bytes | None]] = []
        while len(rows) < _ROWS and (row := _next_row(result)) is not None:
            rows.append(row)
        if rows or empty:
            cells = list(zip(*rows, strict=True)) if rows else [()] * len(places)
            yield _conformed(
                [(name, result.fields[places[name]], _column(name, result.fields[places[name]], cells[places[name]]))
                 for name in wanted],
                reading,
            )  # fmt: skip
        empty = False
        if len(rows) < _ROWS:
            return


def _next_row(result: Any) -> list[bytes | None] | None:
    """The next row's cells, None at the end. Client/server protocol: text resultset row, length-encoded strings."""
    if not result.unbuffered_active:
        return None
    packet = result.connection._read_packet()
    if result._check_packet_is_eof(packet):
        result.unbuffered_active = False
        return None
    data: bytes = packet._data
    place, end = 0, len(data)
    cells: list[bytes | None] = []
    while place < end:
        length = data[place]
        place += 1
        if length == _NULL:
            cells.append(None)
            continue
        if length > _NULL:
            wide = _WIDE[length]
            length = int.from_bytes(data[place : place + wide], "little")
            place += wide
        cells.append(data[place : place + length])
        place += length
    return cells


def _conformed(columns: list[tuple[str, Any, pa.Array]], reading: Reading) -> pa.RecordBatch:
    made, fields = [], []
    for name, _, column in columns:
        found, bad = columnar.conform(name, pa.chunked_array([column]), reading)
        made.append(found.combine_chunks())
        fields.append(counted_field(name, found.type, bad))
    return pa.record_batch(made, schema=reading.mark(pa.schema(fields)))


def _column(name: str, field: Any, cells: tuple[bytes | None, ...]) -> pa.Array:
    raw = pa.array(cells, pa.binary())
    kind = field.type_code
    if kind == _BIT:
        return _bits(cells, field.length)
    if kind not in _WHOLE and kind not in _DATES and kind not in (*_DECIMAL, _FLOAT, _DOUBLE, _JSON):
        return raw if field.charsetnr == _BINARY else raw.cast(pa.string())
    text = raw.cast(pa.string())
    try:
        return _typed(text, field)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise DataError(
            "dataset.unreadable",
            f"Column '{name}' has cells that are not what its type says, such as the date 0000-00-00.",
            hint="Turn them into NULL in a query.",
        ) from None


def _typed(text: pa.Array, field: Any) -> pa.Array:
    kind = field.type_code
    if kind in _WHOLE:
        return text.cast((_UNSIGNED if field.flags & _UNSIGNED_FLAG else _WHOLE)[kind])
    if kind in (_FLOAT, _DOUBLE):
        return text.cast(pa.float64())
    if kind == 7:  # a point in time: the session counts in UTC
        return text.cast(pa.timestamp("us")).cast(_DATES[kind])
    if kind == 11:
        return text  # a time span may exceed a day and be negative: text
    return text.cast(_DATES[kind]) if kind in _DATES else text


def _bits(cells: tuple[bytes | None, ...], length: int) -> pa.Array:
    if length == 1:
        return pa.array([None if cell is None else cell != b"\0" for cell in cells], pa.bool_())
    return pa.array([None if cell is None else int.from_bytes(cell, "big") for cell in cells], pa.uint64())


def _address(url: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What the driver is called with. Never shown."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ParameterError(
            "dataset.url_unknown", "The dataset's address cannot be understood.", expected="mysql://user@host/database"
        ) from None
    settings = dict(parse_qsl(parts.query))
    secret = secret_from(options, "password_env")
    words: dict[str, Any] = {
        "host": unquote(parts.hostname or "localhost"),
        "port": port or 3306,
        "user": unquote(parts.username or ""),
        "password": (secret or "").encode(),
        "database": unquote(parts.path.lstrip("/")) or None,
        "charset": "utf8mb4",
        "use_unicode": False,
        "conv": {},
        "local_infile": False,
        "autocommit": True,
    }
    if "socket" in settings:
        return {**words, "unix_socket": settings["socket"], "ssl_disabled": True}
    return {**words, **_tls(settings)}


def _tls(settings: Mapping[str, str]) -> dict[str, Any]:
    """`tls` in the address: verified unless it says otherwise; `ca`: a file of certificates."""
    how = settings.get("tls", "verified")
    if how not in TLS:
        raise option_invalid("tls", " or ".join(TLS))
    if how == "off":
        return {"ssl_disabled": True, "auth_plugin_map": _REFUSED}
    try:
        context = ssl.create_default_context(cafile=settings.get("ca"))
    except (OSError, ssl.SSLError):
        raise option_invalid("ca", "a readable file of certificates in PEM") from None
    if how == "verified":
        return {"ssl": context}
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return {"ssl": context, "auth_plugin_map": _REFUSED}


class _ClearPassword:
    """What a server asks for that wants the password itself: only one that has proven who it is may have it."""

    def __init__(self, connection: Any) -> None:
        pass

    def authenticate(self, packet: Any) -> Any:
        raise DataError(
            "dataset.access_denied",
            "The database asks for the password in clear, and has not proven who it is.",
            hint="Set `tls` to verified, or let the user sign in with another plugin.",
        )


_REFUSED = {"mysql_clear_password": _ClearPassword, "dialog": _ClearPassword}


@contextmanager
def _translated(driver: Any) -> Generator[None]:
    try:
        yield
    except (driver.err.Error, OSError, ssl.SSLError, RuntimeError, UnicodeError) as error:
        raise refusal(error) from None
    except pa.ArrowInvalid:
        raise DataError("dataset.unreadable", "The database sent text that is not UTF-8.") from None


def refusal(error: Exception) -> DataError:
    """What an error of the driver or the server means, in our words."""
    number = number_of(error)
    found = f"error {number}" if number else "no reason that can be told without showing data"
    if number == _TLS_FAILED or isinstance(getattr(error, "original_exception", error), ssl.SSLError):
        return tls_failed()
    if number in _GONE:
        return unreachable()
    if number in _DENIED:
        return DataError(
            "dataset.access_denied",
            "The database does not let this process in, or not to these tables.",
            found=found,
            hint="Check the user, its password, and its rights.",
        )
    if number in _QUERY_WRONG or number == _WRITES:
        return DataError(
            "dataset.query_invalid",
            "The database does not accept the dataset's query.",
            found=found + (", it writes" if number == _WRITES else ""),
            expected="one SELECT statement that the database can run",
            hint="Try it with the database's own command line.",
        )
    return DataError(
        "dataset.unreadable",
        "The database broke off the dataset's query.",
        found=found,
        hint="Try the query with the database's own command line.",
    )
