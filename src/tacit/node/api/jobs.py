"""/jobs: submitting, deciding, and what became of it. Following them live: `follow.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tacit.governance.inbox import Kind
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import After, Line, Many, Note, Segment
from tacit.node.api.flows import FlowBody
from tacit.node.api.job_pages import JobPages
from tacit.node.api.paging import Cursor, Limit, Page, after_number, next_of, read_mark
from tacit.node.api.shapes.base import Document
from tacit.node.api.shapes.jobs import Detail, Event, ReceiptVerdict, Summary
from tacit.schema.states import JobState

if TYPE_CHECKING:
    from tacit.node.wiring import Parts


class JobBody(FlowBody):
    agreement: Line | None = None
    name: Line | None = None


class ApproveBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    flow_hash: Line | None = None
    note: Note = ""


class ReasonBody(BaseModel):
    """The reason stays at this node, in its audit trail."""

    model_config = ConfigDict(extra="forbid")

    reason: Note = ""


class ReceiptBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    receipt: Document = Field(max_length=64)


def router(services: Services) -> APIRouter:
    """Jobs of this node and of its peers."""
    routes, node = APIRouter(), services.parts
    _add_reading(routes, node)
    _add_deciding(routes, node)
    _add_receipts(routes, node)
    return routes


def _add_reading(routes: APIRouter, node: Parts) -> None:
    pages = JobPages(node)

    @routes.get("/jobs", name="list", dependencies=needs("job.read"), response_model=Page[Summary])
    def jobs(
        state: JobState | None = None, waiting_for_me: bool = False, limit: Limit = 100, cursor: Cursor = None
    ) -> dict[str, Any]:
        wanted = (JobState.PENDING,) if waiting_for_me else None if state is None else (state,)
        rows = node.jobs.page(
            wanted, "waiting" if waiting_for_me else None, limit=limit + 1, before=read_mark(cursor, float, str)
        )
        return {
            "items": pages.summaries(rows[:limit]),
            "next": next_of(rows, limit, lambda row: [row.created_at, row.id]),
        }

    @routes.get("/jobs/{job_id}", name="show", dependencies=needs("job.read"), response_model=Detail)
    def job(job_id: Segment) -> dict[str, Any]:
        return pages.detail(job_id)

    @routes.get("/jobs/{job_id}/log", dependencies=needs("job.read"), response_model=Page[Event])
    def log(job_id: Segment, after: After = 0, limit: Many = 1000, cursor: Cursor = None) -> dict[str, Any]:
        found = pages.log(job_id, after_number(cursor, after), limit + 1)
        return {"items": found[:limit], "next": next_of(found, limit, lambda event: event["number"])}


def _add_deciding(routes: APIRouter, node: Parts) -> None:
    pages = JobPages(node)

    def remember(reason: str, job_id: str) -> dict[str, Any]:
        if reason:
            node.diary.audit(job_id, "job.reason", actor="person", reason=reason)
        return pages.detail(job_id)

    @routes.post("/jobs", status_code=201, dependencies=needs("job.submit"), response_model=Detail)
    def submit(body: JobBody) -> dict[str, Any]:
        job_id = node.scheduler.submit(
            body.document().flow, name=body.name, agreement=body.agreement, forecast=node.forecasting.of
        )
        return pages.detail(job_id)

    @routes.post("/jobs/{job_id}/approve", dependencies=needs("job.approve"), response_model=Detail)
    def approve(job_id: Segment, body: ApproveBody | None = None) -> dict[str, Any]:
        told = body or ApproveBody()
        node.job_desk.check(job_id, "approved", told.flow_hash)
        node.signoff.decide(Kind.JOB, job_id, "approve", told.note)
        return remember(told.note, job_id)

    @routes.post("/jobs/{job_id}/reject", dependencies=needs("job.approve"), response_model=Detail)
    def reject(job_id: Segment, body: ReasonBody | None = None) -> dict[str, Any]:
        node.job_desk.check(job_id, "rejected")
        node.signoff.decide(Kind.JOB, job_id, "reject", (body or ReasonBody()).reason)
        return remember((body or ReasonBody()).reason, job_id)

    @routes.post("/jobs/{job_id}/cancel", dependencies=needs("job.cancel"), response_model=Detail)
    def cancel(job_id: Segment, body: ReasonBody | None = None) -> dict[str, Any]:
        mine = node.jobs.get(job_id).initiator == node.settings.name
        (node.scheduler.cancel if mine else node.participant.cancel)(job_id)
        return remember((body or ReasonBody()).reason, job_id)


def _add_receipts(routes: APIRouter, node: Parts) -> None:
    @routes.get("/jobs/{job_id}/receipt", dependencies=needs("job.read"), response_model=Document)
    def receipt(job_id: Segment) -> dict[str, Any]:
        return node.receipts.of(job_id).document()

    @routes.post(
        "/jobs/{job_id}/receipt/verify",
        name="verify_receipt",
        dependencies=needs("job.verify"),
        response_model=ReceiptVerdict,
        response_model_exclude_unset=True,
    )
    def verify(job_id: Segment) -> dict[str, Any]:
        return node.examiner.own(job_id)

    @routes.post(
        "/receipts/verify",
        name="verify",
        dependencies=needs("job.verify"),
        response_model=ReceiptVerdict,
        response_model_exclude_unset=True,
    )
    def verify_any(body: ReceiptBody) -> dict[str, Any]:
        return node.examiner.foreign(body.receipt)
