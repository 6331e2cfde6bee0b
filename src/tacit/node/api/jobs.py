"""/jobs: submitting, deciding, and what became of it. Following them live: `follow.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tacit.governance.inbox import Kind
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import After, Line, Many, Note, Segment
from tacit.node.api.flows import FlowBody
from tacit.node.api.job_pages import JobPages
from tacit.node.api.paging import Cursor, Limit, Page, after_number, next_of, read_mark
from tacit.node.api.shapes.base import Document
from tacit.node.api.shapes.jobs import JobDetail, JobEvent, JobSummary, ReceiptVerdict
from tacit.node.stores.jobs import JobFilter
from tacit.schema.states import JobState

if TYPE_CHECKING:
    from tacit.node.wiring import Parts


_States = Annotated[list[JobState] | None, Query(max_length=8)]
_Given = Annotated[str | None, Query(max_length=200)]
_Since = Annotated[str | None, Query(min_length=4, max_length=64, description="Only those made at this time or later.")]


class JobBody(FlowBody):
    agreement: Line | None = None
    name: Line | None = None


class ApproveJobBody(BaseModel):
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

    @routes.get("/jobs", name="list", dependencies=needs("job.read"), response_model=Page[JobSummary])
    def jobs(
        state: _States = None,
        waiting_for_me: bool = False,
        agreement: _Given = None,
        initiator: _Given = None,
        name: _Given = None,
        since: _Since = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        """Newest first. `state` may stand several times; `waiting_for_me` counts more. `name`: a part of it."""
        wanted = JobFilter(
            states=(JobState.PENDING,) if waiting_for_me else tuple(state) if state else None,
            decision="waiting" if waiting_for_me else None,
            agreement=agreement,
            initiator=initiator,
            name=name,
            since=None if since is None else moment_of(since),
        )
        rows = node.jobs.page(wanted, limit=limit + 1, before=read_mark(cursor, float, str))
        return {
            "items": pages.summaries(rows[:limit]),
            "next": next_of(rows, limit, lambda row: [row.created_at, row.id]),
        }

    @routes.get("/jobs/{job_id}", name="show", dependencies=needs("job.read"), response_model=JobDetail)
    def job(job_id: Segment) -> dict[str, Any]:
        return pages.detail(job_id)

    @routes.get("/jobs/{job_id}/log", dependencies=needs("job.read"), response_model=Page[JobEvent])
    def log(job_id: Segment, after: After = 0, limit: Many = 1000, cursor: Cursor = None) -> dict[str, Any]:
        found = pages.log(job_id, after_number(cursor, after), limit + 1)
        return {"items": found[:limit], "next": next_of(found, limit, lambda event: event["number"])}


def _add_deciding(routes: APIRouter, node: Parts) -> None:
    pages = JobPages(node)

    def remember(reason: str, job_id: str) -> dict[str, Any]:
        if reason:
            node.diary.audit(job_id, "job.reason", actor="person", reason=reason)
        return pages.detail(job_id)

    @routes.post("/jobs", status_code=201, dependencies=needs("job.submit"), response_model=JobDetail)
    def submit(body: JobBody) -> dict[str, Any]:
        job_id = node.scheduler.submit(
            body.document().flow, name=body.name, agreement=body.agreement, forecast=node.forecasting.of
        )
        return pages.detail(job_id)

    @routes.post("/jobs/{job_id}/approve", dependencies=needs("job.approve"), response_model=JobDetail)
    def approve(job_id: Segment, body: ApproveJobBody | None = None) -> dict[str, Any]:
        told = body or ApproveJobBody()
        node.job_desk.check(job_id, "approved", told.flow_hash)
        node.signoff.decide(Kind.JOB, job_id, "approve", told.note)
        return remember(told.note, job_id)

    @routes.post("/jobs/{job_id}/reject", dependencies=needs("job.approve"), response_model=JobDetail)
    def reject(job_id: Segment, body: ReasonBody | None = None) -> dict[str, Any]:
        node.job_desk.check(job_id, "rejected")
        node.signoff.decide(Kind.JOB, job_id, "reject", (body or ReasonBody()).reason)
        return remember((body or ReasonBody()).reason, job_id)

    @routes.post("/jobs/{job_id}/cancel", dependencies=needs("job.cancel"), response_model=JobDetail)
    def cancel(job_id: Segment, body: ReasonBody | None = None) -> dict[str, Any]:
        mine = node.jobs.get(job_id).initiator == node.settings.name
        (node.scheduler.cancel if mine else node.participant.cancel)(job_id)
        return remember((body or ReasonBody()).reason, job_id)

    @routes.post("/jobs/{job_id}/retry", dependencies=needs("job.retry"), response_model=JobDetail)
    def retry(job_id: Segment, body: ReasonBody | None = None) -> dict[str, Any]:
        """Go on with a job of this node that failed. Steps that are done stay done; what was agreed is what runs."""
        node.scheduler.retry(job_id)
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
