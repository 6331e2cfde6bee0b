"""Invitation codes: how two nodes pin each other's keys without anybody else.

    tacit1.<base64url of: JSON, then the first 4 bytes of its SHA-256>

The code holds the inviter's address, the fingerprint of its key, and a secret. It goes to the invited organisation
over a way that both trust (a call, a signed mail). The invited node connects, checks that the key at the address has
this fingerprint, and applies with its own certificate and a proof that it holds the secret; the proof binds both
keys. So each side ends up with the other's key, and somebody in between with nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from tacit.errors import InputError, PeerError, RefusedError
from tacit.interconnect.certificates import certificate_fingerprint, check_validity, read_certificate
from tacit.interconnect.shapes import AUTH_TYPE, Address, ContractApply, Id, InvitationProof, Label, NodeInfo
from tacit.schema.wire import PROTOCOL_VERSION, Digest, Millis, Shape, Version

_MARK = "tacit1."
_CHECK_BYTES = 4
DEFAULT_LIFETIME_MS = 3 * 24 * 3600 * 1000
MAX_LENGTH = 4096


Secret = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]  # 16 random bytes


class Invitation(Shape):
    """What the code holds."""

    v: Literal[1] = 1
    node_id: Id
    institution: Label
    address: Address
    fingerprint: Digest
    secret: Secret = Field(repr=False)
    expires: Millis

    def code(self) -> str:
        """The text to hand over."""
        body = self.model_dump_json().encode()
        return _MARK + base64.urlsafe_b64encode(body + _check(body)).rstrip(b"=").decode()

    def id(self) -> str:
        """Names the invitation without giving away the secret."""
        return hashlib.sha256(b"tacit invitation id\n" + bytes.fromhex(self.secret)).hexdigest()


class IssuedInvitation(Shape):
    """What the inviter stores. `used_by`: fingerprint of the key that used it."""

    id: Digest
    secret: Secret = Field(repr=False)
    expires: Millis
    used_by: Digest | None = None


def issue_invitation(
    *,
    node_id: str,
    institution: str,
    address: str,
    fingerprint: str,
    now_ms: int,
    lifetime_ms: int = DEFAULT_LIFETIME_MS,
) -> tuple[Invitation, IssuedInvitation]:
    """A fresh invitation: the code to hand over, and the record to keep."""
    invitation = Invitation(
        node_id=node_id,
        institution=institution,
        address=address,
        fingerprint=fingerprint,
        secret=secrets.token_hex(16),
        expires=now_ms + lifetime_ms,
    )
    return invitation, IssuedInvitation(id=invitation.id(), secret=invitation.secret, expires=invitation.expires)


def read_invitation(code: str, *, now_ms: int) -> Invitation:
    """Raises InputError "invitation.malformed", RefusedError "invitation.expired"."""
    code = "".join(code.split())
    if not code.startswith(_MARK) or len(code) > MAX_LENGTH:
        raise _malformed()
    text = code.removeprefix(_MARK)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if not hmac.compare_digest(check, _check(body)):
            raise _malformed()
        invitation = Invitation.model_validate_json(body)
    except (ValueError, ValidationError):
        raise _malformed() from None
    if now_ms > invitation.expires:
        raise _expired()
    return invitation


def make_application(invitation: Invitation, me: NodeInfo, certificate_pem: str, software: str) -> ContractApply:
    """The body of node/contract/apply for the invited node."""
    proof = _proof(
        invitation.secret, me.node_id, me.address, certificate_fingerprint(certificate_pem), invitation.fingerprint
    )
    return ContractApply(
        address=me.address,
        auth_credential=certificate_pem,
        auth_type=AUTH_TYPE,
        description=me.description,
        inst_id=me.inst_id,
        institution=me.institution,
        name=me.name,
        node_id=me.node_id,
        system=me.system,
        system_version=me.system_version,
        tacit=InvitationProof(invitation=invitation.id(), proof=proof, protocol=PROTOCOL_VERSION, software=software),
    )


def check_application(
    body: ContractApply, issued: IssuedInvitation | None, *, own_fingerprint: str, now_ms: int
) -> str:
    """Every check of an application; returns the applicant's key fingerprint, to be pinned.

    The caller looks `issued` up by `body.tacit.invitation` and marks it used in the same transaction that pins the
    peer. An application repeated by the same key is accepted again: its answer may have been lost.

    Raises RefusedError: invitation.needed, invitation.unknown, invitation.expired, invitation.used,
    invitation.proof_wrong, contract.auth_type, certificate.…; PeerError "peer.version_mismatch".
    """
    if not isinstance(body.tacit, InvitationProof):
        raise needed()
    check_protocol(body.tacit.protocol, body.node_id)
    if body.auth_type != AUTH_TYPE:
        raise RefusedError("contract.auth_type", "This way to authenticate is unknown here.", expected=AUTH_TYPE)
    check_validity(read_certificate(body.auth_credential))
    applicant = certificate_fingerprint(body.auth_credential)
    if issued is None or issued.id != body.tacit.invitation:
        raise RefusedError("invitation.unknown", "This node knows no such invitation.", hint="Ask for a new one.")
    expected = _proof(issued.secret, body.node_id, body.address, applicant, own_fingerprint)
    if not hmac.compare_digest(expected, body.tacit.proof):
        raise RefusedError("invitation.proof_wrong", "The application does not prove that it holds the invitation.")
    if issued.used_by is not None and issued.used_by != applicant:
        raise RefusedError("invitation.used", "This invitation was already used.", hint="Ask for a new one.")
    if now_ms > issued.expires and issued.used_by is None:
        raise _expired()
    return applicant


def needed() -> RefusedError:
    """Where nobody may apply without an invitation."""
    return RefusedError(
        "invitation.needed",
        "This node makes contracts by invitation only.",
        hint="Ask its operator for an invitation code.",
    )


def check_protocol(theirs: int, peer: str, software: Version | None = None) -> None:
    """Raises PeerError "peer.version_mismatch" when the peer speaks another version of the protocol."""
    if theirs == PROTOCOL_VERSION:
        return
    who = "this node" if theirs > PROTOCOL_VERSION else peer
    raise PeerError(
        "peer.version_mismatch",
        f"{peer} speaks another version of the protocol between nodes.",
        found=f"version {theirs}" + (f" (software {software})" if software else ""),
        expected=f"version {PROTOCOL_VERSION}",
        hint=f"Update {who}.",
    )


def _proof(secret: str, node_id: str, address: str, applicant: str, inviter: str) -> str:
    text = "\n".join(("tacit invitation proof v1", node_id, address, applicant, inviter))
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]


def _malformed() -> InputError:
    return InputError(
        "invitation.malformed",
        "This is not a complete invitation code.",
        expected=f"one text that begins with {_MARK}",
        hint="Copy the whole code again.",
    )


def _expired() -> RefusedError:
    return RefusedError("invitation.expired", "This invitation has expired.", hint="Ask for a new one.")
