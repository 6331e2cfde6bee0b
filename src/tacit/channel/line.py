"""From a `Line`, which says all that one end of a session must know, to a ready channel."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tacit.channel import faults
from tacit.channel.hello import OnLost, greet
from tacit.channel.identity import Side
from tacit.channel.port import dial, take_over
from tacit.channel.stream import Timing
from tacit.channel.tls import TlsChannel
from tacit.errors import PeerError

SECOND_CHANCE_S = 3.0  # for the true peer, after somebody else's handshake failed
HANDSHAKE_S = 10.0  # for one handshake with a peer that is there
CONNECT_S = 60.0  # for the other side's worker to come up


@dataclass(frozen=True, slots=True)
class Line:
    """One end of one session: plain strings, so that it can travel to the worker as JSON.

    `address` is "host:port" of the peer's node and only used by the side that dials. `sid` is hex (32 bytes).
    """

    session: str
    me: str
    peer: str
    side: Side
    sid: str
    key_pem: str = field(repr=False)
    certificate_pem: str = field(repr=False)
    peer_certificate_pem: str = field(repr=False)
    address: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON; contains the leaf key."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Line:
        """The inverse of `as_dict`."""
        return cls(**fields)


def connect(
    line: Line,
    source: socket.socket | None = None,
    *,
    timeout_s: float = CONNECT_S,
    timing: Timing = Timing(),  # noqa: B008 - frozen
    on_lost: OnLost | None = None,
) -> TlsChannel:
    """Bring one line up within `timeout_s` seconds, from one of three sources.

    None: dial `line.address`, again and again until the other side's worker is up. A connected TCP socket: use it. A
    Unix socket: take over the connections that the node hands over (`hand_over`) until one proves to be the peer; a
    stranger who knows the session's name cannot stop the session by connecting first.

    Raises PeerLost ("peer.refused", "peer.unreachable", "peer.wrong_key", "peer.clock_skew", "peer.not_connected",
    "peer.handshake_timeout", "peer.closed", "peer.reset") or ProtocolError ("channel.bad_handshake",
    "channel.wrong_session", "channel.wrong_version", "channel.bad_frame").
    """

    def meet(sock: socket.socket, left_s: float) -> TlsChannel:
        return greet(sock, line, timeout_s=min(left_s, HANDSHAKE_S), timing=timing, on_lost=on_lost)

    if source is None:
        return dial(line.address or "", meet, peer=line.peer, timeout_s=timeout_s)
    if source.family == socket.AF_UNIX:
        return _take_first(line.peer, source, meet, timeout_s)
    return meet(source, timeout_s)


def _take_first(
    peer: str, over: socket.socket, meet: Callable[[socket.socket, float], TlsChannel], timeout_s: float
) -> TlsChannel:
    """The first connection whose other end proves to be the peer; at the end, why the last one was not.

    After a failed handshake the true peer has a short time to show up: the failure is most likely its own.
    """
    deadline = time.monotonic() + timeout_s
    last: PeerError = faults.not_connected(peer)
    while (left_s := deadline - time.monotonic()) > 0:
        try:
            return meet(take_over(over, left_s), left_s)
        except TimeoutError:
            break
        except PeerError as error:
            last = error
            deadline = min(deadline, time.monotonic() + SECOND_CHANCE_S)
    raise last
