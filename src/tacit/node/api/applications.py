"""/applications: strangers that want to be peers of this node, and this node's own applications elsewhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tacit.governance.applications import ApplicationState, Reason
from tacit.governance.inbox import Kind
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Address, Note, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.portal import Application
from tacit.node.clock import iso
from tacit.node.stores.portal import SENT
from tacit.node.tables.portal import ApplicationRow
from tacit.node.wiring import Parts
from tacit.schema.wire import Digest

_Side = Annotated[Literal["received", "sent"] | None, Query(description="received: of strangers, at this node.")]
_Fingerprint = Annotated[str, StringConstraints(min_length=64, max_length=128)]


class ApplyBody(BaseModel):
    """`fingerprint`: of the other node's key, as its organisation told it. The other node reads the message."""

    model_config = ConfigDict(extra="forbid")

    address: Address
    fingerprint: Digest
    message: Note = ""


class ApproveApplicationBody(BaseModel):
    """`fingerprint`: of the applicant's key, as its organisation told it, not as the application shows it."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: _Fingerprint
    note: Note = ""


class RejectBody(BaseModel):
    """The applicant learns the reason; the note stays at this node."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(default="other")
    note: Note = ""


def router(services: Services) -> APIRouter:
    """Applying, following, deciding."""
    routes, node = APIRouter(prefix="/applications"), services.parts
    _add_applying(routes, node)
    _add_deciding(routes, node)
    return routes


def _add_applying(routes: APIRouter, node: Parts) -> None:
    store, applying = node.applications.store, node.applying

    @routes.get("", name="list", dependencies=needs("portal.read"))
    def applications(
        side: _Side = None, state: ApplicationState | None = None, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[Application]:
        found = store.all(side=side, states=None if state is None else (state,))
        rows, after = page(found, lambda row: [row.created_at, row.id], limit=limit, cursor=cursor)
        return Page[Application].model_validate({"items": [_shown(node, row) for row in rows], "next": after})

    @routes.post("", name="apply", status_code=201, dependencies=needs("portal.apply"))
    def apply(body: ApplyBody) -> Application:
        return _answer(node, applying.apply(body.address, body.fingerprint, body.message))

    @routes.get("/{application}", name="show", dependencies=needs("portal.read"))
    def show(application: Segment) -> Application:
        return _answer(node, store.get(application))

    @routes.post("/{application}/refresh", name="refresh", dependencies=needs("portal.apply"))
    def refresh(application: Segment) -> Application:
        """Ask the other node now how an application of this node stands."""
        return _answer(node, applying.contact(application))

    @routes.post("/{application}/withdraw", name="withdraw", dependencies=needs("portal.apply"))
    def withdraw(application: Segment) -> Application:
        applying.withdraw(application)
        return _answer(node, store.get(application))


def _add_deciding(routes: APIRouter, node: Parts) -> None:
    receiving, store = node.applications, node.applications.store

    @routes.post("/{application}/review", name="review", dependencies=needs("portal.decide"))
    def review(application: Segment) -> Application:
        """Take it up: the applicant sees that somebody looks at it."""
        return _answer(node, receiving.review(application))

    @routes.post("/{application}/approve", name="approve", dependencies=needs("portal.decide"))
    def approve(application: Segment, body: ApproveApplicationBody) -> Application:
        receiving.compare(application, body.fingerprint)
        node.signoff.decide(Kind.PEER, application, "approve", body.note)
        return _answer(node, store.get(application))

    @routes.post("/{application}/reject", name="reject", dependencies=needs("portal.decide"))
    def reject(application: Segment, body: RejectBody | None = None) -> Application:
        given = body or RejectBody()
        receiving.explain(application, given.reason)
        node.signoff.decide(Kind.PEER, application, "reject", given.note)
        return _answer(node, store.get(application))


def _answer(node: Parts, row: ApplicationRow) -> Application:
    return Application.model_validate(_shown(node, row))


def _shown(node: Parts, row: ApplicationRow) -> dict[str, Any]:
    names = ("id", "side", "address", "fingerprint", "message", "state", "reason", "compared", "decided_by", "error")
    item = node.inbox.store.latest_of(Kind.PEER, row.id) if row.side != SENT else None
    return {
        **{name: getattr(row, name) for name in names},
        "node": row.node_id or None,
        "institution": row.institution or None,
        "item": item.id if item else None,
        "times": {state: iso(at) for state, at in row.times.items()},
        **{name: iso(getattr(row, name)) for name in ("created_at", "expires_at", "ended_at")},
    }
