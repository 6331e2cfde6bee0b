"""A bank that is curious and a shop with a secret, through the same decisions, engines and cautions as on nodes.

`on=False` is a node with `policy: off`. A request is answered with its result, or with the code of the refusal.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from governance.policy_flows import COLUMNS, flow, match, plan_of, question, stats
from parties import run_parties_with_errors
from step_io import MemoryIO, step_call
from tacit.data.columns import with_roles
from tacit.engines.native import engine
from tacit.errors import PeerFailed, TacitError
from tacit.governance.policies import Decision, Policy, decide
from tacit.governance.uses import Known, uses
from tacit.node.policing import caution_of, keep_of
from tacit.node.result_checks import check_document
from tacit.privacy.caution import Caution
from tacit.runtime.task import CautionEntry

PARTIES = {"first": "bank", "second": "shop", "dealer": "notary"}
SEATS = {"receiver": "bank", "sender": "shop"}


class World:
    """Each party remembers from one request to the next."""

    def __init__(self, *, on: bool, policies: dict[str, Policy] | None = None, free: tuple[str, ...] = ()) -> None:
        """`free`: parties whose columns have level 1; those of the others have level 3."""
        self.on, self.policies, self.free = on, policies or {}, free
        self.notes: dict[str, dict[str, list[dict[str, Any]]]] = {"bank": {}, "shop": {}, "notary": {}}

    def stats(self, bank: pa.Table, shop: pa.Table, **params: Any) -> Any:
        """The report of joint statistics on rows that stand side by side, or the code of the refusal."""
        document = flow(stats(**params))
        tables = {"bank": bank, "shop": shop}
        ports = {role: {"aligned": tables[party]} for role, party in PARTIES.items() if party in tables}
        return self._run(document, "statistics", "stats.joint", PARTIES, ports)

    def match(self, bank: pa.Table, shop: pa.Table, **params: Any) -> Any:
        """The bank's report of a match, or the code of the refusal."""
        ports = {"receiver": {"receiver": bank}, "sender": {"sender": shop}}
        return self._run(flow(match(**params)), "match", "psi", SEATS, ports)

    def plan(self, document: dict[str, Any]) -> list[str]:
        """Codes of the refusals of the plan alone, at both owners."""
        return sorted({code for party in ("bank", "shop") for code in _codes(self._judge(document, party))})

    def _judge(self, document: dict[str, Any], party: str) -> Decision:
        if not self.on:
            return Decision()
        names = {step["params"]["dataset"]: COLUMNS[party] for step in document["steps"] if _reads(step, party)}
        found = uses(plan_of(document), party, Known(names))
        return decide(self.policies, found, question(default_level=1 if party in self.free else 3))

    def _run(
        self, document: dict[str, Any], step: str, operator: str, seats: dict[str, str], ports: dict[str, Any]
    ) -> Any:
        planned = next(each for each in plan_of(document).steps if each.id == step)
        ios = {}
        keeps = {}
        for role, party in seats.items():
            decision = self._judge(document, party)
            if not decision.allowed:
                return _codes(decision)[0]
            keeps[role] = keep_of(decision, planned, party)
            caution = caution_of(CautionEntry(), keeps[role]) if self.on else CautionEntry()
            ios[role] = MemoryIO(
                inputs=dict(ports.get(role, {})),
                owner_caution=Caution(**caution.model_dump()),
                notebook=self.notes[party],
            )
        params = planned.params_document()
        programs = {
            role: lambda session, role=role: engine().run(
                step_call(operator, ios[role], params, role=role, parties=seats, session=session)
            )
            for role in seats
        }
        _, errors = run_parties_with_errors(programs)
        if errors:
            return _code(errors)
        asking = next(iter(seats))
        report = ios[asking].outputs["report"]
        for role in seats:
            try:
                if self.on and "report" in ios[role].outputs:
                    check_document(ios[role].outputs["report"], keeps[role])
            except TacitError as fault:
                return fault.code
        return report


def _codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def _reads(step: dict[str, Any], party: str) -> bool:
    return step["operator"] == "dataset.read" and step["at"]["owner"] == party


def _code(errors: dict[str, BaseException]) -> str:
    """The first cause."""
    own = [error for error in errors.values() if not isinstance(error, PeerFailed)]
    found = own[0] if own else next(iter(errors.values()))
    return str(getattr(found, "code", repr(found)))


def table(ids: range | list[int], **columns: Any) -> pa.Table:
    return with_roles(pa.table({"id": [f"p{number}" for number in ids], **columns}), keys=["id"])
