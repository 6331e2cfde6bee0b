"""Data products of this node: what its owners publish, and what peers may see of it.

A product says nothing that the catalogue, the labels, the policy and a profile of a sample do not allow; it is made
anew with every version, and shown with the levels that its columns have by now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from tacit.data.glance import glance
from tacit.data.sampling import sample
from tacit.errors import InputError, NotFoundError
from tacit.governance.products import (
    LEAST,
    PROFILED_TO,
    ProductState,
    check_valid,
    check_words,
    column_profile,
    column_today,
    told_rows,
    told_uses,
)
from tacit.interconnect.shapes import ProductList, ProductPage, ProductQuery
from tacit.ledger.audit import AuditTrail, Detail
from tacit.node.acting import current
from tacit.node.catalogue import Catalogue
from tacit.node.clock import now
from tacit.node.database import DatasetRow
from tacit.node.labels import Labels
from tacit.node.policing import Policing
from tacit.node.settings import Settings
from tacit.node.stores.peers import PeerStore
from tacit.node.stores.portal import ProductStore, unknown_product
from tacit.node.tables.portal import ProductRow
from tacit.schema.product import Product, ProductColumn, ProductDataset, Terms, Use

SAMPLE_ROWS = 10_000
_RESERVED = ("search", "requests", "of")  # paths of the API


_ANY = Terms()


@dataclass(frozen=True, slots=True)
class Offer:
    """What an owner writes. `columns`: per dataset those to be shown; a dataset that is not named shows all.

    `audience`: peers that may see it; None: all. `profile`: whether a sample may be looked at.
    """

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    datasets: tuple[str, ...]
    contact_point: str
    columns: Mapping[str, tuple[str, ...]] | None = None
    theme: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    terms: Terms = _ANY
    accrual_periodicity: str = "irregular"
    valid_until: int | None = None
    audience: tuple[str, ...] | None = None
    profile: bool = True


@dataclass(slots=True)
class Products:
    """Wired by `tacit.node.wiring`."""

    settings: Settings
    store: ProductStore
    catalogue: Catalogue
    labels: Labels
    policing: Policing
    peers: PeerStore
    trail: AuditTrail
    clock: Callable[[], float] = now
    _writing: threading.Lock = field(default_factory=threading.Lock)

    # -- this node's own -------------------------------------------------------------------------------------------

    def draft(self, offer: Offer) -> ProductRow:
        """Keep what is written, for the next version; peers go on seeing what is published.

        Raises NotFoundError("dataset.unknown", "peer.unknown"), ParameterError("product.text_invalid"),
        InputError("product.invalid").
        """
        check_words(offer.title, offer.description, (*offer.theme, *offer.keyword))
        for peer in offer.audience or ():
            self.peers.active(peer)
        with self._writing:
            row = self._drafted(offer)
        self.trail.record("product.drafted", f"product:{row.name}", {}, actor="person")
        return row

    def _drafted(self, offer: Offer) -> ProductRow:
        if offer.name in _RESERVED:
            raise InputError("product.invalid", "A data product cannot have this name.", found=offer.name)
        known = self.store.find(offer.name)
        at = self.clock()
        self._made(offer, known.version + 1 if known else 1, at, profile=False)
        row = ProductRow(
            name=offer.name,
            state=known.state if known else str(ProductState.DRAFT),
            version=known.version if known else 0,
            offer=_written(offer),
            document=known.document if known else None,
            audience=known.audience if known else None,
            created_at=known.created_at if known else at,
            changed_at=at,
            changed_by=current().actor,
        )
        self.store.keep(row)
        return row

    def publish(self, name: str) -> ProductRow:
        """Make the next version of what was drafted and show it. Errors as of `draft`, and of reading the data."""
        with self._writing:
            row, product = self._published(name)
        details: dict[str, Detail] = {"version": row.version, "level": product.level}
        self.trail.record("product.published", f"product:{name}", details, actor="person")
        return row

    def _published(self, name: str) -> tuple[ProductRow, Product]:
        row = self.store.get(name)
        offer = _read(row.offer)
        at = self.clock()
        product = self._made(offer, row.version + 1, at, issued=row.created_at, profile=offer.profile)
        check_valid(product, int(at * 1000))
        row.document, row.version, row.state = product.document(), product.version, str(ProductState.PUBLISHED)
        row.audience = list(offer.audience) if offer.audience is not None else None
        row.changed_at, row.changed_by = at, current().actor
        self.store.keep(row)
        return row, product

    def withdraw(self, name: str) -> ProductRow:
        """Peers do not see it any more; what was agreed stays. Raises InputError("product.wrong_state")."""
        row = self.store.get(name)
        values = {"changed_at": self.clock(), "changed_by": current().actor}
        if not self.store.move(name, row.version, ProductState.WITHDRAWN, **values):
            raise InputError("product.wrong_state", "The data product is not in a state for this.", found=row.state)
        self.trail.record("product.withdrawn", f"product:{name}", {"version": row.version}, actor="person")
        return self.store.get(name)

    def _made(
        self, offer: Offer, version: int, at: float, *, issued: float | None = None, profile: bool = False
    ) -> Product:
        """The document that peers see. Raises InputError("product.invalid")."""
        datasets = [self._dataset(name, offer, profile) for name in offer.datasets]
        levels = [column.level for each in datasets for column in each.columns]
        level = max(levels, default=self.settings.default_level)
        try:
            return Product.model_validate(
                {
                    "identifier": offer.name,
                    "version": version,
                    "publisher": self.settings.name,
                    "institution": self.settings.institution or self.settings.name,
                    "title": dict(offer.title),
                    "description": dict(offer.description),
                    "theme": offer.theme,
                    "keyword": offer.keyword,
                    "datasets": datasets,
                    "level": level,
                    "terms": offer.terms,
                    "uses": self._uses(datasets),
                    "accrual_periodicity": offer.accrual_periodicity,
                    "contact_point": offer.contact_point,
                    "issued": int((issued or at) * 1000),
                    "modified": int(at * 1000),
                    "valid_until": offer.valid_until,
                }
            )
        except ValidationError as fault:
            raise _invalid(fault) from None

    def _dataset(self, name: str, offer: Offer, profile: bool) -> ProductDataset:
        row = self.catalogue.get(name)
        shown = (offer.columns or {}).get(name)
        types = {column["name"]: column["type"] for column in row.columns}
        unknown = sorted(set(shown or ()) - set(types))
        if unknown:
            raise NotFoundError(
                "product.column_unknown", "The dataset has no such column.", found=unknown[0], expected=", ".join(types)
            )
        labels = self.labels.of(name)
        names = [each for each in types if shown is None or each in shown]
        wanted = [each for each in names if labels[each].level <= PROFILED_TO]
        found, rows = self._profile(row) if profile and wanted else ({}, 0)
        columns: list[ProductColumn] = [
            column_profile(each, types[each], labels[each].level, found.get(each), rows) for each in names
        ]
        return ProductDataset(identifier=name, rows=told_rows(row.rows), columns=tuple(columns))

    def _profile(self, row: DatasetRow) -> tuple[dict[str, Mapping[str, Any]], int]:
        """Column -> what a sample shows, and its size. The seed is the digest's: one file, one profile."""
        drawn = sample(self.catalogue.source(row), SAMPLE_ROWS, seed=int(row.digest[:8], 16))
        seen = glance(drawn, LEAST)
        return {column["name"]: column for column in seen["columns"]}, seen["sample_rows"]

    def _uses(self, datasets: Iterable[ProductDataset]) -> tuple[Use, ...]:
        """Of several datasets, the strictest."""
        policies = self.policing.policies()
        told = [
            told_uses(policies.get(each.identifier), max(column.level for column in each.columns))
            for each in datasets
            if each.columns
        ]
        return tuple(
            Use(
                use=uses[0].use,
                allowed=all(use.allowed for use in uses),
                least=max((use.least or 0 for use in uses), default=0) or None,
            )
            for uses in zip(*told, strict=True)
        )

    # -- what peers ask --------------------------------------------------------------------------------------------

    def listed(self, source: str, body: ProductList) -> ProductPage:
        """What this peer may see."""
        seen = self._visible(source)
        begin = (body.page_num - 1) * body.page_size
        return ProductPage(records=tuple(seen[begin : begin + body.page_size]), total=len(seen))

    def queried(self, source: str, body: ProductQuery) -> Product:
        """Raises NotFoundError("product.unknown"), also for what the peer may not see."""
        found = next((each for each in self._visible(source) if each.identifier == body.identifier), None)
        if found is None:
            raise unknown_product(body.identifier)
        return found

    def _visible(self, source: str) -> list[Product]:
        at = int(self.clock() * 1000)
        rows = [row for row in self.store.all(ProductState.PUBLISHED) if row.audience is None or source in row.audience]
        products = [Product.model_validate(row.document) for row in rows if row.document is not None]
        valid = [each for each in products if each.valid_until is None or each.valid_until > at]
        return [seen for each in valid if (seen := self._as_today(each)) is not None]

    def _as_today(self, product: Product) -> Product | None:
        """With the levels that columns have by now; what a level does not allow any more is left out. None: a dataset
        of it is gone."""
        datasets = []
        for each in product.datasets:
            try:
                labels = self.labels.of(each.identifier)
            except NotFoundError:
                return None
            columns = tuple(
                column_today(column, labels[column.name].level) for column in each.columns if column.name in labels
            )
            datasets.append(each.model_copy(update={"columns": columns}))
        level = max((column.level for each in datasets for column in each.columns), default=product.level)
        changes = {"datasets": tuple(datasets), "level": level, "uses": self._uses(datasets)}
        return product.model_copy(update=changes)


def _written(offer: Offer) -> dict[str, Any]:
    columns = {name: list(each) for name, each in offer.columns.items()} if offer.columns is not None else None
    return {
        "name": offer.name,
        "title": dict(offer.title),
        "description": dict(offer.description),
        "datasets": list(offer.datasets),
        "contact_point": offer.contact_point,
        "columns": columns,
        "theme": list(offer.theme),
        "keyword": list(offer.keyword),
        "terms": offer.terms.document(),
        "accrual_periodicity": offer.accrual_periodicity,
        "valid_until": offer.valid_until,
        "audience": list(offer.audience) if offer.audience is not None else None,
        "profile": offer.profile,
    }


def _read(written: Mapping[str, Any]) -> Offer:
    """The reverse of `_written`."""
    columns = written["columns"]
    return Offer(
        **{
            **written,
            "datasets": tuple(written["datasets"]),
            "columns": {name: tuple(each) for name, each in columns.items()} if columns is not None else None,
            "theme": tuple(written["theme"]),
            "keyword": tuple(written["keyword"]),
            "terms": Terms.model_validate(written["terms"]),
            "audience": tuple(written["audience"]) if written["audience"] is not None else None,
        }
    )


def _invalid(fault: ValidationError) -> InputError:
    first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
    return InputError(
        "product.invalid",
        "The data product is not as one must be.",
        found=f"{first['type']} at {'.'.join(str(place) for place in first['loc'])}",
    )
