"""The end of a job that went well: statements, countersignatures, the receipt, and checking it later."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from tacit.errors import NotFoundError, RefusedError
from tacit.interconnect.endpoints import JOB_STATUS, RECEIPT_SIGN
from tacit.interconnect.shapes import (
    Empty,
    JobRef,
    JobStatus,
    ReceiptPut,
    ReceiptSign,
    SignatureAnswer,
    Signed,
)
from tacit.ledger.receipt import (
    assemble_receipt,
    check_own_statement,
    check_receipt,
    sign_receipt,
    verify_receipt,
)
from tacit.node.asking import Asking, Broken
from tacit.node.causes import Cause
from tacit.node.database import JobRow
from tacit.node.diary import Diary
from tacit.node.keys import Keys
from tacit.node.statements import Statements
from tacit.node.stores.jobs import JobStore, wrong_state
from tacit.schema.job import JobAgreement, SignedReceipt, SignedStatement
from tacit.schema.states import JobState


def gather(asking: Asking, job: JobRow, keys: Keys, parties: Iterable[str]) -> SignedReceipt:
    """At the initiator: collect the statements, put the receipt together, let all sign it. Raises Broken, Ended."""
    names = list(parties)

    def ask(party: str) -> SignedStatement:
        status = asking.one(party, JOB_STATUS, JobRef(job_id=job.id), JobStatus)
        if status.tacit is None or status.tacit.statement is None:
            raise Broken(Cause(party, "receipt.statement_missing"))
        return status.tacit.statement

    statements = asking.all(names, ask)
    receipt = assemble_receipt(
        JobAgreement.model_validate(job.pact),
        dict(job.signatures or {}),
        statements,
        keys=keys.of(names),
        issued=int(time.time() * 1000),
    )
    body = ReceiptSign(receipt=receipt)

    def sign(party: str) -> str:
        answer = asking.one(party, RECEIPT_SIGN, body, Signed)
        if answer.tacit is None:
            raise Broken(Cause(party, "receipt.signature_missing"))
        return answer.tacit.signature

    return SignedReceipt(receipt=receipt, signatures=asking.all(names, sign))


@dataclass(frozen=True, slots=True)
class Receipts:
    """Every party's side."""

    jobs: JobStore
    keys: Keys
    statements: Statements
    diary: Diary

    def sign(self, source: str, body: ReceiptSign) -> Signed:
        """Countersign a receipt that fits this node's own records. Raises RefusedError("receipt.…")."""
        job = self.jobs.get(body.receipt.job_id)
        own = self.statements.of(job)
        if job.initiator != source or job.state != JobState.RUNNING or own is None or job.pact_hash is None:
            raise RefusedError("receipt.not_due", "This node does not expect a receipt now.", found=job.state)
        check_own_statement(body.receipt, own, job.pact_hash)
        check_receipt(body.receipt, keys=self.keys.of(body.receipt.agreement.parts))
        self.diary.audit(job.id, "receipt.signed", receipt=body.receipt.hash())
        return Signed(tacit=SignatureAnswer(signature=sign_receipt(body.receipt, self.keys.identity)))

    def put(self, source: str, body: ReceiptPut) -> Empty:
        """Keep the complete receipt: the job is finished."""
        receipt = body.receipt.receipt
        job = self.jobs.get(receipt.job_id)
        if job.initiator != source or job.pact_hash is None:
            raise RefusedError("job.not_initiator", "Only the initiator of a job may do this.", found=source)
        if job.state == JobState.FINISHED:
            return Empty()
        own = self.statements.of(job)
        if own is None:
            raise RefusedError("receipt.not_due", "This node does not expect a receipt now.", found=job.state)
        check_own_statement(receipt, own, job.pact_hash)
        verify_receipt(body.receipt, keys=self.keys.of(receipt.agreement.parts))
        if not self.jobs.move(job.id, JobState.FINISHED, receipt=body.receipt.document()):
            raise wrong_state(job, "finished")
        self.diary.audit(job.id, "job.finished", actor=f"peer:{source}", receipt=receipt.hash())
        self.diary.ring(job.id)
        return Empty()

    def of(self, job_id: str) -> SignedReceipt:
        """Raises NotFoundError("receipt.not_yet")."""
        job = self.jobs.get(job_id)
        if job.receipt is None:
            raise NotFoundError(
                "receipt.not_yet",
                "The job has no receipt.",
                found=job.state,
                hint="A receipt is signed when a job has finished.",
            )
        return SignedReceipt.model_validate(job.receipt)
