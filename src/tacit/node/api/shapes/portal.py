"""Applications to become a peer, and data products."""

from __future__ import annotations

from typing import Any, Literal

from tacit.governance.applications import ApplicationState
from tacit.governance.products import ProductState
from tacit.node.api.shapes.base import Answer, Time
from tacit.schema.product import Product


class Application(Answer):
    """`side`: "received" from a stranger, or "sent" by this node. Name, institution, address and fingerprint are the
    other node's. `reason`: why it was rejected. `error`: why the other node was not reached; it is tried again.
    `times`: state -> when it was reached. `item`: in the inbox."""

    id: str
    side: Literal["received", "sent"]
    node: str | None
    institution: str | None
    address: str
    fingerprint: str
    message: str
    state: ApplicationState
    reason: str | None
    compared: bool
    decided_by: str | None
    error: str | None
    item: str | None
    times: dict[str, Time]
    created_at: Time
    expires_at: Time
    ended_at: Time | None


class OwnProduct(Answer):
    """A data product of this node. `offer`: what is written for the next version; `product`: what peers see;
    `audience`: which of them, null: all."""

    name: str
    state: ProductState
    version: int
    offer: dict[str, Any]
    product: Product | None
    audience: list[str] | None
    created_at: Time
    changed_at: Time
    changed_by: str


class FoundProduct(Answer):
    """A peer's product. `fetched_at`: how old the copy is; `error`: why there is no newer one."""

    product: Product
    fetched_at: Time | None
    error: str | None
