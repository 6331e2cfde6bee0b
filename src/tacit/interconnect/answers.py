"""The answer envelope {code, msg, data}: which number of the standard stands for which of our errors.

`code` is 0, or a number from the standard's table (transport layer, E0000000xxx); `msg` is our dotted code and nothing
else, because a message may name what belongs to its owner.
"""

from __future__ import annotations

from typing import Any

from tacit.errors import InputError, NotFoundError, PeerError, RefusedError, ResourceError, TacitError
from tacit.interconnect.shapes import Envelope

BAD_REQUEST = 400
FORBIDDEN = 403
NOT_FOUND = 404
TOO_LARGE = 413
FAULT = 500
UNKNOWN = 520
CERTIFICATE = 603
EXPIRED = 604
NOT_PERMITTED = 614
BAD_SIGNATURE = 615
BAD_ENCODING = 616
WRONG_VERSION = 617
NOT_CONNECTED = 618
BUFFER_FULL = 700

_NUMBERS = {
    "request.body_invalid": BAD_ENCODING,
    "request.too_large": TOO_LARGE,
    "request.unknown_endpoint": NOT_FOUND,
    "request.signature_wrong": BAD_SIGNATURE,
    "request.replayed": BAD_SIGNATURE,
    "request.clock_skew": BAD_SIGNATURE,
    "request.header_missing": BAD_REQUEST,
    "request.header_invalid": BAD_REQUEST,
    "request.header_repeated": BAD_REQUEST,
    "request.rate_limited": BUFFER_FULL,
    "request.wrong_target": NOT_CONNECTED,
    "request.unknown_peer": NOT_CONNECTED,
    "peer.version_mismatch": WRONG_VERSION,
    "invitation.expired": EXPIRED,
    "invitation.used": EXPIRED,
    "invitation.needed": NOT_PERMITTED,
    "certificate.malformed": CERTIFICATE,
    "certificate.wrong_algorithm": CERTIFICATE,
    "certificate.expired": CERTIFICATE,
}
_HTTP = {
    TOO_LARGE: 413,
    NOT_FOUND: 404,
    BAD_SIGNATURE: 401,
    NOT_CONNECTED: 401,
    FORBIDDEN: 403,
    NOT_PERMITTED: 403,
    EXPIRED: 403,
    CERTIFICATE: 403,
    WRONG_VERSION: 409,
    UNKNOWN: 409,
    FAULT: 500,
    BUFFER_FULL: 429,
}


def error_number(error: TacitError) -> int:
    """The standard's number for an error of ours."""
    if error.code in _NUMBERS:
        return _NUMBERS[error.code]
    for parent, number in (
        (NotFoundError, NOT_FOUND),
        (InputError, BAD_REQUEST),
        (RefusedError, FORBIDDEN),
        (PeerError, UNKNOWN),
        (ResourceError, UNKNOWN),
    ):
        if isinstance(error, parent):
            return number
    return FAULT


def error_envelope(error: TacitError, facts: dict[str, Any] | None = None) -> Envelope:
    """What the peer gets to see of an error; `facts` are harmless ones that help it (our time, our version)."""
    return Envelope(code=error_number(error), msg=error.code, data={"tacit": facts} if facts else {})


def http_status(code: int) -> int:
    """HTTP status that goes with an envelope."""
    return 200 if code == 0 else _HTTP.get(code, 400)
