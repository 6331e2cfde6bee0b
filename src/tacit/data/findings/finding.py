"""What a detector says about a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["content", "name", "both"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A column probably holds values of one kind. No value of the column is in it.

    detector: id of the detector ("cn.resident_id"). sampled: different non-null values that were looked at. share: of
    them, those that pass. lower: lower end of the Wilson interval of that share. chance: the share of random values
    of the same look that would pass. confidence: 0..1, how much to trust the finding.
    """

    column: str
    detector: str
    by: Evidence
    share: float
    sampled: int
    lower: float
    chance: float
    confidence: float
