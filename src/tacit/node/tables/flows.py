"""Drafts of flows that people of this organisation work on together."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class FlowDraftRow(Table):
    """`document`: as it was written, sound or not; `name`, `title` and `steps` are told from it for lists.

    `version` grows by one with every change. `agreement_id`: empty for none. `template`: what it was begun from.
    """

    __tablename__ = "flow_drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    title: Mapped[Document | None]
    agreement_id: Mapped[str]
    template: Mapped[str | None]
    version: Mapped[int]
    steps: Mapped[int]
    document: Mapped[Document]
    created_by: Mapped[str]
    created_at: Mapped[float]
    updated_by: Mapped[str]
    updated_at: Mapped[float]
    __table_args__ = (Index("flow_drafts_by_time", "updated_at"),)
