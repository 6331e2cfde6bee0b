"""Whether a place of data answers, and if not, why not: the network, the trust, the credential, or the name."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tacit.data import mysql, postgresql
from tacit.data.storage import refusal, stored_files
from tacit.data.web import web_file
from tacit.errors import DataError, TacitError

_DATABASE_UNKNOWN = 1049
_SERVER = re.compile(r"^[\w .+~-]{1,80}")
_SAME = {
    "dataset.tls_failed": "connection.tls",
    "dataset.access_denied": "connection.denied",
    "dataset.unreachable": "connection.refused",
    "dataset.not_found": "connection.place_unknown",
}


def probe(scheme: str, place: str, options: Mapping[str, Any], timeout_s: float) -> str:
    """Reach a place as a reader would, and say what answers there ("PostgreSQL 15.18").

    scheme: as of `places.scheme_of`; options: with `storage.ACCESS` inside. Nothing of the data is read. Raises
    DataError connection.host_unknown, connection.refused, connection.timeout, connection.tls, connection.denied,
    connection.database_unknown, connection.place_unknown, connection.failed, and what reading raises before it
    connects.
    """
    look = {"postgresql": _postgresql, "mysql": _mysql, "s3": _s3, "http": _http, "file": _folder}[scheme]
    if scheme in ("postgresql", "mysql"):
        _reach(place, 5432 if scheme == "postgresql" else 3306, timeout_s)
    with translated():
        return look(place, options, timeout_s)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """The errors of readers as those of a connection."""
    try:
        yield
    except FileNotFoundError:
        raise _problem("connection.place_unknown", "There is nothing at this place.") from None
    except PermissionError:
        raise _problem("connection.denied", "This process may not read this place.") from None
    except OSError as error:
        raise _plain(refusal("", error) or _failed()) from None
    except TacitError as error:
        raise _plain(error) from None


def _plain(error: TacitError) -> TacitError:
    """The error of a reader as that of a connection."""
    code = _SAME.get(error.code)
    return error if code is None else DataError(code, error.message, found=error.found, hint=error.hint)


def _reach(place: str, port: int, timeout_s: float) -> None:
    """The network alone: a name, an address, somebody who listens. A socket file is left to the driver."""
    parts = urlsplit(place)
    if not parts.hostname or any(name in ("host", "socket") for name, _ in parse_qsl(parts.query)):
        return
    try:
        found = socket.getaddrinfo(unquote(parts.hostname), parts.port or port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _problem("connection.host_unknown", "The name service does not know the host.") from None
    last: OSError | None = None
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as sock:
            sock.settimeout(timeout_s)
            try:
                sock.connect(address)
                return
            except OSError as error:
                last = error
    if isinstance(last, TimeoutError):
        raise _problem("connection.timeout", "The host does not answer in time.", "Is a firewall between?")
    raise _problem("connection.refused", "Nobody listens at this host and port.", "Check both.")


def _postgresql(place: str, options: Mapping[str, Any], timeout_s: float) -> str:
    parts = urlsplit(place)
    try:
        with (
            postgresql.connected(place, options, timeout_s) as connection,
            contextlib.closing(connection.cursor()) as cursor,
        ):
            cursor.execute("SELECT current_setting('server_version')")
            return "PostgreSQL " + _version(cursor.fetchone()[0])
    except DataError as error:
        raise error
    except Exception as error:
        raise _of_libpq(str(error), unquote(parts.path.lstrip("/")), unquote(parts.username or "")) from None


def _of_libpq(text: str, database: str, user: str) -> TacitError:
    """libpq's own words are English; those of the server, after FATAL, may be in any language."""
    if "timeout expired" in text:
        return _problem("connection.timeout", "The database does not answer in time.")
    if "FATAL" not in text and ("SSL" in text or "certificate" in text):
        return _problem("connection.tls", "The database cannot prove who it is, or speaks no TLS.", _TLS_HINT)
    names = (f'"{database}"' in text, f'"{user}"' in text)
    if "FATAL" in text and (names == (True, False) or re.search(r'database "[^"]*" does not exist', text)):
        return _problem("connection.database_unknown", "The server has no such database, or this user may not use it.")
    if "FATAL" in text or "no password" in text:
        return _problem("connection.denied", "The database does not let this user in.", "Check user and password.")
    return _problem("connection.refused", "The database does not answer.", "Check host and port.")


def _mysql(place: str, options: Mapping[str, Any], timeout_s: float) -> str:
    driver = mysql.load_driver()
    try:
        with mysql.session(driver, place, options, timeout_s=timeout_s, read_s=timeout_s) as connection:
            return _version(mysql.ask(connection, "SELECT version()")[0][0])
    except (driver.err.Error, OSError) as error:
        number = mysql.number_of(error)
        if number in (_DATABASE_UNKNOWN, 1044):
            raise _problem(
                "connection.database_unknown", "The server has no such database, or this user may not use it."
            ) from None
        raise _plain(mysql.refusal(error)) from None


def _s3(place: str, options: Mapping[str, Any], timeout_s: float) -> str:
    files, _ = stored_files(place, options)
    return f"{len(files)} objects"


def _http(place: str, options: Mapping[str, Any], timeout_s: float) -> str:
    found = web_file(place, options)
    return f"{found.size} bytes"


def _folder(place: str, options: Mapping[str, Any], timeout_s: float) -> str:
    folder = Path(place)
    if not folder.is_dir():
        raise FileNotFoundError
    if not os.access(folder, os.R_OK | os.X_OK):
        raise PermissionError
    return "a folder"


def _version(found: object) -> str:
    match = _SERVER.match(str(found))
    return match[0].strip() if match else "unknown"


_TLS_HINT = "Name the file of its certificate authority in `ca`; `tls` may be off or required instead of verified."


def _failed() -> DataError:
    return _problem("connection.failed", "The place cannot be used.")


def _problem(code: str, message: str, hint: str | None = None) -> DataError:
    return DataError(code, message, hint=hint)
