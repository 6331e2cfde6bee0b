"""Rehearsal: a whole flow on one machine, every party its own processes, real TLS on loopback, no node.

The same workers, engines and lines as between nodes; only the agreement is missing, because all data are one person's.
"""

from __future__ import annotations

import json
import queue
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tacit.channel.identity import NodeIdentity
from tacit.channel.port import PeerPort
from tacit.errors import NotFoundError, PeerError, TacitError
from tacit.flow import DatasetSize, Forecast, Plan, PlannedStep, disclosures, forecast
from tacit.runtime import artifacts
from tacit.runtime.lines import PeerContact, resolve_lines
from tacit.runtime.pool import Progress, Succeeded, Worker, WorkerEvent, WorkerPool
from tacit.runtime.task import DatasetEntry, Limits, StepReport, StepTask
from tacit.schema.flow import Flow

Emit = Callable[[dict[str, Any]], None]
_AT_ONCE = 2  # steps that run side by side: more would only distort each other's times
_SETTLE_S = 5.0  # how long the other parties of a failed step have to notice


@dataclass(slots=True)
class _Running:
    """One step under way."""

    step: PlannedStep
    started: float
    workers: dict[str, Worker] = field(default_factory=dict)  # role ->
    reports: dict[str, StepReport] = field(default_factory=dict)  # party ->
    errors: dict[str, TacitError] = field(default_factory=dict)  # party ->
    failed_at: float | None = None

    def ended(self) -> bool:
        return len(self.reports) + len(self.errors) == len(self.step.at)


class Rehearsal:
    """Runs one plan. Owned by one thread; worker threads only put events on the queue."""

    def __init__(
        self,
        plan: Plan,
        datasets: Mapping[str, Mapping[str, DatasetEntry]],
        out: Path,
        models: Path,
        *,
        emit: Emit,
        limits: Limits | None = None,
    ) -> None:
        """`datasets`: party -> name -> entry. `models`: folder with one folder per party."""
        self._plan = plan
        self._datasets = datasets
        self._out = out
        self._models = models
        self._emit = emit
        self._limits = limits or Limits()
        self._work = Path(tempfile.mkdtemp(prefix="tacit-rehearsal-"))
        self._identities = {party: NodeIdentity.generate(party) for party in plan.flow.parties}
        self._ports: dict[str, PeerPort] = {}
        self._events: queue.SimpleQueue[tuple[str, str, WorkerEvent]] = queue.SimpleQueue()  # step, role, event
        self._running: dict[str, _Running] = {}
        self._done: dict[str, _Running] = {}

    def run(self, sizes: Mapping[str, Mapping[str, DatasetSize]]) -> dict[str, Any]:
        """The report; it says itself whether all went well. `sizes`: party -> dataset -> size, for the forecast."""
        started = time.monotonic()
        pool = WorkerPool()
        try:
            for party in self._plan.flow.parties:
                self._ports[party] = PeerPort("127.0.0.1", 0, on_control=lambda sock: sock.close())
            failure = self._drive(pool)
        finally:
            pool.close()
            for port in self._ports.values():
                port.close()
        self._export()
        report = self._report(forecast(self._plan, sizes), failure, time.monotonic() - started)
        shutil.rmtree(self._work, ignore_errors=True)
        return report

    def _drive(self, pool: WorkerPool) -> _Running | None:
        """Run every step whose inputs are there, until all are done or one failed."""
        waiting = list(self._plan.steps)
        while waiting or self._running:
            for step in [step for step in waiting if self._is_ready(step)][: _AT_ONCE - len(self._running)]:
                waiting.remove(step)
                self._start(step, pool)
            ended = self._next_ended()
            if ended is not None and ended.errors:
                return ended
        return None

    def _is_ready(self, step: PlannedStep) -> bool:
        return all(source.step in self._done for source in step.inputs.values())

    def _start(self, step: PlannedStep, pool: WorkerPool) -> None:
        running = _Running(step, time.monotonic())
        self._running[step.id] = running
        self._emit({"event": "step", "id": step.id, "state": "RUNNING"})
        sid = secrets.token_bytes(32)
        tasks = {role: self._task(step, role, sid) for role in step.at}
        for role, task in tasks.items():
            worker = pool.start(task, partial(self._note, step.id, role))
            running.workers[role] = worker
            for other, line in task.lines.items():
                if line.side == "listen":
                    self._ports[step.at[role]].expect(line.session, partial(worker.hand_over, other))

    def _note(self, step: str, role: str, event: WorkerEvent) -> None:
        self._events.put((step, role, event))

    def _task(self, step: PlannedStep, role: str, sid: bytes) -> StepTask:
        party = step.at[role]
        contacts = {
            name: PeerContact("{}:{}".format(*port.address), self._identities[name].certificate_pem)
            for name, port in self._ports.items()
        }
        talks = step.spec.talks
        return StepTask(
            job_id="rehearsal",
            step=step.id,
            attempt=1,
            operator=step.spec.name,
            version=step.spec.version,
            params=step.params_document(),
            role=role,
            parties=dict(step.at),
            sid=sid.hex(),
            inputs=self._inputs(step, role),
            output_dir=str(self._work / party / step.id),
            datasets=dict(self._datasets.get(party, {})),
            models_dir=str(self._models / party),
            lines=resolve_lines(sid, role, step.at, self._identities[party], contacts) if talks else {},
            limits=self._limits,
        )

    def _inputs(self, step: PlannedStep, role: str) -> dict[str, str]:
        """Paths of the pieces that this role holds."""
        party = step.at[role]
        paths = {}
        for port, source in step.inputs_at(party).items():
            report = self._done[source.step].reports.get(party)
            if report is not None and source.port in report.outputs:
                paths[port] = report.outputs[source.port].path
        return paths

    def _next_ended(self) -> _Running | None:
        """Take one event; a step that has ended at all parties (or had time to) is returned."""
        try:
            name, role, event = self._events.get(timeout=0.5)
        except queue.Empty:
            return self._overdue()
        running = self._running[name]
        party = running.step.at[role]
        if isinstance(event, Progress):
            self._emit({"event": "progress", "id": name, "party": party, "done": event.done, "total": event.total})
            return None
        if isinstance(event, Succeeded):
            running.reports[party] = event.report
        else:
            running.errors[party] = event.error
            running.failed_at = running.failed_at or time.monotonic()
        return self._finish(running) if running.ended() else None

    def _overdue(self) -> _Running | None:
        """A step that failed at one party and whose others did not notice in time is stopped there."""
        for running in self._running.values():
            if running.failed_at is not None and time.monotonic() - running.failed_at > _SETTLE_S:
                for worker in running.workers.values():
                    worker.cancel("peer.failed")
                running.failed_at = time.monotonic()
        return None

    def _finish(self, running: _Running) -> _Running:
        del self._running[running.step.id]
        self._done[running.step.id] = running
        state = "FAILED" if running.errors else "SUCCESS"
        wall = time.monotonic() - running.started
        self._emit({"event": "step", "id": running.step.id, "state": state, "wall_s": wall})
        return running

    def _export(self) -> None:
        """Every party's outputs under OUT/PARTY/STEP/: tables as Parquet, documents as JSON."""
        for running in self._done.values():
            for party, report in running.reports.items():
                folder = self._out / party / running.step.id
                folder.mkdir(parents=True, exist_ok=True)
                for port, output in report.outputs.items():
                    if output.kind == "table":
                        pq.write_table(artifacts.read_table(Path(output.path)), folder / f"{port}.parquet")
                    else:
                        text = json.dumps(artifacts.read_document(Path(output.path)), ensure_ascii=False, indent=2)
                        (folder / f"{port}.json").write_text(text, encoding="utf-8")

    def _report(self, expected: Forecast, failure: _Running | None, wall_s: float) -> dict[str, Any]:
        steps = [_step_entry(self._done[step.id], expected) for step in self._plan.steps if step.id in self._done]
        report = {
            "flow": self._plan.flow.hash(),
            "name": self._plan.flow.name,
            "ok": failure is None,
            "wall_s": wall_s,
            "bytes_sent": sum(party["bytes_sent"] for step in steps for party in step["parties"].values()),
            "parties": _totals(steps),
            "steps": steps,
            "forecast": {
                "seconds": expected.total.seconds,
                "bytes_sent": expected.total.bytes_sent,
                "memory_mb": expected.total.memory_mb,
            },
            "disclosures": {
                party: [item.as_dict() for item in items] for party, items in disclosures(self._plan).items()
            },
            "error": None if failure is None else _failure_entry(failure),
        }
        text = json.dumps(report, ensure_ascii=False, indent=2)
        (self._out / "report.json").write_text(text, encoding="utf-8")
        return report


def _step_entry(running: _Running, expected: Forecast) -> dict[str, Any]:
    step = running.step
    cost = expected.steps[step.id]
    return {
        "id": step.id,
        "operator": step.spec.name,
        "at": dict(step.at),
        "wall_s": max((report.wall_s for report in running.reports.values()), default=0.0),
        "parties": {
            party: report.model_dump(
                include={"wall_s", "cpu_s", "rss_mb", "bytes_sent", "bytes_received", "rounds", "transcripts"}
            )
            for party, report in running.reports.items()
        },
        "forecast": {"seconds": cost.seconds, "bytes_sent": cost.bytes_sent, "memory_mb": cost.memory_mb},
    }


def _totals(steps: list[dict[str, Any]]) -> dict[str, Any]:
    totals: dict[str, dict[str, float]] = {}
    for step in steps:
        for party, cost in step["parties"].items():
            total = totals.setdefault(party, {"cpu_s": 0.0, "bytes_sent": 0, "bytes_received": 0, "rss_mb": 0.0})
            for name in ("cpu_s", "bytes_sent", "bytes_received"):
                total[name] += cost[name]
            total["rss_mb"] = max(total["rss_mb"], cost["rss_mb"])
    return totals


def _failure_entry(running: _Running) -> dict[str, Any]:
    """The cause is the error that is not the echo of another party's."""
    party, cause = next(
        ((party, error) for party, error in running.errors.items() if not isinstance(error, PeerError)),
        next(iter(running.errors.items())),
    )
    return {
        "step": running.step.id,
        "party": party,
        "cause": cause.as_dict(),
        "parties": {name: error.as_dict() for name, error in running.errors.items()},
    }


def entries_by_party(flow: Flow, data: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, DatasetEntry]]:
    """{"party.dataset": {path, format?, options?}} -> party -> name -> entry. Refuses parties the flow lacks."""
    grouped: dict[str, dict[str, DatasetEntry]] = {}
    for full_name, value in data.items():
        party, _, name = full_name.partition(".")
        if party not in flow.parties:
            raise NotFoundError(
                "rehearsal.unknown_party",
                f"The flow has no party {party!r}.",
                found=full_name,
                expected=", ".join(flow.parties),
                hint="Name data as PARTY.DATASET=PATH.",
            )
        path = Path(value["path"]).expanduser().absolute()
        suffix = path.suffix.lower()
        format_name = value.get("format") or ("parquet" if suffix in (".parquet", ".pq") else "csv")
        entry = DatasetEntry(name=name, path=str(path), format=format_name, options=value.get("options", {}))
        grouped.setdefault(party, {})[name] = entry
    return grouped
