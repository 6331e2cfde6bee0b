"""Names of sessions on the wire: what a connecting worker writes into the TLS server name, and how a node reads it.

The reader sees bytes of strangers before any key was checked, so it only looks at lengths that it has verified.
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum

MAX_HELLO = 16 << 10  # bytes that a ClientHello with its record headers may have
SUFFIX = ".session.tacit"
_DOMAIN = b"tacit.channel.session.v1"
_NAME = re.compile(r"[0-9a-f]{64}")
_SNI = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})\.session\.tacit")
_HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME, _HOST_NAME = 22, b"\1", 0, 0
_MAX_RECORDS = 16  # that a hello may be split over; real ones use one


class Peek(Enum):
    """What the first bytes of a connection are when they hold no session name."""

    MORE = "more bytes are needed"
    OTHER = "not a connection of a session"


class _ShortError(Exception):
    """The bytes end before the structure does."""


class _MalformedError(Exception):
    """A length contradicts the one around it."""


def session_name(sid: bytes, one: str, other: str) -> str:
    """64 hex digits that both ends of a line derive alike; tells a bystander nothing about `sid` or the roles."""
    state = hashlib.sha256(_DOMAIN)
    for part in (sid, *sorted((one.encode(), other.encode()))):
        state.update(len(part).to_bytes(4, "big") + part)
    return state.hexdigest()


def is_session_name(name: str) -> bool:
    """Whether this is 64 lower-case hex digits."""
    return _NAME.fullmatch(name) is not None


def to_server_name(name: str) -> str:
    """The server name of a session: two labels, because a DNS label holds at most 63 characters."""
    if not is_session_name(name):
        raise ValueError("a session name has 64 hex digits")
    return f"{name[:32]}.{name[32:]}{SUFFIX}"


def from_server_name(server_name: str) -> str | None:
    """The session name in a server name, or None."""
    match = _SNI.fullmatch(server_name)
    return match[1] + match[2] if match else None


def read_session_name(data: bytes) -> str | Peek:
    """The session name that a connection begins with, from its first bytes. Never raises."""
    try:
        server_name = _server_name(_client_hello(data))
    except _ShortError:
        return Peek.MORE if len(data) < MAX_HELLO else Peek.OTHER
    except _MalformedError:
        return Peek.OTHER
    return from_server_name(server_name) or Peek.OTHER


class _Cursor:
    """Reads forward in bytes that end where their enclosing length says."""

    def __init__(self, data: bytes, short: type[Exception]) -> None:
        self._data, self._at, self._short = data, 0, short

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise self._short
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def block(self, size: int) -> _Cursor:
        """A length of `size` bytes, then that many bytes."""
        return _Cursor(self.take(self.number(size)), _MalformedError)


def _client_hello(data: bytes) -> _Cursor:
    """The body of the ClientHello, put together from the handshake records that it is split over."""
    records, message = _Cursor(data, _ShortError), b""
    for _ in range(_MAX_RECORDS):
        if records.number(1) != _HANDSHAKE or records.number(1) != 3:
            raise _MalformedError
        records.number(1)
        size = records.number(2)
        if not 0 < size <= MAX_HELLO:
            raise _MalformedError
        message += records.take(min(size, records.left))
        length = int.from_bytes(message[1:4].ljust(3, b"\0"), "big")  # at least; exact once 4 bytes are there
        if message[:1] not in (b"", _CLIENT_HELLO) or length > MAX_HELLO:
            raise _MalformedError
        if len(message) >= 4 + length:
            return _Cursor(message[4 : 4 + length], _MalformedError)
    raise _MalformedError


def _server_name(hello: _Cursor) -> str:
    """RFC 8446 §4.1.2 up to the server_name extension of RFC 6066 §3."""
    hello.take(2 + 32)
    hello.block(1)  # session id
    hello.block(2)  # cipher suites
    hello.block(1)  # compression methods
    extensions = hello.block(2)
    while extensions.left:
        number, body = extensions.number(2), extensions.block(2)
        if number == _SERVER_NAME:
            return _host_name(body.block(2))
    raise _MalformedError


def _host_name(names: _Cursor) -> str:
    if names.number(1) != _HOST_NAME:
        raise _MalformedError
    name = names.take(names.number(2))
    if len(name) > 255:
        raise _MalformedError
    return name.decode("ascii", "replace")
