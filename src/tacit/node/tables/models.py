"""What is known of the versions of models at this node, beside their files."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Table


class ModelVersionRow(Table):
    """`state`: draft, released or retired. `digest`: of the file as the step saved it; none for one that was there
    before this was written down. `job_id`, `step`: where it was saved last."""

    __tablename__ = "model_versions"
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    digest: Mapped[str | None]
    job_id: Mapped[str | None]
    step: Mapped[str | None]
    saved_at: Mapped[float | None]
    changed_by: Mapped[str | None]
    changed_at: Mapped[float | None]
