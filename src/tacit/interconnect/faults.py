"""What can go wrong between two nodes, in words that tell whose move it is."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator

import httpx

from tacit.errors import PeerError
from tacit.interconnect.answers import WRONG_VERSION
from tacit.interconnect.shapes import Envelope
from tacit.schema.wire import PROTOCOL_VERSION

_EXPIRED = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
BROKEN = "the connection broke"  # `found` of the one kind of peer.unreachable that is worth an immediate second try
_HINTS = {
    "request.unknown_peer": "{peer} does not (or no longer) know this node: exchange a new invitation.",
    "request.signature_wrong": "{peer} has another key pinned for this node: exchange a new invitation.",
    "request.wrong_target": "Another node answers at this address: check the address of {peer}.",
    "request.unknown_endpoint": "{peer} does not offer this call: compare the software versions.",
    "request.body_invalid": "{peer} does not understand this call: compare the software versions.",
    "invitation.expired": "Ask {peer} for a new invitation.",
    "invitation.used": "Ask {peer} for a new invitation.",
    "invitation.unknown": "Ask {peer} for a new invitation.",
}


def connection_error(peer: str, address: str, fault: Exception) -> PeerError:
    """No answer came: nobody there, too slow, or the wrong one."""
    if isinstance(fault, (httpx.TimeoutException, TimeoutError)):
        return _unreachable(peer, address, "no answer in time", "Check firewalls, and that its node is not overloaded.")
    for cause in _causes(fault):
        if isinstance(cause, ssl.SSLCertVerificationError):
            if getattr(cause, "verify_code", 0) in _EXPIRED:
                return _expired(peer)
            return wrong_key(peer, address)
        if isinstance(cause, ssl.SSLError):
            return _unreachable(
                peer, address, "something that does not speak TLS 1.3", "Check that this is the address of its node."
            )
    if isinstance(fault, (httpx.ConnectError, OSError)) and not isinstance(fault, ConnectionResetError):
        return _unreachable(peer, address, "no connection", "Check that its node runs, and the address and firewalls.")
    return _unreachable(peer, address, BROKEN, "Try again; if it stays so, look at its node's log.")


def wrong_key(peer: str, address: str, *, found: str | None = None, expected: str | None = None) -> PeerError:
    """Somebody answers at the address, but not with the pinned key."""
    return PeerError(
        "peer.wrong_key",
        f"The node at {address} does not hold the key that is pinned for {peer}.",
        found=found,
        expected=expected,
        hint=(
            f"Call {peer}: if it made a new key, exchange a new invitation; if not, somebody may be in between. "
            "Nothing was sent."
        ),
    )


def bad_answer(peer: str, found: str) -> PeerError:
    """The peer answered something that is not an answer."""
    return PeerError(
        "peer.bad_answer",
        f"{peer} answered in a form that this node does not understand.",
        found=found,
        hint=f"Compare the software versions, and check that the address of {peer} leads to its node.",
    )


def peer_error(peer: str, envelope: Envelope, now_ms: int) -> PeerError:
    """The error that an envelope with a code other than 0 stands for."""
    code = envelope.msg if _CODE.fullmatch(envelope.msg) else f"standard.{envelope.code}"
    facts = envelope.data.get("tacit")
    facts = facts if isinstance(facts, dict) else {}
    if code == "request.clock_skew":
        return _clock_skew(peer, facts.get("time"), now_ms)
    if code == "peer.version_mismatch" or envelope.code == WRONG_VERSION:
        theirs = facts.get("protocol")
        return PeerError(
            "peer.version_mismatch",
            f"{peer} speaks another version of the protocol between nodes.",
            found=f"version {theirs}" if isinstance(theirs, int) else None,
            expected=f"version {PROTOCOL_VERSION}",
            hint="Update the older of the two nodes.",
        )
    hint = _HINTS.get(code, "The details are in the log of {peer}.")
    return PeerError("peer.refused", f"{peer} refused the call.", found=code, hint=hint.format(peer=peer))


def _clock_skew(peer: str, their_time: object, now_ms: int) -> PeerError:
    found = f"{abs(now_ms - their_time) / 1000:.0f} s apart" if isinstance(their_time, int) else None
    ahead = isinstance(their_time, int) and now_ms > their_time
    which = "ahead of" if ahead else "behind"
    return PeerError(
        "peer.clock_skew",
        f"The clock of this node is {which} that of {peer}."
        if found
        else f"The clocks of this node and {peer} differ.",
        found=found,
        expected="at most 300 s",
        hint="Synchronise the clocks of both machines (NTP), then try again.",
    )


def _unreachable(peer: str, address: str, found: str, hint: str) -> PeerError:
    return PeerError("peer.unreachable", f"{peer} cannot be reached at {address}.", found=found, hint=hint)


def _expired(peer: str) -> PeerError:
    return PeerError(
        "peer.certificate_expired",
        f"The certificate of {peer} is outside its time of validity.",
        hint=f"Check the clocks; else {peer} must renew it, and both exchange a new invitation.",
    )


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__
