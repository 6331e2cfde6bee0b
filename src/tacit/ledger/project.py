"""Project agreements: signing them, and checking that all members signed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.errors import RefusedError
from tacit.ledger.signature import Signer, sign_document, signature_fits
from tacit.schema.job import ProjectAgreement, SignedProjectAgreement
from tacit.schema.wire import public_key_text


def new_agreement_id() -> str:
    """`agr-` and 32 random hex digits."""
    return "agr-" + secrets.token_hex(16)


def check_members(agreement: ProjectAgreement, keys: Mapping[str, Ed25519PublicKey], *, me: str) -> None:
    """Before signing: this node is a member, and every member's key is the one pinned here.

    `keys` holds this node's own key too. Raises RefusedError "project.…".
    """
    if me not in agreement.members:
        raise RefusedError("project.not_a_member", "This node is not a member of the agreement.")
    for member, text in sorted(agreement.members.items()):
        key = keys.get(member)
        if key is None:
            raise RefusedError(
                "project.member_unknown",
                f"{member} is not a peer of this node.",
                hint=f"Exchange an invitation with {member} first.",
            )
        if public_key_text(key) != text:
            raise RefusedError(
                "project.member_key", f"The agreement names another key for {member} than is pinned here."
            )
    strangers = sorted(set(agreement.datasets) - set(agreement.members))
    if strangers:
        raise RefusedError(
            "project.not_a_member", "Datasets are listed for a party that is no member.", found=strangers[0]
        )
    if agreement.valid_until <= agreement.created:
        raise RefusedError("project.expired", "The agreement ends before it begins.")


def sign_project(agreement: ProjectAgreement, signer: Signer) -> str:
    """A member's signature; call `check_members` first."""
    return sign_document("project", agreement, signer)


def add_signature(signed: SignedProjectAgreement, member: str, signature: str) -> SignedProjectAgreement:
    """The agreement with one more signature, which is checked. Raises RefusedError "project.signature_wrong"."""
    _check_one(signed.agreement, member, signature)
    return SignedProjectAgreement(agreement=signed.agreement, signatures={**signed.signatures, member: signature})


def check_project_signatures(signed: SignedProjectAgreement, *, complete: bool = True) -> None:
    """All signatures fit the members' keys as written in the agreement; `complete`: none is missing."""
    missing = sorted(set(signed.agreement.members) - set(signed.signatures))
    if complete and missing:
        raise RefusedError(
            "project.signature_missing",
            "Not all members have signed the agreement.",
            found="missing: " + ", ".join(missing),
        )
    for member, signature in sorted(signed.signatures.items()):
        _check_one(signed.agreement, member, signature)


def _check_one(agreement: ProjectAgreement, member: str, signature: str) -> None:
    text = agreement.members.get(member)
    if text is None:
        raise RefusedError("project.not_a_member", f"{member} is not a member of the agreement.")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.removeprefix("ed25519:")))
    if not signature_fits("project", agreement, signature, key):
        raise RefusedError("project.signature_wrong", f"The signature of {member} on the agreement is wrong.")
