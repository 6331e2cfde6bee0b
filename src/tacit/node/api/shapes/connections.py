"""Connections to places of data. No credential is in any of these."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from tacit.node.api.shapes.base import Answer, Document, Time


class LastTest(Answer):
    """`code`: of the error, if it did not go well."""

    ok: bool
    code: str | None


class Connection(Answer):
    """`secrets`: names of what the vault keeps for it; `datasets`: those that lie behind it."""

    name: str
    kind: str
    options: Document
    secrets: list[str]
    description: str
    created_at: Time
    changed_at: Time
    tested_at: Time | None
    test: LastTest | None
    datasets: list[str]


class TestOutcome(Answer):
    """`server`: what answered; `code`, `message` and `hint`: of the error."""

    __test__ = False

    ok: bool
    took_ms: int
    server: str | None
    code: str | None
    message: str | None
    hint: str | None


class ConnectionItem(Answer):
    """A table, a view or a file. `name`: as `table` or `object` of a dataset takes it."""

    name: str
    kind: str
    rows_estimated: int | None = None
    size_bytes: int | None = None
    format: str | None = None


class TableColumn(Answer):
    """`type`: as the database calls it; `key`: place in the primary key."""

    name: str
    type: str
    nullable: bool
    key: int | None


class TableColumns(Answer):
    items: list[TableColumn]


class ColumnGlance(BaseModel):
    """What is told depends on the type; `top`: values that at least `least` rows of the sample have."""

    model_config = ConfigDict(extra="forbid")

    name: str
    type: str
    null_share: float
    null_share_error: float
    distinct_estimated: int
    top: list[dict[str, Any]]
    low: float | None = None
    high: float | None = None
    quantiles: dict[str, float] | None = None
    lengths: dict[str, float] | None = None


class Glance(Answer):
    """Of a sample; no value is told that fewer than `least` of its rows have. `encoding`: of a CSV that is behind a
    connection, the one it was read in."""

    rows: int | None
    rows_estimated: int | None
    sample_rows: int
    method: str
    least: int
    columns: list[ColumnGlance]
    encoding: str | None = None


class Rewrapped(Answer):
    """How many secrets have the present key now."""

    count: int
