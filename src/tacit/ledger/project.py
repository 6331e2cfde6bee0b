"""Project agreements: signing and verifying them, and checking that all members did, along a chain of amendments."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.errors import RefusedError
from tacit.ledger.signature import Signer, sign_document, signature_fits
from tacit.schema.agreement import FinalAgreement, ProjectAgreement, SignedProjectAgreement, Verification
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


def sign_verification(agreement: ProjectAgreement, member: str, signer: Signer) -> str:
    """A member's word that it has checked all signatures; call `check_project_signatures` first."""
    return sign_document("project-verified", _verification(agreement, member), signer)


def check_verification(agreement: ProjectAgreement, member: str, signature: str) -> None:
    """Raises RefusedError("project.not_a_member", "project.verification_wrong")."""
    key = _key_of(agreement, member)
    if not signature_fits("project-verified", _verification(agreement, member), signature, key):
        raise RefusedError("project.verification_wrong", f"The verification of {member} on the agreement is wrong.")


def check_final(final: FinalAgreement) -> None:
    """All members signed the agreement and verified it. Raises RefusedError "project.…"."""
    check_project_signatures(final)
    missing = sorted(set(final.agreement.members) - set(final.verified))
    if missing:
        raise RefusedError(
            "project.verification_missing",
            "Not all members have verified the agreement.",
            found="missing: " + ", ".join(missing),
        )
    for member, signature in sorted(final.verified.items()):
        check_verification(final.agreement, member, signature)


def check_chain(chain: Sequence[SignedProjectAgreement]) -> None:
    """An agreement and its amendments, oldest first: each is complete and names the hash of the one before.

    Raises RefusedError: project.amends_another, project.members_changed, project.signature_….
    """
    for number, signed in enumerate(chain):
        if isinstance(signed, FinalAgreement) and signed.verified:
            check_final(signed)
        else:
            check_project_signatures(signed)  # signed before verifications were kept
        if number:
            check_amends(signed.agreement, chain[number - 1].agreement)


def check_amends(offer: ProjectAgreement, old: ProjectAgreement) -> None:
    """`offer` amends `old`, whose members must all be asked. Raises RefusedError: project.amends_another, …"""
    if offer.amends is None or (offer.amends.agreement, offer.amends.hash) != (old.id, old.hash()):
        raise RefusedError("project.amends_another", "The amendment names another agreement than the one in force.")
    if any(offer.members.get(member) != key for member, key in old.members.items()):
        raise RefusedError(
            "project.members_changed",
            "An amendment needs every member of the agreement that it changes.",
            hint="To go on without a member, end the agreement and propose a new one.",
        )


def _verification(agreement: ProjectAgreement, member: str) -> Verification:
    return Verification(agreement=agreement.id, hash=agreement.hash(), member=member)


def _key_of(agreement: ProjectAgreement, member: str) -> Ed25519PublicKey:
    text = agreement.members.get(member)
    if text is None:
        raise RefusedError("project.not_a_member", f"{member} is not a member of the agreement.")
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.removeprefix("ed25519:")))


def _check_one(agreement: ProjectAgreement, member: str, signature: str) -> None:
    if not signature_fits("project", agreement, signature, _key_of(agreement, member)):
        raise RefusedError("project.signature_wrong", f"The signature of {member} on the agreement is wrong.")
