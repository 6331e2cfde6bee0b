"""The endpoints: one table that the router and the caller share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from pydantic import BaseModel

from tacit.interconnect import shapes
from tacit.interconnect.shapes import PREFIX
from tacit.schema.product import Product


class Auth(Enum):
    """What a caller has to show."""

    SIGNED = "signed"  # a signature of a pinned peer
    CANDIDATE = "candidate"  # the same, or of a node that this one has applied to
    HEADERS = "headers"  # all headers but the signature: the call that strangers make to become peers
    OPEN = "open"  # nothing


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: where, what goes in, what comes out, and the method of PeerService that answers it."""

    method: Literal["GET", "POST"]
    path: str
    body: type[BaseModel]
    answer: type[BaseModel]
    handler: str
    auth: Auth = Auth.SIGNED


def _get(path: str, body: type[BaseModel], answer: type[BaseModel], handler: str, auth: Auth = Auth.SIGNED) -> Endpoint:
    return Endpoint("GET", PREFIX + path, body, answer, handler, auth)


def _post(
    path: str, body: type[BaseModel], answer: type[BaseModel], handler: str, auth: Auth = Auth.SIGNED
) -> Endpoint:
    return Endpoint("POST", PREFIX + path, body, answer, handler, auth)


NODE_QUERY = _get("/node/query", shapes.NodeQuery, shapes.NodeInfo, "node_query", Auth.OPEN)
NODE_HEALTH = _get("/node/health", shapes.Empty, shapes.NodeHealth, "node_health", Auth.OPEN)
CONTRACT_APPLY = _post(
    "/node/contract/apply", shapes.ContractApply, shapes.ContractApplied, "contract_apply", Auth.HEADERS
)
CONTRACT_CONFIRM = _post(
    "/node/contract/confirm", shapes.ContractConfirm, shapes.Empty, "contract_confirm", Auth.CANDIDATE
)
CONTRACT_TERMINATE = _post("/node/contract/terminate", shapes.ContractRef, shapes.Empty, "contract_terminate")
CONTRACT_QUERY = _get("/node/contract/query", shapes.ContractRef, shapes.ContractState, "contract_query")

DATASET_LIST = _get("/dataset/pub/list", shapes.DatasetList, shapes.DatasetPage, "dataset_list")
DATASET_QUERY = _get("/dataset/pub/query", shapes.DatasetQuery, shapes.DatasetRecord, "dataset_query")
DATASET_APPLY = _post("/dataset/audit/apply", shapes.DatasetApply, shapes.AuditApplied, "dataset_apply")
DATASET_CONFIRM = _post("/dataset/audit/confirm", shapes.DatasetConfirm, shapes.Empty, "dataset_confirm")
DATASET_TERMINATE = _post("/dataset/audit/terminate", shapes.AuditRef, shapes.Empty, "dataset_terminate")
DATASET_AUDIT_QUERY = _get("/dataset/audit/query", shapes.AuditRef, shapes.AuditState, "dataset_audit_query")

PROJECT_APPLY = _post("/project/audit/apply", shapes.ProjectApply, shapes.AuditApplied, "project_apply")
PROJECT_CONFIRM = _post("/project/audit/confirm", shapes.ProjectConfirm, shapes.Empty, "project_confirm")
PROJECT_TERMINATE = _post("/project/audit/terminate", shapes.ProjectEnd, shapes.Empty, "project_terminate")
PROJECT_QUERY = _get("/project/audit/query", shapes.AuditRef, shapes.AuditState, "project_query")

JOB_APPLY = _post("/job/audit/apply", shapes.JobApply, shapes.AuditApplied, "job_apply")
JOB_CONFIRM = _post("/job/audit/confirm", shapes.JobConfirm, shapes.Empty, "job_confirm")
JOB_TERMINATE = _post("/job/audit/terminate", shapes.AuditRef, shapes.Empty, "job_terminate")

JOB_CREATE = _post("/schedule/job/create", shapes.JobCreate, shapes.Signed, "job_create")
JOB_START = _post("/schedule/job/start", shapes.JobStart, shapes.Empty, "job_start")
JOB_STOP = _post("/schedule/job/stop", shapes.JobStop, shapes.Empty, "job_stop")
JOB_STATUS = _post("/schedule/job/status_all", shapes.JobRef, shapes.JobStatus, "job_status")
TASK_START = _post("/schedule/task/start", shapes.TaskStart, shapes.Empty, "task_start")
TASK_POLL = _post("/schedule/task/poll", shapes.TaskPoll, shapes.TaskStatus, "task_poll")
TASK_CALLBACK = _post("/schedule/task/callback", shapes.TaskCallback, shapes.Empty, "task_callback")

COMPONENT_LIST = _get("/component/list", shapes.ComponentList, shapes.ComponentPage, "component_list")
COMPONENT_QUERY = _get("/component/query", shapes.ComponentQuery, shapes.ComponentDetail, "component_query")

RECEIPT_SIGN = _post("/tacit/receipt/sign", shapes.ReceiptSign, shapes.Signed, "receipt_sign")
RECEIPT_PUT = _post("/tacit/receipt/put", shapes.ReceiptPut, shapes.Empty, "receipt_put")

PRODUCT_LIST = Endpoint("POST", "/v1/tacit/product/list", shapes.ProductList, shapes.ProductPage, "product_list")
PRODUCT_QUERY = Endpoint("POST", "/v1/tacit/product/query", shapes.ProductQuery, Product, "product_query")

ALL: tuple[Endpoint, ...] = (
    NODE_QUERY,
    NODE_HEALTH,
    CONTRACT_APPLY,
    CONTRACT_CONFIRM,
    CONTRACT_TERMINATE,
    CONTRACT_QUERY,
    DATASET_LIST,
    DATASET_QUERY,
    DATASET_APPLY,
    DATASET_CONFIRM,
    DATASET_TERMINATE,
    DATASET_AUDIT_QUERY,
    PROJECT_APPLY,
    PROJECT_CONFIRM,
    PROJECT_TERMINATE,
    PROJECT_QUERY,
    JOB_APPLY,
    JOB_CONFIRM,
    JOB_TERMINATE,
    JOB_CREATE,
    JOB_START,
    JOB_STOP,
    JOB_STATUS,
    TASK_START,
    TASK_POLL,
    TASK_CALLBACK,
    COMPONENT_LIST,
    COMPONENT_QUERY,
    RECEIPT_SIGN,
    RECEIPT_PUT,
    PRODUCT_LIST,
    PRODUCT_QUERY,
)
