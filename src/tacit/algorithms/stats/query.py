"""What joint statistics are asked for: columns, groups, measures and the smallest group that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tacit.errors import ParameterError
from tacit.privacy.thresholds import check_minimum

COUNT = "count"
SUM = "sum"
MEAN = "mean"
VARIANCE = "variance"
MEASURES = (COUNT, SUM, MEAN, VARIANCE)

FIRST = "first"
SECOND = "second"
DEALER = "dealer"
OWNERS = (FIRST, SECOND)


@dataclass(frozen=True, slots=True)
class GroupBy:
    """The column whose values are the groups, and the role that has it."""

    role: str
    column: str


@dataclass(frozen=True, slots=True)
class Query:
    """Public: the same at every role. `columns` None, or without a role: all numeric features of that role."""

    columns: Mapping[str, tuple[str, ...]] | None = None
    group: GroupBy | None = None
    measures: tuple[str, ...] = MEASURES
    minimum: int = 10

    def __post_init__(self) -> None:
        check_minimum(self.minimum)
        unknown = sorted(set(self.measures) - set(MEASURES))
        if unknown or not self.measures:
            raise ParameterError(
                "stats.measure_unknown",
                "Statistics need at least one known measure.",
                found=", ".join(unknown) or "none",
                expected=", ".join(MEASURES),
            )
        roles = {*(self.columns or {}), *({self.group.role} if self.group else ())}
        if not roles <= set(OWNERS):
            raise ParameterError(
                "stats.role_unknown", "Columns belong to first or second.", found=", ".join(sorted(map(str, roles)))
            )

    def named(self, role: str) -> tuple[str, ...] | None:
        """The columns asked of a role; None if it is to use all its numeric features."""
        return None if self.columns is None else self.columns.get(role)

    @property
    def wants_sums(self) -> bool:
        """Whether values enter at all, and not only whether they are present."""
        return bool({SUM, MEAN, VARIANCE} & set(self.measures))

    @property
    def wants_squares(self) -> bool:
        """Whether squares are needed."""
        return VARIANCE in self.measures
