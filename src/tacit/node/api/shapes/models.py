"""Models of which this node holds a piece."""

from __future__ import annotations

from typing import Literal

from tacit.node.api.shapes.base import Answer, Time


class ModelVersion(Answer):
    """One version; size in bytes. `state`: a retired version is not loaded any more. `integrity`: whether the file is
    as the step left it; "unknown" where nobody wrote down how that was. `job_id`, `step`: where it was saved;
    `model_id`, `transform_id`: which pieces at all parties belong together; `digest`: of the file as it was saved;
    `item`: in the inbox, where its release waits."""

    version: str
    kind: str
    created_at: Time
    bytes: int
    state: Literal["draft", "released", "retired"]
    integrity: Literal["intact", "changed", "unknown"]
    digest: str | None
    job_id: str | None
    step: str | None
    model_id: str | None
    transform_id: str | None
    item: str | None
    changed_by: str | None
    changed_at: Time | None


class Model(Answer):
    """Newest version first."""

    name: str
    versions: list[ModelVersion]
