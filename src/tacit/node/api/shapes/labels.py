"""Labels of columns, scans, the rule table, and levels of results."""

from __future__ import annotations

from typing import Literal

from tacit.node.api.shapes.base import Answer, Time, Wording


class Suggested(Answer):
    """What scans proposed at the highest."""

    level: int
    klass: str
    rule: str
    confidence: float
    reasons: list[Wording]


class Pending(Answer):
    """A lower level that waits for a second person."""

    level: int
    klass: str
    reason: str
    by: str
    at: Time
    needs_second: bool = True


class ColumnLabel(Answer):
    """`level` is what counts now: the default without a label, never less than the default without a confirmation.

    `warning`: a scan found more than a person has decided on.
    """

    column: str
    type: str
    level: int
    klass: str
    klass_title: Wording
    confirmed: bool
    source: Literal["none", "suggested", "confirmed", "inherited"]
    confidence: float | None
    rule: str | None
    reasons: list[Wording]
    confirmed_by: str | None
    reason: str
    at: Time | None
    warning: bool
    suggested: Suggested | None
    pending: Pending | None


class DatasetLabels(Answer):
    """`level`: the highest of all columns of the dataset, on whatever page."""

    dataset: str
    level: int
    items: list[ColumnLabel]
    next: str | None = None


class Change(Answer):
    """A line of the history of a dataset's labels."""

    number: int
    column: str
    level: int
    klass: str
    source: str
    confidence: float | None
    rule: str | None
    by: str
    reason: str
    at: Time


class Scan(Answer):
    """The last scan. `done` of `total` columns while it runs. `code`: why it failed."""

    dataset: str
    state: Literal["none", "running", "done", "failed"]
    code: str | None
    rows: int
    sampled: int
    done: int | None
    total: int | None
    started_at: Time | None
    ended_at: Time | None


class Finding(Answer):
    """What a detector says of a column, in figures; no value of the column is in it."""

    column: str
    detector: str
    title: Wording
    by: Literal["content", "name", "both"]
    share: float
    sampled: int
    lower: float
    chance: float
    confidence: float


class Findings(Answer):
    """Of the last scan that ended well."""

    scan: Scan
    items: list[Finding]
    next: str | None = None


class Level(Answer):
    """Whom disclosure harms, and how much, at this level."""

    level: int
    harms: list[str]


class Klass(Answer):
    """A class of data. `least`: the lowest level that it may have."""

    klass: str
    title: Wording
    least: int


class LevelRule(Answer):
    """A line of the rule table. `detectors`: what leads to it."""

    id: str
    klass: str
    harmed: str
    degree: str
    level: int
    text: Wording
    detectors: list[str]


class Way(Answer):
    """An approved way to lower the level of a result."""

    id: str
    operator: str
    ports: list[str]
    text: Wording


class Levels(Answer):
    """The whole rule table."""

    default_level: int
    second_person_from: int
    levels: list[Level]
    classes: list[Klass]
    rules: list[LevelRule]
    declassifiers: list[Way]


class Source(Answer):
    """A dataset whose columns are in a result."""

    party: str
    dataset: str


class Derived(Answer):
    """A result of a job at this node. `inflow`: the highest level that flowed in; `level`: what counts."""

    step: str
    port: str
    inflow: int
    level: int
    lowered_by: str | None
    sources: list[Source]
