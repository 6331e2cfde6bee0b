"""Examines receipts: every signature against the pinned keys, and our own entries against our own files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tacit.errors import InputError, TacitError
from tacit.ledger.agreement import check_signatures
from tacit.ledger.receipt import check_own_outputs, check_receipt, verify_receipt
from tacit.node.database import JobRow
from tacit.node.keys import Keys
from tacit.node.preparation import Preparation
from tacit.node.receipts import Receipts
from tacit.node.stores.jobs import JobStore
from tacit.runtime.artifacts import digest_file
from tacit.schema.job import SignedReceipt
from tacit.schema.text import Text


@dataclass(frozen=True, slots=True)
class Examiner:
    """Reads only."""

    jobs: JobStore
    keys: Keys
    receipts: Receipts
    preparation: Preparation

    def own(self, job_id: str) -> dict[str, Any]:
        """Examine the receipt of a job of this node. Raises NotFoundError("receipt.not_yet")."""
        job, signed = self.jobs.get(job_id), self.receipts.of(job_id)
        checks = self._signatures(signed)
        checks.append(_check("flow", _FLOW, lambda: _same_flow(job, signed)))
        checks.append(_check("agreement", _AGREEMENT, lambda: _same_agreement(job, signed)))
        checks.append(_check("files", _FILES, lambda: self._same_files(job, signed)))
        return _answer(checks)

    def foreign(self, document: dict[str, Any]) -> dict[str, Any]:
        """Examine a receipt from elsewhere. Raises InputError("receipt.malformed")."""
        try:
            signed = SignedReceipt.model_validate(document)
        except ValidationError as fault:
            first = fault.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise InputError(
                "receipt.malformed", "This is not a receipt.", found=f"{first['msg']} at {place}"
            ) from fault
        return _answer(self._signatures(signed))

    def _signatures(self, signed: SignedReceipt) -> list[dict[str, Any]]:
        receipt = signed.receipt

        def keys() -> dict[str, Any]:
            return self.keys.of(receipt.agreement.parts)

        return [
            _check("keys", _KEYS, keys),
            _check(
                "agreement_signatures",
                _AGREED,
                lambda: check_signatures(receipt.agreement, receipt.agreement_signatures, keys=keys()),
            ),
            _check("statements", _STATEMENTS, lambda: check_receipt(receipt, keys=keys())),
            _check("countersignatures", _SIGNED, lambda: verify_receipt(signed, keys=keys())),
        ]

    def _same_files(self, job: JobRow, signed: SignedReceipt) -> str:
        """The artifacts on disk are those of the receipt. Says how many are gone."""
        digests = {
            (step, port): digest_file(Path(output.path))
            for step, (_, report) in self.preparation.reports(job.id).items()
            for port, output in report.outputs.items()
            if Path(output.path).is_file()
        }
        gone = check_own_outputs(signed.receipt, self.keys.me, salt=bytes.fromhex(job.salt), digests=digests)
        return f"{len(digests)} files, {len(gone)} deleted meanwhile"


_KEYS = Text("本节点持有所有参与方的密钥", "This node holds the keys of all parties")
_AGREED = Text("各方签署了同一份合约", "All parties signed the same agreement")
_STATEMENTS = Text("各方的陈述相互一致", "The statements of all parties fit together")
_SIGNED = Text("各方会签了凭证", "All parties countersigned the receipt")
_FLOW = Text("凭证中的流程即本节点保存的流程", "The flow in the receipt is the one kept here")
_AGREEMENT = Text("凭证中的合约即本节点签署的合约", "The agreement in the receipt is the one signed here")
_FILES = Text("本节点的结果文件与凭证一致", "The result files of this node are those of the receipt")


def _check(id: str, text: Text, act: Callable[[], object]) -> dict[str, Any]:
    told: dict[str, Any] = {"id": id, "ok": True, "text": text.as_dict(), "found": None, "expected": None}
    try:
        found = act()
    except TacitError as fault:
        return {
            **told,
            "ok": False,
            "found": fault.found or fault.message,
            "expected": fault.expected,
            "code": fault.code,
        }
    return {**told, "found": found if isinstance(found, str) else None}


def _answer(checks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"ok": all(check["ok"] for check in checks), "checks": checks}


def _same_flow(job: JobRow, signed: SignedReceipt) -> None:
    if signed.receipt.agreement.flow_hash != job.flow_hash:
        raise InputError("receipt.other_flow", "The receipt is about another flow.", expected=job.flow_hash)


def _same_agreement(job: JobRow, signed: SignedReceipt) -> None:
    if signed.receipt.agreement.hash() != job.pact_hash:
        raise InputError("receipt.other_agreement", "The receipt is about another agreement.", expected=job.pact_hash)
