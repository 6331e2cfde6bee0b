"""Nodes in one process: real stores and state machines, but calls go from hand to hand and steps are make-believe."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from tacit.channel.identity import NodeIdentity
from tacit.errors import PeerError, TacitError
from tacit.interconnect.endpoints import Endpoint
from tacit.node.courier import Contacts
from tacit.node.database import Database, PeerRow, RuleRow, Table
from tacit.node.home import Home, initialise
from tacit.node.stores.peers import PeerStore
from tacit.node.wiring import Ground, Parts
from tacit.operators import all_specs
from tacit.runtime.artifacts import digest_file
from tacit.runtime.pool import Failed, Succeeded, WorkerEvent
from tacit.runtime.task import OutputEntry, StepReport, StepTask
from tacit.schema.flow import Flow
from tacit.schema.states import JOB_ENDED

Behaviour = Callable[["FakeWorker"], WorkerEvent | None]


class FakeWorker:
    """One make-believe step on a thread; `behaviour` says how it ends, None: when it is cancelled."""

    def __init__(self, task: StepTask, on_event: Callable[[WorkerEvent], None], behaviour: Behaviour) -> None:
        self.task, self.party = task, task.parties[task.role]
        self._on_event, self._behaviour = on_event, behaviour
        self.cancelled = threading.Event()
        self.code: str | None = None
        self.sockets: list[tuple[str, socket.socket]] = []
        threading.Thread(target=self._run, daemon=True).start()

    def hand_over(self, role: str, sock: socket.socket) -> None:
        self.sockets.append((role, sock))

    def cancel(self, code: str = "job.cancelled") -> None:
        self.code = code
        self.cancelled.set()

    def _run(self) -> None:
        event = self._behaviour(self)
        if event is None:
            self.cancelled.wait(30)
            event = Failed(TacitError(self.code or "step.cancelled", "It was stopped."))
        self._on_event(event)


def succeed(worker: FakeWorker) -> WorkerEvent:
    """Leave every output that the role holds; both ends of a line tell the same transcript."""
    task, folder = worker.task, Path(worker.task.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {}
    for port in all_specs()[task.operator].outputs:
        if task.role in port.holders:
            path = folder / f"{port.name}.json"
            path.write_text(json.dumps({"kind": "test", "step": task.step}))
            outputs[port.name] = OutputEntry(path=str(path), digest=digest_file(path), kind="document", bytes=1)
    return Succeeded(
        StepReport(
            wall_s=0.1,
            cpu_s=0.1,
            rss_mb=10,
            inputs={port: digest_file(Path(path)) for port, path in task.inputs.items()},
            outputs=outputs,
            transcripts={role: hashlib.sha256(line.session.encode()).hexdigest() for role, line in task.lines.items()},
        )
    )


class FakePool:
    def __init__(self, world: SmallWorld) -> None:
        self._world = world
        self.workers: list[FakeWorker] = []

    def start(self, task: StepTask, on_event: Callable[[WorkerEvent], None]) -> FakeWorker:
        worker = FakeWorker(task, on_event, lambda worker: self._world.behaviour(worker))
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        for worker in self.workers:
            worker.cancel("node.stopping")


class FakeSwitchboard:
    def __init__(self) -> None:
        self.expected: set[str] = set()

    def expect(self, session_name: str, handler: Callable[[socket.socket], None]) -> None:
        self.expected.add(session_name)

    def forget(self, session_name: str) -> None:
        self.expected.discard(session_name)


class HandCourier:
    """Carries calls to the other nodes' handlers, as JSON; a node that is `down` cannot call or be called."""

    def __init__(self, me: str, world: SmallWorld) -> None:
        self._me, self._world = me, world

    def call(self, party: str, endpoint: Endpoint, body: BaseModel, answer: type[Any]) -> Any:
        handlers = self._world.parts[party].handlers
        if party == self._me:
            return handlers.handle(endpoint, self._me, body)
        if {party, self._me} & self._world.down:
            raise PeerError("peer.unreachable", f"{party} is down.")
        text = body.model_dump_json(exclude_none=True, by_alias=True)
        text = self._world.tamper(self._me, party, endpoint, text)
        self._world.calls.append((self._me, party, endpoint.handler))
        try:
            result = handlers.handle(endpoint, self._me, endpoint.body.model_validate_json(text))
        except TacitError as fault:
            raise PeerError("peer.refused", f"{party} refused.", found=fault.code) from fault
        return endpoint.answer.model_validate_json(result.model_dump_json(exclude_none=True, by_alias=True))


class NoDoor:
    """No stranger is reached."""

    def meet(self, address: str, fingerprint: str) -> Any:
        raise PeerError("peer.unreachable", "Nobody is there.", found=address)

    def apply(self, target: Any, body: BaseModel) -> Any:
        raise PeerError("peer.unreachable", "Nobody is there.")


class SmallWorld:
    """Some nodes that have pinned each other."""

    def __init__(self, folder: Path, names: Iterable[str] = ("alpha", "beta"), **settings: Any) -> None:
        self.folder = folder
        self.down: set[str] = set()
        self.behaviour: Behaviour = succeed
        self.tamper: Callable[[str, str, Endpoint, str], str] = lambda _one, _other, _endpoint, text: text
        self.calls: list[tuple[str, str, str]] = []
        self.pools: dict[str, FakePool] = {}
        self.parts: dict[str, Parts] = {}
        self._settings = {"poll_s": 0.1, "max_workers": 8, **settings}
        for name in names:
            initialise(folder / name, name)
        for name in names:
            self.boot(name)
        for one in self.parts.values():
            for other in self.parts.values():
                if one is not other:
                    _pin(one, other)

    def boot(self, name: str) -> Parts:
        """Make (again) the parts of a node over its database."""
        home = Home(self.folder / name)
        values = home.settings().model_copy(update=self._settings)
        database = Database(f"sqlite:///{home.database}")
        Table.metadata.create_all(database.engine)
        self.pools[name] = FakePool(self)
        nothing = cast(Any, None)
        ground = Ground(
            home,
            values,
            NodeIdentity.load(home.keys),
            database,
            self.pools[name],
            FakeSwitchboard(),
            nothing,
            nothing,
            values.peer_address,
        )
        parts = Parts(ground, PeerStore(database), Contacts(), HandCourier(name, self))
        parts.applying.door = NoDoor()
        self.parts[name] = parts
        return parts

    def crash(self, name: str) -> None:
        """The node is gone with its workers; nothing that it still does counts."""
        self.down.add(name)
        parts = self.parts[name]
        parts.scheduler.close()
        parts.outbox.close()
        parts.workbench.close()
        self.pools[name].close()

    def restart(self, name: str) -> Parts:
        """As after a crash: new parts over the old database."""
        self.parts[name].ground.database.close()
        parts = self.boot(name)
        parts.recovery.close_attempts()
        self.down.discard(name)
        parts.outbox.start()
        parts.scheduler.resume()
        return parts

    def add_tables(self) -> None:
        for name, parts in self.parts.items():
            file = self.folder / f"{name}.csv"
            file.write_text("id,x\n1,2\n2,3\n")
            parts.catalogue.register("rows", str(file))

    def approve_all(self) -> None:
        for name, parts in self.parts.items():
            others = [other for other in self.parts if other != name]
            parts.rules.add(RuleRow(id="rule-1", document={"initiators": others}, note="", created_at=0.0))

    def submit(self, flow: dict[str, Any], at: str = "alpha") -> str:
        return self.parts[at].scheduler.submit(Flow.model_validate(flow))

    def wait(self, job: str, at: str, timeout_s: float = 60.0) -> str:
        """The state in which the job has ended at a node."""
        self.until(lambda: self._state(job, at) in JOB_ENDED, timeout_s)
        return self._state(job, at)

    def _state(self, job: str, at: str) -> str:
        row = self.parts[at].jobs.find(job)
        return "" if row is None else row.state

    def until(self, wanted: Callable[[], bool], timeout_s: float = 60.0) -> None:
        until = time.monotonic() + timeout_s
        while not wanted():
            assert time.monotonic() < until, "it did not come to pass"
            time.sleep(0.005)

    def codes(self, job: str, at: str) -> list[str]:
        return [row.code for row in self.parts[at].events.after(job, 0)]

    def close(self) -> None:
        for name, parts in self.parts.items():
            self.crash(name)
            parts.ground.database.close()


def _pin(one: Parts, other: Parts) -> None:
    identity = other.ground.identity
    one.peers.pin(
        PeerRow(
            name=other.me,
            institution=other.me,
            address="127.0.0.1:1",
            certificate=identity.certificate_pem,
            fingerprint=identity.fingerprint,
            contract_id="contract-" + "-".join(sorted((one.me, other.me))),
            state="APPROVED",
            version="0",
            added_at=0.0,
            last_seen_at=None,
        )
    )
