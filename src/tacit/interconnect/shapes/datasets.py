"""Published datasets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tacit.interconnect.shapes.body import Body, Id, Label, Prose
from tacit.schema.wire import Count


class DatasetList(Body):
    contract_id: Id
    page_num: int = Field(default=1, ge=1, le=1_000_000)
    page_size: int = Field(default=20, ge=-1, le=1000)  # -1: all


class DatasetQuery(Body):
    contract_id: Id
    dataset_id: Label


class ColumnMeta(Body):
    name: Label
    data_type: Label
    description: Prose = ""
    distribution: Literal["DISCRETE", "CONTINUOUS"] | None = None


class DatasetRecord(Body):
    """A published dataset: what its owner chose to show, never rows."""

    dataset_id: Label
    name: Label
    owner: Label
    description: Prose = ""
    category: Label | None = None
    count: Count | None = None
    join_columns: tuple[Label, ...] = ()
    label_columns: tuple[Label, ...] = ()
    column_metas: tuple[ColumnMeta, ...] = ()


class DatasetPage(Body):
    records: tuple[DatasetRecord, ...]
    total: Count
