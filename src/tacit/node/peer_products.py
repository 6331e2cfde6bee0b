"""Data products of peers: copies of what they publish, search over them, and requests.

A request is the first offer of an agreement: from there on it is negotiated like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from tacit.errors import PeerError, RefusedError, TacitError
from tacit.governance.products import Filter, check_valid, first_offer, search
from tacit.interconnect.endpoints import PRODUCT_LIST, PRODUCT_QUERY
from tacit.interconnect.shapes import ProductList, ProductPage, ProductQuery
from tacit.ledger.audit import AuditTrail, Detail
from tacit.node.clock import now
from tacit.node.courier import Courier
from tacit.node.database import AgreementRow
from tacit.node.projects import Projects
from tacit.node.stores.peers import PeerStore
from tacit.node.stores.portal import ProductStore, unknown_product
from tacit.node.tables.portal import ProductFetchRow
from tacit.schema.product import Product

FRESH_S = 300.0  # for which a copy is not fetched again
MOST = 1000  # products of one peer
_PAGE = 100
_log = structlog.get_logger("products")


@dataclass(frozen=True, slots=True)
class Found:
    """A peer's product with the age of the copy; `error`: why it could not be fetched anew."""

    product: Product
    fetched_at: float | None
    error: str | None


@dataclass(slots=True)
class PeerProducts:
    """Wired by `tacit.node.wiring`."""

    me: str
    store: ProductStore
    peers: PeerStore
    projects: Projects
    courier: Courier
    trail: AuditTrail
    clock: Callable[[], float] = now

    def search(self, wanted: Filter, *, fresh: bool = False) -> list[Found]:
        """Peers' products, the best first. Copies older than FRESH_S, or all with `fresh`, are fetched anew; of a peer
        that does not answer the old copy stays, and says so."""
        self._refresh_all(0.0 if fresh else FRESH_S)
        fetches = self.store.fetches()
        active = {row.name for row in self.peers.all() if row.state == "APPROVED"}
        copies = [Product.model_validate(row.document) for row in self.store.copies() if row.peer in active]
        products = search(copies, wanted, int(self.clock() * 1000))
        return [_found(product, fetches.get(product.publisher)) for product in products]

    def show(self, peer: str, name: str) -> Found:
        """A peer's product as it is now, or the copy if the peer does not answer.

        Raises NotFoundError("peer.unknown", "product.unknown"), RefusedError("peer.terminated").
        """
        self.peers.active(peer)
        try:
            product = self._ask(peer, name)
        except PeerError as fault:
            if fault.found == "product.unknown":
                raise unknown_product(name) from None
            copy = Product.model_validate(self.store.copy(peer, name).document)
            return Found(copy, _fetched(self.store.fetches().get(peer)), fault.code)
        return Found(product, self.clock(), None)

    def request(
        self, peer: str, name: str, purpose: str, valid_until_ms: int, version: int | None = None
    ) -> AgreementRow:
        """Ask for a product: propose the agreement that it offers. `version`: only if it is still this one.

        Raises PeerError, NotFoundError("product.unknown"),
        RefusedError("product.changed", "product.over", "project.…").
        """
        self.peers.active(peer)
        try:
            product = self._ask(peer, name)
        except PeerError as fault:
            if fault.found == "product.unknown":
                raise unknown_product(name) from None
            raise
        if version is not None and product.version != version:
            raise RefusedError(
                "product.changed",
                "The data product has changed since you looked at it.",
                found=f"version {product.version}",
                expected=f"version {version}",
                hint="Look at it again, then request it again.",
            )
        check_valid(product, int(self.clock() * 1000))
        offer = first_offer(product, self.me)
        row = self.projects.propose(purpose=purpose, valid_until_ms=valid_until_ms, **offer)
        details: dict[str, Detail] = {"product": product.identifier, "version": product.version, "agreement": row.id}
        self.trail.record("product.requested", f"peer:{peer}", details, actor="person")
        return row

    def forget(self, peer: str) -> None:
        """The contract with the peer has ended."""
        self.store.drop_copies(peer)

    def _ask(self, peer: str, name: str) -> Product:
        try:
            query = ProductQuery(identifier=name)
        except ValidationError:
            raise unknown_product(name) from None
        product = self.courier.call(peer, PRODUCT_QUERY, query, Product)
        return _checked(product, peer)

    def _refresh_all(self, older_s: float) -> None:
        fetches = self.store.fetches()
        for row in self.peers.all():
            known = fetches.get(row.name)
            if row.state == "APPROVED" and (known is None or self.clock() - known.tried_at >= older_s):
                self.refresh(row.name)

    def refresh(self, peer: str) -> None:
        """Fetch a peer's products; a failure is noted with the copy."""
        try:
            self.store.replace_copies(peer, [each.document() for each in self._fetch(peer)])
        except TacitError as fault:
            _log.info("products.not_fetched", peer=peer, code=fault.code)
            self.store.note_failure(peer, fault.code)

    def _fetch(self, peer: str) -> list[Product]:
        found: dict[str, Product] = {}
        for number in range(1, MOST // _PAGE + 1):
            page = self.courier.call(peer, PRODUCT_LIST, ProductList(page_num=number, page_size=_PAGE), ProductPage)
            found |= {each.identifier: _checked(each, peer) for each in page.records}
            if len(page.records) < _PAGE:
                break
        return list(found.values())


def _checked(product: Product, peer: str) -> Product:
    if product.publisher != peer:
        raise PeerError("peer.bad_answer", f"{peer} shows a data product of another publisher.")
    return product


def _found(product: Product, fetch: ProductFetchRow | None) -> Found:
    return Found(product, _fetched(fetch), fetch.error if fetch is not None else None)


def _fetched(fetch: ProductFetchRow | None) -> float | None:
    return fetch.fetched_at if fetch is not None else None
