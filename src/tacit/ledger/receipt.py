"""Receipts: every party states what it saw of a job, all statements are held together and countersigned by all.

A receipt can be checked by anybody who has it and the parties' public keys; no node is needed. Each error names the
one signature, digest or transcript that does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.errors import RefusedError
from tacit.ledger.agreement import check_consistent, check_signatures, disclosures_hash
from tacit.ledger.commitment import commit
from tacit.ledger.signature import Signer, sign_document, signature_fits
from tacit.schema.flow import Step
from tacit.schema.job import JobAgreement, Receipt, SignedReceipt, SignedStatement, Statement, StepStatement
from tacit.schema.wire import public_key_text

Keys = Mapping[str, Ed25519PublicKey]


@dataclass(frozen=True, slots=True)
class ReceiptSummary:
    """What a receipt that passed all checks says."""

    job_id: str
    flow_hash: str
    agreement_hash: str
    receipt_hash: str
    parties: tuple[str, ...]
    steps: tuple[str, ...]


def sign_statement(statement: Statement, signer: Signer) -> SignedStatement:
    """This party's account of the job."""
    return SignedStatement(statement=statement, signature=sign_document("statement", statement, signer))


def check_statement(signed: SignedStatement, agreement: JobAgreement, *, party: str, key: Ed25519PublicKey) -> None:
    """One party's statement, held against the agreement. Raises RefusedError "statement.…"."""
    statement = signed.statement
    if not signature_fits("statement", statement, signed.signature, key):
        raise RefusedError("statement.signature_wrong", f"The statement of {party} does not bear its signature.")
    _same("statement.party", f"The statement of {party} names another party", statement.party, party)
    _same("statement.job", f"The statement of {party} is about another job", statement.job_id, agreement.job_id)
    _same(
        "statement.agreement",
        f"The statement of {party} is about another agreement",
        statement.agreement_hash,
        agreement.hash(),
    )
    told = [step.step for step in statement.steps]
    expected = [step.id for step in agreement.flow.steps if party in step.at.values()]
    if sorted(told) != sorted(expected):
        raise RefusedError(
            "statement.steps",
            f"The statement of {party} is not about exactly the steps that it takes part in.",
            found=", ".join(told) or "none",
            expected=", ".join(expected) or "none",
        )
    steps = {step.id: step for step in agreement.flow.steps}
    for account in statement.steps:
        _check_account(account, steps[account.step], agreement, party)
    _check_chain(statement, steps, agreement)


def assemble_receipt(
    agreement: JobAgreement,
    agreement_signatures: Mapping[str, str],
    statements: Mapping[str, SignedStatement],
    *,
    keys: Keys,
    issued: int,
) -> Receipt:
    """Put the receipt together and check it. Raises as `check_receipt`."""
    receipt = Receipt(
        job_id=agreement.job_id,
        agreement=agreement,
        agreement_signatures={party: agreement_signatures[party] for party in sorted(agreement_signatures)},
        statements={party: statements[party] for party in sorted(statements)},
        issued=issued,
    )
    check_receipt(receipt, keys=keys)
    return receipt


def check_receipt(receipt: Receipt, *, keys: Keys) -> None:
    """All of a receipt but the countersignatures: agreement, signatures, statements, and that they fit together.

    A party calls this, and `check_own_statement`, before it countersigns.
    """
    agreement = receipt.agreement
    check_consistent(agreement)
    _same("receipt.job", "The receipt names another job than its agreement", receipt.job_id, agreement.job_id)
    _check_parts(agreement, keys)
    check_signatures(agreement, receipt.agreement_signatures, keys=keys)
    if set(receipt.statements) != set(agreement.parts):
        raise RefusedError(
            "receipt.statements",
            "The statements are not exactly those of the parties.",
            found=", ".join(sorted(receipt.statements)),
            expected=", ".join(sorted(agreement.parts)),
        )
    for party in sorted(receipt.statements):
        check_statement(receipt.statements[party], agreement, party=party, key=_key(party, keys))
    for step in agreement.flow.steps:
        _check_ends_agree(receipt, step)


def check_own_statement(receipt: Receipt, own: SignedStatement, agreement_hash: str) -> None:
    """The receipt holds this party's statement and agreement, as kept in its own store."""
    _same("receipt.agreement", "The receipt is about another agreement", receipt.agreement.hash(), agreement_hash)
    if receipt.statements.get(own.statement.party) != own:
        raise RefusedError("receipt.own_statement", "The receipt does not hold this node's statement as it was given.")


def sign_receipt(receipt: Receipt, signer: Signer) -> str:
    """This party's countersignature; check first."""
    return sign_document("receipt", receipt, signer)


def check_countersignature(receipt: Receipt, party: str, signature: str, *, keys: Keys) -> None:
    """Raises RefusedError "receipt.signature_wrong"."""
    if not signature_fits("receipt", receipt, signature, _key(party, keys)):
        raise RefusedError("receipt.signature_wrong", f"The signature of {party} on the receipt is wrong.")


def verify_receipt(signed: SignedReceipt, *, keys: Keys) -> ReceiptSummary:
    """Everything, offline. Raises RefusedError that names what does not fit; says what the receipt proves."""
    receipt = signed.receipt
    check_receipt(receipt, keys=keys)
    if set(signed.signatures) != set(receipt.agreement.parts):
        raise RefusedError(
            "receipt.signature_missing",
            "The signatures on the receipt are not exactly those of the parties.",
            found=", ".join(sorted(signed.signatures)) or "none",
            expected=", ".join(sorted(receipt.agreement.parts)),
        )
    for party in sorted(signed.signatures):
        check_countersignature(receipt, party, signed.signatures[party], keys=keys)
    return ReceiptSummary(
        job_id=receipt.job_id,
        flow_hash=receipt.agreement.flow_hash,
        agreement_hash=receipt.agreement.hash(),
        receipt_hash=receipt.hash(),
        parties=tuple(sorted(receipt.agreement.parts)),
        steps=tuple(step.id for step in receipt.agreement.flow.steps),
    )


def check_own_outputs(
    receipt: Receipt, party: str, *, salt: bytes, digests: Mapping[tuple[str, str], str]
) -> tuple[tuple[str, str], ...]:
    """Hold the owner's stored artifacts against the receipt.

    `digests`: (step, output port) -> hex digest of the stored artifact. Returns what the receipt names but the store
    no longer has; raises RefusedError "receipt.output_differs" for what was changed.
    """
    gone = []
    for account in receipt.statements[party].statement.steps:
        for port, told in sorted(account.outputs.items()):
            stored = digests.get((account.step, port))
            if stored is None:
                gone.append((account.step, port))
            elif commit(salt, stored) != told:
                raise RefusedError(
                    "receipt.output_differs",
                    f"The stored output {account.step}.{port} is not the one in the receipt.",
                    hint="The artifact was changed after the job ended.",
                )
    return tuple(gone)


def receipt_keys(receipt: Receipt) -> dict[str, Ed25519PublicKey]:
    """The keys as the receipt itself names them. Good for showing; trust needs keys from elsewhere."""
    return {
        party: Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.part.key.removeprefix("ed25519:")))
        for party, signed in receipt.agreement.parts.items()
    }


def _check_parts(agreement: JobAgreement, keys: Keys) -> None:
    told = disclosures_hash(agreement.disclosures)
    for party, signed in sorted(agreement.parts.items()):
        part, key = signed.part, _key(party, keys)
        if not signature_fits("part", part, signed.signature, key):
            raise RefusedError("part.signature_wrong", f"The approval of {party} does not bear its signature.")
        _same("part.party", f"The approval of {party} names another party", part.party, party)
        _same("part.key", f"The approval of {party} names another key", part.key, public_key_text(key))
        _same("part.replayed", f"The approval of {party} was given for another job", part.job_id, agreement.job_id)
        _same("job.flow_differs", f"{party} approved another flow", part.flow_hash, agreement.flow_hash)
        _same("job.disclosures_differ", f"{party} approved other disclosures", part.disclosures_hash, told)
        _same("job.project_differs", f"{party} approved under another project", part.project, agreement.project)


def _check_account(account: StepStatement, step: Step, agreement: JobAgreement, party: str) -> None:
    where = f"In the statement of {party}, step {step.id}"
    _same("statement.operator", f"{where} names another operator", account.operator, step.operator)
    approved = agreement.parts[party].part.operators.get(step.operator)
    _same("statement.version", f"{where} names another operator version than approved", account.version, approved)
    if step.at.get(account.role) != party:
        raise RefusedError("statement.role", f"{where} names a role that {party} does not hold.", found=account.role)
    peers = {role for role in step.at if role != account.role}
    if not set(account.transcripts) <= peers:
        raise RefusedError("statement.transcripts", f"{where} names a transcript with a role that is not there.")
    if account.ended < account.started:
        raise RefusedError("statement.times", f"{where} ended before it started.")


def _check_chain(statement: Statement, steps: Mapping[str, Step], agreement: JobAgreement) -> None:
    """What a party says went into a step is what it says came out of the step before."""
    outputs = {(a.step, port): told for a in statement.steps for port, told in a.outputs.items()}
    datasets = agreement.parts[statement.party].part.datasets
    for account in statement.steps:
        step = steps[account.step]
        for port, told in sorted(account.inputs.items()):
            where = f"the input {account.step}.{port} of {statement.party}"
            if port == "dataset" and port not in step.inputs:
                approved = datasets.get(str(step.params.get("dataset")))
                expected = approved.digest if approved else None
            else:
                source, _, output = step.inputs.get(port, "").partition(".")
                expected = outputs.get((source, output))
            if expected != told:
                raise RefusedError("statement.input_differs", f"Where {where} comes from does not fit its digest.")


def _check_ends_agree(receipt: Receipt, step: Step) -> None:
    accounts = {
        account.role: account
        for signed in receipt.statements.values()
        for account in signed.statement.steps
        if account.step == step.id
    }
    attempts = {account.attempt for account in accounts.values()}
    if len(attempts) != 1:
        raise RefusedError("receipt.attempts_differ", f"The parties speak of different attempts at step {step.id}.")
    for role, other in _pairs(sorted(accounts)):
        mine, theirs = accounts[role].transcripts.get(other), accounts[other].transcripts.get(role)
        if mine != theirs:
            raise RefusedError(
                "receipt.transcripts_differ",
                f"{step.at[role]} and {step.at[other]} saw different messages in step {step.id}.",
                hint="One of them altered its record, or the line between them was tampered with.",
            )
        _check_public(accounts[role], accounts[other], step)


def _check_public(mine: StepStatement, theirs: StepStatement, step: Step) -> None:
    for port in sorted(set(mine.public_outputs) & set(theirs.public_outputs)):
        if mine.public_outputs[port] != theirs.public_outputs[port]:
            raise RefusedError(
                "receipt.public_outputs_differ",
                f"{step.at[mine.role]} and {step.at[theirs.role]} hold different results {step.id}.{port}.",
            )


def _pairs(roles: list[str]) -> Iterator[tuple[str, str]]:
    for index, role in enumerate(roles):
        for other in roles[index + 1 :]:
            yield role, other


def _same(code: str, message: str, found: str | None, expected: str | None) -> None:
    if found != expected:
        raise RefusedError(code, message + ".", found=found or "none", expected=expected or "none")


def _key(party: str, keys: Keys) -> Ed25519PublicKey:
    key = keys.get(party)
    if key is None:
        raise RefusedError(
            "receipt.key_missing",
            f"There is no key to check the signatures of {party} with.",
            hint=f"Give the public key or certificate of {party}.",
        )
    return key
