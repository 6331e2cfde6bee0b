"""Rules of approval."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Time


class ApprovalRate(Answer):
    """At most `jobs` in any `period_s` seconds."""

    jobs: int
    period_s: int


class ApprovalRule(Answer):
    """A list names what is allowed; null does not limit. `agreement`: the only one of `agreements`, if it is one."""

    id: str
    initiators: list[str] | None
    parties: list[str] | None
    operators: list[str] | None
    datasets: list[str] | None
    agreements: list[str] | None
    agreement: str | None
    purposes: list[str] | None
    max_rows: int | None
    max_level: int
    max_uses: int | None
    rate: ApprovalRate | None
    valid_until: Time | None
    note: str
    created_at: Time
