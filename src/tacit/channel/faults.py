"""The errors of a line between two parties, worded in one place. Each function makes a fresh error."""

from __future__ import annotations

import re
import ssl

from tacit.errors import InternalError, ParameterError, PeerError, PeerFailed, PeerLost, ProtocolError

_CODE = re.compile(r"[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40}){0,4}")
MAX_KIND = 65_535
UNKNOWN_CODE = "internal.unknown"


def safe_code(code: str) -> str:
    """The code itself when it has the form of one; otherwise a neutral one, so that no free text travels."""
    return code if _CODE.fullmatch(code) else UNKNOWN_CODE


def is_code(code: str) -> bool:
    """Whether this text has the form of an error code."""
    return _CODE.fullmatch(code) is not None


def said_goodbye(peer: str) -> PeerLost:
    """The peer closed in good order."""
    return PeerLost("peer.closed", f"{peer} closed the session.", hint="Look at the peer's job record for the reason.")


def cut_off(peer: str) -> PeerLost:
    """The stream ended without a goodbye: the peer's process ended or something between cut the line."""
    return PeerLost(
        "peer.closed",
        f"The line to {peer} ended without a goodbye.",
        hint="Its worker was stopped or something between cut the line. It is safe to run the step again.",
    )


def line_reset(peer: str) -> PeerLost:
    """The operating system reported a broken connection."""
    return PeerLost(
        "peer.reset",
        f"The line to {peer} broke.",
        hint="Its worker was stopped or something between cut the line. It is safe to run the step again.",
    )


def gone_silent(peer: str, seconds: float) -> PeerLost:
    """Not even a heartbeat arrived."""
    return PeerLost(
        "peer.silent",
        f"{peer} has been silent.",
        found=f"nothing for {seconds:.0f} s, not even a heartbeat",
        hint="Check the peer's machine and the network between. It is safe to run the step again.",
    )


def stopped(peer: str, code: str) -> PeerFailed:
    """The peer stopped on an error of its own."""
    return PeerFailed(peer, code)


def used_after_end() -> InternalError:
    """This side closed or failed the channel and used it again."""
    return InternalError("channel.ended_here", "This side already ended the channel and used it again.")


def bad_kind(kind: int) -> InternalError:
    """A protocol asked for a message number that does not exist."""
    return InternalError(
        "channel.bad_kind", "A message kind is out of range.", found=str(kind), expected=f"0 to {MAX_KIND}"
    )


def unexpected_kind(peer: str, found: int, expected: int) -> ProtocolError:
    """The two sides do not follow the same protocol step."""
    return ProtocolError(
        "protocol.unexpected_message",
        f"{peer} sent another message than the protocol has here.",
        found=f"kind {found}",
        expected=f"kind {expected}",
        hint="Both sides must run the same version of the operator.",
    )


def too_large(peer: str, kind: int, found: int, limit: int) -> ProtocolError:
    """The announced size is above what this step of the protocol allows."""
    return ProtocolError(
        "protocol.message_too_large",
        f"{peer} announced a message above the size that the protocol allows here.",
        found=f"{found} bytes of kind {kind}",
        expected=f"at most {limit} bytes",
    )


def wrong_size(peer: str, found: int, expected: int) -> ProtocolError:
    """An array of fixed shape arrived with another number of bytes."""
    return ProtocolError(
        "protocol.wrong_size",
        f"{peer} sent an array of another size than agreed.",
        found=f"{found} bytes",
        expected=f"{expected} bytes",
    )


def bad_frame(what: str) -> ProtocolError:
    """The byte stream is not a sequence of our frames."""
    return ProtocolError("channel.bad_frame", "The peer sent bytes that are no valid frame.", found=what)


def corrupted(peer: str) -> ProtocolError:
    """A TLS record did not verify at one of the two ends."""
    return ProtocolError(
        "channel.corrupted",
        f"The bytes between {peer} and here were changed on their way.",
        hint="Something between the two nodes changes traffic: look for a faulty or intercepting network device.",
    )


def wrong_session(peer: str, found: str) -> ProtocolError:
    """An authentic peer, but not for this session, role or run."""
    return ProtocolError(
        "channel.wrong_session",
        f"{peer} connected for another session than this one.",
        found=found,
        hint="Both nodes must run the same job; start it again if one was restarted.",
    )


def wrong_version(peer: str, found: int, expected: int) -> ProtocolError:
    """The peer speaks another version of the data plane."""
    return ProtocolError(
        "channel.wrong_version",
        f"{peer} speaks another version of the channel protocol.",
        found=str(found),
        expected=str(expected),
        hint="Bring both nodes to the same release.",
    )


def wrong_key(peer: str) -> PeerLost:
    """The certificates do not belong to the keys that the two nodes exchanged."""
    return PeerLost(
        "peer.wrong_key",
        f"The line to {peer} did not come up: a certificate is not signed by the key that was exchanged.",
        hint="Check the peer's address, and exchange a new invitation if one of the nodes has a new key.",
    )


def clock_skew(peer: str) -> PeerLost:
    """A fresh certificate looks expired or not valid yet."""
    return PeerLost(
        "peer.clock_skew",
        f"The certificate of {peer} is not valid at this time.",
        hint="Check the clocks of both machines; they may differ by at most 10 minutes.",
    )


def handshake_timeout(peer: str) -> PeerLost:
    """Connected, but no handshake in time."""
    return PeerLost(
        "peer.handshake_timeout",
        f"{peer} accepted the connection but did not finish the handshake in time.",
        hint="Its worker may not have started; look at the peer's job record.",
    )


def refused(peer: str, address: str) -> PeerLost:
    """Nobody listens at the peer's address."""
    return PeerLost(
        "peer.refused",
        f"Nothing listens at the address of {peer}.",
        found=address,
        hint="Is the peer's node running, and is its peer port open in the firewall?",
    )


def not_connected(peer: str) -> PeerLost:
    """The side that listens waited in vain."""
    return PeerLost(
        "peer.not_connected",
        f"{peer} did not connect in time.",
        hint="Is the step running there, and can the peer reach this node's peer port?",
    )


def unreachable(peer: str, address: str, reason: str) -> PeerLost:
    """No route, no such host, or no answer."""
    return PeerLost(
        "peer.unreachable",
        f"The address of {peer} cannot be reached.",
        found=f"{address} ({reason})",
        hint="Check the address and the network between the two nodes.",
    )


def bad_handshake(peer: str) -> ProtocolError:
    """What is at the other end does not speak TLS 1.3 as we do."""
    return ProtocolError(
        "channel.bad_handshake",
        f"What answers for {peer} does not speak this protocol.",
        expected="TLS 1.3 with a client certificate",
        hint="Check that the address is a node's peer port and that no proxy ends the TLS connection.",
    )


_CERTIFICATE_ALERTS = (
    "UNKNOWN_CA",
    "BAD_CERTIFICATE",
    "CERTIFICATE_UNKNOWN",
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_REVOKED",
    "DECRYPT_ERROR",
    "DID_NOT_RETURN_A_CERTIFICATE",
)
_NOT_YET_VALID, _EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED


def handshake_fault(peer: str, error: OSError) -> PeerError:
    """What a failed handshake says about the line."""
    if isinstance(error, TimeoutError):
        return handshake_timeout(peer)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionAbortedError):
        return cut_off(peer)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLSyscallError):
        return _handshake_refusal(peer, error)
    return line_reset(peer)


def _handshake_refusal(peer: str, error: ssl.SSLError) -> PeerError:
    """One of the two sides did not like what it saw; the reason is OpenSSL's."""
    reason = error.reason or ""
    if getattr(error, "verify_code", 0) in (_NOT_YET_VALID, _EXPIRED) or "CERTIFICATE_EXPIRED" in reason:
        return clock_skew(peer)
    if isinstance(error, ssl.SSLCertVerificationError) or reason.endswith(_CERTIFICATE_ALERTS):
        return wrong_key(peer)
    return bad_handshake(peer)


def bad_address(address: str) -> ParameterError:
    """An address that is not host:port."""
    return ParameterError("port.bad_address", "This is not an address.", found=address, expected="host:port")
