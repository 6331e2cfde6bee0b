"""Operators, as the standard's components."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tacit.interconnect.shapes.body import Body, Id, Label
from tacit.schema.wire import Count


class ComponentList(Body):
    contract_id: Id | None = None
    category: Label | None = None
    developer: Label | None = None
    page_num: int = Field(default=1, ge=1, le=1_000_000)
    page_size: int = Field(default=20, ge=-1, le=1000)


class ComponentQuery(Body):
    code: Label
    version: Label | None = None
    contract_id: Id | None = None


class ComponentRecord(Body):
    code: Label
    version: Label
    category: Label = ""
    developer: Label = ""


class ComponentPage(Body):
    records: tuple[ComponentRecord, ...]
    total: Count


class ComponentDetail(ComponentRecord):
    engine: Label
    inputs: tuple[dict[str, Any], ...] = ()
    outputs: tuple[dict[str, Any], ...] = ()
    status: Literal["ENABLED", "DISABLED"] = "ENABLED"
