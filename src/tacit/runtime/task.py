"""What a worker is told, and what it reports back. Everything here crosses a process border as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tacit.channel.line import Line


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class DatasetEntry(_Shape):
    """A registered dataset of this party."""

    name: str
    path: str
    format: str = "csv"
    options: dict[str, Any] = Field(default_factory=dict)
    access: dict[str, str] = Field(default_factory=dict, repr=False)  # credentials: on the pipe to the worker only


class Limits(_Shape):
    """What one worker may use. The wall limit counts from the start of the process."""

    memory_mb: int = Field(default=4096, ge=64)
    cpu_s: int = Field(default=24 * 3600, ge=1)
    wall_s: int = Field(default=24 * 3600, ge=1)


class CautionEntry(_Shape):
    """What the owner allows in matches and figures, see `tacit.privacy.caution`."""

    min_result: int = Field(default=0, ge=0)
    similar_runs: int | None = Field(default=None, ge=0)
    similar_days: int = Field(default=30, ge=1)
    difference: int = Field(default=0, ge=0)
    dominance: float | None = Field(default=None, gt=0, le=1)
    rounding: float | None = Field(default=None, gt=0)


class StepTask(_Shape):
    """One step at one party: the whole world of a worker."""

    job_id: str
    step: str
    attempt: int
    operator: str
    version: str
    params: dict[str, Any]
    role: str
    parties: dict[str, str]  # role -> party
    sid: str  # session id of this attempt, 64 hex digits
    inputs: dict[str, str] = Field(default_factory=dict)  # port -> path of the artifact
    output_dir: str
    datasets: dict[str, DatasetEntry] = Field(default_factory=dict)
    models_dir: str
    lines: dict[str, Line] = Field(default_factory=dict)  # peer role -> how to reach it
    limits: Limits = Limits()
    caution: CautionEntry = CautionEntry()
    history_dir: str | None = None  # where this party's steps note what later ones need; None: nothing is kept


class OutputEntry(_Shape):
    """An artifact that a step left. `digest` is the hex BLAKE3 of the file."""

    path: str
    digest: str
    kind: str  # "table" | "document"
    rows: int | None = None
    bytes: int


class StepReport(_Shape):
    """What a finished step cost and left behind at this party. Transcripts are hex, by peer role."""

    wall_s: float
    cpu_s: float
    rss_mb: float
    bytes_sent: int = 0
    bytes_received: int = 0
    rounds: int = 0
    transcripts: dict[str, str] = Field(default_factory=dict)
    inputs: dict[str, str] = Field(default_factory=dict)  # port -> digest
    outputs: dict[str, OutputEntry] = Field(default_factory=dict)
