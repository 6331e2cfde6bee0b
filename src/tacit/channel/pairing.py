"""Two processes that share a one-time secret meet: each ends up with the other's pinned key and a `Line`.

For runs without nodes. The secret (16 random bytes) travels inside an invitation code over a way that both trust:

    tacit-psi1.<base64url of: JSON, then the first 4 bytes of its SHA-256>

One message each way on a fresh TCP connection, before TLS:

    D -> L   nonce_D, certificate_D, HMAC(secret, "dial" ‖ nonce_D ‖ certificate_D)
    L -> D   nonce_L, certificate_L, HMAC(secret, "listen" ‖ nonce_D ‖ certificate_D ‖ nonce_L ‖ certificate_L)

Then the ordinary mutual TLS 1.3 of a session runs on the same connection, each side accepting only leaves that the
other's certificate signed. Both identities are made for this run and forgotten after it. Somebody who does not hold
the secret can make neither message (2^-128), and playing one back is of no use without the certificate's private key;
so such a party can neither join nor read, only disturb. With 128 bits nothing can be tried out off line, hence no
password-authenticated key exchange. Whoever has the code can take the invited side's place: it must be sent privately.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from tacit.channel import faults
from tacit.channel.identity import NodeIdentity, Side, fingerprint
from tacit.channel.line import Line
from tacit.channel.sni import session_name
from tacit.errors import InputError, RefusedError, TacitError

MARK = "tacit-psi1."
SECRET_BYTES = 16
LIFETIME_S = 3600
MAX_CODE = 2048
MAX_CERTIFICATE = 4096  # bytes of PEM
MESSAGE_S = 10.0  # for one message of somebody who is there
MAX_GUESTS = 32  # connections that have not proved anything yet
_CHECK_BYTES = 4
_NONCE_BYTES = 16
_MAC_BYTES = 32
_MAGIC = b"TPAIR\x01"
_HEAD = struct.Struct(f"<{len(_MAGIC)}sBH{_NONCE_BYTES}s")  # magic, refused, bytes of the certificate, nonce


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an invitation code holds. `fingerprint` is that of the inviter's key; `expires` seconds since 1970."""

    address: str
    fingerprint: str
    expires: int
    secret: bytes = field(repr=False)

    def code(self) -> str:
        """The text to hand over."""
        fields = {"a": self.address, "f": self.fingerprint, "e": self.expires, "s": self.secret.hex()}
        body = json.dumps(fields, separators=(",", ":")).encode()
        return MARK + base64.urlsafe_b64encode(body + _check(body)).rstrip(b"=").decode()


def read_ticket(code: str, *, now: float) -> Ticket:
    """Raises InputError "invitation.malformed", RefusedError "invitation.expired"."""
    ticket = _parse("".join(code.split()))
    if ticket is None:
        raise InputError(
            "invitation.malformed",
            "This is not a complete invitation code.",
            expected=f"one text that begins with {MARK}",
            hint="Copy the whole code again.",
        )
    if now > ticket.expires:
        raise RefusedError("invitation.expired", "This invitation has expired.", hint="Ask for a new one.")
    return ticket


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one side brings. `secret` 16 bytes; `pinned` the fingerprint that the other's key must have, if known."""

    me: str
    peer: str
    identity: NodeIdentity
    secret: bytes = field(repr=False)
    pinned: str | None = None


def meet_listening(
    listener: socket.socket, meeting: Meeting, *, timeout_s: float, on_stranger: Callable[[], None] | None = None
) -> tuple[Line, socket.socket]:
    """Wait until somebody who holds the secret connects; strangers are sent away, told nothing but that.

    Every connection is read on a thread of its own, so that one that says nothing keeps nobody out. Raises
    RefusedError("invitation.unused") when nobody came in time.
    """
    found: SimpleQueue[tuple[Line, socket.socket] | None] = SimpleQueue()
    deadline, guests = time.monotonic() + timeout_s, 0
    while (left_s := deadline - time.monotonic()) > 0:
        listener.settimeout(min(left_s, 0.2) if guests else left_s)
        try:
            sock, _ = listener.accept()
            sock.settimeout(MESSAGE_S)
            if guests >= MAX_GUESTS:
                sock.close()
                continue
            guests += 1
            threading.Thread(target=_receive_guest, args=(sock, meeting, found), daemon=True).start()
        except TimeoutError:
            pass
        try:
            while guests:
                result = found.get(timeout=0.05)
                guests -= 1
                if result is not None:
                    return result
                if on_stranger is not None:
                    on_stranger()
        except Empty:
            pass
    raise RefusedError(
        "invitation.unused",
        "Nobody used the invitation in time.",
        hint="Start again and send the new code; check that the address in it can be reached from outside.",
    )


def meet_dialling(sock: socket.socket, meeting: Meeting) -> Line:
    """On a connected socket, closed on any error. Raises RefusedError("invitation.wrong_code"), PeerLost,
    ProtocolError."""
    try:
        return _ask(sock, meeting)
    except BaseException:
        sock.close()
        raise


def _ask(sock: socket.socket, meeting: Meeting) -> Line:
    nonce, certificate = os.urandom(_NONCE_BYTES), meeting.identity.certificate_pem.encode()
    sock.settimeout(MESSAGE_S)
    try:
        sock.sendall(_pack(nonce, certificate, _mac(meeting.secret, b"dial", nonce, certificate)))
        theirs = _read(sock, meeting.peer)
    except OSError as error:
        raise faults.handshake_fault(meeting.peer, error) from None
    if theirs is None:
        raise _wrong_code()
    expected = _mac(meeting.secret, b"listen", nonce, certificate, theirs.nonce, theirs.certificate)
    if not hmac.compare_digest(expected, theirs.mac):
        raise _wrong_code()
    return _line(meeting, "dial", theirs, nonce + theirs.nonce)


@dataclass(frozen=True, slots=True)
class _Message:
    nonce: bytes
    certificate: bytes
    mac: bytes


def _receive_guest(
    sock: socket.socket, meeting: Meeting, found: SimpleQueue[tuple[Line, socket.socket] | None]
) -> None:
    """One connection: the line with its socket, or None if it was not the one that is waited for."""
    try:
        line = _answer(sock, meeting)
    except (OSError, TacitError):
        line = None
    if line is None:
        sock.close()
    found.put(None if line is None else (line, sock))


def _answer(sock: socket.socket, meeting: Meeting) -> Line | None:
    theirs = _read(sock, meeting.peer)
    mac = b"" if theirs is None else _mac(meeting.secret, b"dial", theirs.nonce, theirs.certificate)
    if theirs is None or not hmac.compare_digest(mac, theirs.mac):
        sock.sendall(_HEAD.pack(_MAGIC, 1, 0, bytes(_NONCE_BYTES)))
        return None
    nonce, certificate = os.urandom(_NONCE_BYTES), meeting.identity.certificate_pem.encode()
    mac = _mac(meeting.secret, b"listen", theirs.nonce, theirs.certificate, nonce, certificate)
    line = _line(meeting, "listen", theirs, theirs.nonce + nonce)
    sock.sendall(_pack(nonce, certificate, mac))
    return line


def _line(meeting: Meeting, side: Side, theirs: _Message, nonces: bytes) -> Line:
    """The sid depends on the secret, so that only the two can know it, and on both nonces, so that it is fresh."""
    certificate = theirs.certificate.decode("ascii", "replace")
    if meeting.pinned is not None and fingerprint(certificate) != meeting.pinned:
        raise faults.wrong_key(meeting.peer)
    sid = _mac(meeting.secret, b"sid", nonces)
    name = session_name(sid, meeting.me, meeting.peer)
    leaf = meeting.identity.issue_session(name, side)
    return Line(
        session=name,
        me=meeting.me,
        peer=meeting.peer,
        side=side,
        sid=sid.hex(),
        key_pem=leaf.key_pem,
        certificate_pem=leaf.certificate_pem,
        peer_certificate_pem=certificate,
    )


def _pack(nonce: bytes, certificate: bytes, mac: bytes) -> bytes:
    return _HEAD.pack(_MAGIC, 0, len(certificate), nonce) + certificate + mac


def _read(sock: socket.socket, peer: str) -> _Message | None:
    """None: the other side refuses. The certificate is at most MAX_CERTIFICATE bytes and not trusted yet."""
    deadline = time.monotonic() + MESSAGE_S
    magic, refused, length, nonce = _HEAD.unpack(_read_exactly(sock, _HEAD.size, deadline))
    if magic != _MAGIC or length > MAX_CERTIFICATE:
        raise faults.bad_handshake(peer)
    if refused:
        return None
    certificate = _read_exactly(sock, length, deadline)
    return _Message(nonce, certificate, _read_exactly(sock, _MAC_BYTES, deadline))


def _read_exactly(sock: socket.socket, count: int, deadline: float) -> bytes:
    """Not one byte more: what follows belongs to TLS."""
    data = b""
    while len(data) < count:
        sock.settimeout(max(0.001, deadline - time.monotonic()))
        piece = sock.recv(count - len(data))
        if not piece:
            raise ConnectionAbortedError
        data += piece
    return data


def _mac(secret: bytes, use: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA-256 with the length of every part, so that no two lists of parts give one text."""
    text = b"".join(len(part).to_bytes(4, "big") + part for part in (b"tacit pairing v1 " + use, *parts))
    return hmac.new(secret, text, hashlib.sha256).digest()


def _parse(code: str) -> Ticket | None:
    if not code.startswith(MARK) or len(code) > MAX_CODE:
        return None
    text = code.removeprefix(MARK)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if not hmac.compare_digest(check, _check(body)):
            return None
        fields = json.loads(body)
        ticket = Ticket(str(fields["a"]), str(fields["f"]), int(fields["e"]), bytes.fromhex(fields["s"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return ticket if len(ticket.secret) == SECRET_BYTES and len(ticket.fingerprint) == 64 else None


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]


def _wrong_code() -> RefusedError:
    return RefusedError(
        "invitation.wrong_code",
        "What listens at the address of the code does not accept it.",
        hint="The code belongs to another run, or its run has ended. Ask for a new one.",
    )
