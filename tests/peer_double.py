"""A node that answers every call of its peers with something harmless, for tests of router and caller."""

from __future__ import annotations

from typing import Any

from tacit.interconnect import shapes
from tacit.interconnect.signing import Caller
from tacit.ledger.signature import sign_document
from tacit.schema.job import Refusal
from tacit.schema.product import Product, ProductDataset, Titled, Told
from tacit.schema.states import JobState, TaskState
from trust_world import KEYS, NOW, PRIVATE

ANSWERS: dict[str, Any] = {
    "node_query": shapes.NodeInfo(
        address="https://lab.example:7304",
        inst_id="lab",
        institution="Lab",
        name="lab",
        node_id="lab",
        system_version="0.1",
    ),
    "node_health": shapes.NodeHealth(tacit=shapes.HealthExtra(time=NOW, protocol=1, software="0.1.0")),
    "contract_apply": shapes.ContractApplied(contract_id="contract-1"),
    "contract_query": shapes.ContractState(status="APPROVED"),
    "dataset_list": shapes.DatasetPage(records=(), total=0),
    "dataset_query": shapes.DatasetRecord(dataset_id="values", name="values", owner="lab"),
    "dataset_apply": shapes.AuditApplied(),
    "dataset_audit_query": shapes.AuditState(audit_id="grant-1", status="APPROVED"),
    "project_apply": shapes.AuditApplied(),
    "project_query": shapes.AuditState(audit_id="audit-1", status="APPLIED"),
    "job_apply": shapes.AuditApplied(),
    "job_status": shapes.JobStatus(job_status=JobState.RUNNING, status={"match": TaskState.RUNNING}),
    "task_poll": shapes.TaskStatus(status=TaskState.SUCCESS),
    "component_list": shapes.ComponentPage(records=(), total=0),
    "product_list": shapes.ProductPage(records=(), total=0),
    "product_query": Product(
        identifier="retail",
        version=1,
        publisher="lab",
        institution="Lab",
        title=Titled(zh="零售", en="Retail"),
        description=Told(zh="零售", en="Retail"),
        datasets=(ProductDataset(identifier="values", columns=()),),
        level=1,
        contact_point="lab",
        issued=NOW,
        modified=NOW,
    ),
    "component_query": shapes.ComponentDetail(code="psi", version="1", engine="native"),
}


class PeerDouble:
    """A PeerService. `calls` collects what came through; `error` is raised instead of an answer."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Caller, Any]] = []
        self.error: Exception | None = None

    def __getattr__(self, handler: str) -> Any:
        async def answer(caller: Caller, body: Any) -> Any:
            self.calls.append((handler, caller, body))
            if self.error is not None:
                raise self.error
            if handler in ("job_create", "receipt_sign"):
                signature = sign_document("part", Refusal(code="test.test"), PRIVATE["lab"])
                return shapes.Signed(tacit=shapes.SignatureAnswer(signature=signature))
            return ANSWERS.get(handler, shapes.Empty())

        return answer


class Ring:
    """Knows everybody of the test world."""

    def public_key(self, node_id: str) -> Any:
        return KEYS.get(node_id)
