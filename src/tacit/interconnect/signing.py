"""Signed requests: what is signed, which headers carry it, and every check the receiver makes.

The standard asks for `x-auth-sign` and leaves open what it covers. Ours is Ed25519 over these lines, joined by LF:

    tacit-request-v1, METHOD, path, query, source, target, nonce, timestamp, trace, hex SHA-256 of the body

path and query exactly as they stand in the request line.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.errors import RefusedError
from tacit.ledger.signature import Signer, signature_bytes

WINDOW_MS = 300_000  # how far two clocks may be apart: each two minutes off, in other directions, and a delay
SIGN = "x-auth-sign"
CSRF = "x-csrf-protection"
SOURCE = "x-source-node-id"
TARGET = "x-target-node-id"
NONCE = "x-nonce"
TRACE = "x-trace-id"
TIMESTAMP = "x-timestamp"

_NODE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_FORMATS = {
    SOURCE: _NODE_ID,
    TARGET: _NODE_ID,
    NONCE: re.compile(r"[A-Za-z0-9-]{16,64}"),
    TRACE: re.compile(r"[A-Za-z0-9._:-]{1,128}"),
    TIMESTAMP: re.compile(r"[0-9]{1,15}"),
    SIGN: re.compile(r"[A-Za-z0-9+/]{86}=="),
    CSRF: re.compile(r"[\x21-\x7e]{1,128}"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that its signature covers."""

    method: str
    path: str
    query: str
    source: str
    target: str
    nonce: str
    timestamp: str
    trace: str
    body: bytes

    def signed_bytes(self) -> bytes:
        """What Ed25519 signs."""
        lines = (
            "tacit-request-v1",
            self.method.upper(),
            self.path,
            self.query,
            self.source,
            self.target,
            self.nonce,
            self.timestamp,
            self.trace,
            hashlib.sha256(self.body).hexdigest(),
        )
        return "\n".join(lines).encode()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request that passed all checks. `verified` is False only where the standard asks no signature.

    `host`: the network address of a caller that is not verified, for bounds on strangers.
    """

    node_id: str
    trace: str
    verified: bool
    host: str = ""


class KeyRing(Protocol):
    """The pinned keys of this node's peers."""

    def public_key(self, node_id: str) -> Ed25519PublicKey | None:
        """The peer's key; None for a stranger or a peer whose contract ended."""
        ...


class ReplayCache(Protocol):
    """Remembers the nonces of accepted requests; must outlive a restart of the node."""

    def remember(self, source: str, nonce: str, until_ms: int) -> bool:
        """False when this source's nonce is known already. It may be forgotten after `until_ms`. Atomic."""
        ...


class MemoryReplayCache:
    """Replay cache for tests and tools. Not for a node: it forgets at a restart."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def remember(self, source: str, nonce: str, until_ms: int) -> bool:
        """See ReplayCache."""
        if (source, nonce) in self._seen:
            return False
        self._seen[source, nonce] = until_ms
        return True

    def forget(self, now_ms: int) -> None:
        """Drop what can no longer be replayed."""
        self._seen = {key: until for key, until in self._seen.items() if until >= now_ms}


def new_nonce() -> str:
    """A UUID of 122 random bits."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


def signed_headers(request: Request, signer: Signer) -> dict[str, str]:
    """All headers of the standard for `request`, signature included."""
    headers = plain_headers(request)
    headers[SIGN] = base64.b64encode(signer.sign(request.signed_bytes())).decode()
    return headers


def plain_headers(request: Request) -> dict[str, str]:
    """The headers without a signature: for the calls that two strangers make."""
    headers = {
        SOURCE: request.source,
        TARGET: request.target,
        NONCE: request.nonce,
        TRACE: request.trace,
        TIMESTAMP: request.timestamp,
    }
    if request.method.upper() == "POST":
        headers[CSRF] = "1"
    return headers


def collect_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The signing headers of a request, by lower-case name. A repeated one is refused: which would count?"""
    found: dict[str, str] = {}
    for name, value in pairs:
        name = name.lower()
        if name not in _FORMATS:
            continue
        if name in found:
            raise RefusedError("request.header_repeated", f"The header {name} came twice.", expected="once")
        found[name] = value
    return found


def read_request(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, *, signed: bool = True
) -> Request:
    """Check that every needed header is there and well-formed. Raises RefusedError "request.header_…"."""
    needed = [SOURCE, TARGET, NONCE, TRACE, TIMESTAMP]
    needed += [CSRF] if method.upper() == "POST" else []
    needed += [SIGN] if signed else []
    for name in needed:
        if name not in headers:
            raise RefusedError(
                "request.header_missing",
                f"The header {name} is missing.",
                hint="See docs/concepts/interconnection.md for the headers of a signed request.",
            )
        if not _FORMATS[name].fullmatch(headers[name]):
            raise RefusedError("request.header_invalid", f"The header {name} is malformed.")
    return Request(
        method=method,
        path=path,
        query=query,
        source=headers[SOURCE],
        target=headers[TARGET],
        nonce=headers[NONCE],
        timestamp=headers[TIMESTAMP],
        trace=headers[TRACE],
        body=body,
    )


def check_target_and_clock(request: Request, *, me: str, now_ms: int) -> None:
    """The request is for this node, and made now. Raises "request.wrong_target", "request.clock_skew"."""
    if request.target != me:
        raise RefusedError(
            "request.wrong_target",
            "The request is meant for another node.",
            found=request.target,
            expected=me,
            hint="The caller should check the peer's name and address.",
        )
    skew = int(request.timestamp) - now_ms
    if abs(skew) > WINDOW_MS:
        raise RefusedError(
            "request.clock_skew",
            f"The clocks of {request.source} and this node are too far apart.",
            found=f"{skew / 1000:+.0f} s",
            expected=f"at most {WINDOW_MS // 1000} s",
            hint="Synchronise both clocks (NTP) and try again.",
        )


def verify_request(
    request: Request, signature: str, *, me: str, keys: KeyRing, replay: ReplayCache, now_ms: int
) -> Caller:
    """Every check of a signed request; the nonce is spent only when all others passed.

    Raises RefusedError: request.wrong_target, request.clock_skew, request.unknown_peer, request.signature_wrong,
    request.replayed.
    """
    check_target_and_clock(request, me=me, now_ms=now_ms)
    key = keys.public_key(request.source)
    if key is None:
        raise unknown_peer(request.source)
    try:
        key.verify(signature_bytes(signature), request.signed_bytes())
    except (InvalidSignature, ValueError):
        raise RefusedError(
            "request.signature_wrong",
            f"The request is not signed with the key that is pinned for {request.source}.",
            hint="If that node has a new key, both sides must exchange a new invitation.",
        ) from None
    if not replay.remember(request.source, request.nonce, int(request.timestamp) + WINDOW_MS):
        raise RefusedError("request.replayed", "This request was already received once.")
    return Caller(request.source, request.trace, verified=True)


def unknown_peer(source: str) -> RefusedError:
    """For a request in a name that is not pinned here."""
    return RefusedError(
        "request.unknown_peer", f"{source[:128]} is not a peer of this node.", hint="Invite it, or renew the contract."
    )
