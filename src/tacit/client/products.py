"""Data products, as Python: what this node offers, what its peers offer, and asking for it."""

from __future__ import annotations

from typing import Any

from tacit.client.connection import Connection, segment


class Products:
    """Metadata, a profile and terms; never data.

    >>> client.products.search("零售 大额", level=3)                                     # doctest: +SKIP
    >>> client.products.request("beta", "retail", "scoring", valid_until="2027-12-31")  # doctest: +SKIP
    """

    def __init__(self, node: Connection) -> None:
        self._node = node

    def all(self, *, state: str | None = None) -> list[dict[str, Any]]:
        """This node's own. `state`: draft, published or withdrawn."""
        return self._node.items("/products", state=state)

    def get(self, name: str) -> dict[str, Any]:
        return dict(self._node.get(f"/products/{segment(name)}"))

    def draft(self, **offer: Any) -> dict[str, Any]:
        """Write a product or its next version: name, title and description ({zh, en}), datasets, contact_point;
        columns, theme, keyword, terms, accrual_periodicity, valid_until, audience, profile."""
        return dict(self._node.post("/products", offer))

    def publish(self, name: str) -> dict[str, Any]:
        """Make the next version of what is written, and show it to peers."""
        return dict(self._node.post(f"/products/{segment(name)}/publish"))

    def withdraw(self, name: str) -> dict[str, Any]:
        return dict(self._node.post(f"/products/{segment(name)}/withdraw"))

    def search(self, text: str = "", *, fresh: bool = False, **filters: Any) -> list[dict[str, Any]]:
        """What peers offer, the best first. `filters`: operator, level (at most), unit, theme, peer."""
        return self._node.items("/products/search", text=text or None, fresh="true" if fresh else None, **filters)

    def of(self, peer: str, name: str) -> dict[str, Any]:
        """A peer's product as it is now."""
        return dict(self._node.get(f"/products/of/{segment(peer)}/{segment(name)}"))

    def request(
        self, peer: str, product: str, purpose: str, *, valid_until: str, version: int | None = None
    ) -> dict[str, Any]:
        """Propose the agreement that the product offers. Raises RefusedError("product.changed", "product.over")."""
        body = {"peer": peer, "product": product, "purpose": purpose, "valid_until": valid_until}
        return dict(self._node.post("/products/requests", body | ({"version": version} if version else {})))
