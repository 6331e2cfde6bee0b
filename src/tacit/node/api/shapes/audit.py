"""The audit trail."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Fault, Time


class TrailEntry(Answer):
    """One act. `hash` covers the entry and, by `previous`, all before it; `at`: the time in milliseconds, as hashed."""

    number: int
    time: Time
    at: int
    act: str
    actor: str
    subject: str
    details: dict[str, str | int | bool | None]
    previous: str
    hash: str


class TrailVerification(Answer):
    """`broken_at`: number of the first entry that does not fit."""

    ok: bool
    entries: int | None
    head: str | None
    broken_at: int | None
    error: Fault | None
