"""Schedules of flows."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Document, Time


class LastRun(Answer):
    """How the last run came out; `job_state` is the state of its job now."""

    due_at: Time
    at: Time
    outcome: str
    job_id: str | None
    job_state: str | None
    code: str | None
    message: str | None
    found: str | None
    hint: str | None


class Schedule(Answer):
    """`next_at` is null while it is paused."""

    name: str
    flow_name: str
    flow_hash: str
    parties: list[str]
    agreement_id: str | None
    cron: str
    timezone: str
    state: str
    next_at: Time | None
    last: LastRun | None
    created_at: Time


class FullSchedule(Schedule):
    """With the flow itself."""

    flow: Document
