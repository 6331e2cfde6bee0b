"""The node itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tacit.node.api.shapes.base import Answer, Time, Wording
from tacit.node.last_backup import LastBackup
from tacit.node.machine import Machine


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
    """`value`: "set", or a part of it, where the whole would open something. `help`: what it is for."""

    name: str
    value: Any
    default: Any
    source: Literal["file", "environment", "default"]
    help: Wording


class NodeSettings(Answer):
    """All of them, with the values of the start of the node."""

    items: list[NodeSetting]


@dataclass(frozen=True, slots=True)
class MachineState(Machine):
    """The machine of the node now. Sizes in bytes; the disk is the one of the node's folder. `load`: processes that run
    or wait for a processor, over the last minute. `workers`: busy ones, of `slots`."""

    workers: int
    slots: int


class NodeKey(Answer):
    """`name`: whose it is, or where it lies. `since`, `until`: of its certificate; of a key without one, since when its
    file is as it is. Null: not known, or it does not end by itself."""

    kind: Literal["identity", "peer", "vault", "token"]
    name: str
    fingerprint: str | None
    since: Time | None
    until: Time | None


class NodeKeys(Answer):
    """This node's own first, then those of its peers."""

    items: list[NodeKey]


class BackupNote(Answer):
    """`last`: null where none was made, or it was made by other means."""

    last: LastBackup | None


class CheckWords(Answer):
    """What was found, expected and to do, for people; null where it is the same in every language, or only known in
    English."""

    found: Wording | None
    expected: Wording | None
    hint: Wording | None


class Check(Answer):
    """One thing that the doctor looked at. `found`, `expected`, `hint`: in English."""

    id: str
    subject: str | None
    status: str
    text: Wording
    found: str | None
    expected: str | None
    hint: str | None
    words: CheckWords


class Diagnosis(Answer):
    """`ok` when no check is an error."""

    ok: bool
    checks: list[Check]
