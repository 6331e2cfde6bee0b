"""Tables of agreements besides `agreements` itself: every offer that was made, and every move of a negotiation."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class OfferRow(Table):
    """One offer of a negotiation: a version of the document. Never changed."""

    __tablename__ = "agreement_offers"
    agreement_id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    author: Mapped[str]
    document: Mapped[Document]
    created_at: Mapped[float]


class MoveRow(Table):
    """Something that a member did in a negotiation, as this node came to know it."""

    __tablename__ = "agreement_moves"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    agreement_id: Mapped[str] = mapped_column(index=True)
    move: Mapped[str]
    member: Mapped[str]
    version: Mapped[int]
    hash: Mapped[str]
    stage: Mapped[str]  # afterwards, at this node
    code: Mapped[str | None]
    at: Mapped[float]
