"""/products: what this node offers to its peers, what they offer, and asking for it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tacit.governance.products import Filter, ProductState
from tacit.node.api import views
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Moment, Names, Prose, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.agreements import Agreement
from tacit.node.api.shapes.portal import FoundProduct, OwnProduct
from tacit.node.clock import iso
from tacit.node.peer_products import Found
from tacit.node.products import Offer
from tacit.node.tables.portal import ProductRow
from tacit.node.wiring import Parts
from tacit.schema.agreement import DatasetName
from tacit.schema.product import ColumnName, Periodicity, ProductName, Tag, Terms, Titled, Told

_Text = Annotated[str, Query(max_length=200, description="Words that must all occur; Chinese needs no blanks.")]
_Operator = Annotated[str | None, Query(max_length=128, description="Only what this operator may be used on.")]
_Level = Annotated[int | None, Query(ge=1, le=5, description="At most this level.")]
_Unit = Annotated[Literal["job", "row", "query"] | None, Query(description="Only with a price by this unit.")]
_Theme = Annotated[str | None, Query(max_length=40)]
_Peer = Annotated[str | None, Query(max_length=200)]
_Fresh = Annotated[bool, Query(description="Fetch all peers' products anew.")]


class ProductBody(BaseModel):
    """What an owner offers. `columns`: per dataset those to show, all without it. `audience`: which peers, null: all.
    `profile`: whether a sample is looked at for counts. `publish`: at once, instead of leaving a draft."""

    model_config = ConfigDict(extra="forbid")

    name: ProductName
    title: Titled
    description: Told
    datasets: list[DatasetName] = Field(min_length=1, max_length=100)
    contact_point: Line = Field(min_length=1)
    columns: dict[DatasetName, Annotated[list[ColumnName], Field(min_length=1, max_length=2000)]] | None = Field(
        default=None, max_length=100
    )
    theme: list[Tag] = Field(default_factory=list, max_length=20)
    keyword: list[Tag] = Field(default_factory=list, max_length=40)
    terms: Terms = Terms()
    accrual_periodicity: Periodicity = "irregular"
    valid_until: Moment | None = None
    audience: Names | None = None
    profile: bool = True
    publish: bool = False

    def offer(self) -> Offer:
        """Raises ParameterError("time.invalid")."""
        columns = {name: tuple(each) for name, each in self.columns.items()} if self.columns is not None else None
        return Offer(
            name=self.name,
            title=self.title.document(),
            description=self.description.document(),
            datasets=tuple(dict.fromkeys(self.datasets)),
            contact_point=self.contact_point,
            columns=columns,
            theme=tuple(self.theme),
            keyword=tuple(self.keyword),
            terms=self.terms,
            accrual_periodicity=self.accrual_periodicity,
            valid_until=int(moment_of(self.valid_until) * 1000) if self.valid_until is not None else None,
            audience=tuple(self.audience) if self.audience is not None else None,
            profile=self.profile,
        )


class RequestBody(BaseModel):
    """`version`: only if the product is still this one."""

    model_config = ConfigDict(extra="forbid")

    peer: Line = Field(min_length=1)
    product: ProductName
    purpose: Prose = Field(min_length=1)
    valid_until: Moment
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


def router(services: Services) -> APIRouter:
    """Publishing, searching, asking."""
    routes, node = APIRouter(prefix="/products"), services.parts
    _add_searching(routes, node)
    _add_publishing(routes, node)
    return routes


def _add_searching(routes: APIRouter, node: Parts) -> None:
    products = node.peer_products

    @routes.get("/search", name="search", dependencies=needs("product.read"))
    def search(
        text: _Text = "",
        operator: _Operator = None,
        level: _Level = None,
        unit: _Unit = None,
        theme: _Theme = None,
        peer: _Peer = None,
        fresh: _Fresh = False,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Page[FoundProduct]:
        """What peers offer, the best first."""
        found = products.search(Filter(text, operator, level, unit, theme, peer), fresh=fresh)
        ranked = list(enumerate(found))
        rows, after = page(ranked, lambda each: each[0], limit=limit, cursor=cursor)
        return Page[FoundProduct].model_validate({"items": [_found(each) for _, each in rows], "next": after})

    @routes.get("/of/{peer}/{product}", name="explore", dependencies=needs("product.read"))
    def explore(peer: Segment, product: Segment) -> FoundProduct:
        """A peer's product as it is now."""
        return FoundProduct.model_validate(_found(products.show(peer, product)))

    @routes.post(
        "/requests", name="request", status_code=201, dependencies=needs("product.request"), response_model=Agreement
    )
    def request(body: RequestBody) -> dict[str, Any]:
        """Propose the agreement that the product offers; it is negotiated and signed like any other."""
        until = int(moment_of(body.valid_until) * 1000)
        return views.agreement(products.request(body.peer, body.product, body.purpose, until, body.version))


def _add_publishing(routes: APIRouter, node: Parts) -> None:
    products = node.products

    @routes.get("", name="list", dependencies=needs("product.read"))
    def own(state: ProductState | None = None, limit: Limit = 100, cursor: Cursor = None) -> Page[OwnProduct]:
        rows, after = page(products.store.all(state), lambda row: row.name, limit=limit, cursor=cursor)
        return Page[OwnProduct].model_validate({"items": [_shown(row) for row in rows], "next": after})

    @routes.post("", name="draft", status_code=201, dependencies=needs("product.publish"))
    def draft(body: ProductBody) -> OwnProduct:
        """Write a product, or its next version; peers see it once it is published."""
        row = products.draft(body.offer())
        return OwnProduct.model_validate(_shown(products.publish(row.name) if body.publish else row))

    @routes.get("/{product}", name="show", dependencies=needs("product.read"))
    def show(product: Segment) -> OwnProduct:
        return OwnProduct.model_validate(_shown(products.store.get(product)))

    @routes.post("/{product}/publish", name="publish", dependencies=needs("product.publish"))
    def publish(product: Segment) -> OwnProduct:
        """Make the next version of what is written, and show it."""
        return OwnProduct.model_validate(_shown(products.publish(product)))

    @routes.post("/{product}/withdraw", name="withdraw", dependencies=needs("product.withdraw"))
    def withdraw(product: Segment) -> OwnProduct:
        return OwnProduct.model_validate(_shown(products.withdraw(product)))


def _shown(row: ProductRow) -> dict[str, Any]:
    names = ("name", "state", "version", "offer", "audience", "changed_by")
    return {
        **{name: getattr(row, name) for name in names},
        "product": row.document,
        "created_at": iso(row.created_at),
        "changed_at": iso(row.changed_at),
    }


def _found(found: Found) -> dict[str, Any]:
    return {"product": found.product.document(), "fetched_at": iso(found.fetched_at), "error": found.error}
