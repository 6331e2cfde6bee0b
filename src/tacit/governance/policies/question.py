"""What a decision is about besides the plan: who asks, under which agreement, when, and the columns' labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tacit.governance.levels import Label
from tacit.schema.flow import Profile

DEFAULT_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Question:
    """`labels`: dataset -> column -> label; a column without one counts as `default_level`. `rows`: of each dataset."""

    initiator: str
    profile: Profile
    now_ms: int
    agreement: str | None = None
    purpose: str | None = None
    labels: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    default_level: int = DEFAULT_LEVEL

    def label(self, dataset: str, column: str) -> Label:
        found = self.labels.get(dataset, {}).get(column)
        return Label(self.default_level, "unlabelled", confirmed=False) if found is None else found
