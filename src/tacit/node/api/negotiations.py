"""/agreements/{agreement}/…: counter-offers, amendments, and how an agreement came about."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tacit.errors import NotFoundError
from tacit.governance.agreements import changes
from tacit.governance.negotiation import Stage, pair_stage, project
from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import DatasetNames, Line, Moment, Names, OperatorNames, Prose, Segment
from tacit.node.api.shapes.agreements import Agreement
from tacit.node.api.shapes.negotiations import Difference, Negotiation
from tacit.node.clock import iso
from tacit.node.database import AgreementRow
from tacit.node.projects import Projects
from tacit.node.stores.agreements import AgreementStore
from tacit.node.tables.agreements import OfferRow
from tacit.schema.agreement import AgreementLimits, Conditions, Price, ProfileName, ProjectAgreement, Share
from tacit.schema.flow import Name
from tacit.schema.wire import Digest

Version = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Number of an offer.")]


class ConditionsBody(BaseModel):
    """Terms besides members, datasets and validity. Leave out what is not agreed."""

    model_config = ConfigDict(extra="forbid")

    valid_from: Moment | None = None
    limits: AgreementLimits | None = None
    initiators: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    profiles: Annotated[list[ProfileName], Field(min_length=1, max_length=100)] | None = None
    prices: Annotated[list[Price], Field(min_length=1, max_length=100)] | None = None
    revenue: Annotated[dict[Name, Share], Field(min_length=1, max_length=100)] | None = None

    def conditions(self) -> Conditions:
        fields = self.model_dump(exclude_none=True, include=set(Conditions.model_fields))
        return Conditions.model_validate(_in_millis(fields))


class TermsBody(ConditionsBody):
    """What changes; what is left out stays, null takes a term away."""

    name: Line = Field(default="", min_length=1)
    purpose: Prose = Field(default="", min_length=1)
    datasets: Annotated[dict[Name, DatasetNames], Field(max_length=256)] = Field(default_factory=dict)
    operators: OperatorNames = Field(default_factory=list)
    valid_until: Moment = ""

    def changed(self) -> dict[str, Any]:
        return _in_millis(self.model_dump(exclude_unset=True, exclude={"members", "hash"}))


class CounterBody(TermsBody):
    """`hash`: of the offer that is answered; without it, the present one."""

    hash: Digest | None = None


class AmendmentBody(TermsBody):
    """`members`: who joins."""

    members: Names = Field(default_factory=list)


def router(services: Services) -> APIRouter:
    """Bargaining over the terms, and the record of it."""
    routes, projects = APIRouter(prefix="/agreements"), services.parts.projects

    @routes.post("/{agreement}/counter", dependencies=needs("agreement.negotiate"), response_model=Agreement)
    def counter(agreement: Segment, body: CounterBody) -> dict[str, Any]:
        return views.agreement(projects.counter(agreement, body.changed(), hash=body.hash))

    @routes.post("/{agreement}/amend", status_code=201, dependencies=needs("agreement.amend"), response_model=Agreement)
    def amend(agreement: Segment, body: AmendmentBody) -> dict[str, Any]:
        return views.agreement(projects.amend(agreement, body.changed(), body.members))

    @routes.get("/{agreement}/negotiation", dependencies=needs("agreement.read"))
    def negotiation(agreement: Segment) -> Negotiation:
        return _negotiation(projects, projects.store.get(agreement))

    @routes.get("/{agreement}/diff", dependencies=needs("agreement.read"))
    def diff(agreement: Segment, before: Version = None, after: Version = None) -> Difference:
        projects.store.get(agreement)
        offers = {row.version: row for row in _offers(projects.store, agreement)}
        last = after or max(offers)
        first = before or max(1, last - 1)
        found = changes(_document(offers, first), _document(offers, last))
        return Difference.model_validate({"before": first, "after": last, "changes": _shown(found)})

    return routes


def _negotiation(projects: Projects, row: AgreementRow) -> Negotiation:
    offers, shown, last = _offers(projects.store, row.id), [], _amended(projects.store, row)
    for offer in offers:
        document = ProjectAgreement.model_validate(offer.document)
        shown.append(_offer(offer, changes(last, document) if last is not None else []))
        last = document
    return Negotiation.model_validate(
        {
            "id": row.id,
            "stage": row.stage,
            "status": project(Stage(row.stage), row.reason),
            "version": row.version,
            "hash": row.hash,
            "author": row.author,
            "proposer": row.proposer,
            "reason": row.reason,
            "amends": row.amends_id,
            "chain": [each.id for each in projects.chain(row.id)],
            "members": _members(row),
            "verified": row.verified,
            "offers": shown,
            "moves": [_move(move) for move in projects.store.moves(row.id)],
        }
    )


def _offers(store: AgreementStore, agreement: str) -> list[OfferRow]:
    """One per version: where two members countered at once, the one that was not taken is left out."""
    row = store.get(agreement)
    taken: dict[int, OfferRow] = {}
    for offer in store.offers(agreement):
        if offer.version not in taken or offer.hash == row.hash:
            taken[offer.version] = offer
    return list(taken.values())


def _members(row: AgreementRow) -> dict[str, str]:
    stage = Stage(row.stage)
    return {
        member: pair_stage(
            stage, row.author, member, proposer=row.proposer, signed=row.signatures, verified=row.verified
        )
        for member in sorted(row.document["members"])
        if member != row.proposer
    }


def _amended(store: AgreementStore, row: AgreementRow) -> ProjectAgreement | None:
    old = store.find(row.amends_id) if row.amends_id is not None else None
    return ProjectAgreement.model_validate(old.document) if old is not None else None


def _document(offers: dict[int, OfferRow], version: int) -> ProjectAgreement:
    if version not in offers:
        raise NotFoundError("agreement.version_unknown", "The agreement has no such version.", found=str(version))
    return ProjectAgreement.model_validate(offers[version].document)


def _offer(row: OfferRow, found: list[Any]) -> dict[str, Any]:
    return {
        "version": row.version,
        "hash": row.hash,
        "author": row.author,
        "created_at": iso(row.created_at),
        "changes": _shown(found),
        "document": row.document,
    }


def _move(row: Any) -> dict[str, Any]:
    names = ("move", "member", "version", "hash", "stage", "code")
    return {**{name: getattr(row, name) for name in names}, "at": iso(row.at)}


def _shown(found: list[Any]) -> list[dict[str, Any]]:
    return [{"field": each.field, "before": each.before, "after": each.after} for each in found]


def _in_millis(fields: dict[str, Any]) -> dict[str, Any]:
    """Times of people as the document has them. Raises ParameterError("time.invalid")."""
    from tacit.node.api.agreements import moment_of

    times = {name: int(moment_of(fields[name]) * 1000) for name in ("valid_from", "valid_until") if fields.get(name)}
    return fields | times
