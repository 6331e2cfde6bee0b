"""Standing approvals: exactly this flow, for this initiator, under this agreement, so many times or until a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from tacit.errors import InputError, ParameterError
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import current
from tacit.node.blueprint import Planner
from tacit.node.clock import now
from tacit.node.contribution import Contribution
from tacit.node.projects import Projects
from tacit.node.rulebook import Rulebook, disclosed
from tacit.node.stores.inbox import StandingStore
from tacit.node.tables.inbox import StandingRow
from tacit.schema.flow import Flow

WAITING, ACTIVE, REJECTED, REVOKED = "waiting", "active", "rejected", "revoked"


@dataclass(slots=True)
class FlowApprovals:
    """Put up for approval here, decided in the inbox, used by `Rulebook.approver`."""

    me: str
    store: StandingStore
    planner: Planner
    projects: Projects
    contribution: Contribution
    rulebook: Rulebook
    trail: AuditTrail
    clock: Callable[[], float] = now

    def propose(
        self,
        flow: Flow,
        *,
        initiator: str | None = None,
        agreement: str = "",
        max_runs: int | None = None,
        until: float | None = None,
    ) -> StandingRow:
        """Put a flow up for approval. `initiator`: whose jobs; this node's own without it.

        Raises FlowProblems, ParameterError("standing.unlimited", "standing.over"), RefusedError("project.…").
        """
        if max_runs is None and until is None:
            raise ParameterError("standing.unlimited", "A standing approval needs a number of runs or an end.")
        if until is not None and until <= self.clock():
            raise ParameterError("standing.over", "The end of the standing approval has passed.")
        blueprint = self.planner.draw(flow)
        self.projects.check_covers(agreement, blueprint, initiator=initiator or self.me)
        self.contribution.check(blueprint)
        row = StandingRow(
            id=f"standing-{secrets.token_hex(8)}",
            name=flow.name,
            flow=flow.document(),
            flow_hash=flow.hash(),
            initiator=initiator or self.me,
            agreement=agreement,
            max_runs=max_runs,
            until=until,
            level=self.rulebook.level(blueprint),
            disclosures=disclosed(blueprint),
            state=WAITING,
            requested_by=current().actor,
            created_at=self.clock(),
            ended_at=None,
        )
        self.store.add(row)
        self.trail.record("standing.proposed", f"standing:{row.id}", {"flow_hash": row.flow_hash}, actor="person")
        return row

    def decide(self, id: str, state: str, by: str) -> None:
        """ACTIVE or REJECTED. Raises InputError("standing.wrong_state")."""
        if not self.store.move(id, [WAITING], state, None if state == ACTIVE else self.clock()):
            raise InputError("standing.wrong_state", "This has been decided already.", found=self.store.get(id).state)
        self.trail.record("standing.approved" if state == ACTIVE else "standing.rejected", f"standing:{id}", actor=by)

    def revoke(self, id: str) -> StandingRow:
        """End it; running jobs go on. Raises InputError("standing.wrong_state")."""
        if not self.store.move(id, [WAITING, ACTIVE], REVOKED, self.clock()):
            raise InputError("standing.wrong_state", "It has ended already.", found=self.store.get(id).state)
        self.trail.record("standing.revoked", f"standing:{id}", {}, actor="person")
        return self.store.get(id)
