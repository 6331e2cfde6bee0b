"""From a plan to its uses: what is read flows from step to step, under whatever name, at whatever party.

Sound rather than sharp. Columns of the asking party that another party holds can be under any name there; a figure
made of columns counts as made of all of them; what an operator without an entry gets, it shows to everybody.
"""

from __future__ import annotations

from tacit.flow.parameters import dataset_fields
from tacit.flow.plan import Plan, PlannedStep
from tacit.governance.uses.entries import ENTRIES
from tacit.governance.uses.piece import NONE, Origins, Piece
from tacit.governance.uses.use import Known, Use
from tacit.governance.uses.visit import Held, Visit


def uses(plan: Plan, me: str, known: Known | None = None) -> tuple[Use, ...]:
    """Every use of a column of `me`, in the order of the plan.

    A column that `me` reads is in at least one use of every step that gets it.
    """
    held: Held = {}
    found: list[Use] = []
    for step in plan.steps:
        visit = Visit(step, me, known or Known(), held, tuple(plan.parties))
        visit.read()
        ENTRIES.get(step.spec.name, _unknown)(visit)
        found += visit.found
    return tuple(found)


def _unknown(visit: Visit) -> None:
    """An operator of somebody else: everything that goes in comes out, in the clear, everywhere."""
    inside = NONE.union(*(piece.everything() for _, piece in visit.inputs()), *_read_here(visit))
    visit.use("plaintext", inside, to=visit.parties, after="nothing")
    for port in visit.step.spec.outputs:
        for party in visit.step.holders(port):
            visit.put(port.name, party, Piece(loose=inside))


def _read_here(visit: Visit) -> list[Origins]:
    step: PlannedStep = visit.step
    mine = [parameter for parameter, role in dataset_fields(step.spec) if step.at.get(role) == visit.me]
    return [visit.dataset(str(getattr(step.params, parameter))) for parameter in mine]
