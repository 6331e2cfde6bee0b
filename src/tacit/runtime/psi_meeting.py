"""How two matching processes find each other, and what they tell each other before anything depends on a key."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from tacit.channel import faults
from tacit.channel.channel import Channel
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.pairing import (
    LIFETIME_S,
    SECRET_BYTES,
    Meeting,
    Ticket,
    meet_dialling,
    meet_listening,
    read_ticket,
)
from tacit.channel.tls import TlsChannel
from tacit.errors import PeerFailed, PeerLost, ProtocolError, RefusedError, ResourceError

DIAL_S = 10.0
MEET_S = 30.0  # for the other local process to come up
MAX_OFFER = 4096
MAX_ROWS = 1 << 40
_VERSION = 1
Emit = Callable[[dict[str, Any]], None]


class Message(IntEnum):
    """Message numbers on the channel, before those of the protocol."""

    OFFER = 0x5301
    CONSENT = 0x5302


@dataclass(frozen=True, slots=True)
class Offer:
    """What one side says before the run: about how many rows it brings and how many columns make its key. The side
    that invites also says the terms."""

    rows_about: int
    key_columns: int
    terms: dict[str, Any] | None = None

    def pack(self) -> bytes:
        return json.dumps({"v": _VERSION, **asdict(self)}).encode()


@dataclass(frozen=True, slots=True)
class Met:
    """The other party is there: the channel, its line, and the identity that this side took for the run."""

    channel: TlsChannel
    line: Line
    identity: NodeIdentity

    @property
    def sid(self) -> bytes:
        """The session id (32 bytes)."""
        return bytes.fromhex(self.line.sid)


def meet(request: dict[str, Any], emit: Emit) -> tuple[TlsChannel, bytes]:
    """A channel to the other party, and the session id (32 bytes)."""
    met = meet_peer(request, emit)
    return met.channel, met.sid


def meet_peer(request: dict[str, Any], emit: Emit) -> Met:
    """The same with what further lines to this peer need."""
    how = request["meet"]
    identity = NodeIdentity.generate("tacit psi")
    if how["how"] in ("listen", "serve"):
        line, channel = _listen(how, request["me"], request["peer"], identity, emit)
    elif how["how"] == "join":
        ticket = read_ticket(how["code"], now=time.time())
        meeting = Meeting(request["me"], request["peer"], identity, ticket.secret, ticket.fingerprint)
        line, channel = _dial(ticket.address, meeting)
    else:
        secret = bytes.fromhex(how["secret"])
        line, channel = _dial(how["address"], Meeting(request["me"], request["peer"], identity, secret))
    return Met(channel, line, identity)


class Reception:
    """A port where whoever holds one code is received, one after the other. A context manager."""

    def __init__(self, how: dict[str, Any], me: str, peer: str, identity: NodeIdentity, emit: Emit) -> None:
        """`how` as in a request to serve. Raises ResourceError port.unusable."""
        secret, patience_s = os.urandom(SECRET_BYTES), float(how.get("lifetime_s") or LIFETIME_S)
        self._listener, self._emit = _open_port(how["address"]), emit
        self._meeting = Meeting(me, peer, identity, secret)
        self._deadline = time.monotonic() + patience_s
        address = _address(how, self._listener)
        ticket = Ticket(address, identity.fingerprint, int(time.time() + patience_s), secret)
        emit({"event": "invitation", "code": ticket.code(), "address": address, "expires": ticket.expires})

    def receive(self) -> tuple[TlsChannel, bytes]:
        """The next guest. Raises RefusedError invitation.unused when the code has expired; PeerLost, ProtocolError."""
        line, channel = self.receive_line()
        return channel, bytes.fromhex(line.sid)

    def receive_line(self) -> tuple[Line, TlsChannel]:
        """The same, with the line."""
        line, sock = meet_listening(
            self._listener,
            self._meeting,
            timeout_s=self._deadline - time.monotonic(),
            on_stranger=lambda: self._emit({"event": "stranger"}),
        )
        return line, connect(line, sock)

    def __enter__(self) -> Reception:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()


def _listen(how: dict[str, Any], me: str, peer: str, identity: NodeIdentity, emit: Emit) -> tuple[Line, TlsChannel]:
    if how["how"] == "serve":
        with Reception(how, me, peer, identity, emit) as reception:
            return reception.receive_line()
    meeting = Meeting(me, peer, identity, bytes.fromhex(how["secret"]))
    with socket.socket(fileno=how["fd"]) as listener:
        line, sock = meet_listening(listener, meeting, timeout_s=MEET_S)
    return line, connect(line, sock)


def _dial(address: str, meeting: Meeting) -> tuple[Line, TlsChannel]:
    """Once: the other side listens before anybody knows its address."""
    sock = _connected(address, meeting.peer)
    line = meet_dialling(sock, meeting)
    return line, connect(line, sock, timeout_s=DIAL_S)


def _connected(address: str, peer: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise faults.bad_address(address)
    try:
        return socket.create_connection((host.strip("[]"), int(port)), timeout=DIAL_S)
    except (OSError, OverflowError) as error:
        reason = "no answer" if isinstance(error, TimeoutError) else getattr(error, "strerror", None) or "no network"
        raise PeerLost(
            "peer.refused" if isinstance(error, ConnectionRefusedError) else "peer.unreachable",
            f"The {peer}'s address cannot be reached.",
            found=f"{address} ({reason})",
            hint="Does the run that made the code still wait, and can its port be reached from here?",
        ) from None


def _open_port(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=family)
    except (OSError, ValueError) as error:
        raise ResourceError(
            "port.unusable",
            "The address cannot be listened at.",
            found=f"{address} ({getattr(error, 'strerror', None) or 'not an address'})",
            expected="HOST:PORT of this machine, for example 0.0.0.0:7310",
        ) from None


def _address(how: dict[str, Any], listener: socket.socket) -> str:
    """What the other side dials: as told, else this machine's name or the one listened at, with the real port."""
    if how.get("public"):
        return str(how["public"])
    host = how["address"].rpartition(":")[0]
    if host.strip("[]") in ("", "0.0.0.0", "::"):  # noqa: S104
        host = socket.gethostname()
    return f"{host}:{listener.getsockname()[1]}"


def swap_offers(channel: Channel, mine: Offer) -> Offer:
    """The peer's offer; exactly one of the two carries terms. Raises ProtocolError psi.malformed."""
    channel.send(Message.OFFER, mine.pack())
    theirs = _unpack(bytes(channel.recv(Message.OFFER, MAX_OFFER)))
    if (theirs.terms is None) == (mine.terms is None):
        raise _malformed("terms of both sides, or of none")
    return theirs


def agree(channel: Channel, yes: bool) -> None:
    """Both sides say yes, or the run ends. Raises RefusedError psi.declined; PeerFailed where the peer declines."""
    if not yes:
        channel.fail("psi.declined")
        raise RefusedError("psi.declined", "The run was declined here; nothing was computed.")
    channel.send(Message.CONSENT, b"\1")
    with declining():
        if bytes(channel.recv(Message.CONSENT, 1)) != b"\1":
            raise _malformed("no consent")


@contextmanager
def declining() -> Iterator[None]:
    """Where the peer may say no instead of what is waited for: that is RefusedError psi.declined."""
    try:
        yield
    except PeerFailed as error:
        if error.peer_code == "psi.declined":
            raise RefusedError("psi.declined", "The other side declined; nothing was computed.") from None
        raise


def _unpack(body: bytes) -> Offer:
    try:
        fields = json.loads(body)
        offer = Offer(int(fields["rows_about"]), int(fields["key_columns"]), fields["terms"])
        fits = fields["v"] == _VERSION and (offer.terms is None or isinstance(offer.terms, dict))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _malformed("an offer that cannot be read") from None
    if not fits or not 0 <= offer.rows_about <= MAX_ROWS or not 1 <= offer.key_columns <= 16:
        raise _malformed("an offer of another version or out of range")
    return offer


def _malformed(found: str) -> ProtocolError:
    return ProtocolError(
        "psi.malformed",
        "The peer sent a message that this protocol does not know.",
        found=found,
        hint="Both sides must run the same release of Tacit.",
    )
