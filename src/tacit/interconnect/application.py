"""Applying without an invitation: what the applicant signs, and what the receiver checks before it believes a word.

The applicant proves that it holds its node's key: Ed25519 over the canonical Application document (purpose
"application"; see `tacit.ledger.signature`), which names the receiver's key, so that it is of no use at another node,
and the time, so that it is of no use later. The receiver is proven by its TLS certificate, whose key has the
fingerprint that the applicant was told over another way.
"""

from __future__ import annotations

from tacit import __version__
from tacit.errors import RefusedError
from tacit.interconnect.certificates import certificate_fingerprint, certificate_key, check_validity, read_certificate
from tacit.interconnect.invitation import check_protocol
from tacit.interconnect.shapes import AUTH_TYPE, Application, ApplicationProof, ContractApply, NodeInfo
from tacit.interconnect.signing import WINDOW_MS
from tacit.ledger.signature import Signer, sign_document, signature_fits
from tacit.schema.wire import PROTOCOL_VERSION

PURPOSE = "application"


def sign_application(application: Application, me: NodeInfo, certificate_pem: str, signer: Signer) -> ContractApply:
    """The body of node/contract/apply, without an invitation."""
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
        tacit=ApplicationProof(
            application=application,
            signature=sign_document(PURPOSE, application, signer),
            protocol=PROTOCOL_VERSION,
            software=__version__,
        ),
    )


def check_proof(body: ContractApply, proof: ApplicationProof, *, own_fingerprint: str, now_ms: int) -> str:
    """Every check of the applicant's proof; returns the fingerprint of its key.

    Raises RefusedError: application.proof_wrong, application.proof_old, contract.auth_type, certificate.…;
    PeerError "peer.version_mismatch".
    """
    check_protocol(proof.protocol, body.node_id)
    if body.auth_type != AUTH_TYPE:
        raise RefusedError("contract.auth_type", "This way to authenticate is unknown here.", expected=AUTH_TYPE)
    check_validity(read_certificate(body.auth_credential))
    said = proof.application
    told = (said.node_id, said.institution, said.address, said.target)
    if told != (body.node_id, body.institution, body.address, own_fingerprint) or not signature_fits(
        PURPOSE, said, proof.signature, certificate_key(body.auth_credential)
    ):
        raise wrong_proof()
    if abs(said.time - now_ms) > WINDOW_MS:
        raise RefusedError(
            "application.proof_old",
            "The application was not signed just now.",
            found=f"{(said.time - now_ms) / 1000:+.0f} s",
            expected=f"at most {WINDOW_MS // 1000} s",
            hint="Synchronise both clocks (NTP); it is sent again by itself.",
        )
    return certificate_fingerprint(body.auth_credential)


def wrong_proof() -> RefusedError:
    """One answer for all that does not fit: it tells a stranger nothing."""
    return RefusedError(
        "application.proof_wrong",
        "The application does not prove that it comes from the node that it names, or is meant for another node.",
        hint="Apply again; if the other node has a new key, ask for its new fingerprint.",
    )
