"""From a connected socket to a channel: TLS handshake, check of the leaf's session, then a hello in both directions.

The hello binds the connection to one seat of one run: protocol version, session id, both roles and both certificates
as each side saw them. A hello of another run, of another connection or one's own, played back, does not fit. The leaf
keys are fresh for every session, so their certificates bind the connection as a TLS exporter would.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import socket
import ssl
import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tacit.channel import faults
from tacit.channel.contexts import session_context
from tacit.channel.framing import HEADER, FrameType, pack_frame, parse_header
from tacit.channel.identity import names_session
from tacit.channel.sni import to_server_name
from tacit.channel.stream import Timing
from tacit.channel.tls import TlsChannel
from tacit.errors import TacitError

if TYPE_CHECKING:
    from tacit.channel.line import Line

OnLost: TypeAlias = Callable[[TacitError], None]

VERSION = 1
_VERSION = struct.Struct(">H")
_DRAIN_S = 0.5


def greet(
    sock: socket.socket, line: Line, *, timeout_s: float, timing: Timing, on_lost: OnLost | None = None
) -> TlsChannel:
    """Handshake and hello on a connected socket; takes the socket over and closes it on any error."""
    deadline = time.monotonic() + timeout_s
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.settimeout(timeout_s)
        tls = _wrap(sock, line)
    except OSError as error:
        sock.close()
        raise faults.handshake_fault(line.peer, error) from error
    try:
        tls.do_handshake()
        _exchange(tls, line, deadline)
        return TlsChannel(tls, me=line.me, peer=line.peer, timing=timing, on_lost=on_lost)
    except OSError as error:
        _let_alert_arrive(tls)
        raise faults.handshake_fault(line.peer, error) from error
    except TacitError:
        _let_alert_arrive(tls)
        raise


def _wrap(sock: socket.socket, line: Line) -> ssl.SSLSocket:
    listens = line.side == "listen"
    context = session_context(
        line.side,
        key_pem=line.key_pem,
        certificate_pem=line.certificate_pem,
        peer_certificate_pem=line.peer_certificate_pem,
    )
    return context.wrap_socket(
        sock,
        server_side=listens,
        server_hostname=None if listens else to_server_name(line.session),
        do_handshake_on_connect=False,
        suppress_ragged_eofs=False,
    )


def _exchange(tls: ssl.SSLSocket, line: Line, deadline: float) -> None:
    """Send our hello and compare the peer's with the only one that fits."""
    theirs, ours = tls.getpeercert(binary_form=True), ssl.PEM_cert_to_DER_cert(line.certificate_pem)
    if theirs is None or not names_session(
        theirs, line.peer_certificate_pem, line.session, "dial" if line.side == "listen" else "listen"
    ):
        raise faults.wrong_session(line.peer, "a certificate for another session or side")
    sid = bytes.fromhex(line.sid)
    mine = _hello(sid, ours, theirs, line.me, line.peer)
    with contextlib.suppress(OSError):  # when the peer has refused us, its alert, read next, says why
        tls.sendall(pack_frame(FrameType.HELLO, mine))
    _check_hello(line.peer, _read_hello(tls, deadline), _hello(sid, theirs, ours, line.peer, line.me))


def _hello(sid: bytes, from_leaf: bytes, to_leaf: bytes, from_role: str, to_role: str) -> bytes:
    parts = [_VERSION.pack(VERSION), sid, hashlib.sha256(from_leaf).digest(), hashlib.sha256(to_leaf).digest()]
    for role in (from_role.encode(), to_role.encode()):
        parts.append(bytes([len(role)]) + role)
    return b"".join(parts)


def _read_hello(tls: ssl.SSLSocket, deadline: float) -> bytes:
    header = parse_header(_read_exactly(tls, HEADER.size, deadline))
    if header.type is not FrameType.HELLO:
        raise faults.bad_frame(f"a {header.type.name} frame instead of HELLO")
    return _read_exactly(tls, header.length, deadline)


def _read_exactly(tls: ssl.SSLSocket, count: int, deadline: float) -> bytes:
    """`count` is at most what a HELLO may have. Not one byte more is read: the rest belongs to the channel."""
    data = b""
    while len(data) < count:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        tls.settimeout(left_s)
        piece = tls.recv(count - len(data))
        if not piece:
            raise ConnectionAbortedError
        data += piece
    return data


def _check_hello(peer: str, found: bytes, expected: bytes) -> None:
    if found[: _VERSION.size] != expected[: _VERSION.size]:
        version = int.from_bytes(found[: _VERSION.size], "big")
        raise faults.wrong_version(peer, version, VERSION)
    if not hmac.compare_digest(found, expected):
        raise faults.wrong_session(peer, "a hello of another session, role or certificate")


def _let_alert_arrive(tls: ssl.SSLSocket) -> None:
    """Close so that the peer can still read why: bytes left unread would turn the close into a reset."""
    with contextlib.suppress(OSError, ValueError):
        raw = socket.socket(fileno=tls.detach())
        with raw:
            raw.settimeout(_DRAIN_S)
            raw.shutdown(socket.SHUT_WR)
            until = time.monotonic() + _DRAIN_S
            while raw.recv(65536) and time.monotonic() < until:
                pass
