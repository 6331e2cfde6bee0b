"""Job agreements: what each party compares before it signs, and the session ids that follow from the signed text.

A party never signs what it was sent without holding every field against what it computed itself (`Proposal`) and
what it approved itself (its own signed part). One altered field anywhere gives another session id, so that parties
who signed different agreements cannot even begin to talk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.errors import PeerError, RefusedError
from tacit.ledger.signature import Signer, sign_document, signature_fits
from tacit.schema.canonical import canonical_json, digest
from tacit.schema.flow import Flow
from tacit.schema.job import Disclosures, JobAgreement, Part, SignedPart
from tacit.schema.wire import PROTOCOL_VERSION, public_key_text

Keys = Mapping[str, Ed25519PublicKey]  # party -> pinned key, this node's own included


@dataclass(frozen=True, slots=True)
class Proposal:
    """What this node worked out itself from the flow that it was sent (or sent out)."""

    job_id: str
    initiator: str
    flow: Flow
    disclosures: Disclosures
    operators: Mapping[str, str]  # operator -> version, of all steps
    project: str | None = None

    @property
    def parties(self) -> frozenset[str]:
        return frozenset(self.flow.parties)


def disclosures_hash(disclosures: Disclosures) -> str:
    """Canonical hash of what every party learns."""
    return digest(_plain(disclosures))


def sign_part(part: Part, signer: Signer) -> SignedPart:
    """This party's approval. Sign only after a person or a rule said yes."""
    return SignedPart(part=part, signature=sign_document("part", part, signer))


def check_part(signed: SignedPart, *, proposal: Proposal, party: str, keys: Keys) -> None:
    """Hold another party's approval against this job. Raises RefusedError "part.…" / "job.…", PeerError."""
    part = signed.part
    key = _key_of(party, keys)
    if not signature_fits("part", part, signed.signature, key):
        raise RefusedError("part.signature_wrong", f"The approval of {party} does not bear its signature.")
    _same("part.party", f"The approval of {party} names another party", part.party, party)
    _same("part.key", f"The approval of {party} names another key", part.key, public_key_text(key))
    if part.job_id != proposal.job_id:
        raise RefusedError(
            "part.replayed",
            f"The approval of {party} was given for another job.",
            found=part.job_id,
            expected=proposal.job_id,
        )
    _same("job.flow_differs", f"{party} approved another flow", part.flow_hash, proposal.flow.hash())
    if part.disclosures_hash != disclosures_hash(proposal.disclosures):
        raise RefusedError(
            "job.disclosures_differ",
            f"{party} works out other disclosures for this flow than this node.",
            hint="Compare the software versions of both nodes.",
        )
    _same("job.project_differs", f"{party} approved under another project", part.project, proposal.project)
    if part.protocol != PROTOCOL_VERSION:
        raise PeerError(
            "peer.version_mismatch",
            f"{party} speaks another version of the protocol between nodes.",
            found=str(part.protocol),
            expected=str(PROTOCOL_VERSION),
            hint="Update the older node.",
        )
    _check_operators(part, proposal.operators)


def assemble(proposal: Proposal, parts: Mapping[str, SignedPart], *, keys: Keys, created: int) -> JobAgreement:
    """The agreement of a job whose parties all approved; every part is checked again."""
    if set(parts) != proposal.parties:
        raise RefusedError(
            "agreement.parties",
            "The approvals are not exactly those of the parties.",
            found=", ".join(sorted(parts)),
            expected=", ".join(sorted(proposal.parties)),
        )
    for party in sorted(parts):
        check_part(parts[party], proposal=proposal, party=party, keys=keys)
    return JobAgreement(
        job_id=proposal.job_id,
        initiator=proposal.initiator,
        project=proposal.project,
        flow=proposal.flow,
        flow_hash=proposal.flow.hash(),
        disclosures=proposal.disclosures,
        parts={party: parts[party] for party in sorted(parts)},
        created=created,
    )


def check_agreement(agreement: JobAgreement, *, proposal: Proposal, own: SignedPart, keys: Keys) -> None:
    """Everything a party compares before it signs. Raises RefusedError with the first difference.

    `own` is the approval that this party gave, from its own store; `proposal` what it computed when it gave it.
    """
    check_consistent(agreement)
    _same("agreement.job", "The agreement is for another job", agreement.job_id, proposal.job_id)
    _same("agreement.initiator", "The agreement names another initiator", agreement.initiator, proposal.initiator)
    _same("job.project_differs", "The agreement is under another project", agreement.project, proposal.project)
    # The hash leaves the layout out; comparing whole documents leaves nothing out.
    if _plain(agreement.flow) != _plain(proposal.flow):
        raise RefusedError("job.flow_differs", "The agreement holds another flow than the one approved here.")
    if _plain(agreement.disclosures) != _plain(proposal.disclosures):
        raise RefusedError("job.disclosures_differ", "The agreement holds other disclosures than this node works out.")
    mine = agreement.parts.get(own.part.party)
    if mine is None or mine != own:
        raise RefusedError("agreement.own_part", "The agreement does not hold this node's approval as it was given.")
    for party in sorted(agreement.parts):
        check_part(agreement.parts[party], proposal=proposal, party=party, keys=keys)


def check_consistent(agreement: JobAgreement) -> None:
    """What can be said of an agreement by itself: the flow hash is the flow's, the parties are the flow's."""
    if agreement.flow_hash != _hash_of(agreement.flow):
        raise RefusedError("agreement.flow_hash", "The flow hash in the agreement is not that of its flow.")
    parties = set(agreement.flow.parties)
    if set(agreement.parts) != parties:
        raise RefusedError(
            "agreement.parties",
            "The parts of the agreement are not exactly those of the flow's parties.",
            found=", ".join(sorted(agreement.parts)),
            expected=", ".join(sorted(parties)),
        )
    seated = {party for step in agreement.flow.steps for party in step.at.values()}
    if not seated <= parties:
        raise RefusedError(
            "agreement.parties",
            "A step of the flow is at somebody who is not among its parties.",
            found=", ".join(sorted(seated - parties)),
            expected=", ".join(sorted(parties)),
        )
    if agreement.initiator not in parties:
        raise RefusedError(
            "agreement.initiator", "The initiator is not a party of the flow.", found=agreement.initiator
        )
    nonces = {signed.part.nonce for signed in agreement.parts.values()}
    if len(nonces) != len(agreement.parts):
        raise RefusedError("agreement.nonces", "Two parties brought the same random number.")


def sign_agreement(agreement: JobAgreement, signer: Signer) -> str:
    """This party's signature on the whole agreement; call `check_agreement` first."""
    return sign_document("job-agreement", agreement, signer)


def check_signatures(agreement: JobAgreement, signatures: Mapping[str, str], *, keys: Keys) -> None:
    """Every party signed this very agreement with its pinned key. Raises RefusedError "agreement.signature_…"."""
    if set(signatures) != set(agreement.parts):
        raise RefusedError(
            "agreement.signature_missing",
            "The signatures on the agreement are not exactly those of its parties.",
            found=", ".join(sorted(signatures)),
            expected=", ".join(sorted(agreement.parts)),
        )
    for party in sorted(signatures):
        if not signature_fits("job-agreement", agreement, signatures[party], _key_of(party, keys)):
            raise RefusedError("agreement.signature_wrong", f"The signature of {party} on the agreement is wrong.")


def session_id(agreement: JobAgreement) -> bytes:
    """32 bytes that all sessions of the job hang from. Every party's fresh nonce is in it."""
    return hashlib.sha256(b"tacit job\n" + canonical_json(agreement.document())).digest()


def step_session_id(sid: bytes, step: str, attempt: int, seed: bytes) -> bytes:
    """32 bytes for one attempt at one step; `seed` are the scheduler's 32 fresh bytes of the start call."""
    if len(sid) != 32 or len(seed) != 32:
        raise ValueError("session id and seed have 32 bytes")
    return hashlib.sha256(b"tacit step\n" + sid + f"{step}\n{attempt}\n".encode() + seed).digest()


def _check_operators(part: Part, ours: Mapping[str, str]) -> None:
    for operator in sorted(set(ours) | set(part.operators)):
        if part.operators.get(operator) != ours.get(operator):
            raise RefusedError(
                "job.operator_version_differs",
                f"{part.party} has another version of {operator}.",
                found=part.operators.get(operator, "none"),
                expected=ours.get(operator, "none"),
                hint="Bring both nodes to the same software version.",
            )


def _same(code: str, message: str, found: str | None, expected: str | None) -> None:
    if found != expected:
        raise RefusedError(code, message + ".", found=found or "none", expected=expected or "none")


def _key_of(party: str, keys: Keys) -> Ed25519PublicKey:
    key = keys.get(party)
    if key is None:
        raise RefusedError(
            "job.party_unknown",
            f"{party} is not a peer of this node.",
            hint=f"Exchange an invitation with {party}: all parties of a job must know each other.",
        )
    return key


def _hash_of(flow: Flow) -> str:
    try:
        return flow.hash()
    except ValueError as fault:
        raise RefusedError(
            "agreement.not_canonical", "The flow holds a number that JSON cannot keep exactly."
        ) from fault


def _plain(value: Flow | Disclosures) -> object:
    if isinstance(value, Flow):
        return canonical_json(value.document())
    return {party: [line.document() for line in lines] for party, lines in sorted(value.items())}
