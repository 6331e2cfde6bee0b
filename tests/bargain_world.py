"""Three nodes that negotiate, on a network, a clock and people that one seed owns: nothing here runs by itself.

Messages are lost, doubled, come late or out of turn; answers get lost; clocks are off; one node is down for an hour.
Every node is the real `Projects` over real stores; only the way between them, and the hands of people, are made up.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from tacit.errors import TacitError
from tacit.governance.negotiation import FINAL, Stage, pair_stage
from tacit.interconnect import endpoints, signing
from tacit.ledger.project import check_final
from tacit.node.database import AgreementRow, Database, OutboxRow, Table
from tacit.node.projects import Projects
from tacit.node.stores.agreements import AgreementStore
from tacit.node.stores.outbox import OutboxStore
from tacit.schema.agreement import FinalAgreement, ProjectAgreement

NAMES = ("alpha", "beta", "gamma")
LOSS = DOUBLE = LATE = 0.3
HOUR = 3600.0
BEGIN = 1_800_000_000.0
UNTIL_MS = int((BEGIN + 30 * 24 * HOUR) * 1000)
PRIVATE = {name: Ed25519PrivateKey.from_private_bytes(bytes([50 + number]) * 32) for number, name in enumerate(NAMES)}
PATHS = {each.path: each for each in endpoints.ALL}
_REACHED = {
    stage: {Stage.TERMINATED, Stage.AGREED, Stage.VERIFIED, Stage.FINALIZED, Stage.ACCEPTED}
    | {Stage.OFFERED, Stage.REQUESTED}
    for stage in (Stage.OFFERED, Stage.REQUESTED, Stage.ACCEPTED)
} | {
    Stage.AGREED: {Stage.VERIFIED, Stage.FINALIZED, Stage.TERMINATED},
    Stage.VERIFIED: {Stage.FINALIZED, Stage.TERMINATED},
    Stage.FINALIZED: {Stage.TERMINATED},
    Stage.TERMINATED: set(),
}


class _Keys:
    """All know each other."""

    def __init__(self, me: str) -> None:
        self.me, self.identity, self.own = me, PRIVATE[me], PRIVATE[me].public_key()

    def of(self, parties: Any) -> dict[str, Any]:
        return {party: PRIVATE[party].public_key() for party in parties}


@dataclass
class SimNode:
    """One node; `up` again it is a new process over the old database."""

    name: str
    database: Database
    clock: Callable[[], float]
    projects: Projects = field(init=False)

    def __post_init__(self) -> None:
        self.boot()

    def boot(self) -> None:
        peers = SimpleNamespace(active=lambda name: SimpleNamespace(contract_id=f"contract-{name}"))
        nothing = SimpleNamespace(poke=lambda _peer: None, record=lambda *_args, **_more: None)
        self.store, self.outbox = AgreementStore(self.database), OutboxStore(self.database)
        self.projects = Projects(
            cast(Any, _Keys(self.name)),
            self.store,
            cast(Any, peers),
            cast(Any, nothing),
            cast(Any, nothing),
            clock=self.clock,
        )


class BargainWorld:
    """`run` lets people act and messages travel; `settle` lets the rest arrive; `check` looks at the history."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed, self.dice, self.time = seed, random.Random(seed), BEGIN
        self.skew = {name: self.dice.uniform(-120, 120) for name in NAMES}
        self.down_until: dict[str, float] = {}
        self.nodes = {name: self._node(folder, name) for name in NAMES}
        self.late: list[tuple[float, str, str, OutboxRow]] = []
        self.first_seen: dict[tuple[str, int], float] = {}
        self.approved: dict[str, dict[str, set[str]]] = {}  # agreement -> member -> hashes that its people signed
        self.ended_by_people: set[str] = set()
        self.stages: dict[tuple[str, str], Stage] = {}
        self.expired = 0
        self.calls = 0

    def _node(self, folder: Path, name: str) -> SimNode:
        database = Database(f"sqlite:///{folder / name}.db")
        event.listen(database.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
        Table.metadata.create_all(database.engine)
        return SimNode(name, database, lambda: self.time + self.skew[name])

    def close(self) -> None:
        for node in self.nodes.values():
            node.database.close()

    # -- people ----------------------------------------------------------------------------------------------

    def propose(self, at: str) -> str:
        datasets = {name: ["rows"] for name in NAMES}
        row = self.nodes[at].projects.propose("study", "a test", NAMES, datasets, UNTIL_MS)
        self._signed(row, at)
        return row.id

    def act(self, at: str) -> None:
        """Somebody at a node does something that is possible there, or finds that it is not."""
        node = self.nodes[at]
        rows = node.store.all()
        if not rows:
            return
        row = self.dice.choice(rows)
        what = self.dice.choices(("approve", "counter", "reject", "terminate", "amend"), (12, 2, 0.3, 0.3, 2))[0]
        with contextlib.suppress(TacitError):  # not in this state
            getattr(self, f"_{what}")(node, row)
        self._watch(at)

    def _approve(self, node: SimNode, row: AgreementRow) -> None:
        self._signed(node.projects.approve(row.id, hash=row.hash), node.name)

    def _counter(self, node: SimNode, row: AgreementRow) -> None:
        if row.version < 4:
            terms = {"purpose": f"a test of {self.dice.randrange(10**6)}"}
            self._signed(node.projects.counter(row.id, terms), node.name)

    def _reject(self, node: SimNode, row: AgreementRow) -> None:
        node.projects.reject(row.id)
        self.ended_by_people.add(row.id)

    def _terminate(self, node: SimNode, row: AgreementRow) -> None:
        node.projects.terminate(row.id)
        self.ended_by_people.add(row.id)

    def _amend(self, node: SimNode, row: AgreementRow) -> None:
        if len(node.store.all()) < 6:
            terms = {"purpose": f"more of {self.dice.randrange(10**6)}"}
            self._signed(node.projects.amend(row.id, terms), node.name)

    def _signed(self, row: AgreementRow, member: str) -> None:
        self.approved.setdefault(row.id, {}).setdefault(member, set()).add(row.hash)

    # -- the network -----------------------------------------------------------------------------------------

    def is_down(self, name: str) -> bool:
        return self.down_until.get(name, 0.0) > self.time

    def fell(self, name: str) -> None:
        """The node is gone for an hour; then it is a new process."""
        self.down_until[name] = self.time + HOUR
        self.nodes[name].boot()

    def carry(self, sender: str, peer: str) -> None:
        """One try to deliver the oldest letter from one node to another, as the outbox does it."""
        node = self.nodes[sender]
        row = node.outbox.first(peer)
        if row is None:
            return
        since = self.first_seen.setdefault((sender, row.number), self.time)
        if self.time - since > row.expires_at - row.created_at:
            self.expired += 1
            node.outbox.remove(row.number)
            return
        if self.is_down(peer) or self.dice.random() < LOSS:
            return
        if self.dice.random() < LATE:
            self.late.append((self.time + self.dice.expovariate(1 / 30), sender, peer, row))
        code = self._hand_over(sender, peer, row)
        if self.dice.random() < DOUBLE:
            self._hand_over(sender, peer, row)
        if self.dice.random() < LOSS:
            return  # the answer is lost: the sender will try again
        if code is not None:
            node.projects.refused(str(row.body["audit_id"]), peer, code)
            self._watch(sender)
        node.outbox.remove(row.number)

    def _hand_over(self, sender: str, peer: str, row: OutboxRow) -> str | None:
        """The receiver reads it; returns the code with which it refuses."""
        self.calls += 1
        self._check_clocks(sender, peer)
        endpoint, projects = PATHS[row.path], self.nodes[peer].projects
        act = {"project_apply": projects.applied, "project_confirm": projects.confirmed}
        handler = cast(Any, act.get(endpoint.handler, projects.terminated))
        try:
            handler(sender, endpoint.body.model_validate(row.body))
        except TacitError as fault:
            return fault.code if endpoint.handler != "project_terminate" else None
        finally:
            self._watch(peer)
        return None

    def _check_clocks(self, sender: str, peer: str) -> None:
        stamp = str(int((self.time + self.skew[sender]) * 1000))
        request = signing.Request("POST", "/", "", sender, peer, "n" * 16, stamp, "t", b"")
        signing.check_target_and_clock(request, me=peer, now_ms=int((self.time + self.skew[peer]) * 1000))

    # -- the course of things --------------------------------------------------------------------------------

    def run(self, turns: int) -> None:
        """People act and messages travel; in between one node falls for an hour."""
        victim, moment = self.dice.choice(NAMES), self.dice.randrange(turns)
        for turn in range(turns):
            if turn == moment:
                self.fell(victim)
            self._turn(people=self.dice.random() < 0.5)

    def settle(self, turns: int = 4000) -> None:
        """Nobody acts any more; what waits arrives, still over a bad network."""
        self.time = max([self.time, *self.down_until.values()]) + 1
        for _ in range(turns):
            if not self.late and not any(node.outbox.peers() for node in self.nodes.values()):
                return
            self._turn(people=False)
        raise AssertionError(f"seed {self.seed}: messages never end")

    def _turn(self, *, people: bool) -> None:
        up = [name for name in NAMES if not self.is_down(name)]
        self.time += self.dice.expovariate(1 / 5) if len(up) == len(NAMES) else self.dice.expovariate(1 / 60)
        if people:
            self.act(self.dice.choice(up))
            return
        for letter in [letter for letter in self.late if letter[0] <= self.time]:
            self.late.remove(letter)
            if not self.is_down(letter[2]):
                self._hand_over(*letter[1:])
        sender = self.dice.choice(up)
        self.carry(sender, self.dice.choice([name for name in NAMES if name != sender]))

    # -- the history -----------------------------------------------------------------------------------------

    def _watch(self, name: str) -> None:
        """Every state follows from the one before; what is over stays over, and permits nothing."""
        for row in self.nodes[name].store.all():
            before, stage = self.stages.get((name, row.id)), Stage(row.stage)
            assert before in (None, stage) or stage in _REACHED[before], (self.seed, name, before, stage)
            self.stages[name, row.id] = stage
            if stage is Stage.TERMINATED:
                assert not self.permits(name, row.id), (self.seed, name, "an ended agreement permits a job")

    def permits(self, name: str, agreement: str) -> bool:
        try:
            self.nodes[name].projects.in_force(agreement)
        except TacitError:
            return False
        return True

    def check(self) -> None:
        """All hold the same; what is in force was signed by the people of every member; nothing signed was lost."""
        assert self.expired == 0
        for agreement in self.approved:
            found = {name: node.store.find(agreement) for name, node in self.nodes.items()}
            rows = [row for row in found.values() if row is not None]
            assert len({row.state for row in rows}) == 1, (self.seed, agreement, [row.stage for row in rows])
            own = cast(AgreementRow, found[rows[0].proposer])
            stage = Stage(own.stage)
            if stage is not Stage.TERMINATED:
                assert len(rows) == len(NAMES) and len({row.hash for row in rows}) == 1, (self.seed, agreement)
            self._check_pairs(own, found)
            if stage is Stage.FINALIZED:
                self._check_signed(rows)
            self._check_not_lost(agreement, stage, rows[0])
        for node in self.nodes.values():
            self._check_no_fork(node.store.all())

    def _check_pairs(self, own: AgreementRow, found: dict[str, AgreementRow | None]) -> None:
        """The proposer and each member hold the same state of their negotiation."""
        for member, row in found.items():
            if row is not None and member != own.proposer:
                seen = pair_stage(
                    Stage(own.stage),
                    own.author,
                    member,
                    proposer=own.proposer,
                    signed=own.signatures,
                    verified=own.verified,
                )
                assert row.stage == seen, (self.seed, own.id, member, row.stage, seen)

    def _check_signed(self, rows: list[AgreementRow]) -> None:
        for row in rows:
            document = ProjectAgreement.model_validate(row.document)
            check_final(FinalAgreement(agreement=document, signatures=row.signatures, verified=row.verified))
            for member in NAMES:
                assert row.hash in self.approved[row.id].get(member, ()), (self.seed, member, "never signed this")

    def _check_not_lost(self, agreement: str, stage: Stage, row: AgreementRow) -> None:
        signed = self.approved[agreement]
        if all(row.hash in signed.get(member, ()) for member in NAMES):
            assert stage in FINAL, (self.seed, agreement, stage, "an approval was lost")
            if stage is Stage.TERMINATED:
                assert self.ended_by_people, (self.seed, agreement, row.reason)

    def _check_no_fork(self, rows: list[AgreementRow]) -> None:
        amended = [row.amends_hash for row in rows if row.amends_hash is not None and row.stage == Stage.FINALIZED]
        assert len(amended) == len(set(amended)), (self.seed, "two amendments of one agreement hold")
