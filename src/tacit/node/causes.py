"""Reads the failures of a step: which one is the cause, which are its echo, and which may pass by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tacit.interconnect.shapes import StopCause
from tacit.node.database import TaskRow
from tacit.schema.states import JobState

ECHOES = ("peer.", "step.cancelled", "step.superseded", "job.cancelled", "job.revoked", "channel.")
PASSING = ("peer.", "channel.", "worker.killed", "node.", "request.rate_limited", "step.superseded", "step.cancelled")
LASTING = ("peer.wrong_key", "peer.version_mismatch", "peer.certificate_expired", "peer.refused")
REVOKED = "job.revoked"
UNCOUNTED = ("peer.unreachable", "node.", "request.rate_limited")  # says nothing about the step itself


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a job or a step failed, as it travels to all parties."""

    party: str
    code: str
    step: str | None = None
    what: str | None = None  # of "job.revoked": what was taken back

    def as_dict(self) -> dict[str, Any]:
        cause: dict[str, Any] = {"party": self.party, "step": self.step, "code": self.code}
        return cause if self.what is None else {**cause, "what": self.what}

    def told(self, *, retry: int, state: JobState | None = None) -> StopCause:
        """The news for the other parties; that of the first run has no number, so older software reads it."""
        return StopCause(
            party=self.party, code=self.code, step=self.step, what=self.what, state=state, retry=retry or None
        )


def cause_of(rows: Iterable[TaskRow]) -> Cause:
    """The failure that is not the echo of another party's; the earliest of equals."""
    failed = sorted((row for row in rows if row.code is not None), key=lambda row: (row.ended_at or 0.0, row.party))
    first = min(failed, key=lambda row: (row.code or "").startswith(ECHOES))
    return Cause(first.party, first.code or "internal.unknown", first.step)


def may_pass(code: str) -> bool:
    """Whether another attempt can go better."""
    return code.startswith(PASSING) and not code.startswith(LASTING)


def counts(code: str) -> bool:
    """Whether a failed attempt counts against the limit of attempts."""
    return not code.startswith(UNCOUNTED)
