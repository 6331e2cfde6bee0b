"""The node itself."""

from __future__ import annotations

from typing import Any, Literal

from tacit.node.api.shapes.base import Answer, Time, Wording


class Health(Answer):
    """The process answers; it says nothing else to strangers."""

    status: Literal["ok"]


class NodeCounts(Answer):
    """What there is, and what goes on."""

    peers: int
    datasets: int
    jobs_running: int
    jobs_waiting: int
    workers: int


class NodeDescription(Answer):
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
    counts: NodeCounts


class ActiveDay(Answer):
    """Jobs that ended on this day (UTC), by how they ended. `wall_s`: from start to end, together; `cpu_s` and bytes:
    of this node's workers; `rows`: of all datasets that finished jobs read, of whichever party."""

    day: str
    finished: int
    failed: int
    rejected: int
    cancelled: int
    wall_s: float
    cpu_s: float
    bytes_sent: int
    bytes_received: int
    rows: int


class Activity(Answer):
    """The oldest day first. `running`, `waiting`: jobs that run, and that wait for this node, now."""

    days: list[ActiveDay]
    running: int
    waiting: int


class NodeSetting(Answer):
    """`value`: "set", or a part of it, where the whole would open something. `help`: in English."""

    name: str
    value: Any
    default: Any
    source: Literal["file", "environment", "default"]
    help: str


class NodeSettings(Answer):
    """All of them, with the values of the start of the node."""

    items: list[NodeSetting]


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
