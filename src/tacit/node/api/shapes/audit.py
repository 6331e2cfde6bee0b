"""The audit trail."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Fault, Time


class Entry(Answer):
    """One act. `hash` covers the entry and the one before it."""

    number: int
    time: Time
    act: str
    actor: str
    subject: str
    details: dict[str, str | int | bool | None]
    hash: str


class Verification(Answer):
    """`broken_at`: number of the first entry that does not fit."""

    ok: bool
    entries: int | None
    head: str | None
    broken_at: int | None
    error: Fault | None
