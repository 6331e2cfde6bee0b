"""Grants of datasets: asking, deciding, ending. After BFIA v1.2, dataset/audit."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tacit.interconnect.shapes.body import Body, Id, Label, Prose
from tacit.schema.wire import Count, Millis, Shape

SCOPES = Literal["NODE", "PROJECT", "COMPONENT"]


class GrantWish(Shape):
    """What the standard has no field for."""

    purpose: Prose | None = None


class DatasetApply(Body):
    """Ask for a dataset, or for all published ones that a glob pattern in `dataset_id` selects.

    `time_limit`: the end, in milliseconds since 1970; `times_limit`: how many jobs.
    """

    audit_id: Id
    contract_id: Id
    dataset_id: Label
    auth_scope: dict[SCOPES, tuple[Label, ...]] = Field(default_factory=dict)
    time_limit: Millis | None = None
    times_limit: Count | None = None
    tacit: GrantWish | None = None


class PermitExtra(Shape):
    """The datasets that the permit names, where `resource_id` is a pattern."""

    datasets: tuple[Label, ...] = Field(max_length=1000)


class ResourcePermit(Body):
    """The right to use a dataset. `token` is known to both nodes only."""

    token: Label
    resource_level: Count
    resource_type: Label = "DATASET"
    resource_id: Label
    resource_node_id: Id
    resource_inst_id: Label
    request_node_id: Id
    request_inst_id: Label
    time_limit: Millis | None = None
    times_limit: Count | None = None
    tacit: PermitExtra | None = None


class DatasetConfirm(Body):
    audit_id: Id
    status: Literal["APPROVED", "REJECTED"]
    resource_permit: ResourcePermit | None = None
