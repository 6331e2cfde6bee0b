"""Rows of the database as the local API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.flow.plan import Plan
from tacit.governance.approvals import RULE_LEVEL
from tacit.node.catalogue import Catalogue
from tacit.node.clock import iso, now
from tacit.node.courier import Contacts
from tacit.node.database import (
    AgreementRow,
    DatasetRow,
    EventRow,
    InvitationRow,
    JobRow,
    PartRow,
    PeerRow,
    RuleRow,
    ScheduleRow,
    TaskRow,
)
from tacit.node.projects import state_of
from tacit.node.stores.jobs import Brief, Word
from tacit.schema.states import TASK_ENDED, TaskState


def peer(row: PeerRow, contacts: Contacts) -> dict[str, Any]:
    told = contacts.answering(row.name)
    return {
        "name": row.name,
        "institution": row.institution,
        "address": row.address,
        "fingerprint": row.fingerprint,
        "contract_id": row.contract_id,
        "state": row.state,
        "version": row.version,
        "added_at": iso(row.added_at),
        "last_seen_at": iso(row.last_seen_at),
        "answering": None if told is None else {"recent_ms": _ms(told.recent_s), "usual_ms": _ms(told.usual_s)},
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def invitation(row: InvitationRow) -> dict[str, Any]:
    state = "expired" if row.state == "open" and row.expires_at < now() else row.state
    return {"id": row.id, "state": state, "expires_at": iso(row.expires_at), "used_by": row.used_by}


def dataset(row: DatasetRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "path": row.path,
        "connection": row.connection,
        "format": row.format,
        "options": row.options,
        "description": row.description,
        "published": row.published,
        "rows": row.rows,
        "columns": row.columns,
        "digest": row.digest,
        "size_bytes": row.size_bytes,
        "registered_at": iso(row.registered_at),
        "state": Catalogue.state_of(row),
    }


def rule(row: RuleRow) -> dict[str, Any]:
    limits = ("initiators", "parties", "operators", "datasets", "agreements", "purposes", "max_rows", "valid_until")
    shown = {name: row.document.get(name) for name in (*limits, "max_uses", "rate")}
    shown["max_level"] = row.document.get("max_level", RULE_LEVEL)
    if shown["valid_until"] is not None:
        shown["valid_until"] = iso(shown["valid_until"] / 1000)
    only = shown["agreements"] or []
    shown["agreement"] = only[0] if len(only) == 1 else None
    return {"id": row.id, **shown, "note": row.note, "created_at": iso(row.created_at)}


def schedule(row: ScheduleRow, job_state: str | None) -> dict[str, Any]:
    """`job_state`: of the job that its last run is about."""
    last = row.last
    if last is not None:
        last = {**last, "due_at": iso(last["due_at"]), "at": iso(last["at"]), "job_state": job_state}
    return {
        "name": row.name,
        "flow_name": row.flow["name"],
        "flow_hash": row.flow_hash,
        "parties": sorted(row.flow["parties"]),
        "agreement_id": row.agreement_id or None,
        "cron": row.cron,
        "timezone": row.timezone,
        "state": "paused" if row.paused else "active",
        "next_at": None if row.paused else iso(row.due_at),
        "last": last,
        "created_at": iso(row.created_at),
    }


def agreement(row: AgreementRow) -> dict[str, Any]:
    document = row.document
    return {
        "id": row.id,
        "name": document["name"],
        "purpose": document["purpose"],
        "members": sorted(document["members"]),
        "datasets": document.get("datasets", {}),
        "operators": document.get("operators", []),
        "valid_until": iso(document["valid_until"] / 1000),
        "state": state_of(row),
        "proposer": row.proposer,
        "document": document,
        "hash": row.hash,
        "signatures": row.signatures,
        "decision": row.decision,
        "created_at": iso(row.created_at),
        "stage": row.stage,
        "version": row.version,
        "author": row.author,
        "amends": row.amends_id,
        "reason": row.reason,
        "final_at": iso(row.final_at),
        "valid_from": iso(document["valid_from"] / 1000) if document.get("valid_from") is not None else None,
        **{name: document.get(name) for name in ("limits", "initiators", "profiles", "prices", "revenue")},
    }


def event(row: EventRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "time": iso(row.time),
        "job_id": row.job_id,
        "party": row.party,
        "step": row.step,
        "level": row.level,
        "code": row.code,
        "text": row.text,
        "data": row.data,
    }


def job(row: JobRow | Brief, me: str, parts: Mapping[str, PartRow | Word], done: int) -> dict[str, Any]:
    """The short form, for lists."""
    return {
        "id": row.id,
        "name": row.name,
        "initiator": row.initiator,
        "mine": row.initiator == me,
        "agreement_id": row.agreement_id or None,
        "flow_hash": row.flow_hash,
        "state": row.state,
        "waiting": row.waiting,
        "cause": row.cause,
        "parties": {
            party: {
                "kind": kind,
                "decision": parts[party].decision if party in parts else "waiting",
                "code": parts[party].code if party in parts else None,
            }
            for party, kind in row.flow["parties"].items()
        },
        "decision": row.decision,
        "decided_by": row.decided_by,
        "created_at": iso(row.created_at),
        "started_at": iso(row.started_at),
        "ended_at": iso(row.ended_at),
        "progress": {"done": done, "total": len(row.flow["steps"])},
    }


def steps(
    flow: dict[str, Any], plan: Plan | None, rows: list[TaskRow], me: str, progress: dict[str, tuple[int, int, str]]
) -> list[dict[str, Any]]:
    """Every step with its latest attempt, in the order in which steps can run."""
    order = [step.id for step in plan.steps] if plan is not None else [step["id"] for step in flow["steps"]]
    written = {step["id"]: step for step in flow["steps"]}
    latest: dict[str, list[TaskRow]] = {}
    for row in rows:
        known = latest.setdefault(row.step, [])
        if known and known[0].attempt < row.attempt:
            known.clear()
        known.append(row)
    return [_step(written[step], latest.get(step, []), me, progress.get(step)) for step in order]


def _step(
    written: dict[str, Any], rows: list[TaskRow], me: str, progress: tuple[int, int, str] | None
) -> dict[str, Any]:
    mine = next((row for row in rows if row.party == me), None)
    started = [row.started_at for row in rows if row.started_at is not None]
    ended = [row.ended_at for row in rows if row.ended_at is not None]
    state = step_state(rows)
    return {
        "id": written["id"],
        "operator": written["operator"],
        "at": written["at"],
        "state": state,
        "attempt": rows[0].attempt if rows else 0,
        "progress": None if progress is None else dict(zip(("done", "total", "note"), progress, strict=True)),
        "started_at": iso(min(started)) if started else None,
        "ended_at": iso(max(ended)) if ended and state in TASK_ENDED else None,
        "error": mine.error if mine is not None else None,
        "parties": {row.party: {"state": row.state, "code": row.code, "report": _report(row)} for row in rows},
    }


def step_state(rows: list[TaskRow]) -> str:
    """The state of a step from the states of its parties."""
    states = {TaskState(row.state) for row in rows}
    if not states:
        return TaskState.PENDING
    if TaskState.FAILED in states:
        return TaskState.FAILED
    if states == {TaskState.SUCCESS}:
        return TaskState.SUCCESS
    return TaskState.RUNNING if states - {TaskState.PENDING} else TaskState.PENDING


def _report(row: TaskRow) -> dict[str, Any] | None:
    """Cost only; of a peer's report under the names that our own has."""
    told = row.report
    if told is None:
        return None
    return {
        "wall_s": told.get("wall_s", told.get("seconds")),
        "cpu_s": told.get("cpu_s"),
        "rss_mb": told.get("rss_mb", told.get("memory_mb")),
        "bytes_sent": told.get("bytes_sent"),
        "bytes_received": told.get("bytes_received"),
        "rounds": told.get("rounds"),
    }
