"""A web server that holds a dataset: how it is reached, what it is asked, and what of its answers is taken.

It is reached at the very address that was checked, so that no second answer of the name service can lead elsewhere.
Redirects are followed on the same server only. Proxies of the environment are not used.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from tacit.data.addresses import checked_address
from tacit.data.pieces import option_invalid
from tacit.data.storage import ACCESS, secret_from, tls_failed, unreachable
from tacit.errors import DataError

OPTIONS = {"user", "max_bytes", "timeout_s", "ca"}  # credentials come from a connection only
PRIVATE = "private_addresses"  # in what the node gives: "yes" where addresses that are not public may be asked
MAX_BYTES = 10 << 30
_CONNECT_S, _READ_S, _WHOLE_S = 10.0, 60.0, 3600.0
_REDIRECTS = (301, 302, 303, 307, 308)
_HOPS = 5
_SAFE = "/%:@!$&'()*+,;=~-._?"  # of an address that is written as it should be, nothing changes


@dataclass(frozen=True, slots=True)
class Site:
    """An address, and what may be asked of its server."""

    url: str
    options: Mapping[str, Any] = field(repr=False)

    @property
    def max_bytes(self) -> int:
        found = self.options.get("max_bytes", MAX_BYTES)
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            raise option_invalid("max_bytes", "a number of bytes")
        return found

    @property
    def seconds(self) -> float:
        found = self.options.get("timeout_s", _WHOLE_S)
        if not isinstance(found, int | float) or isinstance(found, bool) or not 0 < found <= 86_400:
            raise option_invalid("timeout_s", "seconds, at most 86400")
        return float(found)

    @contextmanager
    def ask(self, method: str, wanted: Mapping[str, str] | None = None) -> Generator[http.client.HTTPResponse]:
        """The answer to one request, redirects followed. Its body is read as it comes."""
        place = self.url
        for _ in range(_HOPS):
            headers = {**self._headers(), **(wanted or {})}
            with (
                closing(self._connected(place)) as connection,
                closing(_answer(connection, place, method, headers)) as answer,
            ):
                if answer.status not in _REDIRECTS:
                    _check_status(answer, method, partial=bool(wanted))
                    yield answer
                    return
                place = _same_server(place, answer.getheader("Location"))
        raise _redirected("too many")

    def _connected(self, place: str) -> http.client.HTTPConnection:
        parts = urlsplit(place)
        secure = parts.scheme == "https"
        try:
            port = parts.port or (443 if secure else 80)
        except ValueError:
            raise unreachable() from None
        private = self.options.get(ACCESS, {}).get(PRIVATE) == "yes"
        where = checked_address(parts.hostname or "", port, private=private)
        return _open(parts.hostname or "", port, where, self._context() if secure else None)

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.options.get("ca"))
        except (OSError, ssl.SSLError, TypeError):
            raise option_invalid("ca", "a readable file of certificates in PEM") from None

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "tacit", "Connection": "close"}
        token, password = secret_from(self.options, "token_env"), secret_from(self.options, "password_env")
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        elif password is not None:
            pair = f"{self.options.get('user', '')}:{password}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        if any(mark in value for value in headers.values() for mark in "\r\n"):
            raise option_invalid("token_env", "a credential without line ends")
        return headers


def _answer(
    connection: http.client.HTTPConnection, place: str, method: str, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    parts = urlsplit(place)
    target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    try:
        connection.request(method, target, headers=headers)
        return connection.getresponse()
    except (OSError, http.client.HTTPException):
        raise unreachable() from None


def _open(host: str, port: int, where: tuple[Any, ...], context: ssl.SSLContext | None) -> http.client.HTTPConnection:
    """A connection to the address that was checked; TLS names the host."""
    family, kind, protocol, _, address = where
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(_CONNECT_S)
        sock.connect(address)
        if context is not None:
            sock = context.wrap_socket(sock, server_hostname=host)
        sock.settimeout(_READ_S)
    except ssl.SSLError:
        sock.close()
        raise tls_failed() from None
    except (OSError, ValueError):  # a host that TLS has no name for
        sock.close()
        raise unreachable() from None
    connection = http.client.HTTPConnection(host, port, timeout=_READ_S)
    connection.sock = sock
    return connection


def _check_status(answer: http.client.HTTPResponse, method: str, *, partial: bool) -> None:
    status = answer.status
    if method == "HEAD" and status in (405, 501):
        return
    if status in (401, 403, 407):
        raise DataError(
            "dataset.access_denied",
            "The web server of the dataset does not let this process in.",
            found=f"status {status}",
            hint="Check the credential, and what it is allowed to read.",
        )
    if status in (404, 410):
        raise FileNotFoundError
    if status != (206 if partial else 200):
        raise DataError("dataset.unreadable", "The web server of the dataset refuses.", found=f"status {status}")
    if (answer.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
        raise DataError("dataset.unreadable", "The web server sends the dataset compressed, unasked.")


def _same_server(place: str, target: str | None) -> str:
    """Where a redirect leads. Raises DataError dataset.redirected if to another server, scheme or port."""
    try:
        found = urljoin(place, target or "")
        if target and _server(urlsplit(found)) == _server(urlsplit(place)):
            return found.partition("#")[0]
    except ValueError:
        pass
    raise _redirected("to another server, scheme or port")


def _server(parts: SplitResult) -> tuple[Any, ...]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme), parts.username


def _redirected(found: str) -> DataError:
    return DataError(
        "dataset.redirected",
        "The web server sends the reader elsewhere, where the node does not follow.",
        found=found,
        hint="Register the address that it leads to, if you trust it.",
    )
