"""Applications to become a peer, on both sides; data products of this node, and copies of those of its peers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class ApplicationRow(Table):
    """`side` "received" or "sent"; node_id … certificate are the other node's, empty until it was met.

    `open_key`: side and fingerprint while it is open, so that a key has one open application at most. `host`: the
    network address from which it came. `compared`: somebody here compared the fingerprint over another way. `told`:
    the other node has answered to a withdrawal. `times`: state -> when it was reached.
    """

    __tablename__ = "applications"
    id: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str]
    open_key: Mapped[str | None] = mapped_column(unique=True)
    node_id: Mapped[str]
    institution: Mapped[str]
    address: Mapped[str]
    fingerprint: Mapped[str]
    certificate: Mapped[str]
    version: Mapped[str]
    message: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    host: Mapped[str]
    compared: Mapped[bool]
    told: Mapped[bool]
    times: Mapped[Document]
    decided_by: Mapped[str | None]
    error: Mapped[str | None]
    tries: Mapped[int]
    next_at: Mapped[float]
    created_at: Mapped[float]
    expires_at: Mapped[float]
    ended_at: Mapped[float | None]
    __table_args__ = (Index("applications_by_state", "side", "state"),)


class ProductRow(Table):
    """A data product of this node. `document`: of the last version that was published, none before the first.

    `offer`: what its owner wrote. `audience`: the peers that may see it; none: all. `version`: of the document.
    """

    __tablename__ = "products"
    name: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    version: Mapped[int]
    offer: Mapped[Document]
    document: Mapped[Document | None]
    audience: Mapped[list[Any] | None]
    created_at: Mapped[float]
    changed_at: Mapped[float]
    changed_by: Mapped[str]


class PeerProductRow(Table):
    """A copy of a peer's product."""

    __tablename__ = "peer_products"
    peer: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[Document]


class ProductFetchRow(Table):
    """When a peer's products were last fetched, and what went wrong since."""

    __tablename__ = "product_fetches"
    peer: Mapped[str] = mapped_column(primary_key=True)
    fetched_at: Mapped[float | None]
    tried_at: Mapped[float]
    error: Mapped[str | None]
