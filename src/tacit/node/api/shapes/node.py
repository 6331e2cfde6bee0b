"""The node itself."""

from __future__ import annotations

from typing import Literal

from tacit.node.api.shapes.base import Answer, Time, Wording


class Health(Answer):
    """The process answers; it says nothing else to strangers."""

    status: Literal["ok"]


class Counts(Answer):
    """What there is, and what goes on."""

    peers: int
    datasets: int
    jobs_running: int
    jobs_waiting: int
    workers: int


class Description(Answer):
    """What this node is."""

    name: str
    institution: str
    version: str
    protocol_version: int | str
    fingerprint: str
    peer_address: str
    api_address: str
    started_at: Time
    cpu_features: list[str]
    counts: Counts


class Check(Answer):
    """One thing that the doctor looked at."""

    id: str
    subject: str | None
    status: str
    text: Wording
    found: str | None
    expected: str | None
    hint: str | None


class Diagnosis(Answer):
    """`ok` when no check is an error."""

    ok: bool
    checks: list[Check]
