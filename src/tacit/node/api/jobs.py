"""/jobs: submitting, deciding, and what became of it. Following them live: `follow.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tacit.node.api.app import Services
from tacit.node.api.flows import FlowBody
from tacit.node.api.job_pages import JobPages
from tacit.schema.states import JobState

if TYPE_CHECKING:
    from tacit.node.wiring import Parts


class JobBody(FlowBody):
    agreement: str | None = None
    name: str | None = Field(default=None, max_length=200)


class ApproveBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    flow_hash: str | None = None
    note: str = Field(default="", max_length=500)


class ReasonBody(BaseModel):
    """The reason stays at this node, in its audit trail."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=500)


class ReceiptBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    receipt: dict[str, Any]


def router(services: Services) -> APIRouter:
    """Jobs of this node and of its peers."""
    routes, node = APIRouter(), services.parts
    _add_reading(routes, node)
    _add_deciding(routes, node)
    _add_receipts(routes, node)
    return routes


def _add_reading(routes: APIRouter, node: Parts) -> None:
    pages = JobPages(node)

    @routes.get("/jobs")
    def jobs(
        state: JobState | None = None, waiting_for_me: bool = False, limit: int = Query(default=100, ge=1, le=1000)
    ) -> dict[str, Any]:
        wanted = (JobState.PENDING,) if waiting_for_me else None if state is None else (state,)
        rows = node.jobs.all(wanted, limit)
        if waiting_for_me:
            rows = [row for row in rows if row.decision == "waiting"]
        return {"items": [pages.summary(row) for row in rows]}

    @routes.get("/jobs/{job_id}")
    def job(job_id: str) -> dict[str, Any]:
        return pages.detail(job_id)

    @routes.get("/jobs/{job_id}/log")
    def log(job_id: str, after: int = 0, limit: int = Query(default=1000, ge=1, le=10_000)) -> dict[str, Any]:
        return {"items": pages.log(job_id, after, limit)}


def _add_deciding(routes: APIRouter, node: Parts) -> None:
    pages = JobPages(node)

    def remember(reason: str, job_id: str) -> dict[str, Any]:
        if reason:
            node.diary.audit(job_id, "job.reason", actor="person", reason=reason)
        return pages.detail(job_id)

    @routes.post("/jobs", status_code=201)
    def submit(body: JobBody) -> dict[str, Any]:
        job_id = node.scheduler.submit(
            body.document().flow, name=body.name, agreement=body.agreement, forecast=node.forecasting.of
        )
        return pages.detail(job_id)

    @routes.post("/jobs/{job_id}/approve")
    def approve(job_id: str, body: ApproveBody | None = None) -> dict[str, Any]:
        told = body or ApproveBody()
        node.participant.approve(job_id, flow_hash=told.flow_hash)
        return remember(told.note, job_id)

    @routes.post("/jobs/{job_id}/reject")
    def reject(job_id: str, body: ReasonBody | None = None) -> dict[str, Any]:
        node.participant.reject(job_id)
        return remember((body or ReasonBody()).reason, job_id)

    @routes.post("/jobs/{job_id}/cancel")
    def cancel(job_id: str, body: ReasonBody | None = None) -> dict[str, Any]:
        mine = node.jobs.get(job_id).initiator == node.settings.name
        (node.scheduler.cancel if mine else node.participant.cancel)(job_id)
        return remember((body or ReasonBody()).reason, job_id)


def _add_receipts(routes: APIRouter, node: Parts) -> None:
    @routes.get("/jobs/{job_id}/receipt")
    def receipt(job_id: str) -> dict[str, Any]:
        return node.receipts.of(job_id).document()

    @routes.post("/jobs/{job_id}/receipt/verify")
    def verify(job_id: str) -> dict[str, Any]:
        return node.examiner.own(job_id)

    @routes.post("/receipts/verify")
    def verify_any(body: ReceiptBody) -> dict[str, Any]:
        return node.examiner.foreign(body.receipt)
